"""Writes what follows from the declarations of inputs and outputs: the classes of `_sdk/`, and `docs/reference.md`."""
