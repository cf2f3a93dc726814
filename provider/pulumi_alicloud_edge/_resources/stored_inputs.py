"""Reads the inputs that a state has stored, even if their bounds have changed since.

Users cannot fix the inputs in a state, and a destroy or a refresh must always work. So the same fields are read without
today's bounds: a value out of bounds is kept, a value of another type falls back to its default, and fields that no
longer exist are left out. A selection is read as a whole or not at all: without one of its conditions, it would select
more.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from pulumi_alicloud_edge._errors import InputError
from pulumi_alicloud_edge._resources.validation import read_inputs

M = TypeVar("M", bound=BaseModel)


_SELECTING = frozenset({"match", "regions", "percentage", "strategies", "stages", "values"})
"""The inputs that select targets."""


class _UnreadableError(Exception):
    """A stored value is of another type, or a required one is missing."""


class _UnreadableSelectionError(_UnreadableError):
    """The unreadable value selects targets."""


def read_stored(model: type[M], properties: Mapping[str, Any]) -> M | None:
    """Return stored inputs as far as they can be read; None where what is required is missing.

    Args:
        model: The input model of today.
        properties: What is stored.
    """
    try:
        return read_inputs(model, properties)
    except InputError:
        pass
    try:
        return _constructed(model, properties)
    except _UnreadableError:
        return None


def _constructed(model: type[M], properties: Mapping[str, Any]) -> M:
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        annotation = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        try:
            values[name] = _lenient(annotation, properties.get(field.alias or name), of=name)
        except _UnreadableSelectionError:
            raise
        except _UnreadableError as error:
            if name in _SELECTING and properties.get(name) is not None:
                raise _UnreadableSelectionError from error
            if field.is_required():
                raise
            values[name] = field.get_default(call_default_factory=True)
    return model.model_construct(**values)


def _lenient(annotation: Any, stored: Any, *, of: str) -> Any:
    """Return a stored value as today's type: within today's bounds where it fits, else by its type alone.

    Args:
        annotation: The type of today, with its bounds.
        stored: The value.
        of: The name of the field.

    Raises:
        _UnreadableError: It is of another type.
    """
    if stored is None:
        raise _UnreadableError
    plain = _without_bounds(annotation)
    if get_origin(plain) is tuple:
        return _items(get_args(plain)[0], stored, of=of)
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        if not isinstance(stored, Mapping):
            raise _UnreadableError
        return _constructed(plain, stored)
    try:
        return TypeAdapter(annotation).validate_python(stored)
    except ValidationError:
        return _by_type(plain, stored)


def _items(annotation: Any, stored: Any, *, of: str) -> tuple[Any, ...]:
    """Return the readable items of a stored list; a list that selects targets has to be readable as a whole."""
    if not isinstance(stored, (list, tuple)):
        raise _UnreadableError
    items = []
    for item in stored:
        try:
            items.append(_lenient(annotation, item, of=of))
        except _UnreadableError:
            if of in _SELECTING:
                raise
    return tuple(items)


def _without_bounds(annotation: Any) -> Any:
    """Return the plain type of an annotation."""
    if get_origin(annotation) is Annotated:
        return _without_bounds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        (first, *_) = (each for each in get_args(annotation) if each is not NoneType)
        return _without_bounds(first)
    return annotation


def _by_type(plain: Any, stored: Any) -> Any:
    is_number = isinstance(stored, (int, float)) and not isinstance(stored, bool) and isfinite(stored)
    match plain:
        case t if t is str and isinstance(stored, str):
            return stored
        case t if t is bool and isinstance(stored, bool):
            return stored
        case t if t is int and is_number:
            return int(stored)
        case t if t is float and is_number:
            return float(stored)
        case _:
            raise _UnreadableError
