"""How many targets may fail, and what that makes of a rollout."""

from __future__ import annotations

import pytest
from tests.rollout.world import (
    ASSETS,
    SimulatedCloud,
    budget,
    everywhere,
    fails,
    fleet,
    policy,
    rollout,
    run,
    works,
)

from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.outcome import FailureCause, RolloutStatus


@pytest.mark.parametrize(
    ("max_failed", "total", "allowed"),
    [(0, 100, 0), (3, 100, 3), ("0%", 100, 0), ("2%", 49, 0), ("2%", 50, 1), ("2%", 149, 2), ("100%", 7, 7)],
)
def test_a_budget_is_a_count_or_a_percentage_rounded_down(
    max_failed: int | str, total: int, allowed: int
) -> None:
    assert budget(max_failed).allowed(total) == allowed


def test_percentages_are_exact_where_floats_are_not() -> None:
    assert budget("0.7%").allowed(1000) == 7
    assert budget("0.29%").allowed(10_000) == 29


@pytest.mark.parametrize("max_failed", [1, "25%"])
def test_failures_inside_the_budget_make_it_degraded(max_failed: int | str) -> None:
    cloud = SimulatedCloud({"bad": [fails()], **fleet(3)})
    outcome = run(cloud, policy(everywhere(max_failed=max_failed)))
    assert (outcome.status, outcome.failed_total, outcome.cause) == (RolloutStatus.DEGRADED, 1, None)
    assert cloud.running() == {"t00", "t01", "t02"}


@pytest.mark.parametrize("max_failed", [0, 1, "49%"])
def test_failures_beyond_the_budget_fail_it(max_failed: int | str) -> None:
    cloud = SimulatedCloud({"b1": [fails()], "b2": [fails()], **fleet(2)})
    outcome = run(cloud, policy(everywhere(max_failed=max_failed)))
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.BUDGET)
    assert outcome.failed_total > outcome.allowed == budget(max_failed).allowed(4)


def test_a_rollout_that_cannot_succeed_any_more_stops_at_the_budget_not_at_the_timeout() -> None:
    cloud = SimulatedCloud({**fleet(3, works(900)), "bad": [fails(1)]})
    run(cloud, policy(retries=0))
    assert cloud.now < 110


@pytest.mark.parametrize("max_failed", [1, 5, "100%"])
def test_a_start_that_never_shows_is_no_success_whatever_the_budget(max_failed: int | str) -> None:
    cloud = SimulatedCloud(fleet(3), tells_targets=False, ignored=99)
    outcome = run(cloud, policy(everywhere(max_failed=max_failed)))
    assert outcome.status is RolloutStatus.FAILED


def test_a_percentage_is_taken_of_all_targets_not_of_those_that_showed_first() -> None:
    cloud = SimulatedCloud({"a-bad": [fails(3)], **fleet(9, works(3))}, tells_targets=False, stagger=2)
    outcome = run(cloud, policy(everywhere(max_failed="10%"), retries=0))
    assert (outcome.status, outcome.failed_total) == (RolloutStatus.DEGRADED, 1)
    assert len(cloud.running()) == 9


def test_the_same_target_failing_twice_over_counts_once() -> None:
    models = Artifact("models", "7")
    cloud = SimulatedCloud({"bad": [fails()], **fleet(2)})
    plan = policy(everywhere(max_failed=1))
    outcome = run(cloud, plan, rollout(cloud, plan, ASSETS, models))
    assert (outcome.status, outcome.failed_total) == (RolloutStatus.DEGRADED, 1)


@pytest.mark.parametrize("max_failed", [3, 9, "100%"])
def test_a_rollout_of_which_nothing_has_worked_is_no_success_whatever_the_budget(
    max_failed: int | str,
) -> None:
    cloud = SimulatedCloud(fleet(3, fails()))
    outcome = run(cloud, policy(everywhere(max_failed=max_failed)))
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.BUDGET)
