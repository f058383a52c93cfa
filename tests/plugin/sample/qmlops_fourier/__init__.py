"""An encoder for qmlops that comes in a package of its own."""
