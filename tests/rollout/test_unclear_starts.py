"""An answer to a start that got lost: what the cloud shows decides whether it is made again."""

from __future__ import annotations

import pytest
from tests.rollout.world import SimulatedCloud, fails, fleet, policy, run, works

from pulumi_alicloud_edge._model.outcome import FailureCause, RolloutStatus
from pulumi_alicloud_edge._reconcile.decisions import StartRequest, StartResponse


@pytest.mark.parametrize("tells_targets", [True, False], ids=["targets known", "targets unknown"])
@pytest.mark.parametrize("lag", [0, 15])
def test_a_start_that_took_effect_without_an_answer_is_not_repeated(tells_targets: bool, lag: float) -> None:  # noqa: FBT001
    cloud = SimulatedCloud(fleet(3), tells_targets=tells_targets, lag=lag, lost=1)
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert len(cloud.requests) == 1


@pytest.mark.parametrize("tells_targets", [True, False], ids=["targets known", "targets unknown"])
def test_a_start_that_got_lost_is_repeated_after_the_time_it_may_take_to_show(tells_targets: bool) -> None:  # noqa: FBT001
    cloud = SimulatedCloud(fleet(3), tells_targets=tells_targets, dropped=1)
    assert run(cloud).status is RolloutStatus.CONVERGED
    (first, _), (second, _) = cloud.requests
    assert second - first >= 20


def test_a_start_whose_answer_names_no_target_is_not_repeated_before_the_time_it_may_take_to_show() -> None:
    cloud = SimulatedCloud(fleet(3), lag=10, answers=[StartResponse(targets=frozenset())])
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert len(cloud.requests) == 1


def test_starts_that_got_lost_do_not_use_up_the_retries() -> None:
    cloud = SimulatedCloud({"bad": [fails(), fails(), works()]}, dropped=2)
    assert run(cloud, policy(retries=2)).status is RolloutStatus.CONVERGED


def test_a_lost_answer_about_one_target_gives_no_other_target_a_start_more() -> None:
    class Once(SimulatedCloud):
        def start(self, request: StartRequest) -> StartResponse:
            self.dropped = int(request.targets == frozenset({"slow"}) and self.starts("slow") == 1)
            return super().start(request)

    cloud = Once({"bad": [fails(50)], "slow": [fails(1), works()]})
    run(cloud, policy(retries=1))
    assert cloud.starts("bad") == 2


def test_a_way_on_which_everything_gets_lost_is_given_up() -> None:
    cloud = SimulatedCloud(fleet(1), dropped=99)
    outcome = run(cloud)
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.REFUSED)
    assert len(cloud.requests) == 5
