"""Instances come, stop and go while a rollout runs: none of that fails it, and none of it is passed over in silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.rollout.world import (
    ASSETS,
    OLDER,
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
from pulumi_alicloud_edge._model.outcome import FailureCause, Outcome, RolloutStatus
from pulumi_alicloud_edge._model.policy import InRegions, RolloutPolicy, Selector
from pulumi_alicloud_edge._reconcile.decisions import Confirm, Desired, Finish, StartResponse
from pulumi_alicloud_edge._reconcile.rollout import Memory, Rollout


class Moving(SimulatedCloud):
    """A cloud whose inventory changes: instances leave with their records, or join without any."""

    gone: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()

    def targets_of(self, selector: Selector) -> frozenset[str]:
        return super().targets_of(selector) - self.gone - self.hidden

    def state(self, artifact: object, target: str) -> RecordState | None:
        return None if target in self.gone else super().state(artifact, target)  # type: ignore[arg-type]


def drive(
    cloud: Moving, plan: RolloutPolicy, *, at: float, memory: Memory | None = None, **changes: frozenset[str]
) -> Outcome:
    """Run a rollout during which the inventory changes once."""
    one = Rollout(Desired((ASSETS,)), plan, cloud.now, memory=memory)
    for count, outcome in enumerate(steps(one, cloud, plan)):
        if outcome is not None:
            return outcome
        if cloud.now >= at:
            for name, value in changes.items():
                setattr(cloud, name, value)
        assert count < 20_000, "comes to no end"
    raise AssertionError


def moving(number: int = 3, **scripts: object) -> Moving:
    return Moving({**fleet(number, works(30)), **scripts})  # type: ignore[dict-item]


NAMED = pytest.mark.parametrize("named", [True, False], ids=["the answer named it", "no answer names any"])


@NAMED
def test_an_instance_that_leaves_while_it_is_awaited_is_no_failure(named: bool) -> None:  # noqa: FBT001
    cloud = moving(off=[hangs()])
    cloud.names_targets = named
    outcome = drive(cloud, policy(stall_timeout=120), at=120, gone=frozenset({"off"}))
    assert (outcome.status, outcome.progress.total) == (RolloutStatus.CONVERGED, 3)


@NAMED
def test_an_instance_that_leaves_during_the_bake_is_no_failure(named: bool) -> None:  # noqa: FBT001
    cloud = moving()
    cloud.names_targets = named
    outcome = drive(cloud, policy(everywhere(bake=100)), at=150, gone=frozenset({"t00"}))
    assert (outcome.status, outcome.progress.total) == (RolloutStatus.CONVERGED, 2)


@pytest.mark.parametrize("at", [110, 150], ids=["while it is awaited", "during the bake"])
def test_an_instance_that_joins_is_started_and_awaited(at: float) -> None:
    cloud = moving(new=[works(20)])
    cloud.hidden = frozenset({"new"})
    outcome = drive(cloud, policy(everywhere(bake=100)), at=at, hidden=frozenset())
    assert (outcome.status, outcome.progress.total) == (RolloutStatus.CONVERGED, 4)
    assert cloud.running() == set(cloud.scripts)
    assert cloud.useless == [], "the others are left alone"


def test_an_instance_that_joins_an_earlier_stage_is_started_too() -> None:
    cloud = moving(new=[works(20)])
    cloud.hidden = frozenset({"new"})
    plan = policy(regions("t00", "new", bake=10), everywhere(bake=100))
    assert drive(cloud, plan, at=180, hidden=frozenset()).status is RolloutStatus.CONVERGED
    assert cloud.running() == set(cloud.scripts)


def test_an_instance_that_the_starts_leave_out_is_counted_and_not_awaited() -> None:
    cloud = moving(off=[hangs()])
    cloud.unserved, cloud.names_targets = frozenset({"off"}), True
    outcome = run(cloud)
    assert (outcome.status, outcome.unserved) == (RolloutStatus.CONVERGED, {"off"})
    assert (outcome.progress.total, outcome.failed_total) == (3, 0)


def test_an_instance_that_was_left_out_and_shows_the_version_later_counts() -> None:
    cloud = moving(late=[works()])
    cloud.unserved, cloud.names_targets = frozenset({"late"}), True
    plan = policy(everywhere(bake=60))
    for outcome in steps(rollout(cloud, plan), cloud, plan):
        if cloud.now > 150:
            cloud.has(ASSETS, "late")
        if outcome is not None:
            assert (outcome.status, outcome.unserved) == (RolloutStatus.CONVERGED, set())
            assert outcome.progress.total == 4


def test_where_no_instance_is_served_a_changed_rollout_fails() -> None:
    """Two answers have to leave all of them out: a single empty one proves nothing."""
    cloud = moving(2)
    cloud.unserved, cloud.names_targets = frozenset(cloud.scripts), True
    outcome = run(cloud)
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.NOTHING_SELECTED)
    assert len(cloud.requests) == 2


def test_one_empty_answer_does_not_make_everyone_unserved() -> None:
    cloud = moving(2)
    cloud.answers = [StartResponse(targets=frozenset())]
    outcome = run(cloud)
    assert (outcome.status, outcome.unserved) == (RolloutStatus.CONVERGED, set())
    assert len(cloud.requests) == 1


@pytest.mark.parametrize("retries", [0, 1])
def test_an_empty_answer_counts_where_nothing_may_be_started_again_after_the_time_for_it_to_show(
    retries: int,
) -> None:
    cloud = moving(2)
    cloud.unserved, cloud.names_targets = frozenset(cloud.scripts), True
    outcome = run(cloud, policy(retries=retries))
    assert (outcome.cause, len(cloud.requests)) == (FailureCause.NOTHING_SELECTED, retries + 1)
    slow = moving(2)
    slow.answers, slow.lag = [StartResponse(targets=frozenset())], 10
    assert run(slow, policy(retries=retries)).status is RolloutStatus.CONVERGED


def test_a_start_that_nobody_was_served_by_is_repeated_where_it_may_be() -> None:
    cloud = moving(2)
    cloud.unserved, cloud.names_targets = frozenset(cloud.scripts), True
    plan = policy(retries=1)
    for outcome in steps(rollout(cloud, plan), cloud, plan):
        if cloud.requests:
            cloud.unserved = frozenset()
        if outcome is not None:
            assert (outcome.status, outcome.unserved) == (RolloutStatus.CONVERGED, set())
    assert len(cloud.requests) == 2


def test_an_instance_that_an_empty_answer_left_out_and_that_fails_later_is_a_failure() -> None:
    cloud = moving(2, bad=[fails(25)])
    cloud.answers = [StartResponse(targets=frozenset())]
    outcome = run(cloud, policy(retries=0))
    assert (outcome.status, outcome.unserved) == (RolloutStatus.FAILED, set())
    assert [failed.target for failed in outcome.stage_failed] == ["bad"]


@pytest.mark.parametrize("state", [RecordState.FAILED, RecordState.DELETED])
def test_an_old_record_does_not_show_that_an_instance_is_served(state: RecordState) -> None:
    cloud = moving(2, off=[hangs()])
    cloud.has(ASSETS, "off", state=state)
    cloud.unserved, cloud.names_targets = frozenset({"off"}), True
    outcome = run(cloud)
    assert (outcome.status, outcome.unserved) == (RolloutStatus.CONVERGED, {"off"})


def test_a_version_that_is_deleted_from_an_instance_after_the_answer_left_it_out_is_not_ours() -> None:
    cloud = moving(2, off=[hangs()])
    cloud.has(ASSETS, "off", state=RecordState.FAILED)
    cloud.unserved, cloud.names_targets = frozenset({"off"}), True
    plan = policy(everywhere(bake=60))
    for outcome in steps(rollout(cloud, plan), cloud, plan):
        if cloud.now > 120:
            cloud.has(ASSETS, "off", state=RecordState.DELETED)
        if outcome is not None:
            assert (outcome.status, outcome.unserved) == (RolloutStatus.CONVERGED, {"off"})


EMPTY_CANARY = policy(regions(), everywhere())
UNCHANGED = Memory(passes_empty_stages=True)


def test_a_stage_that_has_become_empty_does_not_block_an_unchanged_resource() -> None:
    cloud = moving()
    one = Rollout(Desired((ASSETS,)), EMPTY_CANARY, cloud.now, memory=UNCHANGED)
    outcome = run(cloud, EMPTY_CANARY, one)
    assert (outcome.status, outcome.progress.total) == (RolloutStatus.CONVERGED, 3)


def test_a_stage_that_is_empty_from_the_start_fails_an_edited_resource() -> None:
    cloud = moving()
    outcome = run(cloud, EMPTY_CANARY)
    assert (outcome.cause, cloud.requests) == (FailureCause.NOTHING_SELECTED, [])


def test_a_last_stage_that_has_become_empty_ends_well() -> None:
    cloud = moving()
    plan = policy(regions("t00"), regions())
    one = Rollout(Desired((ASSETS,)), plan, cloud.now, memory=UNCHANGED)
    assert run(cloud, plan, one).status is RolloutStatus.CONVERGED
    assert cloud.running() == {"t00"}


def test_before_a_rollout_that_started_something_ends_an_old_inventory_is_read_anew() -> None:
    cloud = moving(1)
    plan = policy()
    one = rollout(cloud, plan)
    for outcome in steps(one, cloud, plan):
        if cloud.running() or outcome is not None:
            break
    listed = replace(cloud.observe(plan.stages), regions={"t00": "a"})
    assert one.decide(listed, cloud.now) == Confirm(cloud.now)
    one.refreshed(cloud.now)
    assert isinstance(one.decide(listed, cloud.now), Finish)


def test_a_rollout_that_starts_nothing_reads_it_no_more_than_its_two_looks() -> None:
    cloud = moving(1).has(ASSETS, "t00")
    plan = policy()
    listed = replace(cloud.observe(plan.stages), regions={"t00": "a"})
    one = rollout(cloud, plan)
    assert isinstance(one.decide(listed, cloud.now + 60), Confirm)
    assert isinstance(one.decide(listed, cloud.now + 61), Finish)


def test_an_instance_that_left_is_not_started_for_its_former_version() -> None:
    cloud = moving().has(OLDER, "t00", "t01", "t02")
    outcome = drive(cloud, policy(), at=105, gone=frozenset({"t00"}))
    assert outcome.status is RolloutStatus.CONVERGED
    assert (cloud.starts("t00"), InRegions(()) in [request.selector for _, request in cloud.requests]) == (
        1,
        False,
    )
