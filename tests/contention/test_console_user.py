"""Somebody at the console changes things while many resources roll out."""

from dataclasses import replace

from tests.support.dynamic_host import CallFailedError, Kind, Start, eventually
from tests.support.emulator import VERSION_IDS
from tests.support.staged import FIRST, PLACED, STAGES, Program, Scene

BEFORE, NOW = "1", "2"
WATCHED = "2s"
"""A bake in which somebody else has the time to do something."""


def test_who_brings_the_former_version_back_in_a_bake_stops_that_rollout_alone_and_the_next_up_repairs_it(
    start: Start, scenes: list[Scene]
) -> None:
    touched = set(scenes[::2])
    program = Program(start(), scenes)
    for up in program.begin(BEFORE):
        up.result()
    program.scenes = [replace(scene, bake=WATCHED) for scene in scenes]
    host = start()
    ups = dict(zip(scenes, program.run_in(host).begin(NOW), strict=True))
    everyone = {scene.kind.urn(scene.name) for scene in scenes}
    eventually(lambda: everyone == {line.urn for line in host.lines if "baking" in line.text})

    for scene in touched:
        bring_back(scene)

    for scene in scenes:
        failure = ups[scene].exception(timeout=60)
        if scene not in touched:
            assert failure is None
            assert scene.starts() == 2 * STAGES
            continue
        assert isinstance(failure, CallFailedError)
        assert failure.kept is not None
        assert f"@{named(scene, NOW)}: {named(scene, BEFORE)} runs there" in failure.message
        assert scene.starts() == STAGES + 1, "the second stage was not begun"

    program.scenes = scenes
    repaired = program.run_in(start()).begin(NOW)

    assert {up.result().outputs["status"] for up in repaired} == {"converged"}
    for scene in scenes:
        assert scene.targets()[NOW] == scene.everywhere(NOW)[NOW]
        assert scene.starts() == 2 * STAGES + (scene in touched)


def bring_back(scene: Scene) -> None:
    """Put the former version where the first stage has brought the declared one."""
    if scene.kind is Kind.RELEASE:
        scene.emulator.drift(app_id=scene.app_id, env="prod", version=named(scene, BEFORE))
    else:
        there = {"name": PLACED, "version": BEFORE, "targets": FIRST, "state": "SUCCESS"}
        scene.emulator.drift(app_id=scene.app_id, **there)


def named(scene: Scene, version: str) -> str:
    """The version as messages name it."""
    return VERSION_IDS[int(version) - 1] if scene.kind is Kind.RELEASE else version
