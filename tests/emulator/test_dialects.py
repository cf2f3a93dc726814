"""Each open point of the contract, in each of its ways."""

from typing import Any

import pytest
from support.caller import Caller
from support.emulator import APP_ID, REGIONS, VERSION_IDS
from support.rollouts import (
    LONG,
    clean,
    deliver,
    dist,
    dist_code,
    dist_strategy,
    distributed,
    publish,
    push,
    pushed,
    release_status,
    rollback,
    statuses,
)

FIRST, SECOND, _ = VERSION_IDS


def page_of_pushes(caller: Caller, number: int, size: int) -> Any:
    return caller.ok("DescribeDataPushResult", AppId=APP_ID, PageNumber=str(number), PageSize=str(size))


def test_paging_by_targets_lets_a_group_go_on_over_pages(caller: Caller) -> None:
    push(caller, "1")
    push(caller, "2")
    assert page_of_pushes(caller, 1, 4)["TotalCount"] == 2
    caller.emulator.dialect(paging="targets")
    pages = [page_of_pushes(caller, number, 4) for number in (1, 2, 3)]
    assert {page["TotalCount"] for page in pages} == {12}
    shown = [
        (result["Version"], region["RegionId"])
        for page in pages
        for result in page["PushResults"]["PushResult"]
        for stat in result["StatusStatS"]["StatusStat"]
        for region in stat["RegionIds"]["RegionId"]
    ]
    assert len(shown) == len(set(shown)) == 12
    assert [result["Version"] for result in pages[1]["PushResults"]["PushResult"]] == ["1", "2"]


def test_delayed_visibility_hides_a_start_for_some_seconds(caller: Caller) -> None:
    caller.emulator.dialect(visibility="delayed")
    push(caller)
    assert pushed(caller) == {}
    caller.emulator.advance(2.1)
    assert set(pushed(caller)) == set(REGIONS)


def test_delayed_visibility_shows_what_was_before(caller: Caller) -> None:
    deliver(caller)
    clean(caller)
    caller.emulator.dialect(visibility="delayed")
    dist(caller)
    assert statuses(distributed(caller)) == {"DELETED"}
    caller.emulator.advance(LONG)
    assert statuses(distributed(caller)) == {"SUCCESS"}


def test_targets_may_appear_only_when_their_work_begins(caller: Caller) -> None:
    caller.emulator.dialect(enumeration="as_begun")
    push(caller)
    counts = [len(pushed(caller))]
    while counts[-1] < 6:
        caller.emulator.advance(0.1)
        counts.append(len(pushed(caller)))
    assert counts == sorted(counts)
    assert len(set(counts)) > 3


@pytest.mark.parametrize(
    ("way", "shown"), [("kept", {"SUCCESS"}), ("deleted", {"DELETED"}), ("vanishes", set())]
)
def test_a_superseded_record(caller: Caller, way: str, shown: set[str]) -> None:
    deliver(caller, "1")
    deliver(caller, "2")
    caller.emulator.dialect(superseded=way)
    assert statuses(distributed(caller, "1")) == shown
    assert statuses(distributed(caller, "2")) == {"SUCCESS"}


@pytest.mark.parametrize(
    ("way", "at_once", "later"),
    [
        ("deleted", {"DELETED"}, {"DELETED"}),
        ("later", {"SUCCESS"}, {"DELETED"}),
        ("vanishes", set(), set()),
    ],
)
def test_a_cleaned_record(caller: Caller, way: str, at_once: set[str], later: set[str]) -> None:
    deliver(caller)
    caller.emulator.dialect(clean=way)
    clean(caller)
    assert statuses(distributed(caller)) == at_once
    caller.emulator.advance(LONG)
    assert statuses(distributed(caller)) == later


def test_an_older_version_distributed_again_may_be_ignored_until_the_newer_is_cleaned(caller: Caller) -> None:
    deliver(caller, "1")
    deliver(caller, "2")
    caller.emulator.dialect(redist="ignored")
    dist(caller, "1")
    assert statuses(distributed(caller, "1")) == {"SUCCESS"}
    clean(caller, "2")
    dist(caller, "1")
    assert statuses(distributed(caller, "1")) == {"DISTING"}


def test_a_repeated_dist_may_restart_healthy_targets(caller: Caller) -> None:
    deliver(caller, "1")
    caller.emulator.dialect(redist="restarts_all")
    dist(caller, "1")
    assert statuses(distributed(caller, "1")) == {"DISTING"}


@pytest.mark.parametrize(
    "odd", [dist_strategy(["i-1"], "instance_id"), dist_strategy(REGIONS, operator="NotIn")]
)
def test_a_narrow_selector_refuses_all_but_regions(caller: Caller, odd: str) -> None:
    push(caller)
    caller.emulator.dialect(selector="region_in")
    data = '[{"name":"assets","version":"1","destPath":"/opt"}]'
    response = caller.call("DistApplicationData", AppId=APP_ID, Data=data, DistStrategy=odd)
    assert response.json()["Code"] == "InvalidParameter.DistStrategy"
    assert dist(caller, strategy=dist_strategy(REGIONS[:1]))["DistInstanceTotalCount"] == 8


def test_the_inventory_may_be_empty(caller: Caller) -> None:
    assert '"InstanceTotalCount":40' in caller.ok("DescribeApplication", AppId=APP_ID)["Application"]
    caller.emulator.dialect(inventory="empty")
    application = caller.ok("DescribeApplication", AppId=APP_ID)["Application"]
    assert '"InstanceTotalCount":0' in application
    assert '"InstanceStat":[]' in application


@pytest.mark.parametrize(
    ("way", "last_published", "moved"),
    [
        ("prod", "staging", {"prod"}),
        ("last", "staging", {"staging"}),
        ("last", "prod", {"prod"}),
        ("both", "prod", {"staging", "prod"}),
    ],
)
def test_a_rollback_acts_on(caller: Caller, way: str, last_published: str, moved: set[str]) -> None:
    for env in sorted(("staging", "prod"), key=lambda env: env == last_published):
        publish(caller, SECOND, env)
    caller.emulator.advance(LONG)
    caller.emulator.dialect(rollback_env=way)
    rollback(caller, FIRST)
    caller.emulator.advance(LONG)
    on_first = {env for env in ("staging", "prod") if release_status(caller, env)["DeployedVersion"] == FIRST}
    assert on_first == moved


@pytest.mark.parametrize(
    ("way", "sequence"),
    [
        ("deployed_first", [(FIRST, SECOND), (SECOND, SECOND), (SECOND, "")]),
        ("publishing_first", [(FIRST, SECOND), (FIRST, ""), (SECOND, "")]),
        ("both_stay", [(FIRST, SECOND), (SECOND, SECOND)]),
    ],
)
def test_the_fields_of_a_release_move_in_turn(caller: Caller, way: str, sequence: list[Any]) -> None:
    publish(caller, FIRST)
    caller.emulator.advance(LONG)
    caller.emulator.dialect(release_fields=way)
    publish(caller, SECOND)
    seen: list[Any] = []
    for _ in range(50):
        status = release_status(caller)
        fields = (status["DeployedVersion"], status["PublishingVersion"])
        if fields not in seen:
            seen.append(fields)
        caller.emulator.advance(0.3)
    assert seen == sequence


@pytest.mark.parametrize(
    ("way", "status", "deployed"), [("published", "published", SECOND), ("publishing", "publishing", FIRST)]
)
def test_a_part_release_that_is_reached(caller: Caller, way: str, status: str, deployed: str) -> None:
    publish(caller, FIRST)
    caller.emulator.advance(LONG)
    caller.emulator.dialect(partial_release=way)
    publish(caller, SECOND, Percentage="10")
    caller.emulator.advance(LONG)
    shown = release_status(caller)
    assert (shown["PublishStatus"], shown["DeployedVersion"]) == (status, deployed)
    assert shown["PublishPercentage"] == shown["ExpectPercentage"] == 10


def test_untidy_text(caller: Caller) -> None:
    publish(caller, FIRST)
    push(caller)
    caller.emulator.dialect(text="untidy")
    status = release_status(caller)
    assert (status["PublishStatus"], status["PublishingVersion"]) == ("pubishing", f"{FIRST}\n")
    assert status["ExpectPercentage"] == "100"
    assert status["PublishTime"].endswith("Z\n")
    (result,) = page_of_pushes(caller, 1, 1)["PushResults"]["PushResult"]
    assert result["StatusStatS"]["StatusStat"][0]["RegionIdCount"] == "6"


def test_an_accepted_dist_may_have_the_samples_code(caller: Caller) -> None:
    push(caller)
    caller.emulator.advance(LONG)
    caller.emulator.dialect(dist_code="sample")
    assert dist_code(dist(caller)) == (400, "Success")


def test_a_failed_push_may_answer_300_once(caller: Caller) -> None:
    caller.emulator.faults([{"effect": "target_fail", "targets": [REGIONS[0]], "count": 1}])
    push(caller)
    caller.emulator.advance(LONG)
    caller.emulator.dialect(repush="answers_300")
    assert push(caller) == 300
    assert set(pushed(caller)) == set(REGIONS[1:])
    assert push(caller) == 0
    assert pushed(caller)[REGIONS[0]] == "PUSHING"


def test_an_unknown_way_is_refused_and_changes_nothing(caller: Caller) -> None:
    before = caller.emulator.state()["dialect"]
    refusal = caller.emulator.control("PUT", "/dialect", json={"paging": "targets", "clean": "never"})
    assert refusal.status_code == 400
    assert refusal.json()["error"].startswith("dialect.clean: ")
    assert caller.emulator.state()["dialect"] == before
