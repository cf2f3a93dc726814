"""Each open point of the contract, in each of its ways."""

import json
from typing import Any

import pytest
from tests.support.caller import Caller
from tests.support.emulator import APP_ID, CONTAINER_APP_ID, CRASHING_VERSION_ID, REGIONS, VERSION_IDS
from tests.support.rollouts import (
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


@pytest.mark.parametrize(
    ("way", "code"), [("invalid_action", "InvalidAction.NotFound"), ("invalid_api", "InvalidApi.NotFound")]
)
def test_an_operation_that_is_not_served_is_answered_like_an_unknown_one(
    caller: Caller, way: str, code: str
) -> None:
    deliver(caller)
    caller.emulator.dialect(clean="unserved", unserved=way)
    cleaned = caller.call("CleanDistData", AppId=APP_ID, DataName="assets", DataVersion="1")
    unknown = caller.call("Nonsense")
    assert cleaned.status_code == unknown.status_code == 404
    assert cleaned.json()["Code"] == unknown.json()["Code"] == code
    assert cleaned.json()["Message"] == "Specified api is not found, please check your url and method."
    assert statuses(distributed(caller)) == {"SUCCESS"}


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


def test_the_inventory_may_list_instances_that_no_dist_reaches(caller: Caller) -> None:
    caller.emulator.dialect(inventory="unserved_listed")
    application = json.loads(caller.ok("DescribeApplication", AppId=APP_ID)["Application"])
    (district,) = application["DetailStat"]["AppVersionStat"][0]["DistrictStat"]
    listed = {instance["InstanceId"]: instance["RegionId"] for instance in district["InstanceStat"]}
    push(caller)
    caller.emulator.advance(LONG)
    answer = dist(caller)
    unserved = listed.keys() - set(answer["DistInstanceIds"]["DistInstanceId"])
    assert (len(listed), answer["DistInstanceTotalCount"]) == (46, 40)
    assert sorted(listed[instance] for instance in unserved) == sorted(REGIONS)
    assert distributed(caller).keys() == listed.keys() - unserved
    chosen = dist_strategy(sorted(unserved), "instance_id")
    assert dist(caller, strategy=chosen)["DistInstanceTotalCount"] == 0


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


def publish_regions(caller: Caller, regions: list[str]) -> Any:
    form = {"AppId": CONTAINER_APP_ID, "PublishEnv": "prod"}
    query = {"VersionId": FIRST, "PublishType": "region", "Regions": json.dumps(regions)}
    return caller.call("PublishEdgeContainerAppVersion", product="esa", form=form, **query)


def deploy_regions(caller: Caller) -> list[str]:
    body = caller.ok("GetEdgeContainerDeployRegions", product="esa", AppId=CONTAINER_APP_ID)
    regions: list[str] = body["Regions"]
    return regions


def test_a_lower_share_of_the_same_version_moves_evenly_down(caller: Caller) -> None:
    publish(caller, FIRST)
    caller.emulator.advance(LONG)
    publish(caller, FIRST, Percentage="20")
    shares = []
    for _ in range(20):
        status = release_status(caller)
        assert status["ExpectPercentage"] == 20
        assert (status["PublishStatus"] == "published") is (status["PublishPercentage"] == 20)
        shares.append(status["PublishPercentage"])
        caller.emulator.advance(0.5)
    assert shares == sorted(shares, reverse=True)
    assert (shares[0], shares[-1]) == (100, 20)
    assert len(set(shares)) > 5


def test_a_share_comes_down_also_where_no_new_pod_would_come_up(caller: Caller) -> None:
    version = {"app_id": CONTAINER_APP_ID, "env": "prod", "version": CRASHING_VERSION_ID}
    caller.emulator.drift(**version, percentage=50)
    publish(caller, CRASHING_VERSION_ID, Percentage="10")
    caller.emulator.advance(LONG)
    assert release_status(caller)["PublishPercentage"] == 10
    publish(caller, CRASHING_VERSION_ID, Percentage="30")
    caller.emulator.advance(LONG)
    assert release_status(caller)["PublishPercentage"] == 10


def test_a_region_that_is_dropped_leaves_when_the_release_arrives(caller: Caller) -> None:
    first, second, *_ = deploy_regions(caller)
    assert publish_regions(caller, [first, second]).is_success
    caller.emulator.advance(LONG)
    assert publish_regions(caller, [first]).is_success
    status = release_status(caller)
    assert (status["PublishStatus"], status["Regions"]) == ("publishing", {"Region": [first]})
    caller.emulator.advance(LONG)
    assert release_status(caller)["PublishStatus"] == "published"


def test_a_lower_share_may_be_accepted_without_any_effect(caller: Caller) -> None:
    caller.emulator.dialect(lower_share="ignored")
    publish(caller, FIRST, Percentage="60")
    caller.emulator.advance(LONG)
    before = release_status(caller)
    publish(caller, FIRST, Percentage="20")
    caller.emulator.advance(LONG)
    assert release_status(caller) == before
    publish(caller, FIRST, Percentage="80")
    caller.emulator.advance(LONG)
    assert release_status(caller)["PublishPercentage"] == 80


def test_a_lower_share_may_be_refused(caller: Caller) -> None:
    caller.emulator.dialect(lower_share="refused")
    publish(caller, FIRST, Percentage="60")
    form = {"AppId": CONTAINER_APP_ID, "PublishEnv": "prod", "Percentage": "20"}
    refusal = caller.call("PublishEdgeContainerAppVersion", product="esa", form=form, VersionId=FIRST)
    assert (refusal.status_code, refusal.json()["Code"]) == (400, "InvalidParameter.Percentage")
    publish(caller, FIRST, Percentage="60")
    publish(caller, SECOND, Percentage="20")


def test_dropping_a_region_may_be_refused(caller: Caller) -> None:
    first, second, *_ = deploy_regions(caller)
    assert publish_regions(caller, [first]).is_success
    caller.emulator.dialect(lower_share="refused")
    assert publish_regions(caller, [first, second]).is_success
    assert publish_regions(caller, [second]).json()["Code"] == "InvalidParameter.Percentage"


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


@pytest.mark.parametrize(("hung", "after"), [("restarts", "SUCCESS"), ("stays", "PUSHING")])
def test_a_push_of_what_hangs(caller: Caller, hung: str, after: str) -> None:
    caller.emulator.dialect(hung=hung)
    caller.emulator.faults([{"effect": "target_hang", "targets": [REGIONS[0]], "count": 1}])
    push(caller)
    caller.emulator.advance(LONG)
    push(caller)
    caller.emulator.advance(LONG)
    assert pushed(caller)[REGIONS[0]] == after


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
