"""Answers are read as the vendor writes them: odd capitals, line ends, counts as texts, JSON inside JSON."""

from __future__ import annotations

import asyncio
import copy
import json
from typing import Any

import httpx
import pytest
from tests.cloud.scripted import SETTINGS, Script, sample, scripted

from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.ens_application import ApplicationInfo, Instance
from pulumi_alicloud_edge._cloud.ens_status import Reading, StatusDetails, StatusGroup
from pulumi_alicloud_edge._cloud.ens_wire import FileResult
from pulumi_alicloud_edge._cloud.esa_wire import (
    BuildStatus,
    DeployStatus,
    PodPhase,
    PublishStatus,
    RegionResources,
)
from pulumi_alicloud_edge._cloud.paging import AT_ONCE
from pulumi_alicloud_edge._errors import MalformedResponseError


def targets(*groups: StatusGroup) -> dict[str, StatusDetails]:
    return {
        target: words
        for group in groups
        for target, words in group.targets(Reading(lambda words: words)).items()
    }


async def pushed(*steps: dict[str, Any]) -> list[StatusGroup]:
    cloud, _, _ = scripted(*steps)
    groups = [group async for group in cloud.ens.describe_data_push_result("e-1")]
    targets(*groups)
    return groups


async def distributed(*steps: dict[str, Any]) -> list[StatusGroup]:
    cloud, _, _ = scripted(*steps)
    groups = [group async for group in cloud.ens.describe_data_dist_result("e-1")]
    targets(*groups)
    return groups


async def test_the_vendors_sample_of_a_push() -> None:
    cloud, _, _ = scripted(sample("push_application_data"))
    answer = await cloud.ens.push_application_data("e-1", [])
    assert answer.request_id == "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"
    assert answer.results == (
        FileResult(name="gcs-pre-websocket-eip-telecom", version="standard", code=100, description="Success"),
    )


async def test_the_vendors_sample_of_a_distribution() -> None:
    cloud, _, _ = scripted(sample("dist_application_data"))
    answer = await cloud.ens.dist_application_data("e-1", [])
    assert (answer.instance_ids, answer.total) == (("i-xxx",), 2)
    assert [(result.name, result.code) for result in answer.results] == [
        ("gcs-prod-websocket-eip-unicom", 400)
    ]


async def test_the_vendors_sample_of_a_pushs_result() -> None:
    page = sample("describe_data_push_result")
    (group,) = await pushed(page, {**page, "PushResults": {"PushResult": []}})
    assert (group.name, group.version) == ("gcs-pre-websocket-eip-telecom", "standard")
    assert (group.status, group.count, group.id_key) == ("FAILED", 2, "RegionId")
    assert targets(group) == {
        "cn-wuxi-5": StatusDetails("2021-12-07T02:37:10Z", "2021-12-28T16:00:00Z", "Success")
    }


async def test_the_vendors_sample_of_a_distributions_result() -> None:
    page = sample("describe_data_dist_result")
    (group,) = await distributed(page, {**page, "DistResults": {"DistResult": []}})
    assert (group.status, group.count, group.id_key) == ("SUCCESS", 10, "InstanceId")
    assert "i-5qzje8f5un1wmi341m2yetaxv" in targets(group)


async def test_the_vendors_sample_of_a_releases_status() -> None:
    cloud, _, _ = scripted(sample("get_edge_container_app_status"))
    status = await cloud.esa.get_edge_container_app_status("app-1", "prod")
    assert status.publish_status is PublishStatus.PUBLISHING
    assert status.deploy_status is DeployStatus.UNDEPLOY
    version = "ver-123123123123****"
    assert (status.publishing_version, status.deployed_version, status.baseline_version) == (version,) * 3
    assert (status.publish_percentage, status.expect_percentage, status.full_release) == (0, 0, True)
    assert (status.regions, status.publish_type, status.publish_env) == (("jiangsu",), "percentage", "prod")
    times = (status.publish_time, status.deploy_time, status.undeploy_time, status.rollback_time)
    assert times == ("2024-07-25T05:58:05Z",) * 4


def page(*results: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"DistResults": {"DistResult": list(results)}, "RequestId": "R", **more}


def result(*ids: str, status: str = "SUCCESS", **more: Any) -> dict[str, Any]:
    instances = [{"InstanceId": each} for each in ids]
    stat = {"Status": status, "InstanceCount": len(ids), "Instances": {"Instance": instances}, **more}
    return {"Name": "a", "Version": "1", "StatusStats": {"StatusStat": [stat]}}


async def test_texts_are_cleaned_and_counts_read_in_any_form() -> None:
    instance = {"InstanceId": "i-1\n", "UpdateTime": "T\n", "StartTime": None}
    dirty = page(
        {
            "Name": "a\n",
            "Version": " 1\n",
            "StatusStats": {
                "StatusStat": [
                    {
                        "Status": "success\n",
                        "InstanceCount": "1\n",
                        "Instances": {"Instance": [instance]},
                    }
                ]
            },
        },
        TotalCount="1\n",
        PageSize="100",
    )
    (group,) = await distributed(dirty)
    assert (group.name, group.version, group.status, group.count) == ("a", "1", "SUCCESS", 1)
    assert targets(group) == {"i-1": StatusDetails("T", "", "")}


TWICE = [{"InstanceId": "i-1", "UpdateTime": time, "StartTime": "", "StatusDescrip": ""} for time in "231"]


@pytest.mark.parametrize("extra", [[], [{"InstanceId": "i-2"}]])
async def test_of_two_entries_of_a_target_the_newer_counts(extra: list[dict[str, Any]]) -> None:
    (group,) = await distributed(page(result(Instances={"Instance": TWICE + extra}), TotalCount=1))
    assert targets(group)["i-1"] == StatusDetails("3", "", "")


async def test_what_many_targets_say_alike_is_read_once() -> None:
    alike = [{**TWICE[0], "InstanceId": f"i-{number}"} for number in range(9)]
    (group,) = await distributed(page(result(Instances={"Instance": alike}), TotalCount=1))
    read: list[StatusDetails] = []
    assert len(group.targets(Reading(read.append))) == 9
    assert len(read) == 1


async def test_a_count_may_be_missing_and_unknown_statuses_are_passed_on() -> None:
    (group,) = await distributed(page(result("i-1", status="Paused", InstanceCount=None), TotalCount=1))
    assert (group.status, group.count) == ("PAUSED", None)


@pytest.mark.parametrize(
    "nothing",
    [
        {"TotalCount": 0},
        {"TotalCount": "0"},
        {"DistResults": None, "TotalCount": 0},
        {"DistResults": {}, "TotalCount": 0},
        {"DistResults": {"DistResult": []}},
        {"DistResults": {"DistResult": []}, "TotalCount": 0},
    ],
)
async def test_nothing_is_nothing(nothing: dict[str, Any]) -> None:
    assert await distributed(nothing) == []


def broken(**changes: Any) -> dict[str, Any]:
    return page({**result("i-1"), **changes}, TotalCount=1)


@pytest.mark.parametrize(
    "answer",
    [
        {"RequestId": "R"},
        {"DistResults": None, "TotalCount": 3},
        {"DistResults": [], "TotalCount": 0},
        {"DistResults": {"DistResult": {}}},
        {"DistResults": {"DistResult": ["a"]}},
        {"PushResults": {"PushResult": []}},
        {"DistResults": {"DistResult": []}, "TotalCount": "many"},
        {"DistResults": {"DistResult": []}, "TotalCount": -1},
        {"DistResults": {"DistResult": []}, "TotalCount": True},
        page(result("i-1"), TotalCount="9" * 5000),
        page(result("i-1", InstanceCount="9" * 5000), TotalCount=1),
        broken(Name=None),
        broken(Name=""),
        broken(Version=7),
        broken(StatusStats=None),
        broken(StatusStats={"StatusStat": None}),
        broken(StatusStats=None, StatusStatS={"StatusStat": []}),
        page(result("i-1", Status=None), TotalCount=1),
        page(result("i-1", InstanceCount="ten"), TotalCount=1),
        page(result("i-1", Instances=None), TotalCount=1),
        page(result("i-1", Instances={"Instance": []}), TotalCount=1),
        page(result("i-1", Instances={"Instance": [{"InstanceId": 5}]}), TotalCount=1),
        page(result("i-1", Instances={"Instance": [{"InstanceId": "i", "UpdateTime": 5}]}), TotalCount=1),
        page(result("i-1", Instances={"Instance": [None]}), TotalCount=1),
    ],
)
async def test_a_wrong_shape_is_never_read_as_nothing(answer: dict[str, Any]) -> None:
    with pytest.raises(MalformedResponseError) as caught:
        await distributed(answer)
    assert caught.value.subject == "e-1"


async def test_a_group_without_targets_needs_no_list_of_them() -> None:
    (group,) = await distributed(page(result(InstanceCount="0", Instances=None), TotalCount=1))
    assert (group.count, group.entries) == (0, [])


async def pages_read(*steps: dict[str, Any]) -> list[str]:
    cloud, script, _ = scripted(*steps)
    async for _ in cloud.ens.describe_data_dist_result("e-1"):
        pass
    return [query["PageNumber"] for query in script.queries]


def many(pages: int, **more: Any) -> list[dict[str, Any]]:
    return [page(result(f"i-{number}"), **more) for number in range(pages)]


@pytest.mark.parametrize(("total", "pages"), [(1, 1), (100, 1), (101, 2), (250, 3), ("250", 3)])
async def test_pages_are_read_until_they_cover_the_total(total: Any, pages: int) -> None:
    assert len(await pages_read(*many(9, TotalCount=total))) == pages


async def test_a_server_that_gives_shorter_pages_is_read_to_the_end() -> None:
    assert await pages_read(*many(9, TotalCount=25, PageSize=10)) == ["1", "2", "3"]


async def test_without_a_total_an_empty_page_is_the_end() -> None:
    assert await pages_read(*many(2), page()) == ["1", "2", "3"]


@pytest.mark.parametrize("total", [1_000_000, 10**400])
async def test_a_total_that_counts_targets_ends_at_an_empty_page(total: int) -> None:
    assert await pages_read(*many(1, TotalCount=total), page(TotalCount=total)) == ["1", "2"]


@pytest.mark.parametrize("total", [{}, {"TotalCount": 1_000_000}])
async def test_a_cloud_that_gives_everything_at_once_is_not_read_for_ever(total: dict[str, int]) -> None:
    same = page(result("i-1"), **total)
    groups = await distributed({**same, "PageNumber": 1}, {**same, "PageNumber": 2, "RequestId": "R2"})
    assert len(groups) == 1


async def test_a_group_may_go_on_over_pages() -> None:
    groups = await distributed(*many(2, TotalCount=200))
    assert list(targets(*groups)) == ["i-0", "i-1"]


class Slow(Script):
    """Lets other requests come before it answers; counts how many are under way at once."""

    def __init__(self, *steps: Any) -> None:
        super().__init__(*steps)
        self.under_way = self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        return answer


@pytest.mark.parametrize(("pages", "at_once"), [(2, 1), (4, 2), (50, AT_ONCE)])
async def test_pages_are_read_side_by_side_the_more_so_the_more_there_are(pages: int, at_once: int) -> None:
    script = Slow(*many(pages, TotalCount=100 * pages))
    cloud = Cloud(SETTINGS, transport=script)
    groups = [group async for group in cloud.ens.describe_data_dist_result("e-1")]
    assert list(targets(*groups)) == [f"i-{number}" for number in range(pages)]
    assert script.most == at_once


async def test_a_reader_that_stops_early_asks_for_no_more_pages() -> None:
    cloud, script, _ = scripted(*many(5, TotalCount=500))
    async for _ in cloud.ens.describe_data_dist_result("e-1"):
        break
    assert len(script.requests) == 1


DOCUMENT = {
    "AppMetaData": {"AppId": "e-1", "AppName": "nginx"},
    "AppStatus": {"Phase": "RUNNING", "StatusDescrip": '{"status":"ok"}'},
    "DetailStat": {
        "InstanceTotalCount": 3,
        "AppVersionStat": [
            {
                "DistrictStat": [
                    {
                        "InstanceStat": [
                            {"InstanceId": "i-1", "RegionId": "r-1"},
                            {"InstanceId": "i-2", "RegionId": "r-1\n"},
                        ]
                    },
                    {"InstanceStat": [{"InstanceId": "i-2", "RegionId": "r-1"}, {"InstanceId": "i-3"}]},
                ]
            },
            {"DistrictStat": [{"InstanceStat": [{"InstanceId": "i-1", "RegionId": "r-1"}]}]},
        ],
    },
}
INFO = ApplicationInfo(
    app_id="e-1",
    name="nginx",
    phase="RUNNING",
    instances=(Instance("i-1", "r-1"), Instance("i-2", "r-1"), Instance("i-3", "")),
    instance_count=3,
)


async def described(application: Any) -> ApplicationInfo:
    cloud, _, _ = scripted({"Application": application, "RequestId": "R"})
    return await cloud.ens.describe_application("e-1")


def nested(**texts: Any) -> dict[str, Any]:
    return {**DOCUMENT, **{key: json.dumps(value) for key, value in texts.items()}}


@pytest.mark.parametrize(
    "application",
    [
        json.dumps(DOCUMENT),
        json.dumps(DOCUMENT, indent=2) + "\n",
        json.dumps(nested(DetailStat=DOCUMENT["DetailStat"], AppMetaData=DOCUMENT["AppMetaData"])),
        json.dumps({key[0].lower() + key[1:]: value for key, value in DOCUMENT.items()}),
        DOCUMENT,
    ],
)
async def test_an_applications_instances_are_found_once_each(application: Any) -> None:
    assert await described(application) == INFO


@pytest.mark.parametrize(
    "application",
    [
        {},
        {"DetailStat": None},
        {"DetailStat": "broken {"},
        {"DetailStat": {"AppVersionStat": {}}},
        {"DetailStat": {"AppVersionStat": [None, {"DistrictStat": [{"InstanceStat": [7, {}]}]}]}},
    ],
)
async def test_an_application_that_lists_no_instances_has_none_known(application: dict[str, Any]) -> None:
    assert await described(json.dumps(application)) == ApplicationInfo("e-1", "", "", (), None)


@pytest.mark.parametrize("application", ["", "none", "[]", "{", None, 5])
async def test_an_application_that_is_no_document_is_malformed(application: Any) -> None:
    with pytest.raises(MalformedResponseError):
        await described(application)


async def test_applications_are_listed_over_clusters_and_pages() -> None:
    def listing(*apps: dict[str, Any], total: int) -> dict[str, Any]:
        clusters = [{"ClusterName": f"c{i}", "AppList": {"App": [app]}} for i, app in enumerate(apps)]
        return {"Applications": {"Application": clusters}, "TotalCount": total}

    first = listing({"AppId": "e-1", "AppInfo": json.dumps(DOCUMENT)}, {"AppId": "e-2"}, total=150)
    second = listing({"AppId": "e-2", "AppInfo": "none"}, {"AppId": "e-3", "AppInfo": "{}"}, total=150)
    cloud, script, _ = scripted(first, second)
    listed = await cloud.ens.list_applications()
    assert listed[0] == INFO
    assert [info.app_id for info in listed] == ["e-1", "e-2", "e-3"]
    assert len(script.requests) == 2


async def test_edge_nodes_are_listed() -> None:
    region = {"EnsRegionId": "cn-wuxi-5", "Name": "无锡", "EnName": "Wuxi", "Area": "East", "Province": "JS"}
    cloud, _, _ = scripted({"Code": 0, "EnsRegions": {"EnsRegions": [region]}, "RequestId": "R"})
    (node,) = await cloud.ens.describe_ens_regions()
    assert (node.region_id, node.name, node.english_name) == ("cn-wuxi-5", "无锡", "Wuxi")
    assert (node.area, node.province) == ("East", "JS")


async def status_with(**fields: Any) -> Any:
    cloud, _, _ = scripted({"AppStatus": fields})
    return await cloud.esa.get_edge_container_app_status("app-1", "prod")


@pytest.mark.parametrize(
    ("value", "number"),
    [(50, 50), ("50", 50), ("50%", 50), (" 50 %\n", 50), (0, 0), ("", None), (None, None), (50.0, 50)],
)
async def test_percentages_in_every_form(value: Any, number: int | None) -> None:
    status = await status_with(PublishPercentage=value, ExpectPercentage=value)
    assert (status.publish_percentage, status.expect_percentage) == (number, number)


@pytest.mark.parametrize(
    ("value", "flag"),
    [(True, True), ("true", True), ("True\n", True), ("false", False), (None, None), ("", None)],
)
async def test_truth_in_every_form(value: Any, *, flag: bool | None) -> None:
    assert (await status_with(FullRelease=value)).full_release is flag


@pytest.mark.parametrize(
    ("value", "regions"),
    [
        ({"Region": ["a\n", "b"]}, ("a", "b")),
        (["a"], ("a",)),
        (None, ()),
        ({"Region": None}, ()),
        ({}, ()),
        ([], ()),
    ],
)
async def test_regions_wrapped_or_not(value: Any, regions: tuple[str, ...]) -> None:
    assert (await status_with(Regions=value)).regions == regions


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("publishing", PublishStatus.PUBLISHING),
        ("pubishing\n", PublishStatus.PUBLISHING),
        ("Published", PublishStatus.PUBLISHED),
        ("rollbacking", PublishStatus.ROLLBACKING),
        ("rollbacked", PublishStatus.ROLLBACKED),
        ("frozen", PublishStatus.UNKNOWN),
        (None, PublishStatus.UNKNOWN),
    ],
)
async def test_the_status_of_a_release_is_read_leniently(text: str | None, status: PublishStatus) -> None:
    read = await status_with(PublishStatus=text)
    assert read.publish_status is status
    assert read.publish_status_text == (text or "").strip()


async def test_an_app_without_a_release_has_an_empty_status() -> None:
    status = await status_with()
    assert (status.deployed_version, status.publish_percentage, status.regions) == ("", None, ())


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"AppStatus": None},
        {"AppStatus": []},
        {"AppStatus": {"PublishPercentage": "half"}},
        {"AppStatus": {"PublishPercentage": [50]}},
        {"AppStatus": {"Regions": "jiangsu"}},
        {"AppStatus": {"PublishStatus": 7}},
    ],
)
async def test_a_status_of_a_wrong_shape_is_malformed(answer: dict[str, Any]) -> None:
    cloud, _, _ = scripted(answer)
    with pytest.raises(MalformedResponseError):
        await cloud.esa.get_edge_container_app_status("app-1", "prod")


async def test_apps_and_versions_are_read() -> None:
    app = {"AppId": "app-1", "Name": "web", "Status": "created\n", "VersionCount": "2"}
    version = {
        "VersionId": "ver-1",
        "AppId": "app-1",
        "Name": "v1",
        "Status": "creating",
        "PublishTime": None,
    }
    cloud, _, _ = scripted(
        {"App": app},
        {"Apps": [app], "TotalCount": 1},
        {"Version": version},
        {"Versions": [version], "TotalCount": 1},
    )
    got = await cloud.esa.get_edge_container_app("app-1")
    assert (got.app_id, got.name, got.status, got.version_count) == ("app-1", "web", BuildStatus.CREATED, 2)
    assert await cloud.esa.list_edge_container_apps() == (got,)
    read = await cloud.esa.get_edge_container_app_version("app-1", "ver-1")
    assert (read.version_id, read.status, read.publish_time) == ("ver-1", BuildStatus.CREATING, "")
    assert await cloud.esa.list_edge_container_app_versions("app-1") == (read,)


async def test_long_lists_of_apps_are_read_to_the_end() -> None:
    def apps(*ids: str) -> dict[str, Any]:
        return {"Apps": [{"AppId": each} for each in ids], "TotalCount": 150}

    cloud, script, _ = scripted(apps("app-1", "app-2"), apps("app-2", "app-3"))
    listed = await cloud.esa.list_edge_container_apps()
    assert [app.app_id for app in listed] == ["app-1", "app-2", "app-3"]
    assert len(script.requests) == 2


async def test_replicas_are_read_by_region() -> None:
    row = {
        "Region": "huadong",
        "Isp": "cmcc",
        "IsStaging": False,
        "IsOffline": "false",
        "Ready": 1,
        "Total": "2",
    }
    cloud, _, _ = scripted({"Regions": [row]})
    assert await cloud.esa.get_edge_container_app_resource_status("app-1") == (
        RegionResources(region="huadong", isp="cmcc", is_staging=False, is_offline=False, ready=1, total=2),
    )


async def staging(answer: dict[str, Any]) -> Any:
    cloud, _, _ = scripted(answer)
    return await cloud.esa.get_edge_container_staging_deploy_status("app-1")


async def test_staging_is_read_with_its_restarts() -> None:
    state = {"RestartCount": 3, "LastTerminatedReason": "OOMKilled"}
    status = await staging({"Phase": "CrashLoopBackOff\n", "Ready": "unready", "PodRestartState": state})
    assert (status.phase, status.ready) == (PodPhase.CRASH_LOOP_BACK_OFF, "unready")
    assert (status.restart_count, status.last_terminated_reason) == (3, "OOMKilled")


async def test_staging_without_a_container_says_so() -> None:
    assert (await staging({"Phase": "NoContainer"})).phase is PodPhase.NO_CONTAINER
    bare = await staging({"RequestId": "R", "PodRestartState": None})
    assert (bare.phase, bare.restart_count, bare.last_terminated_reason) == (PodPhase.UNKNOWN, None, "")


async def test_deploy_regions_are_a_plain_list() -> None:
    cloud, _, _ = scripted({"Regions": ["jiangsu", "zhejiang\n"]})
    assert await cloud.esa.get_edge_container_deploy_regions("app-1") == ("jiangsu", "zhejiang")


async def test_fields_that_nobody_knows_are_ignored() -> None:
    answer = copy.deepcopy(sample("get_edge_container_app_status"))
    answer["New"] = answer["AppStatus"]["New"] = {"a": [1]}
    cloud: Cloud = scripted(answer)[0]
    assert (await cloud.esa.get_edge_container_app_status("app-1", "prod")).publish_env == "prod"
