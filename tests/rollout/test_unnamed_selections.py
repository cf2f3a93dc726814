"""Where nobody says who belongs to a selection, it is started there: records that another one left prove nothing."""

from __future__ import annotations

from collections.abc import Sequence
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
    regions,
    run,
    steps,
    works,
)

from pulumi_alicloud_edge._model.observation import Artifact, Observation, RecordState
from pulumi_alicloud_edge._model.outcome import Outcome, RolloutStatus
from pulumi_alicloud_edge._model.policy import ByStrategies, RolloutPolicy, Selector, Stage
from pulumi_alicloud_edge._reconcile.decisions import Desired
from pulumi_alicloud_edge._reconcile.rollout import Memory, Rollout

OPAQUE = Stage(ByStrategies("{}"))
MODELS = Artifact("models", "7")


class Opaque(SimulatedCloud):
    """A cloud that knows whom the raw policies select, and does not tell."""

    mine: frozenset[str] = frozenset()

    def targets_of(self, selector: Selector) -> frozenset[str]:
        return self.mine if isinstance(selector, ByStrategies) else super().targets_of(selector)

    def observe(self, stages: Sequence[Stage]) -> Observation:
        seen = super().observe(stages)
        told = zip(stages, seen.stage_targets, strict=True)
        return replace(
            seen, stage_targets=tuple(None if isinstance(s.selector, ByStrategies) else m for s, m in told)
        )


def opaque(*mine: str, number: int = 4) -> Opaque:
    """A cloud that does as a push does: what has the version is left alone."""
    cloud = Opaque(fleet(number, works(10)), heals_only=True)
    cloud.mine = frozenset(mine)
    return cloud


def carried_out(
    cloud: Opaque, plan: RolloutPolicy, *artifacts: Artifact, covered: frozenset[Artifact] | None = None
) -> Outcome:
    memory = Memory(covered=() if covered is None else (covered,) * len(plan.stages))
    desired = Desired(artifacts or (ASSETS,), exclusive=False)
    return run(cloud, plan, Rollout(desired, plan, cloud.now, memory=memory))


PLAN = policy(OPAQUE)


def test_what_another_selection_has_left_does_not_make_this_one_done() -> None:
    cloud = opaque("t02", "t03").has(ASSETS, "t00", "t01")
    assert carried_out(cloud, PLAN).status is RolloutStatus.CONVERGED
    assert cloud.running() == {"t00", "t01", "t02", "t03"}
    assert [request.targets for _, request in cloud.requests] == [None], "the whole of it, once"


def test_what_the_cloud_says_is_all_there_is_started_once_and_moves_nothing() -> None:
    cloud = opaque("t00", "t01").has(ASSETS, "t00", "t01")
    assert carried_out(cloud, PLAN).status is RolloutStatus.CONVERGED
    assert (len(cloud.requests), cloud.starts("t00")) == (1, 0)


def test_what_an_earlier_run_has_started_is_not_started_again() -> None:
    cloud = opaque("t00", "t01").has(ASSETS, "t00", "t01")
    outcome = carried_out(cloud, PLAN, covered=frozenset({ASSETS}))
    assert (outcome.status, cloud.requests) == (RolloutStatus.CONVERGED, [])


def test_what_an_earlier_run_has_started_and_nobody_shows_is_started_again() -> None:
    cloud = opaque("t00")
    assert carried_out(cloud, PLAN, covered=frozenset({ASSETS})).status is RolloutStatus.CONVERGED
    assert len(cloud.requests) == 1


def test_a_file_that_an_earlier_run_did_not_know_is_started() -> None:
    cloud = opaque("t00").has(ASSETS, "t00").has(MODELS, "t03")
    assert (
        carried_out(cloud, PLAN, ASSETS, MODELS, covered=frozenset({ASSETS})).status
        is RolloutStatus.CONVERGED
    )
    assert [request.artifacts for _, request in cloud.requests] == [(MODELS,)]
    assert cloud.running(MODELS) == {"t00", "t03"}


def test_what_an_earlier_run_has_started_is_awaited() -> None:
    """An interrupted run is gone on with, and not called done while all of it is still on its way."""
    cloud = opaque("t00", "t01").has(ASSETS, "t02")
    plan = PLAN
    one = Rollout(Desired((ASSETS,), exclusive=False), plan, cloud.now)
    driven = steps(one, cloud, plan)
    while not cloud.requests:
        next(driven)
    cloud.now += 1
    outcome = carried_out(cloud, plan, covered=frozenset({ASSETS}))
    assert (outcome.status, outcome.progress.done) == (RolloutStatus.CONVERGED, 2)
    assert cloud.running() == {"t00", "t01", "t02"}
    assert len(cloud.requests) == 1


def test_a_failed_target_of_a_selection_is_started_again_and_no_other() -> None:
    cloud = opaque("t00", "t01").has(ASSETS, "t02", state=RecordState.FAILED)
    cloud.scripts["t01"] = [fails(3), works(3)]  # type: ignore[index]
    assert carried_out(cloud, PLAN).status is RolloutStatus.CONVERGED
    assert [request.targets for _, request in cloud.requests] == [None, frozenset({"t01"})]
    assert (cloud.starts("t00"), cloud.starts("t02")) == (1, 0)


def test_a_later_stage_is_started_though_the_canary_has_records() -> None:
    cloud = opaque("t00", "t01", "t02")
    assert carried_out(cloud, policy(regions("t00"), OPAQUE)).status is RolloutStatus.CONVERGED
    assert cloud.running() == {"t00", "t01", "t02"}


def test_a_selection_of_which_nothing_ever_shows_fails() -> None:
    cloud = opaque().has(ASSETS, "t00")
    outcome = carried_out(cloud, policy(OPAQUE, retries=1))
    assert outcome.status is RolloutStatus.FAILED
    assert len(cloud.requests) == 2


@pytest.mark.parametrize(
    ("plan", "begun"),
    [(policy(OPAQUE), 1), (policy(regions("t00"), OPAQUE), 2), (policy(regions("t00", "t01")), 1)],
)
def test_the_stages_that_were_begun_are_told_for_the_next_run(plan: RolloutPolicy, begun: int) -> None:
    assert carried_out(opaque("t00", "t01"), plan).begun == begun


def test_a_stage_that_was_not_reached_is_not_told_as_begun() -> None:
    cloud = opaque("t01")
    cloud.ignored = 99
    assert carried_out(cloud, policy(regions("t00"), OPAQUE, retries=0)).begun == 1


def test_versions_that_others_run_elsewhere_are_not_waited_for() -> None:
    cloud = opaque("t00").has(OLDER, "t02", "t03")
    outcome = carried_out(cloud, PLAN)
    assert (outcome.status, outcome.progress.total) == (RolloutStatus.CONVERGED, 1)
    assert cloud.running() == {"t00"}


def test_everywhere_is_started_once_where_nothing_is_listed() -> None:
    cloud = opaque(number=3).has(ASSETS, "t00")
    cloud.tells_targets = False
    assert carried_out(cloud, policy(everywhere())).status is RolloutStatus.CONVERGED
    assert cloud.running() == {"t00", "t01", "t02"}


def hinted(*hints: str, number: int = 2) -> Opaque:
    """A cloud that does not name who is everywhere, and whose inventory suggests some."""
    cloud = opaque(number=number)
    cloud.tells_targets = False
    cloud.hints = frozenset(hints)
    return cloud


def test_what_has_come_since_an_earlier_run_is_started_where_the_inventory_suggests_it() -> None:
    cloud = hinted("t00", "t01").has(ASSETS, "t00")
    outcome = carried_out(cloud, policy(everywhere()), covered=frozenset({ASSETS}))
    assert (outcome.status, cloud.running()) == (RolloutStatus.CONVERGED, {"t00", "t01"})
    assert [request.targets for _, request in cloud.requests] == [None], "the whole of it, once"


def test_what_the_inventory_suggests_for_nothing_fails_no_rollout_that_an_earlier_run_has_begun() -> None:
    cloud = hinted("t00", "t01", "elsewhere").has(ASSETS, "t00", "t01")
    cloud.ignored = 99
    outcome = carried_out(cloud, policy(everywhere()), covered=frozenset({ASSETS}))
    assert (outcome.status, len(cloud.requests)) == (RolloutStatus.CONVERGED, 1)


def test_what_shows_wherever_the_inventory_suggests_it_is_not_started_by_anyone() -> None:
    cloud = hinted("t00", "t01").has(ASSETS, "t00", "t01")
    assert carried_out(cloud, policy(everywhere())).status is RolloutStatus.CONVERGED
    assert not cloud.requests
