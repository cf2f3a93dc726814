"""What failed is started again, so often and no oftener."""

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
    policy,
    rollout,
    run,
    works,
)

from pulumi_alicloud_edge._model.observation import RecordState
from pulumi_alicloud_edge._model.outcome import FailureCause, RolloutStatus, TargetState
from pulumi_alicloud_edge._reconcile.decisions import Confirm, Finish, StartRequest, StartResponse


def test_a_failed_target_is_started_again_and_the_others_are_left_alone() -> None:
    cloud = SimulatedCloud({"bad": [fails(2), works(3)], **fleet(2, works(20))})
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert [cloud.starts(target) for target in cloud.scripts] == [2, 1, 1]
    assert cloud.useless == []


def test_a_failed_target_is_started_again_alone_though_the_cloud_names_no_members() -> None:
    cloud = SimulatedCloud({"bad": [fails(2), works(3)], **fleet(2, works(1))}, tells_targets=False)
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert [cloud.starts(target) for target in cloud.scripts] == [2, 1, 1]
    assert cloud.useless == []


@pytest.mark.parametrize("retries", [0, 1, 2, 5])
@pytest.mark.parametrize("lag", [0, 3], ids="lag={}".format)
def test_a_target_that_always_fails_is_started_once_and_as_often_again_as_allowed(
    retries: int, lag: float
) -> None:
    cloud = SimulatedCloud({"bad": [fails()], "good": [works()]}, lag=lag)
    outcome = run(cloud, policy(retries=retries))
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.BUDGET)
    assert (cloud.starts("bad"), cloud.starts("good")) == (1 + retries, 1)


def test_starts_of_an_earlier_run_do_not_count() -> None:
    cloud = SimulatedCloud(fleet(1)).has(ASSETS, "t00", state=RecordState.FAILED)
    assert run(cloud, policy(retries=0)).status is RolloutStatus.CONVERGED


def test_a_failure_that_looks_like_the_one_before_is_still_found_out() -> None:
    """The vendor's times have seconds: two failures within one cannot be told apart by them."""
    cloud = SimulatedCloud({"bad": [fails(0)]}, ignored=99).has(ASSETS, "bad", state=RecordState.FAILED)
    outcome = run(cloud, policy(retries=1))
    assert outcome.cause is FailureCause.BUDGET
    assert len(cloud.requests) == 2
    assert cloud.now < 200


def test_a_unit_that_the_cloud_did_not_take_is_started_again_without_a_wait() -> None:
    refusal = StartResponse(refused={ASSETS: "push failed"})

    class RefusingOnce(SimulatedCloud):
        def start(self, request: StartRequest) -> StartResponse:
            self.requests.append((self.now, request))
            return refusal if len(self.requests) == 1 else super().start(request)

    cloud = RefusingOnce(fleet(1))
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert cloud.first_start("t00") < 101


def test_a_unit_that_the_cloud_never_takes_fails_with_its_words() -> None:
    class Refusing(SimulatedCloud):
        def start(self, request: StartRequest) -> StartResponse:
            self.requests.append((self.now, request))
            return StartResponse(refused={ASSETS: "no space on any server"})

    cloud = Refusing(fleet(2), tells_targets=False)
    outcome = run(cloud)
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.BUDGET)
    (failed,) = outcome.stage_failed
    assert "no space on any server" in failed.reason
    assert len(cloud.requests) == 3
    assert cloud.now < 110


def test_the_outcome_names_each_failed_target_with_the_clouds_reason() -> None:
    cloud = SimulatedCloud({"bad": [fails(reason="checksum differs")], **fleet(3)})
    outcome = run(cloud, policy(retries=0))
    ((failed),) = outcome.stage_failed
    assert (failed.artifact, failed.target, failed.reason) == (ASSETS, "bad", "checksum differs")
    assert outcome.failed_total == 1


def test_the_outcome_keeps_twenty_failed_targets_and_counts_them_all() -> None:
    cloud = SimulatedCloud(fleet(50, fails()))
    outcome = run(cloud, policy(retries=0))
    (placement,) = outcome.placements
    assert (outcome.failed_total, len(outcome.stage_failed), len(placement.failed)) == (50, 20, 20)
    assert (placement.total, placement.count(TargetState.FAILED)) == (50, 50)


def test_what_the_cloud_says_cannot_succeed_is_not_waited_for() -> None:
    cloud = SimulatedCloud(fleet(1, works(1000)))
    plan = policy(everywhere())
    one = rollout(cloud, plan)
    seen = replace(cloud.observe(plan.stages), obstacles={ASSETS: "the pods crash"})
    assert one.decide(seen, cloud.now) == Confirm(cloud.now + 1)
    decision = one.decide(seen, cloud.now + 1)
    assert isinstance(decision, Finish)
    assert [failed.reason for failed in decision.outcome.stage_failed] == ["the pods crash"]


def test_a_version_below_a_newer_one_gets_a_second_start_even_without_retries() -> None:
    """The first may move nothing, since the version lies there; the second goes about it otherwise."""
    cloud = SimulatedCloud(fleet(2), ignored=1).has(ASSETS, "t00", "t01")
    cloud.now += 10
    cloud.has(OLDER, "t00", "t01")
    cloud.now += 10
    assert run(cloud, policy(retries=0)).status is RolloutStatus.CONVERGED
    assert [request.repeat for _, request in cloud.requests] == [0, 1]
