"""Staged rollouts as a user sees them: what a preview says, a failure that rolls back, a kill between stages."""

from typing import Any

import pytest
from tests.support.clouds import INSTANCES, REGIONS
from tests.support.declarations import Archives, distribution, placed
from tests.support.dynamic_host import eventually
from tests.support.emulator import VERSION_IDS, Emulator
from tests.support.sightings import runs, serves, starts
from tests.support.stack import Declared, Stack, dist, push, release

pytestmark = pytest.mark.cli
CANARY = [{"key": "region_id", "operator": "In", "values": [REGIONS[0]]}]
FAILING = {"effect": "target_fail", "action": "DistApplicationData", "targets": [INSTANCES[1]]}


def data(archives: Archives, version: str, *, bake: str = "1s", **rollout: Any) -> tuple[Declared, ...]:
    """A push, and a distribution to one region, then to all."""
    stages = [{"name": "canary", "match": CANARY, "bake": bake}, {"name": "all"}]
    staged = distribution(placed(version), rollout={"stages": stages, **rollout})
    return push(archives.push(archives.file(version))), dist(staged)


def test_a_failure_in_the_last_stage_rolls_back_and_once_mended_the_next_up_converges(
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
    mended = stack.up()

    assert mended.ok, str(mended)
    assert runs(emulator) == {"2"}
    assert stack.outputs("assets-everywhere")["status"] == "converged"
    assert stack.outputs("assets-everywhere")["baseline"] == {"assets": "1"}


def test_a_first_rollout_that_fails_leaves_nothing_behind(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    emulator.faults([FAILING])
    stack.declare(*data(archives, "1", on_failure="rollback", retries=0))

    failed = stack.up()

    assert not failed.ok
    assert "Rolled back (without assets@1)" in failed.stdout, str(failed)
    assert runs(emulator) == set()


def test_stopping_leaves_the_earlier_stage_in_place(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    stack.declare(*data(archives, "1"))
    assert stack.up().ok
    emulator.faults([FAILING])
    stack.declare(*data(archives, "2", retries=0))

    assert not stack.up().ok

    assert runs(emulator) == {"1", "2"}
    assert stack.outputs("assets-everywhere")["status"] == "failed"


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


def test_a_release_that_is_rolled_back_serves_the_former_version(stack: Stack, emulator: Emulator) -> None:
    stages = [{"percentage": 10, "bake": "0.5s"}, {"percentage": 100}]
    rollout = {"stages": stages, "on_failure": "rollback", "stall_timeout": "2s", "retries": 0}
    stack.declare(release(VERSION_IDS[0], rollout=rollout))
    assert stack.up().ok
    hang = {"effect": "target_hang", "targets": ["prod"], "count": 1}
    emulator.faults([{"action": "PublishEdgeContainerAppVersion", **hang}])
    stack.declare(release(VERSION_IDS[1], rollout=rollout))

    failed = stack.up()

    assert not failed.ok
    assert f"back to {VERSION_IDS[0]}" in failed.stdout.replace("app-88068867578379000001@", ""), str(failed)
    assert serves(emulator) == VERSION_IDS[0]
    assert stack.outputs("web")["status"] == "rolled_back"


def test_two_resources_that_contradict_each_other_are_refused_with_both_urns(
    stack: Stack, emulator: Emulator
) -> None:
    stack.declare(
        dist(distribution(placed("1")), "one", after=()), dist(distribution(placed("2")), "other", after=())
    )

    preview = stack.preview()

    assert not preview.ok
    assert "contradicts" in preview.output
    assert "AppDataDist::one" in preview.output
    assert "AppDataDist::other" in preview.output
    assert not starts(emulator)


def test_what_comes_back_after_a_repair_is_told_to_have_another_owner(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    for version in ("1", "2"):
        stack.declare(*data(archives, version))
        assert stack.up().ok
    change = {"app_id": archives.push()["app_id"], "name": "assets", "version": "1", "state": "SUCCESS"}
    output = []
    for _ in range(2):
        emulator.advance(5)
        emulator.drift(**change, targets=[INSTANCES[2]])
        repaired = stack.up(preview=True)
        assert repaired.ok, str(repaired)
        assert "missing on 1 of 3 instances (1 runs there)" in repaired.stdout
        assert runs(emulator) == {"2"}
        output.append(repaired.output)
    assert "has come back" not in output[0]
    assert "assets 1 has come back where 2 is declared" in output[1]


@pytest.mark.parametrize(
    ("rollout", "told"),
    [
        ({"stages": [{"bake": "1h"}], "timeout": "30m"}, "rollout.stages[0].bake: "),
        ({"stages": [{"match": CANARY}, {"match": CANARY}]}, "rollout.stages[1]: "),
        ({"stages": [{"percentage": 10}]}, "rollout.stages[0].percentage: "),
        (
            {"stages": [{"match": [{**CANARY[0], "values": ["cn-nowhere"]}]}, {}]},
            "rollout.stages[0]: the selection matches no instance",
        ),
        ({"stages": [{"match": [{**CANARY[0], "operator": "Is"}]}]}, "rollout.stages[0].match[0].operator: "),
    ],
    ids=["a bake beyond the timeout", "no growth", "a share", "nothing selected", "an unknown operator"],
)
def test_stages_that_cannot_be_are_refused_in_preview(
    stack: Stack, emulator: Emulator, rollout: dict[str, Any], told: str
) -> None:
    stack.declare(dist(distribution(rollout=rollout), after=()))

    preview = stack.preview()

    assert not preview.ok
    assert told in preview.output, str(preview)
    assert not starts(emulator)
