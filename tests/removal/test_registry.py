"""What the resources of this run declare is known to each of them; two that contradict each other are found."""

from __future__ import annotations

import pytest

from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.policy import (
    ByStrategies,
    Everywhere,
    Expression,
    InRegions,
    Matching,
    Selector,
)
from pulumi_alicloud_edge._registry import Registry
from pulumi_alicloud_edge._resources.conflicts import conflict_errors

ASSETS, NEWER = Artifact("assets", "1.5"), Artifact("assets", "1.6")


def declared(
    urn: str = "new",
    *regions: str,
    app: str = "e-1",
    artifact: Artifact = ASSETS,
    selectors: tuple[Selector, ...] | None = None,
) -> Claim:
    """What a resource declares, in some regions or everywhere."""
    selected: Selector = InRegions(regions) if regions else Everywhere()
    return Claim(urn, app, artifact, selectors or (selected,))


def matching(key: str, operator: str, *values: str) -> Matching:
    return Matching((Expression(key, operator, values),))


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        pytest.param(declared(), declared(), True, id="the same, everywhere: a rename"),
        pytest.param(declared("new", "a"), declared("old", "a", "b"), True, id="overlapping regions"),
        pytest.param(declared("new", "a"), declared("old"), True, id="a part of everywhere"),
        pytest.param(declared("new", "a"), declared("old", "b"), False, id="other regions"),
        pytest.param(declared(artifact=NEWER), declared("old"), True, id="another version of the name"),
        pytest.param(declared(artifact=Artifact("models", "7")), declared("old"), False, id="another name"),
        pytest.param(declared(app="e-2"), declared("old"), False, id="another application"),
        pytest.param(
            declared(selectors=(matching("region_id", "NotIn", "a"),)),
            declared("old", "a"),
            True,
            id="a selection that names no regions may be anywhere",
        ),
        pytest.param(
            declared(selectors=(InRegions(("a",)), ByStrategies("{}"))),
            declared("old", "b"),
            True,
            id="stages of which one may be anywhere",
        ),
        pytest.param(
            declared(selectors=(matching("region_id", "In", "a", "b"),)),
            declared("old", "b"),
            True,
            id="regions in other words",
        ),
    ],
)
def test_claims_overlap_unless_regions_rule_it_out(one: Claim, other: Claim, overlap: bool) -> None:  # noqa: FBT001
    assert one.may_overlap(other) is overlap
    assert other.may_overlap(one) is overlap


def test_a_resource_that_declares_anew_declares_only_that() -> None:
    one = Registry()
    one.declare("web", (declared("web"),))
    models = declared("web", artifact=Artifact("models", "7"))
    one.declare("web", (models,))
    assert one.declared() == (models,)


def test_declaring_tells_what_others_declare() -> None:
    first, second = declared("first"), declared("second")
    one = Registry()
    assert one.declare("first", (first,)) == ()
    assert one.declare("second", (second,)) == (first,)
    assert one.declare("first", (first,)) == (second,)
    assert one.others("first") == (second,)


def test_a_run_without_a_program_is_known_from_one_that_declares_nothing() -> None:
    """In a destroy no program runs, and what the states remember of each other is all that is known."""
    one = Registry()
    assert not one.knows_program()
    one.declare("web", ())
    assert one.knows_program()


def test_what_is_deleted_in_this_run_is_remembered() -> None:
    one = Registry()
    one.deleting("web")
    assert one.deleted() == {"web"}


@pytest.mark.parametrize(
    ("one", "other", "contradict"),
    [
        pytest.param(declared("x"), declared("y", artifact=NEWER), True, id="two versions everywhere"),
        pytest.param(declared("x", "a"), declared("y", "a", "b", artifact=NEWER), True, id="on one region"),
        pytest.param(declared("x", "a"), declared("y", "b", artifact=NEWER), False, id="side by side"),
        pytest.param(declared("x"), declared("y"), False, id="the same version"),
        pytest.param(declared("x"), declared("x", artifact=NEWER), False, id="one and the same resource"),
        pytest.param(
            declared("x"),
            declared("y", artifact=NEWER, selectors=(ByStrategies("{}"),)),
            False,
            id="a selection that cannot be compared",
        ),
        pytest.param(
            declared("x", "a"),
            declared("y", artifact=NEWER, selectors=(matching("instance_id", "NotIn", "i-1"),)),
            False,
            id="instances, without an inventory",
        ),
    ],
)
def test_two_that_want_different_versions_on_a_target_contradict(
    one: Claim,
    other: Claim,
    contradict: bool,  # noqa: FBT001
) -> None:
    assert bool(list(conflict_errors([one], [other]))) is contradict
    assert bool(list(conflict_errors([other], [one]))) is contradict


@pytest.mark.parametrize(
    ("inventory", "contradict"),
    [({"i-1": "a", "i-2": "a"}, True), ({"i-1": "a", "i-2": "b"}, False), ({}, False)],
    ids=["an instance of both", "no instance of both", "nothing is listed"],
)
def test_an_inventory_shows_whether_selections_meet(
    inventory: dict[str, str],
    contradict: bool,  # noqa: FBT001
) -> None:
    one = declared("x", selectors=(matching("region_id", "In", "a"),))
    other = declared("y", artifact=NEWER, selectors=(matching("instance_id", "NotIn", "i-1"),))
    assert bool(list(conflict_errors([one], [other], inventory))) is contradict


def test_both_resources_are_named() -> None:
    (fault,) = conflict_errors([declared("urn-x")], [declared("urn-y", artifact=NEWER)])
    assert "urn-x and urn-y" in fault.reason
