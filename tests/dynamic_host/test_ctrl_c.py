"""Ctrl-C in every phase of staged rollouts: each ends soon, keeps its state, says what goes on, and is gone on with."""

import re
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest
from tests.support.clouds import HOURS, INSTANCES, stock
from tests.support.declarations import Archives, distribution, placed
from tests.support.dynamic_host import CallFailedError, DynamicHost, Kept, Kind, Managed, Start
from tests.support.emulator import CONTAINER_APP_ID, SMALL_APP_ID, VERSION_IDS, Emulator
from tests.support.holding_proxy import Boundary, HoldingProxy, Moment
from tests.support.sightings import placed_on, runs, serves, starts
from tests.support.staged import SLOW, STAGES, STARTS, Program, Scene, as_time_goes_by, many_apps

AT_MOST = 60.0
"""Seconds in which a rollout would not end by itself, since the cloud's time stands still or is slow."""
GOES_ON = "What is under way goes on in the cloud; the next `pulumi up` continues from there."
WAY_BACK_GOES_ON = (
    "What is under way goes on in the cloud; the next `pulumi up` rolls out what the program declares then."
)
BACK = {"on_failure": "rollback", "retries": 0}
ONE_FAILS = {"effect": "target_fail", "action": "DistApplicationData", "count": 1, "targets": [INSTANCES[1]]}


@pytest.fixture
def scenes(emulator: Emulator, archives: Archives, world: dict[str, Any]) -> list[Scene]:
    """One staged rollout of each kind."""
    emulator.world(many_apps(world, timing=SLOW))
    return [Scene(kind, number, archives, emulator) for number, kind in enumerate(Kind)]


@pytest.fixture
def proxy(emulator: Emulator) -> Iterator[HoldingProxy]:
    with HoldingProxy(emulator) as proxy:
        yield proxy


class Interrupted:
    """Staged rollouts that Ctrl-C ends, and the next up that goes on with them."""

    def __init__(self, host: DynamicHost, scenes: list[Scene]) -> None:
        self._cloud = scenes[0].emulator
        self._program = Program(host, scenes)
        self._ups = self._program.begin()

    def show(self, text: str) -> None:
        """Wait until the lines of all of them have held a text."""
        names = {scene.name for scene in self._program.scenes}
        as_time_goes_by(self._cloud, lambda: names == self._program.shown(text))

    def end_soon(self) -> list[str]:
        """Press Ctrl-C; give what each rollout says."""
        return interrupt(self._program.host, self._ups)

    def go_on(self, host: DynamicHost, **changed: Any) -> None:
        """Run the next up to its end: each version is everywhere, and no stage was started twice."""
        self._program.scenes = scenes = [replace(scene, **changed) for scene in self._program.scenes]
        ups = self._program.run_in(host).begin()
        self._program.finish(ups)
        assert {up.result().outputs["status"] for up in ups} == {"converged"}
        for scene in scenes:
            assert (scene.starts(), scene.targets()) == (STAGES, scene.everywhere("1"))


def interrupt(host: DynamicHost, ups: list[Future[Kept]]) -> list[str]:
    """Press Ctrl-C; give the message that each rollout ends with, soon and with its state."""
    host.cancel()
    failures = [up.exception(timeout=AT_MOST) for up in ups]
    messages = []
    for failure in failures:
        assert isinstance(failure, CallFailedError)
        assert failure.kept is not None
        assert failure.kept.outputs["status"] == "interrupted"
        messages.append(failure.message)
    return messages


@pytest.mark.parametrize("stage", [1, 2])
@pytest.mark.parametrize("moment", [Moment.BEFORE_SENDING, Moment.AFTER_SENDING], ids=lambda m: m.value)
def test_while_start_calls_are_under_way(
    start: Start, scenes: list[Scene], proxy: HoldingProxy, moment: Moment, stage: int
) -> None:
    for scene in scenes:
        proxy.hold(scene.app_id, Boundary(moment, stage, STARTS[scene.kind]))
    ups = Interrupted(start(environment={"ALICLOUD_EDGE_ENDPOINT": proxy.url}), scenes)
    as_time_goes_by(proxy.cloud, lambda: proxy.reached == len(scenes))

    for message in ups.end_soon():
        assert message.startswith(f"Interrupted at stage {stage} of 2: ")
        assert message.endswith(GOES_ON)
    ups.go_on(start())


def test_while_stages_are_awaited(start: Start, scenes: list[Scene]) -> None:
    ups = Interrupted(start(), scenes)
    ups.show("stage 1 of 2: 0")

    for message in ups.end_soon():
        assert re.match(r"Interrupted at stage [12] of 2: ", message)  # they do not begin at one time
        assert message.endswith(GOES_ON)
    ups.go_on(start())


def test_while_stages_bake(start: Start, scenes: list[Scene]) -> None:
    ups = Interrupted(start(), [replace(scene, bake="10m") for scene in scenes])
    ups.show("baking")

    for message in ups.end_soon():
        assert "baking, " in message
        assert message.endswith(GOES_ON)
    ups.go_on(start(), bake="0.3s")


def test_while_a_distribution_is_taken_back_and_the_former_version_arrives_by_the_next_up(
    start: Start, slow: Emulator
) -> None:
    stock(slow, "1", "2")
    slow.drift(app_id=SMALL_APP_ID, name="assets", version="1", targets=list(INSTANCES), state="SUCCESS")
    host = start()
    dist = Managed(host, Kind.DIST)
    dist.up(distribution())
    slow.faults([ONE_FAILS])
    up = host.begin(lambda: dist.up(distribution(placed("2"), rollout=BACK)))
    host.await_line("0/3")
    slow.advance(2 * HOURS)
    host.await_line("rolling back: 1/3")

    (message,) = interrupt(host, [up])

    assert "The rollback (back to assets@1) was interrupted at 1/3 instances" in message
    assert message.endswith(WAY_BACK_GOES_ON)
    slow.clear_calls()
    dist.host = start()
    again = dist.host.begin(lambda: dist.up(distribution()))
    dist.host.await_line("1/3")
    slow.advance(2 * HOURS)
    assert again.result().outputs["status"] == "converged"
    assert runs(slow) == {"1"}
    assert not starts(slow)


def test_while_a_release_is_taken_back_and_the_declared_version_arrives_by_the_next_up(
    start: Start, slow: Emulator
) -> None:
    slow.drift(app_id=CONTAINER_APP_ID, env="prod", version=VERSION_IDS[0])
    host = start()
    release = Managed(host, Kind.RELEASE)
    what = {"app_id": CONTAINER_APP_ID, "env": "prod"}
    release.up({**what, "version_id": VERSION_IDS[0]})
    slow.faults([{"effect": "target_hang", "action": "PublishEdgeContainerAppVersion"}])
    hanging = {**what, "version_id": VERSION_IDS[1], "rollout": {**BACK, "stall_timeout": 1}}
    up = host.begin(lambda: release.up(hanging))
    host.await_line("rolling back: 0")

    (message,) = interrupt(host, [up])

    assert f"back to {CONTAINER_APP_ID}@{VERSION_IDS[0]} on 100 % of prod) was interrupted at " in message
    assert message.endswith(WAY_BACK_GOES_ON)
    slow.faults([])
    release.host = start()
    again = release.host.begin(lambda: release.up({**hanging, "rollout": BACK}))
    as_time_goes_by(slow, again.done)  # the way back ends first, and then the version is started again
    outputs = again.result().outputs
    assert (outputs["status"], outputs["baseline_version"]) == ("converged", VERSION_IDS[0])
    assert serves(slow) == VERSION_IDS[1]


def test_while_a_first_rollout_is_taken_back_and_cleaned(
    start: Start, slow: Emulator, world: dict[str, Any]
) -> None:
    slow.world({**world, "timing": {"dist_seconds": [0, 0]}, "delays": {"clean_seconds": HOURS}})
    slow.dialect(clean="later")
    stock(slow, "1")
    slow.faults([ONE_FAILS])
    host = start()
    dist = Managed(host, Kind.DIST)
    up = host.begin(lambda: dist.up(distribution(rollout=BACK)))
    host.await_line("rolling back: cleaning")

    (message,) = interrupt(host, [up])

    assert "The rollback (without assets@1) was interrupted." in message
    assert message.endswith(WAY_BACK_GOES_ON)
    slow.advance(2 * HOURS)
    dist.host = start()
    assert dist.up(distribution(rollout=BACK)).outputs["status"] == "converged"
    assert set(placed_on(slow).values()) == {"SUCCESS"}
