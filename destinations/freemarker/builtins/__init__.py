"""The built-ins, a family to a file."""
