"""The vendor's selection policies as JSON text, made from a selector or from targets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import assert_never

from pulumi_alicloud_edge._model.policy import (
    ByStrategies,
    Everywhere,
    ExactTargets,
    Expression,
    InRegions,
    Matching,
    Selector,
    Share,
)


def push_strategy(selector: Selector) -> str | None:
    """Return the PushStrategy for a selector, None for everywhere."""
    match selector:
        case Everywhere():
            return None
        case InRegions(regions):
            return in_regions(regions)
        case ByStrategies(strategies):
            return strategies
        case ExactTargets(targets):
            return in_regions(sorted(targets))
        case Matching() | Share():
            raise TypeError(f"a push is not selected by {selector}")
    assert_never(selector)


def dist_strategy(selector: Selector) -> str | None:
    """Return the DistStrategy for a selector, None for everywhere."""
    match selector:
        case Everywhere():
            return None
        case Matching(expressions):
            return matching(expressions)
        case ByStrategies(strategies):
            return strategies
        case ExactTargets(targets):
            return matching([Expression("instance_id", "In", tuple(sorted(targets)))])
        case InRegions() | Share():
            raise TypeError(f"a distribution is not selected by {selector}")
    assert_never(selector)


def in_regions(regions: Iterable[str]) -> str:
    """Select edge regions, as documented for PushApplicationData."""
    return _policy("ScheduleToRegionId", {"operator": "In", "values": list(regions)})


def matching(expressions: Iterable[Expression]) -> str:
    """Select instances by expressions, as documented for DistApplicationData."""
    rows = [{"key": e.key, "operator": e.operator, "values": list(e.values)} for e in expressions]
    return _policy("ScheduleToAllByMatchExpressions", {"match_expressions": rows})


def _policy(name: str, parameters: dict[str, object]) -> str:
    return json.dumps({"name": name, "parameters": parameters}, separators=(",", ":"), ensure_ascii=False)
