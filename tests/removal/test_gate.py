"""The gate: what may be taken away, by whole regions, and what is left, and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.policy import (
    ByStrategies,
    Everywhere,
    ExactTargets,
    Expression,
    InRegions,
    Matching,
    Selector,
)
from pulumi_alicloud_edge._model.removal import Cleaning, Left, LeftBecause, Permit
from pulumi_alicloud_edge._model.selection import Belongs
from pulumi_alicloud_edge._reconcile.gate import (
    Removal,
    exactly,
    holders_of,
    permit_removal,
    permit_restore,
)

OLD, NEW, MODELS = Artifact("assets", "1.4"), Artifact("assets", "1.5"), Artifact("models", "7")
ALL = Everywhere()
OPAQUE = ByStrategies("{}")


def region(*values: str, operator: str = "In") -> Matching:
    return Matching((Expression("region_id", operator, values),))


def instances(*values: str, operator: str = "In") -> Matching:
    return Matching((Expression("instance_id", operator, values),))


def claim(*selectors: Selector, urn: str = "other", artifact: Artifact = NEW) -> Claim:
    return Claim(urn, "e-1", artifact, selectors)


def holders(**regions: str) -> dict[str, frozenset[str]]:
    """Region → instances, written ``a="i-1 i-2"``; those of no known region under ``nowhere``."""
    return {"" if name == "nowhere" else name: frozenset(ids.split()) for name, ids in regions.items()}


def permit(selector: Selector, held: dict[str, frozenset[str]], *declared: Claim) -> Permit:
    return permit_removal(Removal(OLD, (selector,), held), declared)


TWO = holders(a="i-1 i-2", b="i-3")


@pytest.mark.parametrize(
    ("selector", "held", "cleaned"),
    [
        pytest.param(ALL, TWO, {"a", "b"}, id="everywhere"),
        pytest.param(region("a"), TWO, {"a"}, id="by region"),
        pytest.param(region("a", operator="NotIn"), TWO, {"b"}, id="by excluded region"),
        pytest.param(InRegions(("b",)), TWO, {"b"}, id="regions"),
        pytest.param(instances("i-1", "i-2"), TWO, {"a"}, id="all instances of a region, by name"),
        pytest.param(instances("i-1", "i-3"), TWO, {"b"}, id="a part of a region is not enough"),
        pytest.param(ExactTargets(frozenset({"i-3"})), TWO, {"b"}, id="exact targets"),
        pytest.param(OPAQUE, TWO, set(), id="nobody knows who is selected"),
        pytest.param(ALL, holders(nowhere="i-1"), set(), id="nobody knows where it is"),
        pytest.param(ALL, holders(), set(), id="nobody has it"),
    ],
)
def test_a_region_is_cleaned_only_where_every_holder_belongs_to_the_selection(
    selector: Selector, held: dict[str, frozenset[str]], cleaned: set[str]
) -> None:
    found = permit(selector, held)
    assert {cleaning.region for cleaning in found.cleanings} == cleaned
    assert all(cleaning.targets == held[cleaning.region] for cleaning in found.cleanings)


def test_a_shared_region_is_left_with_the_targets_that_were_meant() -> None:
    assert permit(instances("i-1"), TWO).left == (Left(OLD, LeftBecause.SHARED, frozenset({"i-1"}), "a"),)


def test_instances_of_unknown_regions_are_left() -> None:
    found = permit(ALL, holders(a="i-1", nowhere="i-8 i-9"))
    assert found == Permit(
        (Cleaning(OLD, "a", frozenset({"i-1"})),),
        (Left(OLD, LeftBecause.REGION_UNKNOWN, frozenset({"i-8", "i-9"})),),
    )


def test_a_selection_by_region_leaves_instances_of_unknown_regions() -> None:
    """They may be in the region that is meant."""
    found = permit(region("a"), holders(nowhere="i-9"))
    assert found == Permit((), (Left(OLD, LeftBecause.REGION_UNKNOWN, frozenset({"i-9"})),))


@pytest.mark.parametrize(
    ("declared", "left_in"),
    [
        pytest.param(claim(ALL), {"a", "b"}, id="everywhere"),
        pytest.param(claim(region("a")), {"a"}, id="one region"),
        pytest.param(claim(instances("i-1")), {"a"}, id="one instance keeps its region"),
        pytest.param(claim(instances("i-9")), set(), id="an instance that does not have it"),
        pytest.param(claim(region("c")), set(), id="another region"),
        pytest.param(claim(region("c"), region("b")), {"b"}, id="in one of its stages"),
        pytest.param(claim(OPAQUE), {"a", "b"}, id="nobody knows where"),
        pytest.param(claim(ALL, artifact=OLD), {"a", "b"}, id="the same version: a rename"),
        pytest.param(claim(ALL, artifact=MODELS), set(), id="another name"),
    ],
)
def test_what_others_declare_is_left(declared: Claim, left_in: set[str]) -> None:
    found = permit(ALL, TWO, declared)
    assert {left.region for left in found.left} == left_in
    assert {(left.reason, left.urn) for left in found.left} <= {(LeftBecause.DECLARED, "other")}
    assert {cleaning.region for cleaning in found.cleanings} == {"a", "b"} - left_in


def test_a_resource_that_selects_less_now_keeps_what_it_still_selects() -> None:
    found = permit(ALL, TWO, claim(region("b"), urn="itself"))
    assert {cleaning.region for cleaning in found.cleanings} == {"a"}
    assert [(left.region, left.urn) for left in found.left] == [("b", "itself")]


def test_what_is_declared_and_shared_is_told_as_declared() -> None:
    (left,) = permit(instances("i-1"), TWO, claim(instances("i-2"))).left
    assert (left.reason, left.targets) == (LeftBecause.DECLARED, {"i-1"})


SELECTORS = st.one_of(
    st.just(ALL),
    st.just(OPAQUE),
    st.builds(region, st.sampled_from("abc"), operator=st.sampled_from(["In", "NotIn"])),
    st.builds(instances, st.sampled_from(["i-0", "i-1", "i-2"]), operator=st.sampled_from(["In", "NotIn"])),
)
HOLDERS = st.dictionaries(
    st.sampled_from(["a", "b", ""]), st.sets(st.sampled_from(["i-0", "i-1", "i-2", "i-3"]), min_size=1)
)


@given(st.lists(SELECTORS, min_size=1, max_size=3), HOLDERS, st.lists(SELECTORS, max_size=2))
def test_nothing_that_is_cleaned_is_anybody_elses(
    selectors: list[Selector], held: dict[str, set[str]], others: list[Selector]
) -> None:
    removal = Removal(OLD, tuple(selectors), {name: frozenset(ids) for name, ids in held.items()})
    declared = [claim(selector, urn=f"other-{number}") for number, selector in enumerate(others)]
    found = permit_removal(removal, declared)
    mine = claim(*selectors, urn="mine")
    for cleaning in found.cleanings:
        assert cleaning.region, "a clean without a region"
        for target in held[cleaning.region]:
            assert mine.covers(target, cleaning.region) is Belongs.YES
            assert all(other.covers(target, cleaning.region) is Belongs.NO for other in declared)
    named = [cleaning.region for cleaning in found.cleanings] + [left.region for left in found.left]
    assert len(named) == len(set(named)), "a region is cleaned or left, and once"


WHERE = {"i-1": "a", "i-2": "a", "i-3": "b"}
STANDING = dict.fromkeys(WHERE, "1.5")


def test_a_former_version_comes_back_where_nobody_else_declares_the_name() -> None:
    found = permit_restore(OLD, STANDING, WHERE, [claim(region("b"))])
    assert found.targets == {"i-1", "i-2"}
    (left,) = found.left
    assert (left.artifact, left.reason, left.targets, left.urn) == (
        NEW,
        LeftBecause.DECLARED,
        {"i-3"},
        "other",
    )


def test_a_former_version_does_not_come_back_where_another_may_be_declared() -> None:
    assert permit_restore(OLD, STANDING, WHERE, [claim(OPAQUE)]).targets == set()
    assert permit_restore(OLD, {"i-9": "1.5"}, {}, [claim(region("b"))]).targets == set()


def test_other_names_do_not_keep_a_former_version_from_coming_back() -> None:
    assert permit_restore(OLD, STANDING, WHERE, [claim(ALL, artifact=MODELS)]).left == ()


def test_who_holds_something_is_told_by_region() -> None:
    done, deleted = Record(RecordState.SUCCEEDED), Record(RecordState.DELETED)
    busy, failed = Record(RecordState.IN_PROGRESS), Record(RecordState.FAILED)
    records = {
        OLD: {"i-1": done, "i-2": busy, "i-3": failed, "i-4": deleted, "i-9": done},
        NEW: {"i-4": done},
    }
    listed = Observation(records, regions={**WHERE, "i-4": "b"})
    assert holders_of(listed, OLD) == {"a": {"i-1", "i-2"}, "b": {"i-3"}}, "i-9 does not exist any more"
    assert holders_of(Observation(records), OLD) == {"": {"i-1", "i-2", "i-3", "i-9"}}
    assert holders_of(listed, MODELS) == {}


def test_exact_targets_are_a_selection_of_just_those() -> None:
    (selector,) = exactly(["i-2", "i-1"])
    assert selector == ExactTargets(frozenset({"i-1", "i-2"}))


def test_two_answers_of_the_gate_are_joined_in_their_order() -> None:
    one, other = permit(instances("i-1"), TWO), permit(ALL, TWO)
    assert one + other == Permit(one.cleanings + other.cleanings, one.left + other.left)
    assert ((one + other).cleanings, (one + other).left) == (other.cleanings, one.left)
    assert one + one == Permit(one.cleanings * 2, one.left * 2)


def test_who_loses_an_artifact_is_told_of_all_regions_and_of_no_other_artifact() -> None:
    both = permit(ALL, TWO) + permit_removal(Removal(MODELS, (ALL,), holders(a="i-9")), ())
    assert both.cleaned_of(OLD) == {"i-1", "i-2", "i-3"}
    assert both.cleaned_of(NEW) == set()
