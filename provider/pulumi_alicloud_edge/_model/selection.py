"""Which targets a selection has, and how certain that is.

A *selection* is what a resource's inputs select: the selectors of its stages together. A target belongs to it, does
not, or may, since the cloud does not always show where a target is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, assert_never

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

REGION_KEY, INSTANCE_KEY = "region_id", "instance_id"
_OPERATORS = ("In", "NotIn")
_MATCH_POLICY = "ScheduleToAllByMatchExpressions"
"""The policy that the vendor documents for DistApplicationData."""


class Belongs(Enum):
    """Whether a target belongs to a selection."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Certainty(Enum):
    """How certain the targets of a selection are.

    KNOWN: the inputs or the inventory name all of them. OPEN: the cloud does not name them, but the whole of the
    selection was started: those with records count, and more may follow. UNKNOWN: the cloud does not name
    them and nothing was started; records that another selection left are no proof (S4).
    """

    KNOWN = "known"
    OPEN = "open"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class TargetSet:
    """The targets of a selection as far as they are in view.

    Attributes:
        targets: Those in view.
        certainty: Whether there may be more.
    """

    targets: frozenset[str]
    certainty: Certainty

    @property
    def is_known(self) -> bool:
        """Whether these are all."""
        return self.certainty is Certainty.KNOWN


def belongs(selector: Selector, target: str, region: str) -> Belongs:
    """Return whether a target belongs to a selector.

    Args:
        selector: The selector.
        target: Id of the target.
        region: Id of the edge region that it is in, empty where that is not known.
    """
    match selector:
        case Everywhere():
            return Belongs.YES
        case InRegions(regions):
            return _among(region, regions)
        case Matching(expressions):
            return _all(_fulfils(expression, target, region) for expression in expressions)
        case ByStrategies():
            parsed = parsed_strategies(selector)
            return Belongs.UNKNOWN if parsed is None else belongs(parsed, target, region)
        case ExactTargets(targets):
            return _among(target, targets)
        case Share():
            return Belongs.UNKNOWN
    assert_never(selector)


def belongs_to_any(selectors: Iterable[Selector], target: str, region: str) -> Belongs:
    """Return whether a target belongs to at least one of some selectors."""
    answers = {belongs(selector, target, region) for selector in selectors}
    if Belongs.YES in answers:
        return Belongs.YES
    return Belongs.UNKNOWN if Belongs.UNKNOWN in answers else Belongs.NO


def targets_of(selector: Selector, inventory: Mapping[str, str]) -> frozenset[str] | None:
    """Return the instances of a selector, None where the inventory does not show them.

    Args:
        selector: The selector.
        inventory: Instance id → region id; empty where the cloud lists none.
    """
    if not inventory:
        return None
    answers = {target: belongs(selector, target, region) for target, region in inventory.items()}
    if Belongs.UNKNOWN in answers.values():
        return None
    return frozenset(target for target, answer in answers.items() if answer is Belongs.YES)


def in_common(these: Iterable[Selector], those: Iterable[Selector]) -> tuple[Selector, ...]:
    """Return the part of a selection that another one selects too; selectors that cannot be compared are kept."""
    these, those = tuple(these), tuple(those)
    found: list[Selector] = []
    for selector in these:
        if selector in those or any(isinstance(other, Everywhere) for other in those):
            found.append(selector)
            continue
        found += [part for other in those if (part := _both(selector, other)) is not None]
    return tuple(dict.fromkeys(found))


def is_within(these: Iterable[Selector], those: Iterable[Selector]) -> bool:
    """Return whether one selection certainly lies within another."""
    those = tuple(those)
    return all(
        any(
            _is_same(selector, other)
            or isinstance(other, Everywhere)
            or (
                conditions_of(other) is not None
                and conditions_of(selector) is not None
                and _both(selector, other) == selector
            )
            for other in those
        )
        for selector in these
    )


def _is_same(selector: Selector, other: Selector) -> bool:
    """Return whether two selectors are the same; raw policies are, however their JSON is written."""
    if isinstance(selector, ByStrategies) and isinstance(other, ByStrategies):
        try:
            return bool(json.loads(selector.strategies) == json.loads(other.strategies))
        except ValueError:
            return selector == other
    return selector == other


def _both(selector: Selector, other: Selector) -> Selector | None:
    """Return what two selectors both select: None for nothing, the first where that is unknown."""
    mine, theirs = conditions_of(selector), conditions_of(other)
    if mine is None or theirs is None:
        return selector
    joined: list[Expression] = []
    every = tuple(dict.fromkeys((*mine, *theirs)))
    for key in dict.fromkeys(e.key for e in every):
        of_key = [e for e in every if e.key == key]
        named = [e.values for e in of_key if e.operator == "In"]
        if not named or any(e.operator not in _OPERATORS for e in of_key):
            joined += of_key
            continue
        barred = {value for e in of_key if e.operator == "NotIn" for value in e.values}
        values = tuple(v for v in named[0] if v not in barred and all(v in each for each in named[1:]))
        if not values:
            return None
        joined.append(Expression(key, "In", values))
    if set(joined) == set(mine):
        return selector
    return Matching(tuple(joined)) if joined else Everywhere()


def conditions_of(selector: Selector) -> tuple[Expression, ...] | None:
    """Return the conditions that targets of a selector fulfil, all of them; None where they are unknown."""
    match parsed_strategies(selector) or selector:
        case Everywhere():
            return ()
        case InRegions(regions):
            return (Expression(REGION_KEY, "In", regions),)
        case Matching(expressions):
            return expressions
        case ExactTargets(targets):
            return (Expression(INSTANCE_KEY, "In", tuple(sorted(targets))),)
        case _:
            return None


def is_decidable(condition: Expression) -> bool:
    """Return whether a condition can be evaluated from a target's id and region."""
    return condition.operator in _OPERATORS and condition.key in (REGION_KEY, INSTANCE_KEY)


def names_instance(conditions: Iterable[Expression], target: str) -> bool:
    """Return whether a target fulfils those of some conditions that are about instances."""
    of_instances = (condition for condition in conditions if condition.key == INSTANCE_KEY)
    return all(_fulfils(condition, target, "") is Belongs.YES for condition in of_instances)


def named_targets(selector: Selector) -> frozenset[str] | None:
    """Return the targets that a selector names one by one, and nothing else; None where it does not."""
    match parsed_strategies(selector) or selector:
        case ExactTargets(targets):
            return targets
        case Matching(expressions) if all((e.key, e.operator) == (INSTANCE_KEY, "In") for e in expressions):
            return frozenset.intersection(*(frozenset(e.values) for e in expressions))
        case _:
            return None


def explicit_regions(selectors: Iterable[Selector]) -> frozenset[str] | None:
    """Return the regions that selectors are limited to by name; None where one of them is not."""
    regions: set[str] = set()
    for selector in selectors:
        match parsed_strategies(selector) or selector:
            case InRegions(named):
                regions.update(named)
            case Matching(expressions):
                named_in = [set(e.values) for e in expressions if (e.key, e.operator) == (REGION_KEY, "In")]
                if not named_in:
                    return None
                regions |= set.intersection(*named_in)
            case _:
                return None
    return frozenset(regions)


def is_by_region(selector: Selector) -> bool:
    """Return whether a selector always selects all or none of a region's instances."""
    match parsed_strategies(selector) or selector:
        case Everywhere() | InRegions():
            return True
        case Matching(expressions):
            return all(e.key == REGION_KEY and e.operator in _OPERATORS for e in expressions)
        case _:
            return False


def parsed_strategies(selector: Selector) -> Selector | None:
    """Return raw policies as the selector that they stand for; None where they are not of the documented form."""
    if not isinstance(selector, ByStrategies):
        return None
    try:
        policy = json.loads(selector.strategies)
    except ValueError:
        return None
    if isinstance(policy, list) and len(policy) == 1:
        policy = policy[0]
    if not isinstance(policy, dict) or not isinstance(parameters := policy.get("parameters"), dict):
        return None
    if policy.get("name") == "ScheduleToRegionId" and parameters.get("operator") == "In":
        values = _texts(parameters.get("values"))
        return InRegions(values) if values else None
    if policy.get("name") != _MATCH_POLICY or not isinstance(parameters.get("match_expressions"), list):
        return None
    expressions = [_expression(row) for row in parameters["match_expressions"]]
    known = tuple(expression for expression in expressions if expression is not None)
    return Matching(known) if known and len(known) == len(expressions) else None


def _expression(row: Any) -> Expression | None:
    if not isinstance(row, dict):
        return None
    values = _texts(row.get("values"))
    key, operator = row.get("key"), row.get("operator")
    return Expression(str(key), str(operator), values) if values else None


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return ()
    return tuple(value)


def _fulfils(expression: Expression, target: str, region: str) -> Belongs:
    if not is_decidable(expression):
        return Belongs.UNKNOWN
    named = _among(region if expression.key == REGION_KEY else target, expression.values)
    if expression.operator == "In" or named is Belongs.UNKNOWN:
        return named
    return Belongs.NO if named is Belongs.YES else Belongs.YES


def _among(value: str, values: Iterable[str]) -> Belongs:
    if not value:
        return Belongs.UNKNOWN
    return Belongs.YES if value in values else Belongs.NO


def _all(answers: Iterable[Belongs]) -> Belongs:
    seen = set(answers)
    if Belongs.NO in seen:
        return Belongs.NO
    return Belongs.UNKNOWN if Belongs.UNKNOWN in seen else Belongs.YES
