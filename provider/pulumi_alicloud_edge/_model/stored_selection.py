"""Selections as stored in states: small, and read as far as they are valid."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pulumi_alicloud_edge._model.outputs import MatchExpression, Selection
from pulumi_alicloud_edge._model.policy import (
    ByStrategies,
    Everywhere,
    Expression,
    InRegions,
    Matching,
    Selector,
)


def write_selection(selectors: Iterable[Selector]) -> list[Selection]:
    """Return selectors in the form of the inputs; ``{}`` is everywhere, which makes all others redundant."""
    selectors = tuple(dict.fromkeys(selectors))
    if any(isinstance(selector, Everywhere) for selector in selectors):
        return [{}]
    return [_write(selector) for selector in selectors]


def read_selection(stored: Any) -> tuple[Selector, ...] | None:
    """Return the selectors of a stored selection; None where it is damaged."""
    if not isinstance(stored, list) or not stored:
        return None
    selectors = [_read(item) for item in stored]
    known = tuple(selector for selector in selectors if selector is not None)
    return known if len(known) == len(selectors) else None


def _write(selector: Selector) -> Selection:
    match selector:
        case InRegions(regions):
            return {"regions": list(regions)}
        case Matching(expressions):
            rows: list[MatchExpression] = [
                {"key": e.key, "operator": e.operator, "values": list(e.values)} for e in expressions
            ]
            return {"match": rows}
        case ByStrategies(strategies):
            return {"strategies": strategies}
        case _:
            return {}


def _read(stored: Any) -> Selector | None:
    match stored:
        case {"regions": [*regions]} if _are_texts(regions):
            return InRegions(tuple(regions))
        case {"match": [*rows]} if rows:
            expressions = [_expression(row) for row in rows]
            known = tuple(expression for expression in expressions if expression is not None)
            return Matching(known) if len(known) == len(expressions) else None
        case {"strategies": str(strategies)}:
            return ByStrategies(strategies)
        case dict() if not stored:
            return Everywhere()
        case _:
            return None


def _expression(row: Any) -> Expression | None:
    match row:
        case {"key": str(key), "operator": str(operator), "values": [*values]} if _are_texts(values):
            return Expression(key, operator, tuple(values))
        case _:
            return None


def _are_texts(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(value, str) for value in values)
