"""Values that are not known yet, as in the preview of a program whose resources depend on each other."""

from __future__ import annotations

from typing import Any


class Unknown:
    """A value that is not known yet. Adapters put it where their engine says so."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


def has_unknown(value: Any) -> bool:
    """Return whether any part of a value is not known yet."""
    # Runs over every property of every resource several times: no abstract classes here, they are slow to ask for.
    if isinstance(value, dict):
        return any(map(has_unknown, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(has_unknown, value))
    return isinstance(value, Unknown)
