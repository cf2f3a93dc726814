"""Another version on its way to a target that runs ours: it will displace ours, so nothing is done yet."""

from collections.abc import Sequence

import pytest
from tests.rollout.world import (
    ASSETS,
    OLDER,
    SimulatedCloud,
    everywhere,
    fleet,
    policy,
    regions,
    rollout,
    run,
    steps,
)

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.outcome import FailureCause, RolloutStatus
from pulumi_alicloud_edge._model.policy import Everywhere, RolloutPolicy, Stage
from pulumi_alicloud_edge._reconcile.decisions import Confirm, Desired, Finish, Start, Wait
from pulumi_alicloud_edge._reconcile.rollout import Rollout

OURS, OTHER = Artifact("assets", "1"), Artifact("assets", "2")
TARGET = "i-1"
EARLIER, LATER, LATEST = "2026-11-22T05:00:00Z", "2026-11-22T06:00:00Z", "2026-11-22T07:00:00Z"


def contested() -> Rollout:
    return Rollout(Desired((OURS,)), RolloutPolicy((Stage(Everywhere()),)), now=0)


def seen(other: RecordState, *, other_started: str = LATER, ours_started: str = EARLIER) -> Observation:
    ours = Record(RecordState.SUCCEEDED, updated=ours_started, started=ours_started)
    theirs = Record(other, updated=other_started, started=other_started)
    return Observation({OURS: {TARGET: ours}, OTHER: {TARGET: theirs}}, (frozenset({TARGET}),))


def test_a_version_that_will_displace_ours_is_awaited_and_then_displaced_itself() -> None:
    course = contested()
    assert isinstance(course.decide(seen(RecordState.IN_PROGRESS), now=0), Wait)
    decision = course.decide(seen(RecordState.SUCCEEDED), now=5)
    assert isinstance(decision, Start)
    assert decision.requests[0].artifacts == (OURS,)


def test_a_version_that_does_not_arrive_in_the_end_changes_nothing() -> None:
    course = contested()
    assert isinstance(course.decide(seen(RecordState.IN_PROGRESS), now=0), Wait)
    assert isinstance(course.decide(seen(RecordState.FAILED), now=5), Confirm)
    decision = course.decide(seen(RecordState.FAILED), now=6)
    assert isinstance(decision, Finish)
    assert decision.outcome.status is RolloutStatus.CONVERGED


def test_a_version_that_hangs_on_its_way_is_overtaken() -> None:
    course = contested()
    course.decide(seen(RecordState.IN_PROGRESS), now=0)
    decision = course.decide(seen(RecordState.IN_PROGRESS), now=30)
    assert isinstance(decision, Start)
    course.starting(decision.requests[0], now=30)
    overtaken = seen(RecordState.IN_PROGRESS, ours_started=LATEST)
    decision = course.decide(overtaken, now=60)
    assert isinstance(decision, Finish)
    assert decision.outcome.status is RolloutStatus.CONVERGED


def test_a_version_that_somebody_brings_back_again_and_again_is_overtaken_as_often_as_retries_allow() -> None:
    class Insisted(SimulatedCloud):
        """Somebody distributes the older version whenever ours has arrived."""

        def observe(self, stages: Sequence[Stage]) -> Observation:
            if self.state(ASSETS, "t00") is RecordState.SUCCEEDED and not self._displaced(ASSETS, "t00"):
                self.records[OLDER] = {"t00": Record(RecordState.SUCCEEDED, *2 * (f"{self.now:012.3f}",))}
            return super().observe(stages)

    cloud = Insisted(fleet(2))
    outcome = run(cloud, policy(retries=2))
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.BUDGET)
    (failed,) = outcome.stage_failed
    assert (failed.artifact, failed.target, failed.reason) == (ASSETS, "t00", f"{OLDER.version} runs there")
    assert [cloud.starts("t00"), cloud.starts("t01")] == [3, 1]
    assert cloud.now < 300


@pytest.mark.parametrize("vanishes", [False, True], ids=["its record stays", "its record vanishes"])
def test_a_version_that_is_brought_back_in_a_bake_is_named(vanishes: bool) -> None:  # noqa: FBT001
    cloud = SimulatedCloud(fleet(2))
    plan = policy(regions("t00", bake=300), everywhere())
    driven = steps(rollout(cloud, plan), cloud, plan)
    while cloud.now < 110:
        assert next(driven) is None
    cloud.records[OLDER] = {"t00": Record(RecordState.SUCCEEDED, *2 * (f"{cloud.now:012.3f}",))}
    if vanishes:
        del cloud.begun[ASSETS, "t00"]
    outcome = next(outcome for outcome in driven if outcome)
    assert [failed.reason for failed in outcome.stage_failed] == [f"{OLDER.version} runs there"]
    assert cloud.starts("t01") == 0
