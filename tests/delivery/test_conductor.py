"""What the conductor does with trouble: outlasts what passes, ends at once with what does not, never starts twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from tests.delivery.conducted import FINAL, TRANSIENT_ERRORS, Scene, lost, refusal, unreachable
from tests.rollout.world import ASSETS, SimulatedCloud, everywhere, fails, fleet, policy, works

from pulumi_alicloud_edge._delivery.run_context import Interrupt, InterruptedWaitError
from pulumi_alicloud_edge._errors import (
    EdgeError,
    PermissionDeniedError,
    RemovalError,
    ResponseLostError,
    UnavailableError,
)
from pulumi_alicloud_edge._model.observation import Observation, RecordState
from pulumi_alicloud_edge._model.outcome import FailureCause, RolloutStatus
from pulumi_alicloud_edge._reconcile.decisions import StartRequest, StartResponse


def names(makers: list[Callable[[], EdgeError]]) -> list[str]:
    return [type(make()).__name__ for make in makers]


async def test_a_rollout_is_carried_out_and_told() -> None:
    scene = Scene(SimulatedCloud(fleet(3, works(10))))
    ended = await scene.carry_out()
    assert (ended.outcome.status, ended.error) == (RolloutStatus.CONVERGED, None)
    assert scene.heard.progresses[0].done == 0
    assert (scene.heard.progresses[-1].done, scene.heard.progresses[-1].total) == (3, 3)


@pytest.mark.parametrize("passing", TRANSIENT_ERRORS, ids=names(TRANSIENT_ERRORS))
async def test_an_outage_during_the_wait_does_not_fail_the_rollout(passing: Callable[[], EdgeError]) -> None:
    scene = Scene(SimulatedCloud(fleet(2, works(200))), outages=[(110, 250, passing)])
    ended = await scene.carry_out()
    assert ended.outcome.status is RolloutStatus.CONVERGED
    assert scene.heard.troubles
    assert len(scene.cloud.requests) == 1


@pytest.mark.parametrize("passing", TRANSIENT_ERRORS, ids=names(TRANSIENT_ERRORS))
async def test_an_outage_before_anything_was_done_ends_it_at_once(passing: Callable[[], EdgeError]) -> None:
    scene = Scene(SimulatedCloud(fleet(2)), outages=[(0, 1e9, passing)])
    ended = await scene.carry_out()
    assert (ended.outcome.status, ended.outcome.cause) == (RolloutStatus.FAILED, FailureCause.REFUSED)
    assert type(ended.error) is type(passing())
    assert (ended.outcome.started, scene.naps) == (False, 0)


async def test_an_outage_longer_than_the_stall_timeout_ends_it_with_its_error() -> None:
    scene = Scene(
        SimulatedCloud(fleet(2, works(200))), policy(stall_timeout=120), outages=[(110, 1e9, unreachable)]
    )
    ended = await scene.carry_out()
    assert (ended.outcome.status, ended.outcome.started) == (RolloutStatus.FAILED, True)
    assert ended.error is not None
    assert 220 <= scene.cloud.now <= 260


async def test_an_outage_beyond_the_timeout_ends_it_with_its_error_however_patient_it_is_with_stalls() -> (
    None
):
    plan = policy(timeout=60, stall_timeout=600)
    scene = Scene(SimulatedCloud(fleet(2, works(200))), plan, outages=[(110, 1e9, unreachable)])
    ended = await scene.carry_out()
    assert (ended.outcome.status, ended.outcome.started) == (RolloutStatus.FAILED, True)
    assert ended.error is not None
    assert 160 <= scene.cloud.now <= 161


@pytest.mark.parametrize("final", FINAL, ids=names(FINAL))
async def test_what_is_refused_during_the_wait_ends_it_at_once(final: Callable[[], EdgeError]) -> None:
    scene = Scene(SimulatedCloud(fleet(2, works(200))), outages=[(150, 1e9, final)])
    ended = await scene.carry_out()
    assert ended.outcome.cause is FailureCause.REFUSED
    assert type(ended.error) is type(final())
    assert scene.cloud.now < 150 + 30


@pytest.mark.parametrize("final", FINAL, ids=names(FINAL))
async def test_a_start_that_is_refused_ends_it_at_once(final: Callable[[], EdgeError]) -> None:
    scene = Scene(SimulatedCloud(fleet(2)), start_errors=[final()])
    ended = await scene.carry_out()
    assert ended.outcome.cause is FailureCause.REFUSED
    assert type(ended.error) is type(final())
    assert (len(scene.cloud.requests), scene.naps) == (1, 0)


@pytest.mark.parametrize("lag", [0, 10])
async def test_a_start_whose_answer_got_lost_is_not_repeated_when_it_shows(lag: float) -> None:
    scene = Scene(SimulatedCloud(fleet(3, works(30)), lag=lag, lost=1))
    ended = await scene.carry_out()
    assert ended.outcome.status is RolloutStatus.CONVERGED
    assert (len(scene.cloud.requests), scene.cloud.useless) == (1, [])
    assert len(scene.heard.troubles) == 1


async def test_a_start_that_got_lost_is_repeated_after_a_look() -> None:
    scene = Scene(SimulatedCloud(fleet(3)), start_errors=[lost()])
    looks: list[int] = []
    start = scene.start

    async def counted(request: StartRequest) -> StartResponse:
        looks.append(scene.cloud.observations)
        return await start(request)

    scene.start = counted  # type: ignore[method-assign]
    assert (await scene.carry_out()).outcome.status is RolloutStatus.CONVERGED
    assert len(looks) == 2
    assert looks[1] > looks[0] + 1


async def test_an_unclear_server_error_of_a_start_is_looked_into_as_well() -> None:
    unclear = refusal(UnavailableError)
    unclear.effect_unclear = True
    scene = Scene(SimulatedCloud(fleet(2)), start_errors=[unclear])
    assert (await scene.carry_out()).outcome.status is RolloutStatus.CONVERGED
    assert len(scene.cloud.requests) == 2


async def test_a_way_on_which_every_start_gets_lost_ends_with_that_error() -> None:
    scene = Scene(SimulatedCloud(fleet(1)), start_errors=[lost() for _ in range(20)])
    ended = await scene.carry_out()
    assert ended.outcome.cause is FailureCause.REFUSED
    assert type(ended.error) is type(lost())
    assert len(scene.cloud.requests) == 5


async def test_a_repeated_start_that_cannot_get_out_does_not_fail_what_is_under_way() -> None:
    """A failed target is started again just when the network is away, while others are on their way."""
    cloud = SimulatedCloud({"bad": [fails(5), works(5)], **fleet(3, works(100))})
    scene = Scene(cloud, start_errors=[None, unreachable()])
    assert (await scene.carry_out()).outcome.status is RolloutStatus.CONVERGED


async def test_an_interrupt_ends_the_wait_at_once_and_leaves_the_cloud_alone() -> None:
    scene = Scene(SimulatedCloud(fleet(3, works(300))))
    scene.at = [(150, scene.interrupt.set)]
    ended = await scene.carry_out()
    assert (ended.outcome.status, ended.error) == (RolloutStatus.INTERRUPTED, None)
    assert (ended.outcome.started, scene.cloud.now < 180) == (True, True)
    assert ended.outcome.progress.total == 3


async def test_an_interrupt_ends_a_read_that_hangs() -> None:
    class Hanging(Scene):
        async def observe(self, *, afresh: bool = False) -> Observation:  # noqa: ARG002
            asyncio.get_running_loop().call_soon(self.interrupt.set)
            await asyncio.Event().wait()
            raise AssertionError

    ended = await asyncio.wait_for(Hanging(SimulatedCloud(fleet(1))).carry_out(), 5)
    assert ended.outcome.status is RolloutStatus.INTERRUPTED


async def test_an_interrupt_ends_a_start_that_hangs() -> None:
    class Hanging(Scene):
        async def start(self, request: StartRequest) -> StartResponse:
            asyncio.get_running_loop().call_soon(self.interrupt.set)
            await asyncio.Event().wait()
            raise AssertionError(request)

    ended = await asyncio.wait_for(Hanging(SimulatedCloud(fleet(1))).carry_out(), 5)
    assert (ended.outcome.status, ended.outcome.started) == (RolloutStatus.INTERRUPTED, True)


async def test_an_interrupt_before_the_first_look_starts_nothing() -> None:
    scene = Scene(SimulatedCloud(fleet(1)))
    scene.interrupt.set()
    ended = await scene.carry_out()
    assert (ended.outcome.status, ended.outcome.started) == (RolloutStatus.INTERRUPTED, False)
    assert scene.cloud.observations == 0


async def test_an_interrupt_ends_an_outage_too() -> None:
    scene = Scene(SimulatedCloud(fleet(2, works(200))), outages=[(110, 1e9, unreachable)])
    scene.at = [(200, scene.interrupt.set)]
    assert (await scene.carry_out()).outcome.status is RolloutStatus.INTERRUPTED
    assert scene.cloud.now < 230


async def test_a_run_after_an_interrupt_starts_nothing_twice() -> None:
    scene = Scene(SimulatedCloud(fleet(3, works(300))))
    scene.at = [(150, scene.interrupt.set)]
    await scene.carry_out()
    assert (await Scene(scene.cloud).carry_out()).outcome.status is RolloutStatus.CONVERGED
    assert len(scene.cloud.requests) == 1


async def test_a_bake_is_watched_and_told() -> None:
    scene = Scene(SimulatedCloud(fleet(2)), policy(everywhere(bake=300)))
    await scene.carry_out()
    baking = [progress.baking for progress in scene.heard.progresses if progress.baking]
    assert baking == sorted(baking, reverse=True)
    assert len(baking) >= 5


async def test_a_later_start_is_waited_for() -> None:
    scene = Scene(SimulatedCloud(fleet(2, works(10)), lag=3600), policy(timeout=300, stall_timeout=60))
    assert (await scene.carry_out(starts_in=3600)).outcome.status is RolloutStatus.CONVERGED


async def test_work_that_is_done_when_the_interrupt_comes_counts() -> None:
    interrupt = Interrupt()

    async def work() -> str:
        interrupt.set()
        return "done"

    assert await interrupt.ends(work()) == "done"
    with pytest.raises(InterruptedWaitError):
        await interrupt.ends(work())


async def test_an_error_of_the_work_comes_through_an_interrupt() -> None:
    async def work() -> None:
        raise refusal(PermissionDeniedError)

    with pytest.raises(PermissionDeniedError):
        await Interrupt().ends(work())


async def test_a_removal_cleans_and_tells() -> None:
    scene = Scene(SimulatedCloud(fleet(2)).has(ASSETS, "t00", "t01"))
    await scene.remove()
    assert scene.cleaned == [scene.cleaning]


async def test_a_removal_that_comes_to_nothing_names_what_is_left() -> None:
    scene = Scene(SimulatedCloud(fleet(2)).has(ASSETS, "t00", "t01"))
    scene.clean_errors = [None]

    async def ignored(_: object) -> None:
        pass

    scene.clean = ignored  # type: ignore[method-assign,assignment]
    with pytest.raises(RemovalError) as caught:
        await scene.remove()
    assert (caught.value.artifacts, caught.value.targets) == ((ASSETS,), 2)
    assert scene.heard.removals[0].left == 2


async def test_a_clean_whose_answer_got_lost_is_looked_into() -> None:
    scene = Scene(SimulatedCloud(fleet(2)).has(ASSETS, "t00"), clean_errors=[lost()])
    await scene.remove()
    assert len(scene.cleaned) == 2


async def test_cleans_whose_answers_all_got_lost_are_told_with_what_is_left() -> None:
    scene = Scene(SimulatedCloud(fleet(2)).has(ASSETS, "t00"), clean_errors=[lost()] * 3)
    with pytest.raises(RemovalError) as caught:
        await scene.remove()
    assert isinstance(caught.value.transient_error, ResponseLostError)


async def test_a_clean_that_is_denied_ends_it_at_once() -> None:
    scene = Scene(SimulatedCloud(fleet(2)).has(ASSETS, "t00"), clean_errors=[refusal(PermissionDeniedError)])
    with pytest.raises(PermissionDeniedError):
        await scene.remove()
    assert scene.naps == 0


async def test_an_outage_while_a_removal_is_awaited_does_not_fail_it() -> None:
    cloud = SimulatedCloud(fleet(1)).has(ASSETS, "t00")
    scene = Scene(cloud, outages=[(101, 150, unreachable)])

    async def slow(due: object) -> None:
        assert due == scene.cleaning
        scene.at = [(115, lambda: cloud.has(ASSETS, "t00", state=RecordState.DELETED) and None)]

    scene.clean = slow  # type: ignore[method-assign,assignment]
    await scene.remove()
    assert scene.heard.troubles


async def test_an_interrupt_ends_a_removal() -> None:
    scene = Scene(SimulatedCloud(fleet(1)).has(ASSETS, "t00"), clean_errors=[])

    async def ignored(_: object) -> None:
        pass

    scene.clean = ignored  # type: ignore[method-assign,assignment]
    scene.at = [(105, scene.interrupt.set)]
    with pytest.raises(InterruptedWaitError):
        await scene.remove()


async def test_before_a_rollout_fails_the_inventory_is_read_anew() -> None:
    scene = Scene(SimulatedCloud(fleet(2, fails(5))), policy(retries=0))
    ended = await scene.carry_out()
    assert ended.outcome.cause is FailureCause.BUDGET
    assert scene.read_afresh == [scene.cloud.now]


async def test_an_interrupt_between_two_looks_that_have_to_agree_ends_it() -> None:
    scene = Scene(SimulatedCloud(fleet(1, fails(5))), policy(retries=0))
    pause = scene.sleep

    async def interrupted(seconds: float) -> None:
        if scene.cloud.state(ASSETS, "t00") is RecordState.FAILED:
            scene.interrupt.set()
        await pause(seconds)

    scene.sleep = interrupted  # type: ignore[method-assign]
    assert (await scene.carry_out()).outcome.status is RolloutStatus.INTERRUPTED


async def test_before_a_removal_ends_an_empty_answer_is_looked_into() -> None:
    scene = Scene(SimulatedCloud(fleet(1)))
    await scene.remove()
    assert (scene.read_afresh, scene.cleaned) == ([101.0], [])
