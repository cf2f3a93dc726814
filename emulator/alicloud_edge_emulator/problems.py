"""Refusals of the emulator's own interface: world files and control calls."""

from pydantic import ValidationError


class Refused(ValueError):  # noqa: N818 - it is what happened, and reads so where it is raised
    """A world file or a control call is wrong; the text says what and where."""


class NotKept(Refused):
    """A change could not be written to the file that keeps the state, so it has not happened."""


def explain(subject: str, error: ValidationError) -> str:
    """All faults that a validation found, one after another, each beginning with its path."""
    faults = []
    for fault in error.errors(include_url=False, include_input=False):
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"])
        faults.append(f"{subject}{path}: {fault['msg'].removeprefix('Value error, ')}")
    return "; ".join(faults)
