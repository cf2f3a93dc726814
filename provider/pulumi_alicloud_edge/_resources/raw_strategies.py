"""The input ``strategies``: the vendor's own policies, which are passed on unchanged."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import from_json

from pulumi_alicloud_edge._cloud.parameters import compact_json
from pulumi_alicloud_edge._model.unknown import has_unknown
from pulumi_alicloud_edge._resources.markers import Allowed, WrittenAs

_LARGEST_WHOLE = 2**53


def _policies(value: Any) -> str:
    """Return the JSON text: the text itself where it is one, else what was declared in its place."""
    if has_unknown(value):
        return ""  # not read before all values are known
    try:
        text = value if isinstance(value, str) else compact_json(_as_declared(value))
        policies = from_json(text, allow_inf_nan=False)
    except (TypeError, ValueError):
        policies = None
    if not policies or not isinstance(policies, (dict, list)):
        raise ValueError("must be one of the vendor's policies, or a list of them, as JSON")
    return text


def _as_declared(value: Any) -> Any:
    """Turn floats back into whole numbers: the engine passes all numbers as floats, and JSON distinguishes them."""
    match value:
        case dict():
            return {key: _as_declared(item) for key, item in value.items()}
        case list():
            return [_as_declared(item) for item in value]
        case float() if value.is_integer() and abs(value) <= _LARGEST_WHOLE:
            return int(value)
        case _:
            return value


Policies = Annotated[
    str,
    BeforeValidator(_policies),
    WrittenAs("Any"),
    Allowed("a policy, or a list of them, as JSON or its text"),
]
