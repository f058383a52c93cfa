"""Declarative quantum machine learning.

The line, in the order in which data flows: config (YAML to typed parts), compile (parts to a
Program), execute (Work to Results), train (Program, data, optimizer to events and a model),
pipeline (the line put together). `parts` is the pantry: what a YAML can choose. `core` holds the
nouns that flow, `simulate` the exact engine, `cli` the command line.
"""
