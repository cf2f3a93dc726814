"""A rollout begins with a look: what is there stays, what is under way is joined, only what is missing starts."""

from __future__ import annotations

import pytest
from tests.rollout.world import (
    ASSETS,
    OLDER,
    SimulatedCloud,
    everywhere,
    fleet,
    hangs,
    policy,
    rollout,
    run,
    steps,
    works,
)

from pulumi_alicloud_edge._model.observation import Artifact, RecordState
from pulumi_alicloud_edge._model.outcome import FailureCause, RolloutStatus
from pulumi_alicloud_edge._model.policy import Everywhere
from pulumi_alicloud_edge._reconcile.decisions import StartRequest


def test_an_empty_cloud_gets_the_version_on_every_target() -> None:
    cloud = SimulatedCloud(fleet(3))
    outcome = run(cloud)
    assert outcome.status is RolloutStatus.CONVERGED
    assert cloud.running() == {"t00", "t01", "t02"}
    assert (len(cloud.requests), outcome.started, outcome.request_ids) == (1, True, ("REQ-1",))


def test_what_is_everywhere_already_is_adopted_without_any_start() -> None:
    cloud = SimulatedCloud(fleet(3)).has(ASSETS, "t00", "t01", "t02")
    outcome = run(cloud)
    assert (outcome.status, outcome.started, cloud.requests) == (RolloutStatus.CONVERGED, False, [])
    assert cloud.observations == 2, "one look may tell of the past (S5)"


def test_a_target_that_runs_the_version_already_is_not_started_again() -> None:
    cloud = SimulatedCloud(fleet(3)).has(ASSETS, "t01")
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert [cloud.starts(target) for target in ("t00", "t01", "t02")] == [1, 0, 1]


@pytest.mark.parametrize(
    "state",
    [pytest.param(RecordState.FAILED, id="failed"), pytest.param(RecordState.DELETED, id="deleted")],
)
def test_what_an_earlier_run_left_behind_is_started_at_once(state: RecordState) -> None:
    cloud = SimulatedCloud(fleet(2)).has(ASSETS, "t00").has(ASSETS, "t01", state=state)
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert (cloud.starts("t00"), cloud.starts("t01"), cloud.first_start("t01")) == (0, 1, 100.0)


def test_a_target_on_which_an_older_version_is_newer_is_put_back() -> None:
    cloud = SimulatedCloud(fleet(2))
    run(cloud)
    cloud.now += 100
    run(cloud, one=rollout(cloud, policy(), OLDER))
    assert cloud.running(OLDER) == {"t00", "t01"}
    cloud.now += 100
    run(cloud)
    assert [cloud.starts("t00"), cloud.starts("t01")] == [2, 2]
    assert cloud.useless == []


def test_versions_that_lie_side_by_side_do_not_displace_each_other() -> None:
    cloud = SimulatedCloud(fleet(2)).has(ASSETS, "t00", "t01")
    cloud.now += 100
    run(cloud, one=rollout(cloud, policy(), OLDER, exclusive=False))
    cloud.now += 100
    assert run(cloud, one=rollout(cloud, policy(), exclusive=False)).started is False


def test_only_the_unit_that_is_missing_on_a_target_is_started_there() -> None:
    models = Artifact("models", "7")
    cloud = SimulatedCloud(fleet(2)).has(ASSETS, "t00", "t01").has(models, "t00")
    assert run(cloud, one=rollout(cloud, policy(), ASSETS, models)).status is RolloutStatus.CONVERGED
    ((_, request),) = cloud.requests
    assert (request.artifacts, request.targets) == ((models,), frozenset({"t01"}))


def test_units_missing_on_the_same_targets_share_one_start() -> None:
    models = Artifact("models", "7")
    cloud = SimulatedCloud(fleet(2))
    run(cloud, one=rollout(cloud, policy(), ASSETS, models))
    ((_, request),) = cloud.requests
    assert (set(request.artifacts), request.targets) == ({ASSETS, models}, None)


def test_a_selection_that_matches_nothing_fails_before_anything_starts() -> None:
    cloud = SimulatedCloud({})
    outcome = run(cloud)
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.NOTHING_SELECTED)
    assert (outcome.started, cloud.requests) == (False, [])


def test_a_run_after_a_kill_joins_what_is_under_way() -> None:
    cloud = SimulatedCloud(fleet(4, works(60)))
    plan = policy()
    killed = steps(rollout(cloud, plan), cloud, plan)
    for _ in range(10):
        assert next(killed) is None
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert [cloud.starts(target) for target in cloud.scripts] == [1, 1, 1, 1]


def test_a_run_after_a_kill_waits_for_targets_whose_turn_has_not_come() -> None:
    """Where targets show one by one, a missing record beside moving ones is no reason to start again."""
    cloud = SimulatedCloud(fleet(6, works(8)), stagger=6)
    plan = policy()
    killed = steps(rollout(cloud, plan), cloud, plan)
    while cloud.now < 110:
        assert next(killed) is None
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert cloud.useless == []
    assert [cloud.starts(target) for target in cloud.scripts] == [1] * 6


def test_a_record_left_hanging_does_not_keep_the_missing_targets_waiting_for_good() -> None:
    cloud = SimulatedCloud({**fleet(3), "t00": [hangs()]}).has(ASSETS, "t00", state=RecordState.IN_PROGRESS)
    outcome = run(cloud, policy(everywhere(max_failed=1), stall_timeout=120))
    assert outcome.status is RolloutStatus.DEGRADED
    assert cloud.running() == {"t01", "t02"}


def test_a_new_target_of_the_selection_gets_the_version_while_the_run_lasts() -> None:
    scripts = fleet(2, works(30))
    cloud = SimulatedCloud(scripts)
    plan = policy()
    driven = steps(rollout(cloud, plan), cloud, plan)
    for _ in range(5):
        next(driven)
    scripts["late"] = [works()]
    assert next(outcome for outcome in driven if outcome).status is RolloutStatus.CONVERGED
    assert cloud.running() == {"t00", "t01", "late"}


def test_what_an_earlier_run_has_under_way_is_waited_for_though_the_answer_names_only_what_was_left() -> None:
    cloud = SimulatedCloud(
        {"bad": [works()], "slow": [works(30)]}, tells_targets=False, names_targets=True, heals_only=True
    )
    cloud.has(ASSETS, "bad", state=RecordState.FAILED)
    run_of_slow = StartRequest(0, Everywhere(), (ASSETS,), frozenset({"slow"}))
    cloud.start(run_of_slow)
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert cloud.running() == {"bad", "slow"}


def test_targets_that_take_their_turns_slowly_are_not_started_again_while_others_move() -> None:
    cloud = SimulatedCloud(fleet(5, works(60)), stagger=30)
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert [cloud.starts(target) for target in cloud.scripts] == [1] * 5
