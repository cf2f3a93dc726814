"""Every wait ends: by the timeout, or sooner when nothing moves; one last look decides."""

from __future__ import annotations

import pytest
from tests.rollout.world import (
    ASSETS,
    SimulatedCloud,
    everywhere,
    fails,
    fleet,
    hangs,
    policy,
    regions,
    rollout,
    run,
    steps,
    works,
)

from pulumi_alicloud_edge._model.observation import RecordState
from pulumi_alicloud_edge._model.outcome import FailureCause, RolloutStatus, TargetState
from pulumi_alicloud_edge._reconcile.decisions import CONFIRMED_AFTER

BEGAN = 100.0


def test_what_takes_longer_than_the_timeout_fails_at_the_timeout() -> None:
    cloud = SimulatedCloud(fleet(2, works(1000)))
    outcome = run(cloud, policy(timeout=300))
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.TIMEOUT)
    assert cloud.now == pytest.approx(BEGAN + 300 + CONFIRMED_AFTER)


def test_what_stands_still_fails_at_the_stall_timeout() -> None:
    cloud = SimulatedCloud({"slow": [hangs()], "quick": [works(40)]})
    outcome = run(cloud, policy(stall_timeout=120, retries=0))
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.STALLED)
    assert BEGAN + 160 <= cloud.now <= BEGAN + 180
    assert [failed.target for failed in outcome.stage_failed] == ["slow"]


def test_the_last_look_at_the_deadline_decides() -> None:
    """A success between the last look and the deadline counts."""
    cloud = SimulatedCloud(fleet(1, works(299.9)))
    assert run(cloud, policy(timeout=300)).status is RolloutStatus.CONVERGED


def test_progress_anywhere_puts_the_stall_off() -> None:
    scripts = {f"t{index}": [works(50.0 * index)] for index in range(1, 8)}
    assert run(SimulatedCloud(scripts), policy(stall_timeout=60)).status is RolloutStatus.CONVERGED


def test_a_hanging_target_inside_the_budget_is_given_up_and_the_rest_counts() -> None:
    cloud = SimulatedCloud({"slow": [hangs()], **fleet(3)})
    outcome = run(cloud, policy(everywhere(max_failed=1), stall_timeout=60, retries=0))
    assert (outcome.status, outcome.failed_total) == (RolloutStatus.DEGRADED, 1)
    (placement,) = outcome.placements
    assert (placement.count(TargetState.CONVERGED), placement.count(TargetState.FAILED)) == (3, 1)


def test_a_hanging_target_inside_the_budget_does_not_keep_a_stage_from_baking() -> None:
    cloud = SimulatedCloud({"slow": [hangs()], **fleet(3)})
    outcome = run(cloud, policy(everywhere(max_failed=1, bake=30), stall_timeout=60, retries=0))
    assert outcome.status is RolloutStatus.DEGRADED
    assert cloud.now < BEGAN + 120


def test_a_target_given_up_in_one_stage_does_not_hold_up_the_next_for_as_long_again() -> None:
    cloud = SimulatedCloud({"slow": [hangs()], **fleet(3)})
    plan = policy(regions("slow", "t00", max_failed=1), everywhere(max_failed=1), stall_timeout=60, retries=0)
    outcome = run(cloud, plan)
    assert outcome.status is RolloutStatus.DEGRADED
    assert cloud.now < BEGAN + 120


def test_a_bake_that_goes_beyond_the_timeout_ends_with_it() -> None:
    cloud = SimulatedCloud(fleet(2))
    outcome = run(cloud, policy(everywhere(bake=500), timeout=300))
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.TIMEOUT)
    assert cloud.now == pytest.approx(BEGAN + 300 + CONFIRMED_AFTER)


def test_a_start_that_nothing_comes_of_is_made_again_after_the_time_it_may_take_to_show() -> None:
    cloud = SimulatedCloud(fleet(2), ignored=1)
    assert run(cloud).status is RolloutStatus.CONVERGED
    (first, _), (second, _) = cloud.requests
    assert 20 <= second - first <= 25


def test_a_start_that_never_shows_ends_long_before_the_timeout() -> None:
    cloud = SimulatedCloud(fleet(2), ignored=99)
    outcome = run(cloud, policy(retries=1))
    assert (outcome.status, len(cloud.requests)) == (RolloutStatus.FAILED, 2)
    assert {failed.reason for failed in outcome.stage_failed} == {
        "accepted, but the cloud shows no record of it"
    }


def test_nothing_is_started_once_time_is_up() -> None:
    cloud = SimulatedCloud({"bad": [fails(301), works()]})
    outcome = run(cloud, policy(timeout=300))
    assert (outcome.cause, cloud.starts("bad")) == (FailureCause.TIMEOUT, 1)


def test_all_bounds_count_from_a_later_start() -> None:
    cloud = SimulatedCloud(fleet(2, works(9000)), lag=3600)
    plan = policy(timeout=300, stall_timeout=200, retries=0)
    outcome = run(cloud, plan, rollout(cloud, plan, starts_in=3600))
    assert outcome.cause is FailureCause.STALLED
    assert cloud.now >= BEGAN + 3600 + 200
    assert len(cloud.requests) == 1


def test_a_run_that_is_interrupted_says_how_far_it_was() -> None:
    cloud = SimulatedCloud({"t1": [works(1)], "t2": [works(100)]})
    plan = policy()
    one = rollout(cloud, plan)
    driven = steps(one, cloud, plan)
    while cloud.now < 110:
        next(driven)
    outcome = one.interrupted(cloud.now)
    assert (outcome.status, outcome.started) == (RolloutStatus.INTERRUPTED, True)
    assert (outcome.progress.done, outcome.progress.total) == (1, 2)


def test_an_interrupt_before_the_first_look_is_told_as_well() -> None:
    cloud = SimulatedCloud(fleet(1))
    outcome = rollout(cloud).interrupted(cloud.now)
    assert (outcome.status, outcome.started, outcome.placements) == (RolloutStatus.INTERRUPTED, False, ())


def test_a_target_that_restarts_for_good_while_its_stage_bakes_is_a_stall() -> None:
    cloud = SimulatedCloud(fleet(2))
    plan = policy(everywhere(bake=200), stall_timeout=60, timeout=1800)
    driven = steps(rollout(cloud, plan), cloud, plan)
    while cloud.now < 150:
        next(driven)
    del cloud.begun[ASSETS, "t00"]
    cloud.has(ASSETS, "t00", state=RecordState.IN_PROGRESS)
    outcome = next(outcome for outcome in driven if outcome)
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.STALLED)
    assert cloud.now < 250
