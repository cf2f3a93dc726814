"""An inventory that changes while rollouts run: instances stop, start, leave and come, and so do regions."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.caller import Caller
from tests.support.emulator import APP_ID, KEY_ID, KEY_SECRET, REGIONS, Emulator
from tests.support.rollouts import (
    LONG,
    clean,
    deliver,
    dist,
    dist_strategy,
    distributed,
    push,
    pushed,
    statuses,
)

REGION = REGIONS[1]
"""Four instances of the built-in world."""


def detail(caller: Caller) -> Any:
    return json.loads(caller.ok("DescribeApplication", AppId=APP_ID)["Application"])["DetailStat"]


def listed(caller: Caller, region: str = REGION) -> dict[str, str]:
    """Instance to InstanceStatus."""
    (district,) = detail(caller)["AppVersionStat"][0]["DistrictStat"]
    return {
        one["InstanceId"]: one["InstanceStatus"]
        for one in district["InstanceStat"]
        if one["RegionId"] == region
    }


def started(answer: Any) -> set[str]:
    return set(answer["DistInstanceIds"]["DistInstanceId"])


def pushed_everywhere(caller: Caller, version: str = "1") -> None:
    push(caller, version)
    caller.emulator.advance(LONG)


def test_a_stopped_instance_is_listed_and_left_out_of_every_start(caller: Caller) -> None:
    stopped, *others = listed(caller)
    caller.emulator.inventory(stop=[stopped])
    assert listed(caller) == {stopped: "Stopped", **dict.fromkeys(others, "Running")}
    assert (detail(caller)["InstanceTotalCount"], detail(caller)["InstanceRunningCount"]) == (40, 39)
    pushed_everywhere(caller)
    answer = dist(caller, strategy=dist_strategy([REGION]))
    assert answer["DistInstanceTotalCount"] == 3
    assert started(answer) == distributed(caller).keys() == set(others)
    by_id = dist(caller, strategy=dist_strategy([stopped], "instance_id"))
    assert by_id["DistInstanceTotalCount"] == 0


def test_an_instance_that_is_started_again_is_served(caller: Caller) -> None:
    stopped = next(iter(listed(caller)))
    caller.emulator.inventory(stop=[stopped])
    caller.emulator.inventory(start=[stopped])
    assert set(listed(caller).values()) == {"Running"}
    pushed_everywhere(caller)
    assert stopped in started(dist(caller))


def test_work_on_a_stopped_instance_stands_still_and_goes_on_when_it_is_started(caller: Caller) -> None:
    pushed_everywhere(caller)
    dist(caller)
    stopped, other = list(listed(caller))[:2]
    caller.emulator.advance(1)
    caller.emulator.inventory(stop=[stopped])
    caller.emulator.advance(3600)
    records = distributed(caller)
    assert (records[stopped]["Status"], records[other]["Status"]) == ("DISTING", "SUCCESS")
    caller.emulator.inventory(start=[stopped])
    caller.emulator.advance(0.5)
    assert distributed(caller)[stopped]["Status"] == "DISTING"
    caller.emulator.advance(LONG)
    assert distributed(caller)[stopped]["Status"] == "SUCCESS"
    assert distributed(caller)[stopped]["UpdateTime"] > records[other]["UpdateTime"]


def test_a_removed_instance_is_neither_listed_nor_started_and_its_record_stays(caller: Caller) -> None:
    deliver(caller, "1")
    removed, *others = listed(caller)
    before = distributed(caller)[removed]
    caller.emulator.inventory(remove=[removed])
    assert set(listed(caller)) == set(others)
    assert detail(caller)["InstanceTotalCount"] == 39
    assert distributed(caller)[removed] == before
    assert removed in distributed(caller, EnsRegionIds=json.dumps([REGION]))
    pushed_everywhere(caller, "2")
    assert removed not in started(dist(caller, "2"))
    assert removed not in distributed(caller, "2")


def test_work_on_a_removed_instance_never_ends(caller: Caller) -> None:
    pushed_everywhere(caller)
    dist(caller)
    removed = next(iter(listed(caller)))
    caller.emulator.inventory(remove=[removed])
    caller.emulator.advance(3600)
    assert distributed(caller)[removed]["Status"] == "DISTING"


def test_a_removed_instance_may_take_its_records_with_it(caller: Caller) -> None:
    deliver(caller)
    removed = next(iter(listed(caller)))
    caller.emulator.inventory(remove=[removed], forget=True)
    assert len(distributed(caller)) == 39
    assert removed not in distributed(caller)


def test_a_clean_reaches_neither_stopped_nor_removed_instances(caller: Caller) -> None:
    deliver(caller)
    stopped, removed, *others = listed(caller)
    caller.emulator.inventory(stop=[stopped], remove=[removed])
    clean(caller, EnsRegionId=REGION)
    clean(caller)
    caller.emulator.advance(LONG)
    records = distributed(caller)
    assert {records[instance]["Status"] for instance in (stopped, removed)} == {"SUCCESS"}
    assert {records[instance]["Status"] for instance in others} == {"DELETED"}
    caller.emulator.inventory(start=[stopped])
    clean(caller)
    assert distributed(caller)[stopped]["Status"] == "DELETED"


def test_new_instances_are_listed_and_served(caller: Caller) -> None:
    deliver(caller)
    assert caller.emulator.inventory(add={REGION: ["i-new"]}) == {REGION: ["i-new"]}
    (others,) = caller.emulator.inventory(add={REGION: 2}).values()
    assert listed(caller).keys() >= {"i-new", *others}
    assert len(listed(caller)) == 7
    assert "i-new" not in distributed(caller)
    assert started(dist(caller, strategy=dist_strategy([REGION]))) == set(listed(caller))
    caller.emulator.advance(LONG)
    assert distributed(caller)["i-new"]["Status"] == "SUCCESS"


def test_an_application_enters_a_new_region_and_leaves_another(caller: Caller) -> None:
    deliver(caller)
    gone = set(listed(caller))
    caller.emulator.inventory(
        add_regions=[{"id": "cn-new-1"}], add={"cn-new-1": ["i-new"]}, remove_regions=[REGION]
    )
    regions = caller.ok("DescribeEnsRegions")["EnsRegions"]["EnsRegions"]
    assert "cn-new-1" in {region["EnsRegionId"] for region in regions}
    assert (listed(caller), listed(caller, "cn-new-1")) == ({}, {"i-new": "Running"})
    pushed_everywhere(caller, "2")
    assert pushed(caller, "2").keys() == {*REGIONS, "cn-new-1"} - {REGION}
    answer = dist(caller, "2")
    assert "i-new" in started(answer)
    assert not gone & started(answer)
    assert gone <= distributed(caller).keys()


def test_instances_may_be_stopped_from_the_beginning(caller: Caller) -> None:
    app = {"app_id": APP_ID, "name": "n", "instances": {"r": ["i-1", "i-2", "i-3"], "s": 2}}
    world: dict[str, Any] = {"regions": [{"id": "r"}, {"id": "s"}], "applications": [app]}
    world["pushed"] = [{"app_id": APP_ID, "name": "assets", "version": "1"}]
    caller.emulator.world({**world, "applications": [{**app, "stopped": {"r": ["i-2"], "s": 1}}]})
    assert listed(caller, "r") == {"i-1": "Running", "i-2": "Stopped", "i-3": "Running"}
    assert sorted(listed(caller, "s").values()) == ["Running", "Stopped"]
    assert started(dist(caller)) & {"i-1", "i-2", "i-3"} == {"i-1", "i-3"}
    for wrong in ({"r": ["i-9"]}, {"s": 3}, {"moon": 1}):
        answer = caller.emulator.control(
            "PUT", "/world", json={**world, "applications": [{**app, "stopped": wrong}]}
        )
        assert answer.status_code == 400
        assert "stopped" in answer.json()["error"]


def test_the_inventory_may_be_denied_while_rollouts_are_allowed(caller: Caller) -> None:
    key = {"id": KEY_ID, "secret": KEY_SECRET, "allow": ["ens:DescribeData*", "ens:DistApplicationData"]}
    app = {"app_id": APP_ID, "name": "n", "instances": {"r": 2}}
    pushed = [{"app_id": APP_ID, "name": "assets", "version": "1"}]
    caller.emulator.world({"keys": [key], "regions": [{"id": "r"}], "applications": [app], "pushed": pushed})
    denied = caller.call("DescribeApplication", AppId=APP_ID)
    assert (denied.status_code, denied.json()["Code"]) == (400, "NoPermission")
    assert dist(caller)["DistInstanceTotalCount"] == 2


def test_what_changed_is_kept_over_a_crash(tmp_path: Path) -> None:
    with Emulator.start(db=tmp_path / "db", time_scale=0) as emulator:
        caller = Caller(emulator)
        pushed_everywhere(caller)
        dist(caller)
        stopped, removed, *_ = listed(caller)
        emulator.advance(1)
        emulator.inventory(
            add_regions=[{"id": "cn-new-1"}], add={REGION: 1, "cn-new-1": 1}, stop=[stopped], remove=[removed]
        )
        emulator.advance(3600)
        before = (detail(caller), distributed(caller), emulator.app())
        emulator.restart()
        assert (detail(caller), distributed(caller), emulator.app()) == before
        emulator.inventory(start=[stopped])
        emulator.advance(LONG)
        assert distributed(caller)[stopped]["Status"] == "SUCCESS"
        assert distributed(caller)[removed]["Status"] == "DISTING"


def test_state_and_summary_show_who_is_stopped_and_who_is_gone(caller: Caller) -> None:
    deliver(caller)
    stopped, removed, *_ = listed(caller)
    before = caller.emulator.control("GET", "/summary").json()["applications"][0]
    assert REGION in {region["id"] for region in before["regions"]}
    caller.emulator.inventory(stop=[stopped], remove=[removed])
    state = caller.emulator.app()
    assert (state["stopped"], state["removed"]) == ([stopped], {removed: REGION})
    assert state["running"]["assets"][REGION] == {"1": 3}
    summary = caller.emulator.control("GET", "/summary").json()["applications"][0]
    (region,) = (region for region in summary["regions"] if region["id"] == REGION)
    assert (region["instances"], region["stopped"]) == (3, 1)
    (file,) = summary["files"]
    assert sum(cell["count"] for cell in file["regions"][REGION]["instances"]) == 3


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ({}, "inventory: nothing to change"),
        ({"app_id": "x", "stop": ["i"]}, "inventory.app_id"),
        ({"stop": ["i-nobody"]}, "inventory.stop: i-nobody"),
        ({"start": ["i-nobody"]}, "inventory.start: i-nobody"),
        ({"remove": ["i-nobody"]}, "inventory.remove: i-nobody"),
        ({"add": {"moon": 1}}, "inventory.add: moon"),
        ({"add": {REGION: ["i-1", "i-1"]}, "stop": ["i-1"], "start": ["i-1"]}, "inventory.start: i-1"),
        ({"remove_regions": ["moon"]}, "inventory.remove_regions: moon"),
        ({"add_regions": [{"id": REGION}]}, "inventory.add_regions"),
        ({"halt": ["i"]}, "inventory.halt"),
    ],
)
def test_a_malformed_change_is_refused(caller: Caller, order: dict[str, Any], reason: str) -> None:
    before = caller.emulator.app()
    refusal = caller.emulator.control("POST", "/inventory", json={"app_id": APP_ID, **order})
    assert refusal.status_code == 400
    assert refusal.json()["error"].startswith(reason)
    assert caller.emulator.app() == before


def test_records_of_former_instances_can_be_changed_from_outside(caller: Caller) -> None:
    deliver(caller)
    removed = next(iter(listed(caller)))
    caller.emulator.inventory(remove=[removed])
    caller.emulator.drift(app_id=APP_ID, name="assets", version="1", targets=[removed], state="DELETED")
    assert distributed(caller)[removed]["Status"] == "DELETED"
    assert statuses(distributed(caller)) == {"SUCCESS", "DELETED"}
