"""`kill -9` of a whole `pulumi up` at every boundary of every call of a staged rollout, and what a person does then.

As in the tests of the provider's process alone, many resources of one program are each held at another boundary.
"""

from pathlib import Path
from typing import Any

import pytest
from support.dynamic_host import Kind, eventually
from support.emulator import Emulator
from support.holding_proxy import Boundary, HoldingProxy, Moment
from support.stack import Running, Stack
from support.staged import APPS, STAGES, STARTS, Scene
from tests.kills.cells import ENDPOINT, SHORT, RecordProperty, boundaries, judge, settle

pytestmark = pytest.mark.cli
AT_ONCE = ("--parallel", str(2 * APPS))
USUAL = {
    (Kind.PUSH, Moment.BEFORE_SENDING),
    (Kind.DIST, Moment.AFTER_SENDING),
    (Kind.RELEASE, Moment.AFTER_ANSWER),
}
"""What runs with all other tests; the rest runs with the matrix."""


def crossing(kind: Kind, moment: Moment) -> Any:
    marks = () if (kind, moment) in USUAL else (pytest.mark.exhaustive,)
    return pytest.param(kind, moment, marks=marks, id=f"{SHORT[kind]}-{moment.value}")


@pytest.fixture
def stack(tmp_path: Path, emulator: Emulator) -> Stack:
    """A stack that does not look before it rolls out: Pulumi checks one resource after the other."""
    stack = Stack(tmp_path / "stack", emulator)
    stack.config({"observeOnDiff": "false"})
    return stack


@pytest.mark.parametrize(("kind", "moment"), [crossing(kind, moment) for kind in Kind for moment in Moment])
def test_after_a_kill_of_everything_a_cancel_and_an_up_finish_and_start_nothing_twice(
    stack: Stack, scenes: list[Scene], proxy: HoldingProxy, moment: Moment, record_property: RecordProperty
) -> None:
    running = up_until(boundaries(moment), scenes, stack, proxy)
    running.kill()
    assert stack.cancel().ok
    kept = {name: str(resource["outputs"]["status"]) for name, resource in stack.resources.items()}
    assert stack.run("refresh", "--yes", "--skip-preview", "--clear-pending-creates").ok

    finished = stack.up(*AT_ONCE)

    cells = [
        judge(
            f"kill -9 of the whole run: {scene.kind.value}, create",
            scene,
            proxy.lanes[scene.app_id],
            versions=("1",),
            state=kept.get(scene.name, "none"),
            next_run=str(stack.outputs(scene.name)["status"]) if scene.name in stack.resources else "none",
        )
        for scene in scenes
    ]
    settle(record_property, cells[: proxy.reached + 1])
    assert finished.ok, str(finished)
    assert stack.up(*AT_ONCE).counts() == {"unchanged": APPS + 1}


@pytest.mark.parametrize("kind", [Kind.DIST], ids=["dist"])
def test_after_a_kill_of_the_provider_alone_a_mere_up_finishes_and_starts_nothing_twice(
    stack: Stack, scenes: list[Scene], proxy: HoldingProxy
) -> None:
    starts = [Boundary(Moment.AFTER_SENDING, number, STARTS[Kind.DIST]) for number in (1, 2)]
    killed = scenes[: len(starts)]
    running = up_until(starts, killed, stack, proxy)
    running.kill_provider()
    assert not running.finish().ok
    assert not stack.resources

    finished = stack.up()

    assert finished.ok, str(finished)
    for scene in killed:
        assert (scene.starts(), scene.targets()) == (STAGES, scene.everywhere("1"))


def up_until(boundaries: list[Boundary], scenes: list[Scene], stack: Stack, proxy: HoldingProxy) -> Running:
    """Begin an up of all, and wait until each has come to its boundary or its end."""
    lanes = [proxy.hold(scene.app_id, boundary) for scene, boundary in zip(scenes, boundaries, strict=True)]
    stack.declare(*[scene.declared("1") for scene in scenes])
    direct = stack.env[ENDPOINT]
    stack.env[ENDPOINT] = proxy.url
    running = stack.start_up(*AT_ONCE)
    stack.env[ENDPOINT] = direct
    ends = [(lane, f" {scene.name} created") for lane, scene in zip(lanes, scenes, strict=True)]
    eventually(lambda: all(lane.is_reached or line in running.output() for lane, line in ends), timeout=60)
    return running
