"""Values that the engine does not know yet, as the host hands them over."""

from __future__ import annotations

from typing import Any

from pulumi.output import Unknown
from pulumi.runtime import rpc

from pulumi_alicloud_edge._model.unknown import UNKNOWN


def with_unknowns(value: Any) -> Any:
    """Return a value with `UNKNOWN` wherever the engine does not know it yet; the very same value where it does."""
    if isinstance(value, dict):
        marked = {key: with_unknowns(each) for key, each in value.items()}
        return marked if any(marked[key] is not value[key] for key in value) else value
    if isinstance(value, list):
        items = [with_unknowns(each) for each in value]
        return items if any(one is not other for one, other in zip(items, value, strict=True)) else value
    is_unknown = value == rpc.UNKNOWN if isinstance(value, str) else isinstance(value, Unknown)
    return UNKNOWN if is_unknown else value
