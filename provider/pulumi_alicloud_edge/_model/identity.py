"""Which resource a name stands for: the engine's URN, or the name that a program uses before the engine knows it.

A program's own process knows a resource's type and name, and the type of its parent, but not its URN. Its entries use
a *program name*, ``program::TYPE::NAME``; its last part is the resource's name, as in a URN.

| the parent is | TYPE of the program name |
| --- | --- |
| the stack | ``T`` |
| another resource of type ``P`` | ``P$T`` |
| not known | ``?$T`` |
"""

from __future__ import annotations

_PROGRAM = "program::"
_UNKNOWN_PARENT = "?"
_URN_PARTS = 4


def program_name(type_: str, name: str, parent_type: str | None) -> str:
    """Return the program name of a resource.

    Args:
        type_: Its own type, such as ``pulumi-python:dynamic/alicloud-edge:AppDataDist``.
        name: Its name.
        parent_type: The type of its parent; empty for the stack, None where it is not known.
    """
    parent = _UNKNOWN_PARENT if parent_type is None else parent_type
    return f"{_PROGRAM}{parent + '$' if parent else ''}{type_}::{name}"


def program_names(urn: str) -> tuple[str, ...]:
    """Return the program names that may refer to a URN; none for a text that is not a URN."""
    parts = urn.split("::", _URN_PARTS - 1)
    if len(parts) < _URN_PARTS:
        return ()
    *parents, type_ = parts[2].split("$")
    known = program_name(type_, parts[3], parents[-1] if parents else "")
    return known, program_name(type_, parts[3], None)


def likely_urn(urn: str, name: str) -> str:
    """Return the URN that a program name most likely refers to, in the stack of another URN; a URN unchanged."""
    if not name.startswith(_PROGRAM):
        return name
    stack = "::".join(urn.split("::")[:2])
    return f"{stack}::{name.removeprefix(_PROGRAM).removeprefix(_UNKNOWN_PARENT + '$')}"
