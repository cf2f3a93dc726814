"""Two selections compared: what both select, and whether one lies within the other."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    belongs_to_any,
    conditions_of,
    explicit_regions,
    in_common,
    is_by_region,
    is_decidable,
    is_within,
    named_targets,
    names_instance,
)


def matching(*rows: str) -> Matching:
    """A selector by rows such as ``region_id In a b``."""
    words = [row.split() for row in rows]
    return Matching(tuple(Expression(key, operator, tuple(values)) for key, operator, *values in words))


def exactly(*targets: str) -> ExactTargets:
    return ExactTargets(frozenset(targets))


def raw(name: str = "ScheduleToAllByMatchExpressions", **parameters: object) -> ByStrategies:
    return ByStrategies(json.dumps({"name": name, "parameters": parameters}))


ALL, A_OR_B = Everywhere(), matching("region_id In a b")
RAW = raw("ScheduleToRegionId", operator="In", values=["a"])
OPAQUE, LABEL = ByStrategies("{}"), matching("label In x")


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        pytest.param(ALL, A_OR_B, A_OR_B, id="everywhere and a part"),
        pytest.param(A_OR_B, ALL, A_OR_B, id="a part and everywhere"),
        pytest.param(A_OR_B, A_OR_B, A_OR_B, id="the same"),
        pytest.param(A_OR_B, matching("region_id In b c"), matching("region_id In b"), id="some regions"),
        pytest.param(A_OR_B, matching("region_id In c"), None, id="no region"),
        pytest.param(InRegions(("a", "b")), A_OR_B, InRegions(("a", "b")), id="in other words: as it was"),
        pytest.param(InRegions(("a", "b")), InRegions(("b",)), matching("region_id In b"), id="regions"),
        pytest.param(
            A_OR_B, matching("region_id NotIn a"), matching("region_id In b"), id="all but a region"
        ),
        pytest.param(matching("region_id NotIn a"), A_OR_B, matching("region_id In b"), id="the other way"),
        pytest.param(A_OR_B, matching("region_id NotIn a b"), None, id="all but these"),
        pytest.param(
            matching("region_id NotIn a"),
            matching("region_id NotIn b"),
            matching("region_id NotIn a", "region_id NotIn b"),
            id="neither of two",
        ),
        pytest.param(
            A_OR_B,
            matching("instance_id In i-1"),
            matching("region_id In a b", "instance_id In i-1"),
            id="an instance in regions",
        ),
        pytest.param(
            matching("instance_id In i-1 i-2"),
            exactly("i-2", "i-3"),
            matching("instance_id In i-2"),
            id="ids",
        ),
        pytest.param(LABEL, A_OR_B, matching("label In x", "region_id In a b"), id="a label, and in regions"),
        pytest.param(
            matching("label Exists x"), A_OR_B, matching("label Exists x", "region_id In a b"), id="?"
        ),
        pytest.param(OPAQUE, A_OR_B, OPAQUE, id="what cannot be compared stays"),
        pytest.param(A_OR_B, OPAQUE, A_OR_B, id="with what cannot be compared"),
        pytest.param(Share(50), A_OR_B, Share(50), id="a share stays"),
        pytest.param(RAW, A_OR_B, RAW, id="raw policies of the documented form are read"),
        pytest.param(RAW, matching("region_id In c"), None, id="and told apart"),
    ],
)
def test_what_two_selections_have_in_common(one: Selector, other: Selector, both: Selector | None) -> None:
    assert in_common((one,), (other,)) == (() if both is None else (both,))


def test_what_several_stages_have_in_common_is_each_with_each() -> None:
    these = (matching("region_id In a"), matching("region_id In b"))
    those = (matching("region_id In b c"), matching("region_id In a c"), matching("region_id In a"))
    assert in_common(these, those) == these
    assert in_common(these, ()) == ()


def test_what_lies_in_one_of_several_stages_as_a_whole_stays_whole() -> None:
    assert in_common((A_OR_B,), (ALL, matching("region_id In a"))) == (A_OR_B,)
    assert in_common((A_OR_B,), (A_OR_B, matching("region_id In a"))) == (A_OR_B,)


def test_conditions_that_nobody_can_judge_stay_beside_those_on_the_same_key() -> None:
    one, other = matching("region_id In a b", "region_id Exists x"), matching("region_id In b")
    assert in_common((one,), (other,)) == (
        matching("region_id In a b", "region_id Exists x", "region_id In b"),
    )


@pytest.mark.parametrize(
    ("one", "other", "within"),
    [
        pytest.param(A_OR_B, ALL, True, id="everywhere has all"),
        pytest.param(ALL, A_OR_B, False, id="not the other way"),
        pytest.param(A_OR_B, A_OR_B, True, id="the same"),
        pytest.param(matching("region_id In a"), A_OR_B, True, id="one of the regions"),
        pytest.param(A_OR_B, matching("region_id In a"), False, id="more regions"),
        pytest.param(
            matching("region_id In a", "instance_id In i-1"), A_OR_B, True, id="a part of the regions"
        ),
        pytest.param(
            matching("region_id In b"), matching("region_id NotIn a"), True, id="not the barred one"
        ),
        pytest.param(matching("region_id In a"), matching("region_id NotIn a"), False, id="the barred one"),
        pytest.param(exactly("i-1"), matching("instance_id In i-1 i-2"), True, id="an id of these"),
        pytest.param(OPAQUE, OPAQUE, True, id="the same, whatever it says"),
        pytest.param(OPAQUE, ALL, True, id="whatever it says lies everywhere"),
        pytest.param(OPAQUE, A_OR_B, False, id="what says nothing, in regions"),
        pytest.param(A_OR_B, OPAQUE, False, id="in what says nothing"),
        pytest.param(ByStrategies('{"a":1}'), ByStrategies('{ "a": 1 }'), True, id="the same JSON"),
        pytest.param(ByStrategies('{"a":1}'), ByStrategies('{"a":2}'), False, id="other JSON"),
        pytest.param(ByStrategies("x"), ByStrategies("x"), True, id="the same, and no JSON"),
        pytest.param(ByStrategies("x"), ByStrategies("y"), False, id="other words, and no JSON"),
        pytest.param(RAW, A_OR_B, True, id="raw policies of the documented form"),
    ],
)
def test_one_selection_within_another(one: Selector, other: Selector, within: bool) -> None:  # noqa: FBT001
    assert is_within((one,), (other,)) is within


def test_each_stage_has_to_lie_within_one_of_the_others() -> None:
    these = (matching("region_id In a"), matching("region_id In b"))
    assert is_within(these, (matching("region_id In b"), matching("region_id In a")))
    assert not is_within(these, (matching("region_id In b"),))
    assert is_within((), ())
    assert not is_within(these, ())


SELECTORS = st.one_of(
    st.just(ALL),
    st.builds(
        lambda key, operator, values: Matching((Expression(key, operator, tuple(sorted(values))),)),
        st.sampled_from(["region_id", "instance_id"]),
        st.sampled_from(["In", "NotIn"]),
        st.sets(st.sampled_from(["a", "b", "i-1", "i-2"]), min_size=1),
    ),
    st.builds(lambda ids: exactly(*ids), st.sets(st.sampled_from(["i-1", "i-2"]), min_size=1)),
)
SELECTIONS = st.lists(SELECTORS, min_size=1, max_size=2)
FLEET = [(target, region) for target in ("i-1", "i-2") for region in ("a", "b", "c")]


@given(SELECTIONS, SELECTIONS)
def test_a_target_is_in_what_is_common_just_where_it_is_in_both(
    these: list[Selector], those: list[Selector]
) -> None:
    common, within = in_common(these, those), is_within(these, those)
    for target, region in FLEET:
        mine, theirs = (belongs_to_any(each, target, region) is Belongs.YES for each in (these, those))
        assert (belongs_to_any(common, target, region) is Belongs.YES) is (mine and theirs)
        assert not (within and mine and not theirs)


@pytest.mark.parametrize(
    ("selector", "named"),
    [
        (exactly("i-1"), {"i-1"}),
        (matching("instance_id In i-1 i-2", "instance_id In i-2 i-3"), {"i-2"}),
        (matching("instance_id NotIn i-1"), None),
        (matching("instance_id In i-1", "region_id In a"), None),
        (ALL, None),
        (RAW, None),
        (raw(match_expressions=[{"key": "instance_id", "operator": "In", "values": ["i-1"]}]), {"i-1"}),
    ],
)
def test_some_selections_name_their_targets_one_by_one(selector: Selector, named: set[str] | None) -> None:
    assert named_targets(selector) == named


def test_regions_are_limited_by_all_the_conditions_of_a_selection_together() -> None:
    twice = matching("region_id In a b", "region_id In b c", "instance_id In i-1")
    assert explicit_regions((twice, InRegions(("d",)))) == {"b", "d"}
    assert explicit_regions((matching("region_id NotIn a"),)) is None
    assert explicit_regions((matching("instance_id In a"),)) is None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("region_id In a", "region_id NotIn b"), True),
        (("region_id In a", "instance_id In i-1"), False),
        (("region_id Exists a",), False),
    ],
)
def test_whole_regions_are_selected_by_conditions_about_regions_alone(
    rows: tuple[str, ...],
    expected: bool,  # noqa: FBT001
) -> None:
    assert is_by_region(matching(*rows)) is expected


def test_a_condition_can_be_judged_by_id_and_region_alone_or_not_at_all() -> None:
    rows = ("region_id In a", "instance_id NotIn i-1", "label In x", "region_id Exists a")
    assert [is_decidable(condition) for condition in matching(*rows).expressions] == [
        True,
        True,
        False,
        False,
    ]


def test_conditions_about_other_things_do_not_keep_an_instance_from_being_named() -> None:
    conditions = conditions_of(matching("region_id In a", "instance_id In i-1 i-2", "instance_id NotIn i-2"))
    assert conditions is not None
    assert [names_instance(conditions, target) for target in ("i-1", "i-2", "i-3")] == [True, False, False]


@pytest.mark.parametrize(
    "policy",
    [
        raw("SomethingElse", operator="In", values=["a"]),
        raw("ScheduleToRegionId", operator="In", values=["a", 1]),
        raw("ScheduleToRegionId", operator="NotIn", values=["a"]),
        raw(),
        raw(match_expressions="region_id"),
    ],
    ids=["another policy", "a number among the regions", "all but some", "no conditions", "no list of them"],
)
def test_a_raw_policy_that_is_not_as_documented_is_within_everywhere_alone(policy: ByStrategies) -> None:
    assert conditions_of(policy) is None
    assert is_within((policy,), (ALL,))
    assert not is_within((policy,), (A_OR_B,))
