"""How values are written as parameters of a call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_QUERY = 65_536
"""Bytes. The HTTP library allows no more; the gateway's limit is not documented."""


def compact_json(value: Any) -> str:
    """Write JSON as the vendor's clients do: without blanks, other scripts as they are."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def given(**parameters: str | int | bool | Sequence[str] | None) -> dict[str, str]:
    """Write the parameters that have a value: true and false in lower case, lists as JSON, no empty ones."""
    return {
        name: _text(value)
        for name, value in parameters.items()
        if value is not None and value not in ("", ())
    }


def encoded(parameters: Mapping[str, str]) -> str:
    """Write parameters as a query, encoded as in the signature, so that what is sent is what is signed."""
    return urlencode(parameters, quote_via=quote)


def _text(value: str | int | bool | Sequence[str]) -> str:  # noqa: FBT001
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(value)
        case _:
            return compact_json(list(value))
