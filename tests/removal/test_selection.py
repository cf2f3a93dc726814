"""Which targets a selection has, and what can be said of it without an inventory."""

from __future__ import annotations

import json
from typing import Any

import pytest

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
from pulumi_alicloud_edge._model.selection import (
    Belongs,
    belongs,
    belongs_to_any,
    explicit_regions,
    is_by_region,
    parsed_strategies,
    targets_of,
)

FLEET = {"i-1": "a", "i-2": "a", "i-3": "b"}
YES, NO, UNKNOWN = Belongs.YES, Belongs.NO, Belongs.UNKNOWN


def region(*values: str, operator: str = "In") -> Matching:
    return Matching((Expression("region_id", operator, values),))


def instances(*values: str, operator: str = "In") -> Matching:
    return Matching((Expression("instance_id", operator, values),))


def both(*selectors: Matching) -> Matching:
    return Matching(tuple(expression for selector in selectors for expression in selector.expressions))


def policy(*expressions: dict[str, Any], name: str = "ScheduleToAllByMatchExpressions") -> str:
    return json.dumps({"name": name, "parameters": {"match_expressions": list(expressions)}})


LABEL = Matching((Expression("label", "In", ("x",)),))
OPAQUE = ByStrategies("{}")
IN_A = {"key": "region_id", "operator": "In", "values": ["a"]}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (Everywhere(), {"i-1", "i-2", "i-3"}),
        (region("a"), {"i-1", "i-2"}),
        (region("a", operator="NotIn"), {"i-3"}),
        (region("c"), set()),
        (InRegions(("b",)), {"i-3"}),
        (instances("i-3", "i-9"), {"i-3"}),
        (both(region("a"), instances("i-1", operator="NotIn")), {"i-2"}),
        (ExactTargets(frozenset({"i-2", "i-9"})), {"i-2"}),
        (ByStrategies(policy(IN_A)), {"i-1", "i-2"}),
        (LABEL, None),
        (both(region("a"), LABEL), None),
        (both(region("c"), LABEL), set()),
        (region("a", operator="Exists"), None),
        (OPAQUE, None),
        (Share(50), None),
    ],
)
def test_the_inventory_says_who_belongs_to_a_selection(selector: Selector, expected: set[str] | None) -> None:
    assert targets_of(selector, FLEET) == expected


@pytest.mark.parametrize("selector", [Everywhere(), region("a"), instances("i-1")])
def test_without_an_inventory_nobody_says_who_belongs(selector: Selector) -> None:
    assert targets_of(selector, {}) is None


@pytest.mark.parametrize(
    ("selector", "target", "of_region", "expected"),
    [
        (Everywhere(), "i-1", "", YES),
        (region("a"), "i-1", "", UNKNOWN),
        (region("a", operator="NotIn"), "i-1", "", UNKNOWN),
        (instances("i-1"), "i-1", "", YES),
        (both(region("a"), instances("i-1")), "i-1", "", UNKNOWN),
        (both(region("a"), instances("i-1")), "i-2", "", NO),
        (both(region("a"), LABEL), "i-3", "b", NO),
        (both(region("a"), LABEL), "i-1", "a", UNKNOWN),
        (ExactTargets(frozenset({"i-1"})), "i-1", "", YES),
    ],
)
def test_an_unknown_region_makes_no_claim(
    selector: Selector, target: str, of_region: str, expected: Belongs
) -> None:
    assert belongs(selector, target, of_region) is expected


def test_one_of_several_selections_is_enough() -> None:
    assert belongs_to_any((OPAQUE, region("a")), "i-1", "a") is YES
    assert belongs_to_any((OPAQUE, region("a")), "i-3", "b") is UNKNOWN
    assert belongs_to_any((region("b"), region("a")), "i-9", "c") is NO
    assert belongs_to_any((), "i-1", "a") is NO


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ([region("a")], {"a"}),
        ([region("a"), region("a", "b")], {"a", "b"}),
        ([InRegions(("a",))], {"a"}),
        ([both(region("a", "b"), region("b", "c"))], {"b"}),
        ([both(region("a"), instances("i-1"))], {"a"}),
        ([ByStrategies(policy(IN_A))], {"a"}),
        ([region("a"), Everywhere()], None),
        ([region("a", operator="NotIn")], None),
        ([region("a"), instances("i-1")], None),
        ([OPAQUE], None),
        ([ExactTargets(frozenset({"i-1"}))], None),
    ],
)
def test_regions_limit_a_selection_only_where_all_of_it_names_them(
    selectors: list[Selector], expected: set[str] | None
) -> None:
    assert explicit_regions(selectors) == expected


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (Everywhere(), True),
        (InRegions(("a",)), True),
        (region("a", operator="NotIn"), True),
        (ByStrategies(policy(IN_A)), True),
        (both(region("a"), instances("i-1")), False),
        (region("a", operator="Exists"), False),
        (OPAQUE, False),
        (ExactTargets(frozenset({"i-1"})), False),
    ],
)
def test_some_selections_always_take_whole_regions(selector: Selector, expected: bool) -> None:  # noqa: FBT001
    assert is_by_region(selector) is expected


@pytest.mark.parametrize(
    "strategies",
    [
        "",
        "no JSON",
        "[]",
        "[1, 2]",
        '"text"',
        "{}",
        '{"name": "ScheduleToAllByMatchExpressions"}',
        '{"name": "ScheduleToAllByMatchExpressions", "parameters": []}',
        policy(),
        policy({"key": "region_id", "operator": "In", "values": []}),
        policy({"key": "region_id", "operator": "In", "values": [1]}),
        policy(IN_A, {"key": "region_id"}),
        policy(IN_A, name="ScheduleByCity"),
        '{"name": "ScheduleToRegionId", "parameters": {"operator": "NotIn", "values": ["a"]}}',
    ],
)
def test_raw_policies_of_another_form_are_not_guessed_at(strategies: str) -> None:
    assert parsed_strategies(ByStrategies(strategies)) is None
    assert belongs(ByStrategies(strategies), "i-1", "a") is UNKNOWN


def test_raw_policies_of_the_documented_form_are_read() -> None:
    one = ByStrategies(policy(IN_A, {"key": "instance_id", "operator": "NotIn", "values": ["i-1"]}))
    assert parsed_strategies(one) == both(region("a"), instances("i-1", operator="NotIn"))
    assert parsed_strategies(ByStrategies(f"[{policy(IN_A)}]")) == region("a")
    push = '{"name": "ScheduleToRegionId", "parameters": {"operator": "In", "values": ["a", "b"]}}'
    assert parsed_strategies(ByStrategies(push)) == InRegions(("a", "b"))
