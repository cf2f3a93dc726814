"""Marks on fields and types that complete the declaration of inputs.

Input models and `_model/outputs.py` are the only declaration of inputs and outputs. A docstring after a field describes
it; these marks add what neither the type nor the description says. From all of it
`make reference` writes the classes of `_sdk/` and `docs/reference.md`.
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
    SECRET = "secret"  # noqa: S105 - the name of a mark, not a secret
    """It is passed as a secret, apart from the other inputs, and is not an output."""
    PLAIN = "plain"
    """It takes a plain value, not an Output."""


@dataclass(frozen=True)
class WrittenAs:
    """The Python type that a program passes, where the model converts it into another one."""

    type: str


@dataclass(frozen=True)
class Allowed:
    """The values or the form that are allowed, where neither the type nor pydantic's own bounds say it."""

    text: str


@dataclass(frozen=True)
class Unset:
    """The effective value of an input that is not set, where the model has to know that it was not set."""

    value: Any


def marked(model: type[BaseModel], mark: Mark) -> tuple[str, ...]:
    """Return the names of the fields with a mark."""
    return tuple(name for name, field in model.model_fields.items() if mark in field.metadata)
