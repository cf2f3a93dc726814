"""Writes what follows from the declarations of inputs and outputs: the classes of `sdk/`, and `docs/reference.md`."""
