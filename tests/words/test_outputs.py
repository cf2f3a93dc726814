"""Outputs stay small and true: placements, what is owned, and the baseline that a rollback returns to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._model.outcome import FailedTarget, Placement, TargetState
from pulumi_alicloud_edge._model.policy import Everywhere, InRegions, Selector
from pulumi_alicloud_edge._reconcile.baseline import Baseline, Before
from pulumi_alicloud_edge._resources.data_outputs import (
    owned_artifacts,
    owned_claims,
    show_baseline,
    show_owned,
    show_placements,
    show_rollout,
    show_unserved,
    stored_rollout,
    succeeded_somewhere,
)
from pulumi_alicloud_edge._resources.last_rollout import LastRollout

ASSETS, MODELS = Artifact("assets", "1.5"), Artifact("models", "7")


def state(status: str, version: str, **more: Any) -> dict[str, Any]:
    return {"status": status, "data": [{"name": "assets", "version": version}], **more}


def test_placements_are_counts_and_a_few_failures() -> None:
    failed = (FailedTarget(ASSETS, "i-1", "disk full"),)
    counts = {TargetState.CONVERGED: 39, TargetState.FAILED: 1, TargetState.MISSING: 0}
    assert show_placements((Placement(ASSETS, counts, 40, failed),)) == [
        {
            "name": "assets",
            "version": "1.5",
            "counts": {"converged": 39, "failed": 1},
            "total": 40,
            "failed": [{"target": "i-1", "reason": "disk full"}],
        }
    ]


def test_placements_of_a_hundred_thousand_targets_are_as_small_as_those_of_forty() -> None:
    failed = tuple(FailedTarget(ASSETS, f"i-{n:06}", "disk full") for n in range(20))
    counts = {TargetState.CONVERGED: 50_000, TargetState.FAILED: 50_000}
    assert len(json.dumps(show_placements((Placement(ASSETS, counts, 100_000, failed),)))) < 2000


def test_what_has_arrived_somewhere_is_known_from_placements() -> None:
    shown = show_placements(
        (Placement(ASSETS, {TargetState.CONVERGED: 1}, 2), Placement(MODELS, {TargetState.FAILED: 2}, 2))
    )
    assert succeeded_somewhere({"placements": shown}) == {ASSETS}
    assert succeeded_somewhere({}) == set()


A, B = InRegions(("a",)), InRegions(("b",))


def owned(*claims: tuple[Artifact, Selector]) -> dict[str, Any]:
    return show_owned(Claim("", "e-1", artifact, (selector,)) for artifact, selector in claims)


def read(stored: Any, selection: tuple[Selector, ...] = ()) -> list[tuple[Artifact, tuple[Selector, ...]]]:
    return [(c.artifact, c.selectors) for c in owned_claims({"owned": stored}, "urn", "e-1", selection)]


def test_owned_versions_are_kept_newest_last_with_where_they_were_put() -> None:
    older = Artifact("assets", "1.4")
    shown = owned((ASSETS, A), (older, A), (Artifact("gone", "1"), B), (ASSETS, B), (MODELS, Everywhere()))
    assert shown == {
        "assets": [
            {"versions": ["1.4"], "selection": [{"regions": ["a"]}]},
            {"versions": ["1.5"], "selection": [{"regions": ["a"]}, {"regions": ["b"]}]},
        ],
        "gone": [{"versions": ["1"], "selection": [{"regions": ["b"]}]}],
        "models": [{"versions": ["7"], "selection": [{}]}],
    }
    assert set(read(shown)) == {
        (older, (A,)),
        (ASSETS, (A, B)),
        (Artifact("gone", "1"), (B,)),
        (MODELS, (Everywhere(),)),
    }
    assert set(owned_artifacts({"owned": shown})) == {older, ASSETS, MODELS, Artifact("gone", "1")}


def test_many_versions_of_one_selection_share_its_words() -> None:
    shown = owned(*((Artifact("assets", str(number)), A) for number in range(150)))
    kept = [str(number) for number in range(50, 150)]
    assert shown == {"assets": [{"versions": kept, "selection": [{"regions": ["a"]}]}]}


def test_versions_that_releases_before_0_2_stored_are_where_the_inputs_select() -> None:
    assert read({"assets": ["1.4", "1.5"]}, (A, B)) == [(Artifact("assets", "1.4"), (A, B)), (ASSETS, (A, B))]


def test_versions_of_both_forms_are_read_side_by_side() -> None:
    stored = {"assets": ["1.4", {"versions": ["1.5"], "selection": [{"regions": ["b"]}]}]}
    assert read(stored, (A,)) == [(Artifact("assets", "1.4"), (A,)), (ASSETS, (B,))]


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "text",
        {"assets": None},
        {"assets": "1.5"},
        {"assets": [1, None, {}]},
        {"assets": [{"versions": "1.5", "selection": [{}]}]},
        {"assets": [{"versions": ["1.5"]}]},
        {"assets": [{"versions": ["1.5"], "selection": []}]},
        {"assets": [{"versions": ["1.5"], "selection": [{"regions": []}]}]},
        {"assets": [{"versions": ["1.5"], "selection": [{"regions": ["a"]}, {"new": 1}]}]},
    ],
)
def test_what_is_damaged_is_not_owned(stored: Any) -> None:
    """Nobody knows where it was put, so nothing may be cleaned for it."""
    assert read(stored) == []


@pytest.mark.parametrize(
    ("before", "baseline"),
    [
        pytest.param({}, {}, id="a create has none"),
        pytest.param(state("converged", "1.4"), {"assets": "1.4"}, id="what had converged"),
        pytest.param(state("degraded", "1.4"), {"assets": "1.4"}, id="or nearly so"),
        pytest.param(
            state("failed", "1.4", baseline={"assets": "1.3"}),
            {"assets": "1.3"},
            id="after a failure: what was before it",
        ),
        pytest.param(
            state("interrupted", "1.4", baseline={"assets": "1.3"}),
            {"assets": "1.3"},
            id="after an interrupt too",
        ),
        pytest.param(
            state("converged", "1.5", baseline={"assets": "1.4"}),
            {"assets": "1.4"},
            id="a repair of the same version keeps it",
        ),
        pytest.param(
            state("failed", "1.4", baseline={"dropped": "1"}),
            {},
            id="of names that are declared no more, none",
        ),
    ],
)
def test_the_baseline_is_what_was_in_place_before(before: dict[str, Any], baseline: dict[str, str]) -> None:
    assert show_baseline(before, (ASSETS,)) == baseline


def test_the_baseline_is_what_most_targets_ran_where_the_rollout_has_noted_that() -> None:
    noted = Baseline({"assets": {"i-1": "1.4", "i-2": "1.4", "i-3": "1.3", "i-4": Before.NOTHING}})
    assert show_baseline(state("converged", "1.2"), (ASSETS,), noted) == {"assets": "1.4"}


@pytest.mark.parametrize("status", ["failed", "interrupted"])
def test_an_unfinished_rollout_remembers_what_ran_before_and_how_far_it_was(status: str) -> None:
    noted = Baseline({"assets": {"i-1": "1.4"}}, attempted={"assets": {"1.5"}})
    shown = show_rollout(noted, Observation({}), 2)
    baseline, begun = stored_rollout({"status": status, "__rollout": shown})
    assert begun == 2
    assert baseline.before("assets", "i-1", {}) == "1.4"
    assert baseline.attempted == {"assets": {"1.5"}}


@pytest.mark.parametrize("status", ["converged", "degraded", None])
def test_a_finished_rollout_has_nothing_to_restore(status: str | None) -> None:
    noted = Baseline({"assets": {"i-1": "1.4"}}, attempted={"assets": {"1.5"}})
    baseline, begun = stored_rollout({"status": status, "__rollout": show_rollout(noted, Observation({}), 1)})
    assert (bool(baseline), begun) == (False, 0)


def test_the_baseline_of_releases_before_0_2_is_read() -> None:
    """They stored one version for each name, and what was declared is what had been tried."""
    baseline, begun = stored_rollout(state("failed", "1.5", baseline={"assets": "1.4"}))
    assert baseline.before("assets", "i-1", {}) == "1.4"
    assert (baseline.attempted, begun) == ({"assets": {"1.5"}}, 0)


@pytest.mark.parametrize("rollout", [{"baseline": 1, "begun": "x"}, {"baseline": {"assets": []}}, {}])
def test_a_damaged_memory_of_a_rollout_knows_nothing(rollout: dict[str, Any]) -> None:
    baseline, begun = stored_rollout({"status": "failed", "__rollout": rollout})
    assert (baseline.before("assets", "i-1", {}), begun) == (Before.UNKNOWN, 0)


def test_what_was_not_served_is_remembered_until_the_inventory_says_otherwise() -> None:
    was = Observation({}, stopped=frozenset({"i-1"}))
    shown = {"__unserved": show_unserved(["i-1", "i-2"], was)}
    assert LastRollout(shown).still_unserved(was) == {"i-1", "i-2"}
    assert LastRollout(shown).still_unserved(Observation({})) == {"i-2"}, "i-1 runs again"
    assert LastRollout(shown).still_unserved(Observation({}, stopped=frozenset({"i-1", "i-2"}))) == {"i-1"}


@pytest.mark.parametrize("stored", [None, [], {"stopped": None}])
def test_where_nothing_is_known_to_be_unserved_everything_counts(stored: Any) -> None:
    assert LastRollout({"__unserved": stored}).still_unserved(Observation({})) == set()
    assert show_unserved([], Observation({})) == {}
