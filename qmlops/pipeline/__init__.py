"""The line put together as plain functions; what the command line and Python users call."""
