"""`kill -9` of a whole `pulumi up` at every boundary of every call of a staged rollout, and what a person does then.

As in the tests of the provider's process alone, many resources of one program are each held at another boundary.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.kills.cells import RecordProperty, judge, settle
from tests.kills.sweep import Standstill, Sweep, bring
from tests.support.declarations import Archives
from tests.support.dynamic_host import Kind, eventually
from tests.support.emulator import Emulator
from tests.support.holding_proxy import Boundary, HoldingProxy, Moment
from tests.support.matrix import Cell
from tests.support.stack import Running, Stack
from tests.support.staged import APPS, STAGES, STARTS, Scene, as_time_goes_by

pytestmark = pytest.mark.cli
ENDPOINT = "ALICLOUD_EDGE_ENDPOINT"
AT_ONCE = ("--parallel", str(2 * APPS))


@dataclass(frozen=True)
class CliRun:
    """A run of Pulumi's CLI."""

    running: Running

    def is_over(self, scene: Scene) -> bool:
        return f" {scene.name} created" in self.running.output()

    def has_shown(self, scene: Scene, text: str) -> bool:
        return re.search(rf" {scene.name} creating .*{text}", self.running.output()) is not None


@dataclass(frozen=True)
class Killer:
    """Kills a run at boundaries, and has another go on.

    Attributes:
        proxy: What holds the calls.
        folder: Where stacks are.
    """

    proxy: HoldingProxy
    folder: Path

    def __call__(self, boundaries: Mapping[Scene, Boundary], standstill: Standstill) -> list[Cell]:
        stack = new_stack(self.folder / standstill.name, self.proxy.cloud)
        running = up_behind(self.proxy, stack, boundaries)
        try:
            told = bring(CliRun(running), boundaries, self.proxy, standstill)
        finally:
            running.kill()
        assert stack.cancel().ok
        kept = {name: str(resource["outputs"]["status"]) for name, resource in stack.resources.items()}
        assert stack.run("refresh", "--yes", "--skip-preview", "--clear-pending-creates").ok
        finish(stack, boundaries)
        return [
            judge(
                "kill -9 of the whole run",
                scene,
                self.proxy.lanes[scene.app_id],
                versions=("1",),
                state=kept.get(scene.name, "none"),
                next_run=str(stack.outputs(scene.name)["status"]),
            )
            for scene in told
        ]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(Moment.BEFORE_SENDING, marks=pytest.mark.exhaustive),
        Moment.AFTER_SENDING,
        pytest.param(Moment.AFTER_ANSWER, marks=pytest.mark.exhaustive),
    ],
    ids=lambda moment: moment.value,
)
def test_after_a_kill_of_everything_a_cancel_and_an_up_finish_and_start_nothing_twice(  # noqa: PLR0917
    proxy: HoldingProxy,
    archives: Archives,
    world: dict[str, Any],
    tmp_path: Path,
    moment: Moment,
    record_property: RecordProperty,
) -> None:
    sweep = Sweep(proxy, archives, world, moment)
    settle(record_property, sweep.cells(Killer(proxy, tmp_path)))


def test_after_a_kill_of_the_provider_alone_a_mere_up_finishes_and_starts_nothing_twice(
    proxy: HoldingProxy, archives: Archives, world: dict[str, Any], tmp_path: Path
) -> None:
    Sweep(proxy, archives, world, Moment.AFTER_SENDING).renew()
    boundaries = {
        Scene(Kind.DIST, number, archives, proxy.cloud): Boundary(
            Moment.AFTER_SENDING, number, STARTS[Kind.DIST]
        )
        for number in (1, 2)
    }
    stack = new_stack(tmp_path, proxy.cloud)
    running = up_behind(proxy, stack, boundaries)
    try:
        bring(CliRun(running), boundaries, proxy, Standstill.AT_THE_END)
        running.kill_provider()
    except AssertionError:
        running.kill()
        raise
    assert not running.finish().ok
    assert not stack.resources

    finish(stack, boundaries)

    for scene in boundaries:
        assert (scene.starts(), scene.targets()) == (STAGES, scene.everywhere("1"))


def new_stack(folder: Path, cloud: Emulator) -> Stack:
    """A stack that does not look before it rolls out: Pulumi checks one resource after the other."""
    stack = Stack(folder, cloud)
    stack.config({"observeOnDiff": "false"})
    return stack


def up_behind(proxy: HoldingProxy, stack: Stack, boundaries: Mapping[Scene, Boundary]) -> Running:
    """Begin an up whose calls are held at boundaries."""
    stack.declare(*[scene.declared("1") for scene in boundaries])
    for scene, boundary in boundaries.items():
        proxy.hold(scene.app_id, boundary)
    direct = stack.env[ENDPOINT]
    stack.env[ENDPOINT] = proxy.url
    running = stack.start_up(*AT_ONCE)
    stack.env[ENDPOINT] = direct
    return running


def finish(stack: Stack, scenes: Collection[Scene]) -> None:
    """Run an up to its end; time stands still in the cloud until each rollout has seen how things are."""
    cloud = next(iter(scenes)).emulator
    going = [scene for scene in scenes if scene.name not in stack.resources]
    running = stack.start_up(*AT_ONCE)
    run = CliRun(running)

    def has_ended() -> bool:
        return running.process.poll() is not None

    def are_waiting() -> bool:
        return all(run.is_over(scene) or run.has_shown(scene, "stage ") for scene in going)

    try:
        eventually(lambda: has_ended() or are_waiting(), timeout=60)
        as_time_goes_by(cloud, has_ended, timeout=60)
    finally:
        if not has_ended():
            running.kill()
    finished = running.finish()
    assert finished.ok, str(finished)
