"""The document behind the page: counts by region, version and state, whatever the size of the fleet."""

import json
from typing import Any

import pytest
from tests.support.caller import Caller
from tests.support.emulator import APP_ID, CRASHING_VERSION_ID, REGIONS, VERSION_IDS, Emulator
from tests.support.rollouts import LONG, clean, deliver, dist, dist_strategy, publish, push

FULL_DISK = "transfer failed: no space left on device"


def summary(emulator: Emulator) -> Any:
    return emulator.control("GET", "/summary").json()


def data_file(emulator: Emulator, name: str = "assets") -> Any:
    app = next(app for app in summary(emulator)["applications"] if app["app_id"] == APP_ID)
    return next(file for file in app["files"] if file["name"] == name)


def cells(emulator: Emulator, region: str) -> list[tuple[str, str, str, int]]:
    """Version, state, the version that runs, and how many."""
    found = data_file(emulator)["regions"][region]["instances"]
    return [(cell["version"], cell["state"], cell["runs"], cell["count"]) for cell in found]


def instances(emulator: Emulator, region: str) -> Any:
    answer = emulator.control("GET", "/instances", params={"app_id": APP_ID, "region": region})
    assert answer.is_success, answer.text
    return answer.json()


def instance_ids(emulator: Emulator, region: str) -> list[str]:
    return [entry["id"] for entry in instances(emulator, region)["files"][0]["instances"]]


def fail_at(emulator: Emulator, *targets: str) -> None:
    emulator.faults([{"effect": "target_fail", "targets": targets, "description": FULL_DISK}])


def test_instances_are_counted_by_version_and_state(caller: Caller) -> None:
    deliver(caller, "1")
    push(caller, "2")
    caller.emulator.advance(LONG)
    assert cells(caller.emulator, REGIONS[1]) == [("1", "SUCCESS", "1", 4)]
    dist(caller, "2", strategy=dist_strategy([REGIONS[1]]))
    assert cells(caller.emulator, REGIONS[1]) == [("2", "DISTING", "1", 4)]
    assert cells(caller.emulator, REGIONS[0]) == [("1", "SUCCESS", "1", 8)]
    caller.emulator.advance(LONG)
    assert cells(caller.emulator, REGIONS[1]) == [("2", "SUCCESS", "2", 4)]


def test_every_look_agrees_with_the_records_at_that_moment(caller: Caller) -> None:
    deliver(caller, "1")
    push(caller, "2")
    caller.emulator.advance(LONG)
    dist(caller, "2")
    for _ in range(30):
        caller.emulator.advance(0.25)
        (latest,) = (unit for unit in caller.emulator.app()["distributed"] if unit["version"] == "2")
        for region, states in latest["regions"].items():
            assert {state: count for _, state, _, count in cells(caller.emulator, region)} == states
    assert cells(caller.emulator, REGIONS[0]) == [("2", "SUCCESS", "2", 8)]


def test_a_cleaned_version_gives_way_to_what_runs_below(caller: Caller) -> None:
    deliver(caller, "1")
    deliver(caller, "2")
    clean(caller, "2")
    assert cells(caller.emulator, REGIONS[1]) == [("1", "SUCCESS", "1", 4)]
    caller.emulator.advance(1)
    clean(caller, "1")
    assert cells(caller.emulator, REGIONS[1]) == [("1", "DELETED", "", 4)]


def test_a_failure_is_told_once_with_its_reason_and_regions(caller: Caller) -> None:
    deliver(caller, "1")
    push(caller, "2")
    caller.emulator.advance(LONG)
    first, second = (instance_ids(caller.emulator, region)[0] for region in REGIONS[:2])
    fail_at(caller.emulator, first, second)
    dist(caller, "2")
    assert data_file(caller.emulator)["failures"] == []
    caller.emulator.advance(LONG)
    assert data_file(caller.emulator)["failures"] == [
        {
            "kind": "dist",
            "version": "2",
            "reason": FULL_DISK,
            "count": 2,
            "regions": {REGIONS[0]: 1, REGIONS[1]: 1},
        }
    ]


def test_one_region_lists_its_instances_with_reason_and_what_they_run(caller: Caller) -> None:
    deliver(caller, "1")
    failing = instance_ids(caller.emulator, REGIONS[1])[0]
    push(caller, "2")
    caller.emulator.advance(LONG)
    fail_at(caller.emulator, failing)
    dist(caller, "2")
    caller.emulator.advance(LONG)
    detail = instances(caller.emulator, REGIONS[1])
    assert [(push["version"], push["state"]) for push in detail["pushed"]] == [
        ("1", "SUCCESS"),
        ("2", "SUCCESS"),
    ]
    found = {entry["id"]: entry for entry in detail["files"][0]["instances"]}
    assert len(found) == detail["instances"] == 4
    assert (found[failing]["state"], found[failing]["runs"]) == ("FAILED", "1")
    assert found[failing]["reason"] == FULL_DISK
    assert {entry["version"] for entry in found.values()} == {"2"}


@pytest.mark.parametrize("question", [{}, {"app_id": APP_ID}, {"app_id": "other", "region": REGIONS[0]}])
def test_a_region_that_is_not_there_is_refused(emulator: Emulator, question: dict[str, str]) -> None:
    answer = emulator.control("GET", "/instances", params=question)
    assert answer.status_code == 400
    assert "is not in this world" in answer.json()["error"]


def test_an_environment_shows_both_versions_the_share_and_its_pods(caller: Caller) -> None:
    publish(caller, VERSION_IDS[0])
    caller.emulator.advance(LONG)
    publish(caller, VERSION_IDS[1], PublishType="percentage", Percentage="50")
    caller.emulator.advance(2)
    prod = summary(caller.emulator)["container_apps"][0]["environments"]["prod"]
    assert prod["deployed"] == {"id": VERSION_IDS[0], "name": "web-1"}
    assert prod["publishing"] == {"id": VERSION_IDS[1], "name": "web-2"}
    assert 0 < prod["percentage"] < prod["expected"] == 50
    assert sum(pod["total"] for pod in prod["pods"]) == 16
    assert sum(pod["ready"] for pod in prod["pods"]) < 16


def test_a_release_that_does_not_arrive_says_why(caller: Caller) -> None:
    publish(caller, CRASHING_VERSION_ID, env="staging")
    caller.emulator.advance(LONG)
    staging = summary(caller.emulator)["container_apps"][0]["environments"]["staging"]
    assert staging["trouble"] == "its pods crash again and again"
    assert staging["phase"] == "CrashLoopBackOff"


def test_calls_faults_and_dialect_are_told_without_what_is_secret(caller: Caller) -> None:
    fail_at(caller.emulator, "*")
    caller.emulator.dialect(paging="targets")
    push(caller, url="oss://user:word@bucket/a.tar?Signature=hush")
    caller.call("Nonsense")
    document = summary(caller.emulator)
    assert [call["action"] for call in document["calls"]] == ["Nonsense", "PushApplicationData"]
    assert document["faults"][0]["met"] == 1
    assert document["dialect"] == {"paging": "targets"}
    text = json.dumps([document, instances(caller.emulator, REGIONS[0])])
    for secret in ("hush", "word@", "emulator-secret"):
        assert secret not in text


def test_its_size_does_not_depend_on_the_number_of_instances(caller: Caller) -> None:
    def size_with(instances: int) -> int:
        regions = [{"id": f"cn-{number}"} for number in range(50)]
        app = {"app_id": APP_ID, "name": "fleet", "instances": {r["id"]: instances for r in regions}}
        data = [{"app_id": APP_ID, "name": "assets", "version": "1"}]
        world = {"regions": regions, "applications": [app], "pushed": data, "distributed": data}
        caller.emulator.world(world)
        return len(caller.emulator.control("GET", "/summary").content)

    small, large = size_with(1), size_with(2_000)
    assert large < small * 1.1
    (file,) = instances(caller.emulator, "cn-7")["files"]
    assert (file["total"], len(file["instances"])) == (2_000, 500)
