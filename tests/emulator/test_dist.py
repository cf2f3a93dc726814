import json
from collections import Counter
from typing import Any

import pytest
from tests.support.caller import Caller
from tests.support.emulator import APP_ID, REGIONS
from tests.support.rollouts import (
    LONG,
    clean,
    deliver,
    dist,
    dist_code,
    dist_strategy,
    distributed,
    push,
    statuses,
)


def test_a_dist_reaches_every_instance_over_a_restart_of_its_pod(caller: Caller) -> None:
    push(caller)
    caller.emulator.advance(LONG)
    answer = dist(caller)
    assert answer["DistInstanceTotalCount"] == 40
    assert dist_code(answer) == (0, "Success")
    seen: set[str] = set()
    for _ in range(20):
        seen |= statuses(distributed(caller))
        caller.emulator.advance(0.4)
    assert seen == {"DISTING", "POD_RESTARTING", "SUCCESS"}
    assert statuses(distributed(caller)) == {"SUCCESS"}
    assert set(distributed(caller)) == set(answer["DistInstanceIds"]["DistInstanceId"])


def test_a_strategy_selects_instances(caller: Caller) -> None:
    push(caller)
    caller.emulator.advance(LONG)
    by_region = dist(caller, strategy=dist_strategy(REGIONS[1:2]))
    assert by_region["DistInstanceTotalCount"] == 4
    one = by_region["DistInstanceIds"]["DistInstanceId"][0]
    assert dist(caller, strategy=dist_strategy([one], "instance_id"))["DistInstanceTotalCount"] == 1
    assert (
        dist(caller, strategy=dist_strategy(REGIONS[1:2], operator="NotIn"))["DistInstanceTotalCount"] == 36
    )
    both = f"[{dist_strategy(REGIONS[1:2])},{dist_strategy(REGIONS[2:3])}]"
    assert dist(caller, strategy=both)["DistInstanceTotalCount"] == 10
    assert dist(caller, strategy=dist_strategy(["moon"]))["DistInstanceTotalCount"] == 0


def test_data_that_was_not_pushed_to_a_region_does_not_start_there(caller: Caller) -> None:
    code, text = dist_code(dist(caller))
    assert code not in {0, 400}
    assert REGIONS[0] in text
    assert distributed(caller) == {}
    push(caller, regions=REGIONS[:1])
    caller.emulator.advance(LONG)
    code, text = dist_code(dist(caller))
    assert code not in {0, 400}
    assert REGIONS[0] not in text
    assert len(distributed(caller)) == 8


def test_a_repeated_dist_moves_nothing_that_is_there_or_under_way(caller: Caller) -> None:
    push(caller)
    caller.emulator.advance(LONG)
    dist(caller)
    before = {instance: record["StartTime"] for instance, record in distributed(caller).items()}
    for seconds in (1.5, LONG):
        caller.emulator.advance(seconds)
        assert dist_code(dist(caller)) == (0, "Success")
        after = {instance: record["StartTime"] for instance, record in distributed(caller).items()}
        assert after == before


def test_a_repeated_dist_starts_failed_instances_anew(caller: Caller) -> None:
    push(caller)
    caller.emulator.advance(LONG)
    caller.emulator.faults([{"action": "DistApplicationData", "count": 1, "effect": "target_fail"}])
    dist(caller)
    caller.emulator.advance(LONG)
    assert statuses(distributed(caller)) == {"FAILED"}
    dist(caller)
    caller.emulator.advance(LONG)
    assert statuses(distributed(caller)) == {"SUCCESS"}


def test_an_older_version_can_be_distributed_again(caller: Caller) -> None:
    deliver(caller, "1")
    deliver(caller, "2")
    assert caller.emulator.app()["running"]["assets"][REGIONS[0]] == {"2": 8}
    dist(caller, "1")
    caller.emulator.advance(LONG)
    assert caller.emulator.app()["running"]["assets"][REGIONS[0]] == {"1": 8}


def test_clean_removes_one_version_in_one_region_or_everywhere(caller: Caller) -> None:
    deliver(caller, "1")
    deliver(caller, "2")
    clean(caller, "1", EnsRegionId=REGIONS[1])
    assert Counter(record["Status"] for record in distributed(caller, "1").values()) == {
        "SUCCESS": 36,
        "DELETED": 4,
    }
    clean(caller, "1")
    assert statuses(distributed(caller, "1")) == {"DELETED"}
    assert statuses(distributed(caller, "2")) == {"SUCCESS"}
    dist(caller, "1")
    caller.emulator.advance(LONG)
    assert statuses(distributed(caller, "1")) == {"SUCCESS"}


def test_filters_narrow_the_answer(caller: Caller) -> None:
    deliver(caller)
    some = list(distributed(caller, EnsRegionIds=json.dumps([REGIONS[1]])))
    assert len(some) == 4
    assert set(distributed(caller, InstanceIds=",".join(some[:2]))) == set(some[:2])
    assert distributed(caller, DataNames="other") == {}
    assert distributed(caller, MaxDate="2020-01-01") == {}


def test_pages_cover_everything_once(caller: Caller) -> None:
    for version in ("1", "2", "3"):
        deliver(caller, version)

    def page(number: int) -> Any:
        body = caller.ok("DescribeDataDistResult", AppId=APP_ID, PageNumber=str(number), PageSize="2")
        assert (body["PageNumber"], body["PageSize"], body["TotalCount"]) == (number, 2, 3)
        return [result["Version"] for result in body["DistResults"]["DistResult"]]

    assert [page(1), page(2), page(3)] == [["1", "2"], ["3"], []]


@pytest.mark.parametrize(
    ("action", "parameters", "code"),
    [
        ("DistApplicationData", {"Data": '[{"name":"a","version":"1"}]'}, "InvalidParameter.Data"),
        (
            "DistApplicationData",
            {"Data": '[{"name":"a","version":"1","destPath":"/x"}]', "DistStrategy": "{}"},
            "InvalidParameter.DistStrategy",
        ),
        ("DescribeDataDistResult", {"EnsRegionIds": "cn-a,cn-b"}, "InvalidParameter.EnsRegionIds"),
        ("DescribeDataDistResult", {"PageNumber": "0"}, "InvalidParameter.PageNumber"),
        ("DescribeDataDistResult", {"PageSize": "ten"}, "InvalidParameter.PageSize"),
        ("DescribeDataDistResult", {"MinDate": "yesterday"}, "InvalidParameter.MinDate"),
        ("CleanDistData", {"DataName": "a"}, "MissingParameter"),
    ],
)
def test_bad_parameters_have_documented_codes(
    caller: Caller, action: str, parameters: Any, code: str
) -> None:
    response = caller.call(action, AppId=APP_ID, **parameters)
    assert (response.status_code, response.json()["Code"]) == (400, code)
