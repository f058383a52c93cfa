"""From YAML to typed parts and a RunSpec. The only room that knows Hydra; imports no part by name."""
