"""Selections as they stand in states: small, and read as far as they go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pulumi_alicloud_edge.model.outputs import MatchExpression, Selection
from pulumi_alicloud_edge.model.policy import ByStrategies, Everywhere, Expression, InRegions, Matching, Scope


def write_selection(scopes: Iterable[Scope]) -> list[Selection]:
    """Return scopes in the words of the inputs; ``{}`` stands for everywhere, which makes all others needless."""
    scopes = tuple(dict.fromkeys(scopes))
    if any(isinstance(scope, Everywhere) for scope in scopes):
        return [{}]
    return [_write(scope) for scope in scopes]


def read_selection(stored: Any) -> tuple[Scope, ...] | None:
    """Return the scopes of a stored selection; None where it is damaged."""
    if not isinstance(stored, list) or not stored:
        return None
    scopes = [_read(item) for item in stored]
    known = tuple(scope for scope in scopes if scope is not None)
    return known if len(known) == len(scopes) else None


def _write(scope: Scope) -> Selection:
    match scope:
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


def _read(stored: Any) -> Scope | None:
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
