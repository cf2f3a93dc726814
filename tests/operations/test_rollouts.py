"""Rollouts in a cloud that has troubles: budgets, retries, lost answers, and nothing started twice."""

import re
from typing import Any

import pytest
from tests.operations.conftest import Start
from tests.support.clouds import INSTANCES, REGIONS, stock
from tests.support.declarations import Archives, distribution, placed, with_sources
from tests.support.dynamic_host import CallFailedError, Kind, Managed
from tests.support.emulator import CONTAINER_APP_ID, VERSION_IDS
from tests.support.sightings import cleaned, placed_on, pushed_to, runs, serves, starts
from tests.support.virtual import VirtualEmulator, VirtualHost

ONE_FAILS = {"effect": "target_fail", "action": "DistApplicationData", "targets": [INSTANCES[0]]}
LOST = (
    {"effect": "drop_after", "count": 1},
    {"effect": "cut", "count": 1},
    {"effect": "error", "after": True, "count": 1, "status": 500},
)
NEVER_DONE = (
    {"effect": "drop_before", "count": 1},
    {"effect": "throttle", "count": 2, "retry_after_ms": 50},
)
RELEASE = {"app_id": CONTAINER_APP_ID, "version_id": VERSION_IDS[1], "env": "prod"}


def effect(fault: dict[str, Any]) -> str:
    return str(fault["effect"])


def test_failures_inside_the_budget_leave_it_degraded_and_are_no_drift(
    host: VirtualHost, stocked: VirtualEmulator
) -> None:
    stocked.faults([ONE_FAILS])
    dist = Managed(host, Kind.DIST)
    rollout = {"max_failed": 1, "retries": 0}

    state = dist.up(distribution(rollout=rollout))
    again = dist.up(distribution(rollout=rollout))

    assert state.outputs["status"] == "degraded"
    (placement,) = state.outputs["placements"]
    assert placement["counts"] == {"converged": 2, "failed": 1}
    assert placement["failed"][0]["target"] == INSTANCES[0]
    assert "no space left on device" in placement["failed"][0]["reason"]
    host.await_line(f"1 instance failed, within max_failed: {INSTANCES[0]}")
    assert dist.done == ["create", "same"]
    assert again == state
    unchanged = host.check(Kind.DIST, distribution(rollout=rollout), olds=distribution(rollout=rollout))
    assert "impact" not in unchanged.inputs  # as the update, which leaves it alone


def test_what_has_failed_within_the_budget_may_be_retried(
    host: VirtualHost, stocked: VirtualEmulator
) -> None:
    stocked.faults([ONE_FAILS])
    dist = Managed(host, Kind.DIST)
    rollout = {"max_failed": 1, "retries": 0, "retry_degraded": True}
    assert dist.up(distribution(rollout=rollout)).outputs["status"] == "degraded"
    stocked.faults([])
    stocked.clear_calls()
    assert dist.up(distribution(rollout=rollout)).outputs["status"] == "converged"
    (call,) = stocked.calls("DistApplicationData")
    assert INSTANCES[0] in call["params"]["DistStrategy"]["value"]
    assert INSTANCES[1] not in call["params"]["DistStrategy"]["value"]


@pytest.mark.parametrize(("retries", "tries"), [(0, 1), (2, 3)])
def test_a_failed_target_is_started_again_as_often_as_retries_allow(
    host: VirtualHost, stocked: VirtualEmulator, retries: int, tries: int
) -> None:
    stocked.faults([ONE_FAILS])
    with pytest.raises(CallFailedError, match="1 instance failed"):
        Managed(host, Kind.DIST).up(distribution(rollout={"retries": retries}))
    assert len(starts(stocked)) == tries
    for repeat in stocked.calls("DistApplicationData")[1:]:
        assert INSTANCES[1] not in repeat["params"]["DistStrategy"]["value"]


def test_a_target_that_fails_once_is_fixed_by_a_retry(host: VirtualHost, stocked: VirtualEmulator) -> None:
    stocked.faults([{**ONE_FAILS, "count": 1, "targets": [INSTANCES[1]]}])
    state = Managed(host, Kind.DIST).up(distribution())
    assert state.outputs["status"] == "converged"
    assert len(starts(stocked)) == 2


def test_a_hanging_target_inside_the_budget_does_not_fail_the_rollout(
    host: VirtualHost, stocked: VirtualEmulator
) -> None:
    stocked.faults([{**ONE_FAILS, "effect": "target_hang"}])
    rollout = {"max_failed": "34%", "stall_timeout": 60, "retries": 0}
    state = Managed(host, Kind.DIST).up(distribution(rollout=rollout))
    assert state.outputs["status"] == "degraded"
    assert starts(stocked) == ["DistApplicationData"]


def test_a_hanging_target_is_started_again_alone(host: VirtualHost, stocked: VirtualEmulator) -> None:
    stocked.faults([{**ONE_FAILS, "effect": "target_hang", "count": 1}])
    state = Managed(host, Kind.DIST).up(distribution(rollout={"stall_timeout": 60, "retries": 1}))
    assert state.outputs["status"] == "converged"
    _, again = stocked.calls("DistApplicationData")
    assert ONE_FAILS["targets"][0] in again["params"]["DistStrategy"]["value"]
    assert INSTANCES[1] not in again["params"]["DistStrategy"]["value"]
    assert any("1 started again" in line.text for line in host.lines)


def test_a_wait_names_whom_it_waits_for(host: VirtualHost, stocked: VirtualEmulator) -> None:
    stocked.faults([{**ONE_FAILS, "effect": "target_hang"}])
    with pytest.raises(CallFailedError):
        Managed(host, Kind.DIST).up(distribution(rollout={"stall_timeout": 300, "retries": 0}))
    hanging = ONE_FAILS["targets"][0]
    assert any(
        re.search(rf"waiting for {hanging} \([a-z0-9-]+\) for \d min", line.text) for line in host.lines
    )


def test_what_an_earlier_run_found_hanging_is_started_again_at_once(
    host: VirtualHost, stocked: VirtualEmulator
) -> None:
    stocked.faults([{**ONE_FAILS, "effect": "target_hang"}])
    dist = Managed(host, Kind.DIST)
    declared = distribution(rollout={"stall_timeout": 60, "retries": 0})
    with pytest.raises(CallFailedError, match="no progress within stall_timeout"):
        dist.up(declared)
    stocked.faults([])
    stocked.clear_calls()
    assert dist.up(declared).outputs["status"] == "converged"
    (call,) = stocked.calls("DistApplicationData")
    assert ONE_FAILS["targets"][0] in call["params"]["DistStrategy"]["value"]


@pytest.mark.parametrize("fault", LOST, ids=effect)
def test_a_start_whose_answer_is_lost_is_not_made_twice(
    host: VirtualHost, emulator: VirtualEmulator, archives: Archives, fault: dict[str, Any]
) -> None:
    emulator.faults(
        [{**fault, "action": action} for action in ("PushApplicationData", "PublishEdgeContainerAppVersion")]
    )
    pushed = Managed(host, Kind.PUSH).up(with_sources(archives.push()))
    released = Managed(host, Kind.RELEASE).up(RELEASE)

    assert pushed.outputs["status"] == released.outputs["status"] == "converged"
    assert starts(emulator) == ["PushApplicationData", "PublishEdgeContainerAppVersion"]

    emulator.faults([{**fault, "action": "DistApplicationData"}])
    placed_everywhere = Managed(host, Kind.DIST).up(distribution())
    assert placed_everywhere.outputs["status"] == "converged"
    assert len(starts(emulator, "DistApplicationData")) == 1


@pytest.mark.parametrize("fault", NEVER_DONE, ids=effect)
def test_a_start_that_did_not_take_place_is_made_again(
    host: VirtualHost, emulator: VirtualEmulator, archives: Archives, fault: dict[str, Any]
) -> None:
    emulator.faults([{**fault, "action": "PushApplicationData"}])
    pushed = Managed(host, Kind.PUSH).up(with_sources(archives.push()))
    assert pushed.outputs["status"] == "converged"
    assert set(pushed_to(emulator).values()) == {"SUCCESS"}


@pytest.mark.parametrize(
    "fault",
    [
        {"effect": "drop_before", "probability": 0.3},
        {"effect": "error", "probability": 0.3, "status": 500},
        {"effect": "throttle", "probability": 0.3, "retry_after_ms": 20},
        {"effect": "cut", "probability": 0.3},
        {"effect": "stale", "seconds": 2.0},
    ],
    ids=effect,
)
def test_reads_that_go_wrong_do_not_fail_a_rollout(
    host: VirtualHost, stocked: VirtualEmulator, fault: dict[str, Any]
) -> None:
    stocked.faults([{**fault, "action": "Describe*"}])
    assert Managed(host, Kind.DIST).up(distribution()).outputs["status"] == "converged"
    assert starts(stocked) == ["DistApplicationData"]


def test_a_create_adopts_what_the_cloud_already_has(start: Start, stocked: VirtualEmulator) -> None:
    Managed(start(), Kind.DIST).up(distribution())
    Managed(start(), Kind.RELEASE).up(RELEASE)
    stocked.clear_calls()
    host = start()

    dist, release = Managed(host, Kind.DIST), Managed(host, Kind.RELEASE)

    assert dist.up(distribution()).outputs["status"] == "converged"
    assert release.up(RELEASE).outputs["status"] == "converged"
    assert not starts(stocked)


def test_a_dropped_file_is_cleaned_in_all_versions_that_it_had(
    host: VirtualHost, stocked: VirtualEmulator
) -> None:
    stock(stocked, "1", "2", name="levels")
    dist = Managed(host, Kind.DIST)
    dist.up(distribution(placed("1"), placed("1", "levels")))
    dist.up(distribution(placed("1"), placed("2", "levels")))
    assert not cleaned(stocked)

    state = dist.up(distribution(placed("1")))

    assert set(cleaned(stocked)) == {("levels", "1"), ("levels", "2")}
    assert state.outputs["owned"] == {"assets": [{"versions": ["1"], "selection": [{}]}]}
    assert runs(stocked) == {"1"}


def test_destroy_cleans_in_the_resources_own_regions_only(start: Start, stocked: VirtualEmulator) -> None:
    def match(region: str) -> dict[str, Any]:
        return {"match": [{"key": "region_id", "operator": "In", "values": [region]}]}

    Managed(start(), Kind.DIST, "there").up(distribution(**match(REGIONS[1])))
    here = Managed(start(), Kind.DIST, "here")
    here.up(distribution(**match(REGIONS[0])))

    here.host = start()
    here.destroy()

    assert placed_on(stocked) == {
        INSTANCES[0]: "DELETED",
        INSTANCES[1]: "SUCCESS",
        INSTANCES[2]: "SUCCESS",
    }


def test_what_is_to_be_retained_is_not_cleaned_and_said_to_stay(
    start: Start, stocked: VirtualEmulator
) -> None:
    dist = Managed(start(), Kind.DIST)
    dist.up(distribution(on_delete="retain"))
    dist.host = start()

    dist.destroy()

    assert not cleaned(stocked)
    stays = "assets@1 stays on the instances: on_delete is retain"
    assert [line.text for line in dist.host.lines if not line.is_passing] == [stays]


def test_going_back_after_a_half_failed_update_restores_the_former_version(
    start: Start, stocked: VirtualEmulator
) -> None:
    dist = Managed(start(), Kind.DIST)
    dist.up(distribution())
    stocked.faults([ONE_FAILS])
    dist.host = start()
    with pytest.raises(CallFailedError):
        dist.up(distribution(placed("2"), rollout={"retries": 0}))
    stocked.faults([])
    stocked.advance(60)
    assert runs(stocked) == {"1", "2"}

    dist.host = start()
    state = dist.up(distribution())

    assert runs(stocked) == {"1"}
    assert state.outputs["status"] == "converged"


def test_a_rollback_takes_back_also_what_was_still_arriving(
    host: VirtualHost, stocked: VirtualEmulator, world: dict[str, Any]
) -> None:
    stocked.world({**world, "timing": {**world["timing"], "dist_seconds": [20, 60]}})
    stock(stocked, "1", "2")
    dist = Managed(host, Kind.DIST)
    dist.up(distribution())
    stocked.faults([{**ONE_FAILS, "count": 1, "targets": [INSTANCES[1]]}])
    with pytest.raises(CallFailedError, match="back to assets@1"):
        dist.up(distribution(placed("2"), rollout={"retries": 0, "on_failure": "rollback"}))
    stocked.advance(1000)
    assert runs(stocked) == {"1"}


def test_a_release_reaches_its_environment_and_goes_back_by_a_plain_change(
    host: VirtualHost, emulator: VirtualEmulator
) -> None:
    release = Managed(host, Kind.RELEASE)
    release.up({**RELEASE, "version_id": VERSION_IDS[0]})
    state = release.up(RELEASE)
    assert serves(emulator) == VERSION_IDS[1]
    assert state.outputs["baseline_version"] == VERSION_IDS[0]

    release.up({**RELEASE, "version_id": VERSION_IDS[0]})

    assert serves(emulator) == VERSION_IDS[0]
