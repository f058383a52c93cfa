"""Lint: what a circuit holds that can do nothing, or cannot run, told by the key that wrote it.

`written` is what is looked at, `rule` the table of what is looked for, `file` which requests a changed
file takes part in.
"""
