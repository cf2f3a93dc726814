"""Staged rollouts as a user sees them: what a preview says, a failure that rolls back, a kill between stages."""

from typing import Any

import pytest
from tests.support.clouds import INSTANCES, REGIONS
from tests.support.declarations import Archives, distribution, placed
from tests.support.dynamic_host import eventually
from tests.support.emulator import Emulator
from tests.support.sightings import runs, starts
from tests.support.stack import Declared, Stack, dist, push

pytestmark = pytest.mark.cli
CANARY = [{"key": "region_id", "operator": "In", "values": [REGIONS[0]]}]
FAILING = {"effect": "target_fail", "action": "DistApplicationData", "targets": [INSTANCES[1]]}


def data(archives: Archives, version: str, *, bake: str = "1s", **rollout: Any) -> tuple[Declared, ...]:
    """A push, and a distribution to one region, then to all."""
    stages = [{"name": "canary", "match": CANARY, "bake": bake}, {"name": "all"}]
    staged = distribution(placed(version), rollout={"stages": stages, **rollout})
    return push(archives.push(archives.file(version))), dist(staged)


def test_a_failure_in_the_last_stage_rolls_back_and_once_fixed_the_next_up_converges(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    stack.declare(*data(archives, "1"))
    assert stack.up().ok
    emulator.faults([FAILING])
    stack.declare(*data(archives, "2", on_failure="rollback", retries=0))

    preview = stack.preview()
    failed = stack.up()

    assert "assets 1 → 2: 3 instances in 2 stages (1, all)" in preview.stdout, str(preview)
    assert not failed.ok
    assert "stage 1 of 2 (canary)" in failed.stdout
    assert "baking" in failed.stdout
    assert "1 instance failed, max_failed allows 0" in failed.stdout
    assert f"{INSTANCES[1]}: assets@2: transfer failed: no space left on device" in failed.stdout, str(failed)
    assert "Rolled back (back to assets@1)" in failed.stdout
    assert stack.outputs("assets-everywhere")["status"] == "rolled_back"
    assert runs(emulator) == {"1"}

    emulator.faults([])
    fixed = stack.up()

    assert fixed.ok, str(fixed)
    assert runs(emulator) == {"2"}
    assert stack.outputs("assets-everywhere")["status"] == "converged"
    assert stack.outputs("assets-everywhere")["baseline"] == {"assets": "1"}


def test_a_run_that_was_killed_between_stages_goes_on_with_the_next_one(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    pushed, staged = data(archives, "1", bake="60s")
    stack.declare(pushed, staged)
    running = stack.start_up()
    eventually(lambda: "baking" in running.output())
    running.kill()
    assert starts(emulator, "DistApplicationData") == ["DistApplicationData"]
    assert stack.cancel().ok
    assert stack.run("refresh", "--yes", "--skip-preview", "--clear-pending-creates").ok

    stack.declare(*data(archives, "1", bake="0.5s"))
    finished = stack.up()

    assert finished.ok, str(finished)
    assert runs(emulator) == {"1"}
    assert len(starts(emulator, "DistApplicationData")) == 2


def test_two_resources_that_contradict_each_other_are_refused_with_both_urns(
    stack: Stack, emulator: Emulator
) -> None:
    stack.declare(
        dist(distribution(placed("1")), "one", after=()), dist(distribution(placed("2")), "other", after=())
    )

    preview = stack.preview()

    assert not preview.ok
    assert "conflicts with" in preview.output
    assert "AppDataDist::one" in preview.output
    assert "AppDataDist::other" in preview.output
    assert not starts(emulator)
