"""Reads properties into input models and collects every field error with its path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Protocol, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from pulumi_alicloud_edge._errors import FieldError, InputError
from pulumi_alicloud_edge._model.unknown import Unknown, has_unknown


class Inputs(Protocol):
    """An input model with a check across its fields."""

    def field_errors(self) -> Iterator[FieldError]:
        """Find what is wrong across fields."""
        ...


M = TypeVar("M", bound=BaseModel)

LONGEST_KEY = 60
"""Characters of an unknown key that an error repeats."""

_REASONS = {
    "missing": "is required",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "too_short": "must not be empty",
    "dict_type": "must be a set of keys and values",
    "model_type": "must be a set of keys and values",
    "model_attributes_type": "must be a set of keys and values",
}


def read_inputs(model: type[M], properties: Mapping[str, Any]) -> M | None:
    """Read properties into a model.

    Returns:
        The model, or None where some value is not known yet (in a preview); then the known values are valid.

    Raises:
        InputError: With every field error found.
    """
    try:
        inputs = model.model_validate(dict(properties))
    except ValidationError as error:
        field_errors = tuple(_field_errors(error, model))
        if field_errors:
            raise InputError(field_errors) from None
        return None
    if has_unknown(properties):
        return None
    check = getattr(inputs, "field_errors", None)
    field_errors = tuple(check()) if check else ()
    if field_errors:
        raise InputError(field_errors)
    return inputs


def _field_errors(error: ValidationError, model: type[BaseModel]) -> Iterator[FieldError]:
    for detail in error.errors(include_url=False):
        not_known_yet = isinstance(detail["input"], Unknown) and detail["type"] != "extra_forbidden"
        if not_known_yet or _counts_only_valid_items(detail):
            continue
        yield FieldError(_path(detail["loc"]), _reason(detail, model))


def _counts_only_valid_items(detail: Any) -> bool:
    """Return whether a list counts as too short only because of items with errors or unknown values."""
    return detail["type"] == "too_short" and bool(len(detail["input"]) >= detail["ctx"]["min_length"])


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        match part:
            case int():
                path += f"[{part}]"
            case str() if part.isascii() and part.isidentifier() and len(part) <= LONGEST_KEY:
                path += f".{part}" if path else part
            case _:
                path += f"[{json.dumps(part[:LONGEST_KEY])}]"
    return path


def _unknown_key(location: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """Return the reason that a key is not known, and which one may be meant."""
    names = _keys(location[:-1], model)
    alike = get_close_matches(str(location[-1]), names, 1)
    meant = f" (did you mean {alike[0]}?)" if alike else ""
    known = f"; known inputs are {', '.join(names)}" if len(location) == 1 else ""
    return f"is not a known input{meant}{known}"


def _keys(location: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    """Return the keys that are known at a place in a model's inputs."""
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            inner = _model_within(model.model_fields[part].annotation)
            if inner is None:
                return []
            model = inner
    return sorted(name for name, field in model.model_fields.items() if field.alias is None)


def _model_within(annotation: Any) -> type[BaseModel] | None:
    """Return the model in an annotation such as ``tuple[Model, ...] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_within, get_args(annotation))), None)


def _reason(detail: Any, model: type[BaseModel]) -> str:
    kind = detail["type"]
    context = detail.get("ctx", {})
    match kind:
        case "value_error":
            return str(context["error"])
        case "extra_forbidden":
            return _unknown_key(detail["loc"], model)
        case "enum":
            return f"must be {context['expected'].replace(chr(39), '')}"
        case "greater_than_equal":
            return f"must be at least {context['ge']:g}"
        case "less_than_equal":
            return f"must be at most {context['le']:g}"
        case "too_long":
            return f"must have at most {context['max_length']} entries"
        case _:
            return _REASONS.get(kind) or str(detail["msg"])
