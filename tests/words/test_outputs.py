"""Outputs stay small and true: placements, what is owned, and the baseline that a rollback returns to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_alicloud_edge.model.observation import Unit
from pulumi_alicloud_edge.model.outcome import FailedTarget, Placement, Verdict
from pulumi_alicloud_edge.resources.data_outputs import (
    owned_units,
    show_baseline,
    show_owned,
    show_placements,
    succeeded_somewhere,
)

ASSETS, MODELS = Unit("assets", "1.5"), Unit("models", "7")


def state(status: str, version: str, **more: Any) -> dict[str, Any]:
    return {"status": status, "data": [{"name": "assets", "version": version}], **more}


def test_placements_are_counts_and_a_few_failures() -> None:
    failed = (FailedTarget(ASSETS, "i-1", "disk full"),)
    counts = {Verdict.CONVERGED: 39, Verdict.FAILED: 1, Verdict.MISSING: 0}
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
    counts = {Verdict.CONVERGED: 50_000, Verdict.FAILED: 50_000}
    assert len(json.dumps(show_placements((Placement(ASSETS, counts, 100_000, failed),)))) < 2000


def test_what_has_arrived_somewhere_is_known_from_placements() -> None:
    shown = show_placements(
        (Placement(ASSETS, {Verdict.CONVERGED: 1}, 2), Placement(MODELS, {Verdict.FAILED: 2}, 2))
    )
    assert succeeded_somewhere({"placements": shown}) == {ASSETS}
    assert succeeded_somewhere({}) == set()


def test_owned_versions_are_kept_newest_last() -> None:
    owned = show_owned({"owned": {"assets": ["1.5", "1.4"], "gone": ["1"]}}, (ASSETS, MODELS))
    assert owned == {"assets": ["1.4", "1.5"], "models": ["7"], "gone": ["1"]}
    assert set(owned_units({"owned": owned})) >= {ASSETS, MODELS, Unit("gone", "1")}


def test_ten_owned_versions_of_a_name_are_kept() -> None:
    outputs: dict[str, Any] = {}
    for number in range(15):
        outputs = {"owned": show_owned(outputs, (Unit("assets", str(number)),))}
    assert outputs["owned"]["assets"] == [str(number) for number in range(5, 15)]


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
