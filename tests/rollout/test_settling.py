"""Where the cloud does not say who the targets are, the same set must show for a while before it counts as all."""

from __future__ import annotations

import pytest
from tests.rollout.world import (
    ASSETS,
    SimulatedCloud,
    everywhere,
    fleet,
    policy,
    regions,
    run,
    works,
)

from pulumi_alicloud_edge._model.outcome import RolloutStatus
from pulumi_alicloud_edge._reconcile.decisions import StartResponse


def test_targets_that_show_one_by_one_are_all_waited_for() -> None:
    cloud = SimulatedCloud(fleet(8, works(5)), tells_targets=False, stagger=4)
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert len(cloud.running()) == 8
    assert cloud.useless == []


def test_done_takes_two_looks_a_tenth_of_the_time_apart() -> None:
    cloud = SimulatedCloud(fleet(2, works(1000)), tells_targets=False)
    assert run(cloud, policy(stall_timeout=1800)).status is RolloutStatus.CONVERGED
    done_at = 100 + 1000
    assert done_at + 100 <= cloud.now <= done_at + 100 + 2 * 15 + 12


def test_a_quick_one_is_still_looked_at_for_a_second() -> None:
    cloud = SimulatedCloud(fleet(2, works(0)), tells_targets=False)
    run(cloud)
    assert 101 <= cloud.now < 102


def test_no_settling_is_needed_where_the_targets_are_named() -> None:
    cloud = SimulatedCloud(fleet(2, works(1)))
    run(cloud, policy(regions("t00", "t01")))
    assert cloud.now < 101.5


def test_no_settling_is_needed_where_the_answer_to_the_start_names_the_targets() -> None:
    cloud = SimulatedCloud(fleet(2, works(1)), tells_targets=False, names_targets=True)
    run(cloud)
    assert cloud.now < 101.5


def test_the_targets_that_the_answer_names_are_believed_before_the_inventory() -> None:
    """An instance of the inventory that takes no part in the start is not waited for."""
    cloud = SimulatedCloud(fleet(2))
    cloud.scripts["off"] = [works(1e9)]  # type: ignore[index]
    cloud.unserved = frozenset({"off"})
    cloud.answers = [StartResponse(targets=frozenset({"t00", "t01"}))]
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert cloud.now < 110


def test_the_clouds_word_that_all_is_there_saves_the_settling_but_not_the_look() -> None:
    complete = StartResponse(complete=frozenset({ASSETS}))
    cloud = SimulatedCloud(fleet(2, works(0)), tells_targets=False, lag=5, answers=[complete])
    outcome = run(cloud)
    assert outcome.status is RolloutStatus.CONVERGED
    assert 105 <= cloud.now < 106


def test_the_clouds_word_alone_makes_nothing_done() -> None:
    complete = StartResponse(complete=frozenset({ASSETS}))
    cloud = SimulatedCloud(fleet(2), tells_targets=False, answers=[complete] * 9)
    cloud.lag = float("inf")
    assert run(cloud).status is RolloutStatus.FAILED


@pytest.mark.parametrize("lag", [0, 1, 10, 19])
def test_a_start_that_shows_late_is_not_made_again(lag: float) -> None:
    cloud = SimulatedCloud(fleet(3), tells_targets=False, lag=lag)
    assert run(cloud).status is RolloutStatus.CONVERGED
    assert len(cloud.requests) == 1


def test_a_word_about_some_regions_settles_nothing_about_the_rest() -> None:
    complete = StartResponse(complete=frozenset({ASSETS}))
    cloud = SimulatedCloud(
        fleet(6, works(3)), tells_targets=False, stagger=2, lag=1, heals_only=True, answers=[complete]
    )
    outcome = run(cloud, policy(regions("t00"), everywhere()))
    assert outcome.status is RolloutStatus.CONVERGED
    assert len(cloud.running()) == 6
