"""Runs that end before their rollout does: Ctrl-C, kills, and how the next up goes on."""

from collections.abc import Callable

import pytest
from tests.support.clouds import HOURS, REGIONS
from tests.support.declarations import Archives, distribution
from tests.support.dynamic_host import eventually
from tests.support.emulator import VERSION_IDS, Emulator
from tests.support.sightings import placed_on, pushed_to, runs, serves, starts
from tests.support.stack import Ran, Running, Stack, dist, push, release

pytestmark = pytest.mark.cli


def test_ctrl_c_ends_the_wait_keeps_the_state_and_the_next_up_continues(
    either: Stack, archives: Archives, slow: Emulator
) -> None:
    either.declare(push(archives.push(regions=list(REGIONS))), release(VERSION_IDS[1]))
    running = either.start_up()
    eventually(lambda: {"PushApplicationData", "PublishEdgeContainerAppVersion"} <= set(starts(slow)))
    eventually(lambda: "0/2 regions" in running.output() and "pods ready" in running.output())

    ended = interrupted(running)

    assert not ended.ok
    assert "Interrupted at 0/2 regions" in ended.output, str(ended)
    assert ended.output.count("What is under way goes on in the cloud; the next `pulumi up` continues") >= 2
    assert "Traceback" not in ended.output
    assert {name: r["outputs"]["status"] for name, r in either.resources.items()} == {
        "assets": "interrupted",
        "web": "interrupted",
    }

    slow.clear_calls()
    slow.advance(2 * HOURS)
    continued = either.up()

    assert continued.ok, str(continued)
    assert not starts(slow)
    assert set(pushed_to(slow).values()) == {"SUCCESS"}
    assert serves(slow) == VERSION_IDS[1]
    assert {r["outputs"]["status"] for r in either.resources.values()} == {"converged"}


def test_ctrl_c_while_instances_are_cleaned_ends_the_wait_and_a_destroy_goes_on(
    stack: Stack, archives: Archives, emulator: Emulator, world: dict[str, object]
) -> None:
    emulator.world({**world, "delays": {"clean_seconds": HOURS}})
    emulator.dialect(clean="later")
    stack.declare(push(archives.push()), dist(distribution()))
    assert stack.up().ok
    running = stack.start("destroy", "--yes", "--skip-preview")
    eventually(lambda: "cleaning: 3 instances left" in running.output())

    ended = interrupted(running)

    assert not ended.ok
    assert "Interrupted while cleaning" in ended.output, str(ended)
    assert set(stack.resources) == {"assets", "assets-everywhere"}
    emulator.advance(2 * HOURS)
    destroyed = stack.destroy()
    assert destroyed.ok, str(destroyed)
    assert "SUCCESS" not in placed_on(emulator).values()


@pytest.mark.parametrize("kill", [Running.kill, Running.kill_cli], ids=["everything", "the CLI alone"])
def test_a_create_that_was_killed_half_way_is_finished_by_the_next_up_without_another_start(
    stack: Stack,
    archives: Archives,
    emulator: Emulator,
    world: dict[str, object],
    kill: Callable[[Running], None],
) -> None:
    regions = world["regions"]
    assert isinstance(regions, list)
    half = [
        {**region, "timing": {"dist_seconds": [HOURS, HOURS]}} if region["id"] == REGIONS[1] else region
        for region in regions
    ]
    emulator.world({**world, "regions": half})
    stack.declare(push(archives.push()), dist(distribution()))
    running = stack.start_up()
    eventually(lambda: list(placed_on(emulator).values()).count("SUCCESS") == 1, timeout=30)
    eventually(lambda: "1/3 instances" in running.output())

    kill(running)

    assert not stack.up().ok, "the backend is locked"
    assert stack.cancel().ok
    emulator.clear_calls()
    emulator.advance(2 * HOURS)
    finished = stack.up()
    assert finished.ok, str(finished)
    assert not starts(emulator)
    assert runs(emulator) == {"1"}
    assert stack.outputs("assets-everywhere")["status"] == "converged"


def interrupted(running: Running) -> Ran:
    """Press Ctrl-C once, and see every wait end; Pulumi's own end may take some seconds more."""
    running.interrupt()
    eventually(lambda: "failed**" in running.output(), timeout=60)
    return running.finish(timeout=60)
