"""Stages come one after the other, each done and baked before the next begins."""

from __future__ import annotations

import pytest
from tests.rollout.world import (
    ASSETS,
    OLDER,
    SimulatedCloud,
    everywhere,
    fails,
    fleet,
    policy,
    regions,
    rollout,
    run,
    steps,
    works,
)

from pulumi_alicloud_edge._model.observation import Artifact, RecordState
from pulumi_alicloud_edge._model.outcome import FailureCause, RolloutStatus
from pulumi_alicloud_edge._model.policy import Everywhere, InRegions
from pulumi_alicloud_edge._reconcile.decisions import CONFIRMED_AFTER, StartResponse

STAGED = policy(regions("t00", bake=60), regions("t01", "t02", bake=30), everywhere())


@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.parametrize("tells_targets", [True, False], ids=["targets known", "targets unknown"])
def test_each_stage_begins_when_the_one_before_has_worked_and_baked(
    retries: int,
    tells_targets: bool,  # noqa: FBT001
) -> None:
    cloud = SimulatedCloud(fleet(5, works(10)), tells_targets=tells_targets, heals_only=not tells_targets)
    plan = policy(*STAGED.stages, retries=retries)
    assert run(cloud, plan).status is RolloutStatus.CONVERGED
    assert cloud.running() == set(cloud.scripts)
    first, second, last = (cloud.first_start(target) for target in ("t00", "t01", "t04"))
    assert first == 100
    assert 100 + 10 + 60 <= second <= 100 + 10 + 60 + 30
    assert second + 10 + 30 <= last <= second + 10 + 30 + 30
    assert cloud.useless == []


def test_a_later_stage_starts_only_what_it_adds() -> None:
    cloud = SimulatedCloud(fleet(4))
    run(cloud, policy(regions("t00"), everywhere()))
    assert [cloud.starts(target) for target in cloud.scripts] == [1, 1, 1, 1]
    assert cloud.requests[1][1].targets == frozenset({"t01", "t02", "t03"})


def test_a_later_stage_is_begun_at_once_when_the_one_before_is_done() -> None:
    cloud = SimulatedCloud(fleet(4, works(5)))
    run(cloud, policy(regions("t00"), everywhere(), retries=0))
    assert cloud.first_start("t01") < 107


def test_everywhere_after_some_regions_reaches_regions_that_nobody_names() -> None:
    cloud = SimulatedCloud(fleet(5), tells_targets=False, heals_only=True)
    assert run(cloud, policy(regions("t00"), everywhere())).status is RolloutStatus.CONVERGED
    assert cloud.running() == set(cloud.scripts)


@pytest.mark.parametrize("bake", [0, 60], ids="bake={}".format)
def test_a_stage_that_fails_keeps_the_later_ones_from_beginning(bake: float) -> None:
    cloud = SimulatedCloud({"canary": [fails()], **fleet(3)})
    outcome = run(cloud, policy(regions("canary", bake=bake), everywhere()))
    assert (outcome.status, outcome.progress.stage) == (RolloutStatus.FAILED, 0)
    assert cloud.running() == set()
    assert [cloud.starts(target) for target in fleet(3)] == [0, 0, 0]


def test_a_failure_within_a_stages_own_budget_lets_the_next_begin() -> None:
    cloud = SimulatedCloud({"canary": [fails()], **fleet(3)})
    plan = policy(regions("canary", "t00", max_failed=1), everywhere(max_failed=1))
    assert run(cloud, plan).status is RolloutStatus.DEGRADED
    assert cloud.running() == set(fleet(3))


def test_what_failed_in_an_earlier_stage_counts_in_the_budget_of_the_next() -> None:
    cloud = SimulatedCloud({"canary": [fails()], **fleet(3)})
    outcome = run(cloud, policy(regions("canary", "t00", max_failed=1), everywhere()))
    assert (outcome.status, outcome.progress.stage) == (RolloutStatus.FAILED, 1)
    assert cloud.starts("canary") == 3
    assert cloud.starts("t01") == 0


def _spoil(cloud: SimulatedCloud, target: str, state: RecordState) -> None:
    cloud.begun.pop((ASSETS, target), None)
    cloud.records.get(ASSETS, {}).pop(target, None)
    cloud.has(ASSETS, target, state=state)


@pytest.mark.parametrize("state", [RecordState.FAILED, RecordState.DELETED], ids=lambda state: state.value)
@pytest.mark.parametrize("adopted", [False, True], ids=["started", "adopted"])
def test_a_failure_inside_a_bake_counts_at_once(state: RecordState, adopted: bool) -> None:  # noqa: FBT001
    cloud = SimulatedCloud(fleet(3))
    if adopted:
        cloud.has(ASSETS, "t00")
    plan = policy(regions("t00", bake=300), everywhere())
    driven = steps(rollout(cloud, plan), cloud, plan)
    while cloud.now < 150:
        assert next(driven) is None
    _spoil(cloud, "t00", state)
    outcome = next(outcome for outcome in driven if outcome)
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.BUDGET)
    assert cloud.now < 150 + 16
    assert cloud.starts("t01") == 0


@pytest.mark.parametrize(
    ("versions", "reason"),
    [((), "its record is gone"), ((OLDER,), "1.4 runs there")],
    ids=["gone", "displaced"],
)
def test_what_vanishes_inside_a_bake_is_told_with_what_runs_there_now(
    versions: tuple[Artifact, ...], reason: str
) -> None:
    cloud = SimulatedCloud(fleet(1))
    plan = policy(regions("t00", bake=300))
    driven = steps(rollout(cloud, plan), cloud, plan)
    while cloud.now < 150:
        assert next(driven) is None
    cloud.begun.clear()
    for version in versions:
        cloud.has(version, "t00")
    outcome = next(outcome for outcome in driven if outcome)
    assert [failed.reason for failed in outcome.stage_failed] == [reason]


def test_a_restart_inside_a_bake_is_waited_out() -> None:
    cloud = SimulatedCloud(fleet(2))
    plan = policy(regions("t00", bake=60), everywhere())
    driven = steps(rollout(cloud, plan), cloud, plan)
    while cloud.now < 150:
        assert next(driven) is None
    _spoil(cloud, "t00", RecordState.IN_PROGRESS)
    while cloud.now < 200:
        assert next(driven) is None
    assert cloud.starts("t01") == 0
    _spoil(cloud, "t00", RecordState.SUCCEEDED)
    assert next(outcome for outcome in driven if outcome).status is RolloutStatus.CONVERGED


def test_a_target_of_an_earlier_stage_that_fails_later_is_repaired_within_the_retries() -> None:
    cloud = SimulatedCloud(fleet(3, works(30)))
    plan = policy(regions("t00"), everywhere())
    driven = steps(rollout(cloud, plan), cloud, plan)
    while cloud.now < 145:
        assert next(driven) is None
    _spoil(cloud, "t00", RecordState.FAILED)
    assert next(outcome for outcome in driven if outcome).status is RolloutStatus.CONVERGED
    assert cloud.running() == set(cloud.scripts)


@pytest.mark.parametrize("position", [0, 1])
def test_a_stage_that_selects_nothing_fails_before_it_starts_anything(position: int) -> None:
    stages = [regions("t00"), everywhere()]
    stages.insert(position, regions())
    cloud = SimulatedCloud(fleet(2))
    outcome = run(cloud, policy(*stages))
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.NOTHING_SELECTED)
    assert outcome.progress.stage == position
    assert cloud.starts("t01") == 0


def test_one_timeout_spans_all_stages_and_bakes() -> None:
    cloud = SimulatedCloud(fleet(3, works(10)))
    outcome = run(
        cloud, policy(regions("t00", bake=100), regions("t01", bake=100), everywhere(), timeout=150)
    )
    assert (outcome.cause, outcome.progress.stage) == (FailureCause.TIMEOUT, 1)
    assert cloud.now == pytest.approx(250 + CONFIRMED_AFTER)
    assert cloud.starts("t02") == 0


def test_the_outcome_says_how_far_it_came_and_counts_the_stages_reached() -> None:
    cloud = SimulatedCloud({"bad": [fails()], **fleet(3)})
    outcome = run(cloud, policy(regions("t00"), regions("bad"), everywhere()))
    assert (outcome.progress.stage, outcome.progress.stages) == (1, 3)
    (placement,) = outcome.placements
    assert placement.total == 2


def test_a_request_names_the_stage_it_is_for() -> None:
    cloud = SimulatedCloud(fleet(2))
    run(cloud, policy(regions("t00"), everywhere()))
    selectors = [(request.stage, request.selector) for _, request in cloud.requests]
    assert selectors == [(0, InRegions(("t00",))), (1, Everywhere())]


def test_everywhere_after_regions_that_were_all_there_are_ends_well() -> None:
    cloud = SimulatedCloud(fleet(2), tells_targets=False, heals_only=True)
    assert run(cloud, policy(regions("t00", "t01"), everywhere())).status is RolloutStatus.CONVERGED
    assert len(cloud.requests) == 2


def test_an_answer_that_names_no_target_does_not_make_a_stage_empty() -> None:
    """The cloud may name what it acts on only; what the inventory lists is still to be seen there."""
    cloud = SimulatedCloud(fleet(3), answers=[StartResponse(), StartResponse(targets=frozenset())])
    assert run(cloud, policy(regions("t00"), everywhere())).status is RolloutStatus.CONVERGED
    assert cloud.running() == set(cloud.scripts)
