"""The command line: arguments in, exit codes out. It decides nothing that Python users cannot decide."""
