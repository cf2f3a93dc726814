"""Two runs of one stack: Pulumi's lock keeps them apart, and where somebody breaks it the second joins the first."""

from pathlib import Path
from typing import Any

import pytest
from tests.support.dynamic_host import Start, eventually
from tests.support.emulator import Emulator
from tests.support.stack import Stack
from tests.support.staged import SLOW, STAGES, Program, Scene, as_time_goes_by, many_apps


def test_a_second_run_beside_the_first_joins_what_that_has_under_way(
    start: Start, scenes: list[Scene]
) -> None:
    first, second = Program(start(), scenes), Program(start(), scenes)
    ups = first.begin()
    eventually(lambda: all(scene.starts() for scene in scenes))

    ups += second.begin()

    assert {up.result().outputs["status"] for up in ups} == {"converged"}
    for scene in scenes:
        assert scene.targets() == scene.everywhere("1")
        assert scene.starts() <= 2 * STAGES - 1, "only a later stage may be begun by both, at the same moment"


@pytest.mark.cli
def test_a_second_up_is_refused_and_leaves_the_first_alone(
    tmp_path: Path, emulator: Emulator, world: dict[str, Any], scenes: list[Scene]
) -> None:
    emulator.world(many_apps(world, timing=SLOW))
    stack = Stack(tmp_path / "stack", emulator)
    stack.declare(*[scene.declared("1") for scene in scenes])
    running = stack.start_up("--parallel", str(len(scenes)))
    try:
        eventually(lambda: all(scene.starts() for scene in scenes), timeout=120)

        refused = stack.up()

        assert not refused.ok
        assert "locked" in refused.output
        assert {scene.starts() for scene in scenes} == {1}, "the first is still at its first stage"
        as_time_goes_by(emulator, lambda: running.process.poll() is not None, timeout=120)
    finally:
        if running.process.poll() is None:
            running.kill()
    finished = running.finish()
    assert finished.ok, str(finished)
    assert {scene.starts() for scene in scenes} == {STAGES}
    assert stack.up().counts() == {"unchanged": len(scenes) + 1}
