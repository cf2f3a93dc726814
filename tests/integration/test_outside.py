"""What happens in the cloud outside of Pulumi: how refresh shows it, and how an up repairs it."""

from typing import Any

import pytest
from tests.support.clouds import INSTANCES, REGIONS
from tests.support.declarations import Archives, distribution
from tests.support.dynamic_host import eventually
from tests.support.emulator import CONTAINER_APP_ID, SMALL_APP_ID, VERSION_IDS, Emulator
from tests.support.sightings import placed_on, serves, starts
from tests.support.stack import Stack, dist, push, release

pytestmark = pytest.mark.cli


def test_a_plain_up_repairs_what_drifted_and_nothing_else(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    stack.declare(push(archives.push()), dist(distribution()), release(VERSION_IDS[1]))
    assert stack.up().ok
    emulator.drift(
        app_id=SMALL_APP_ID, name="assets", version="1", targets=[INSTANCES[0]], state="FAILED", reason="x"
    )
    emulator.drift(app_id=CONTAINER_APP_ID, env="prod", version=VERSION_IDS[0], rollback=True)
    emulator.clear_calls()

    preview = stack.preview()
    repaired = stack.up()

    assert preview.counts() == {"update": 2, "unchanged": 2}, str(preview)
    assert "drift: assets@1 has failed on 1 of 3 instances" in preview.output, str(preview)
    assert repaired.ok, str(repaired)
    assert sorted(starts(emulator)) == ["DistApplicationData", "PublishEdgeContainerAppVersion"]
    (call,) = emulator.calls("DistApplicationData")
    assert INSTANCES[0] in call["params"]["DistStrategy"]["value"]
    assert INSTANCES[1] not in call["params"]["DistStrategy"]["value"]
    assert set(placed_on(emulator).values()) == {"SUCCESS"}
    assert serves(emulator) == VERSION_IDS[1]


def test_refresh_takes_what_has_vanished_out_of_the_state(
    stack: Stack, archives: Archives, emulator: Emulator, world: dict[str, Any]
) -> None:
    stack.declare(push(archives.push()), dist(distribution()), release(VERSION_IDS[1]))
    assert stack.up().ok
    apps = [app for app in world["applications"] if app["app_id"] != SMALL_APP_ID]
    emulator.world({**world, "applications": apps, "container_apps": []})

    refreshed = stack.refresh()

    assert refreshed.ok, str(refreshed)
    assert not stack.resources


@pytest.mark.usefixtures("slow")
def test_refresh_does_not_fail_on_a_rollout_that_is_not_finished(stack: Stack, archives: Archives) -> None:
    stack.declare(push(archives.push(regions=list(REGIONS))), release(VERSION_IDS[1]))
    running = stack.start_up()
    eventually(lambda: "0/2 regions" in running.output() and "pods ready" in running.output())
    running.interrupt()
    running.finish()

    refreshed = stack.refresh()

    assert refreshed.ok, str(refreshed)
    assert set(stack.resources) == {"assets", "web"}
    assert stack.outputs("assets")["status"] == "interrupted"
    (placement,) = stack.outputs("assets")["placements"]
    assert placement["counts"] == {"in_progress": 2}
