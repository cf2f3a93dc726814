"""What a declaration of inputs says beside types and bounds: marks on fields and types.

Input models and `model/outputs.py` are the one declaration of what the resources take and show. A docstring after a
field describes it; these marks add what neither the type nor the description says. From all of it
`make reference` writes the classes of `sdk/` and `docs/reference.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import BaseModel


class Mark(Enum):
    """What is special about a field."""

    REPLACES = "replaces"
    """Changing it replaces the resource."""
    SECRET = "secret"  # noqa: S105 - a word, and no secret
    """It travels as a secret, apart from the other inputs, and is no part of the outputs."""
    PLAIN = "plain"
    """A program gives the value itself, and no Output of it."""


@dataclass(frozen=True)
class WrittenAs:
    """The Python type that a program gives, where the model reads it into another one."""

    type: str


@dataclass(frozen=True)
class Allowed:
    """The values or the form that are allowed, where neither the type nor pydantic's own bounds say it."""

    text: str


@dataclass(frozen=True)
class Unset:
    """What an input that is not set amounts to, where the model has to know that it was not set."""

    value: Any


def marked(model: type[BaseModel], mark: Mark) -> tuple[str, ...]:
    """Return the names of the fields with a mark."""
    return tuple(name for name, field in model.model_fields.items() if mark in field.metadata)
