"""The dashboard: the screen, its keys, its layout at every size, and what a person tells a run from it."""
