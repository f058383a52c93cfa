"""The pantry: what a YAML can choose. One folder a group, one file a kind, no import between groups."""
