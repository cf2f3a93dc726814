"""What happens in the cloud outside of Pulumi: what a refresh and a preview show of it, and how an up repairs it."""

from typing import Any

import pytest
from tests.operations.conftest import Start
from tests.support.clouds import INSTANCES, REGIONS
from tests.support.declarations import Archives, distribution, placed, with_sources
from tests.support.dynamic_host import CallFailedError, Kind, Managed
from tests.support.emulator import CONTAINER_APP_ID, SMALL_APP_ID, VERSION_IDS
from tests.support.sightings import placed_on, runs, starts
from tests.support.virtual import VirtualEmulator

ASSETS = {"app_id": SMALL_APP_ID, "name": "assets", "version": "1"}
FAILING = {"effect": "target_fail", "action": "DistApplicationData", "targets": [INSTANCES[1]]}
CANARY = [{"key": "region_id", "operator": "In", "values": [REGIONS[0]]}]


def shown(managed: Managed) -> str:
    return "\n".join(line.text for line in managed.host.lines)


@pytest.mark.parametrize("state", ["ABSENT", "DELETED"], ids=["added to the application", "deleted by hand"])
def test_what_lacks_its_version_is_found_without_a_refresh_and_reached_alone(
    start: Start, archives: Archives, emulator: VirtualEmulator, state: str
) -> None:
    push, dist = Managed(start(), Kind.PUSH), Managed(start(), Kind.DIST)
    push.up(with_sources(archives.push()))
    dist.up(distribution())
    emulator.drift(**ASSETS, targets=[INSTANCES[2]], state=state)
    if state == "ABSENT":
        emulator.drift(**ASSETS, targets=[REGIONS[1]], state=state)
    emulator.clear_calls()

    push.host, dist.host = start(), start()
    push.up(with_sources(archives.push()))
    dist.up(distribution())

    assert "drift: assets@1 is missing on 1 of 3 instances" in shown(dist)
    assert ("missing on 1 of 2 regions" in shown(push)) == (state == "ABSENT")
    (call,) = emulator.calls("DistApplicationData")
    assert INSTANCES[2] in call["params"]["DistStrategy"]["value"]
    assert set(placed_on(emulator).values()) == {"SUCCESS"}
    dist.up(distribution())
    assert dist.done[-1] == "same"


def test_a_refresh_shows_drift_and_the_next_up_repairs_it(start: Start, stocked: VirtualEmulator) -> None:
    dist = Managed(start(), Kind.DIST)
    dist.up(distribution())
    stocked.advance(5)
    stocked.drift(**{**ASSETS, "version": "0"}, targets=list(INSTANCES[1:]), state="SUCCESS")
    assert runs(stocked) == {"0", "1"}

    dist.host = start()
    refreshed = dist.refresh()

    assert refreshed is not None
    assert refreshed.outputs["placements"][0]["counts"] == {"converged": 1, "missing": 2}
    dist.up(distribution())
    assert runs(stocked) == {"1"}
    dist.up(distribution())
    assert dist.done[-1] == "same"


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_a_destroy_of_what_has_vanished_succeeds(
    start: Start, archives: Archives, stocked: VirtualEmulator, world: dict[str, Any], kind: Kind
) -> None:
    inputs = {
        Kind.PUSH: with_sources(archives.push()),
        Kind.DIST: distribution(),
        Kind.RELEASE: {"app_id": CONTAINER_APP_ID, "version_id": VERSION_IDS[1], "env": "prod"},
    }
    managed = Managed(start(), kind)
    managed.up(inputs[kind])
    apps = [app for app in world["applications"] if app["app_id"] != SMALL_APP_ID]
    stocked.world({**world, "applications": apps, "container_apps": []})

    managed.host = start()
    managed.destroy()

    assert managed.state is None


def test_what_comes_back_after_a_repair_is_told_to_have_another_owner(
    start: Start, stocked: VirtualEmulator
) -> None:
    dist = Managed(start(), Kind.DIST)
    for version in ("1", "2"):
        dist.up(distribution(placed(version)))
    told = []
    for _ in range(2):
        stocked.advance(60)
        stocked.drift(**ASSETS, targets=[INSTANCES[2]], state="SUCCESS")
        dist.host = start()
        dist.up(distribution(placed("2")))
        assert "missing on 1 of 3 instances (1 runs there)" in shown(dist)
        assert runs(stocked) == {"2"}
        told.append(shown(dist))
    assert "has come back" not in told[0]
    assert "assets 1 has come back where 2 is declared" in told[1]


def test_a_first_rollout_that_fails_and_rolls_back_leaves_nothing(
    start: Start, stocked: VirtualEmulator
) -> None:
    stocked.faults([FAILING])
    dist = Managed(start(), Kind.DIST)
    with pytest.raises(CallFailedError, match=r"Rolled back \(without assets@1\)"):
        dist.up(distribution(rollout={"on_failure": "rollback", "retries": 0}))
    assert runs(stocked) == set()


def test_stopping_leaves_the_earlier_stage_in_place(start: Start, stocked: VirtualEmulator) -> None:
    dist = Managed(start(), Kind.DIST)
    stages = [{"name": "canary", "match": CANARY, "bake": "1s"}, {"name": "all"}]
    dist.up(distribution(rollout={"stages": stages}))
    stocked.faults([FAILING])
    with pytest.raises(CallFailedError, match="1 instance failed") as failed:
        dist.up(distribution(placed("2"), rollout={"stages": stages, "retries": 0}))
    assert runs(stocked) == {"1", "2"}
    assert failed.value.kept is not None
    assert failed.value.kept.outputs["status"] == "failed"


def test_a_destroy_after_a_failed_first_up_still_cleans(start: Start, stocked: VirtualEmulator) -> None:
    stocked.faults([FAILING])
    dist = Managed(start(), Kind.DIST)
    with pytest.raises(CallFailedError, match="no space left on device"):
        dist.up(distribution(rollout={"retries": 0}))
    dist.host = start()
    dist.destroy()
    assert "SUCCESS" not in placed_on(stocked).values()


def test_a_stage_that_selects_nothing_is_refused_before_anything_starts(
    start: Start, stocked: VirtualEmulator
) -> None:
    stages = [{"match": [{**CANARY[0], "values": ["cn-nowhere"]}]}, {}]
    checked = start().check(Kind.DIST, distribution(rollout={"stages": stages}))
    lost = f"rollout.stages[0].match[0].values[0]: cn-nowhere is not a region of {SMALL_APP_ID}"
    assert checked.failures == (lost,)
    assert not starts(stocked)
