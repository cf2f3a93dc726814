"""Each parameter goes to the place and under the name that the vendor's own clients use."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.cloud.scripted import scripted

from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.ens_wire import DistFile, PushFile

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PAGE = {"PageNumber": "1", "PageSize": "100"}
PUSH_FILE = PushFile(
    name="资产 a", version="1.0", url="http://x/?a=b&c", md5="m", size=7, archive_type="tar.gz", timeout=9
)
DIST_FILE = DistFile(
    name="a",
    version="1",
    dest_path="/opt/a",
    decompress=False,
    target_dir_name="t",
    file_mode=755,
    timeout=9,
)
APP = {"App": {"AppId": "app-1"}}
ASKED_WITH_GET = {
    "GetEdgeContainerAppVersion",
    "ListEdgeContainerAppVersions",
    "GetEdgeContainerStagingDeployStatus",
    "GetEdgeContainerDeployRegions",
}
VERSION = {"Version": {"VersionId": "ver-1"}}


async def all_of(groups: Any) -> None:
    async for _ in groups:
        pass


ENS_CASES: list[tuple[str, Callable[[Cloud], Awaitable[Any]], dict[str, Any], dict[str, str]]] = [
    (
        "PushApplicationData",
        lambda cloud: cloud.ens.push_application_data("e-1", [PUSH_FILE], '{"name":"S"}'),
        {"PushResults": {"PushResult": []}},
        {
            "AppId": "e-1",
            "Data": '[{"name":"资产 a","version":"1.0","url":"http://x/?a=b&c","md5":"m","size":7,'
            '"archiveType":"tar.gz","timeout":9}]',
            "PushStrategy": '{"name":"S"}',
        },
    ),
    (
        "DescribeDataPushResult",
        lambda cloud: all_of(
            cloud.ens.describe_data_push_result("e-1", names=["a", "b"], versions=["1"], regions=["r1", "r2"])
        ),
        {"TotalCount": 0},
        {"AppId": "e-1", "DataNames": "a,b", "DataVersions": "1", "RegionIds": "r1,r2", **PAGE},
    ),
    (
        "DistApplicationData",
        lambda cloud: cloud.ens.dist_application_data("e-1", [DIST_FILE], '{"name":"S"}'),
        {"DistResults": {"DistResult": []}, "DistInstanceIds": {"DistInstanceId": []}},
        {
            "AppId": "e-1",
            "Data": '[{"name":"a","version":"1","destPath":"/opt/a","decompress":false,"targetDirName":"t",'
            '"fileMode":755,"timeout":9}]',
            "DistStrategy": '{"name":"S"}',
        },
    ),
    (
        "DescribeDataDistResult",
        lambda cloud: all_of(
            cloud.ens.describe_data_dist_result(
                "e-1", names=["a"], versions=["1", "2"], regions=["r1", "r2"], instances=["i-1", "i-2"]
            )
        ),
        {"TotalCount": 0},
        {
            "AppId": "e-1",
            "DataNames": "a",
            "DataVersions": "1,2",
            "EnsRegionIds": '["r1","r2"]',
            "InstanceIds": "i-1,i-2",
            **PAGE,
        },
    ),
    (
        "CleanDistData",
        lambda cloud: cloud.ens.clean_dist_data("e-1", "a", "1", "r1"),
        {},
        {"AppId": "e-1", "DataName": "a", "DataVersion": "1", "EnsRegionId": "r1"},
    ),
    (
        "CleanDistData",
        lambda cloud: cloud.ens.clean_dist_data("e-1", "a", "1"),
        {},
        {"AppId": "e-1", "DataName": "a", "DataVersion": "1"},
    ),
    (
        "DescribeApplication",
        lambda cloud: cloud.ens.describe_application("e-1"),
        {"Application": "{}"},
        {"AppId": "e-1"},
    ),
    (
        "ListApplications",
        lambda cloud: cloud.ens.list_applications(),
        {"Applications": {"Application": []}},
        PAGE,
    ),
    (
        "DescribeEnsRegions",
        lambda cloud: cloud.ens.describe_ens_regions(),
        {"EnsRegions": {"EnsRegions": []}},
        {},
    ),
]


@pytest.mark.parametrize(("action", "call", "answer", "query"), ENS_CASES)
async def test_ens_takes_all_in_the_query(
    action: str, call: Callable[[Cloud], Awaitable[Any]], answer: dict[str, Any], query: dict[str, str]
) -> None:
    cloud, script, _ = scripted(answer)
    await call(cloud)
    (request,) = script.requests
    assert (request.method, request.url.path) == ("POST", "/")
    assert (request.headers["x-acs-action"], request.headers["x-acs-version"]) == (action, "2017-11-10")
    assert (script.queries, request.content) == ([query], b"")
    assert "content-type" not in request.headers


ESA_CASES: list[
    tuple[str, Callable[[Cloud], Awaitable[Any]], dict[str, Any], dict[str, str], dict[str, str]]
] = [
    (
        "PublishEdgeContainerAppVersion",
        lambda cloud: cloud.esa.publish_edge_container_app_version(
            "app-1",
            "ver-1",
            "prod",
            percentage=50,
            publish_type="region",
            regions=["jiangsu", "zhejiang"],
            full_release=True,
            start_time="2026-01-02T03:04:05Z",
            remarks="up & away",
        ),
        {},
        {
            "VersionId": "ver-1",
            "PublishType": "region",
            "Regions": '["jiangsu","zhejiang"]',
            "FullRelease": "true",
        },
        {
            "AppId": "app-1",
            "PublishEnv": "prod",
            "Percentage": "50",
            "StartTime": "2026-01-02T03:04:05Z",
            "Remarks": "up & away",
        },
    ),
    (
        "PublishEdgeContainerAppVersion",
        lambda cloud: cloud.esa.publish_edge_container_app_version(
            "app-1", "ver-1", "staging", full_release=False
        ),
        {},
        {"VersionId": "ver-1", "FullRelease": "false"},
        {"AppId": "app-1", "PublishEnv": "staging"},
    ),
    (
        "RollbackEdgeContainerAppVersion",
        lambda cloud: cloud.esa.rollback_edge_container_app_version(
            "app-1", "ver-1", percentage=100, used_percent=True, remarks="back"
        ),
        {},
        {"VersionId": "ver-1", "Percentage": "100", "UsedPercent": "true"},
        {"AppId": "app-1", "Remarks": "back"},
    ),
    (
        "GetEdgeContainerAppStatus",
        lambda cloud: cloud.esa.get_edge_container_app_status("app-1", "staging"),
        {"AppStatus": {}},
        {"AppId": "app-1", "PublishEnv": "staging"},
        {},
    ),
    (
        "GetEdgeContainerApp",
        lambda c: c.esa.get_edge_container_app("app-1"),
        APP,
        {"AppId": "app-1"},
        {},
    ),
    ("ListEdgeContainerApps", lambda c: c.esa.list_edge_container_apps(), {"Apps": []}, PAGE, {}),
    (
        "GetEdgeContainerAppVersion",
        lambda cloud: cloud.esa.get_edge_container_app_version("app-1", "ver-1"),
        VERSION,
        {"AppId": "app-1", "VersionId": "ver-1"},
        {},
    ),
    (
        "ListEdgeContainerAppVersions",
        lambda cloud: cloud.esa.list_edge_container_app_versions("app-1"),
        {"Versions": []},
        {"AppId": "app-1", **PAGE},
        {},
    ),
    (
        "GetEdgeContainerAppResourceStatus",
        lambda cloud: cloud.esa.get_edge_container_app_resource_status("app-1"),
        {"Regions": []},
        {"AppId": "app-1"},
        {},
    ),
    (
        "GetEdgeContainerStagingDeployStatus",
        lambda cloud: cloud.esa.get_edge_container_staging_deploy_status("app-1"),
        {"Phase": "Running"},
        {"AppId": "app-1"},
        {},
    ),
    (
        "GetEdgeContainerDeployRegions",
        lambda cloud: cloud.esa.get_edge_container_deploy_regions("app-1"),
        {"Regions": []},
        {"AppId": "app-1"},
        {},
    ),
]


@pytest.mark.parametrize(("action", "call", "answer", "query", "form"), ESA_CASES)
async def test_esa_takes_some_in_the_query_and_some_in_the_form(
    action: str,
    call: Callable[[Cloud], Awaitable[Any]],
    answer: dict[str, Any],
    query: dict[str, str],
    form: dict[str, str],
) -> None:
    cloud, script, _ = scripted(answer)
    await call(cloud)
    (request,) = script.requests
    assert request.method == ("GET" if action in ASKED_WITH_GET else "POST")
    assert request.url.path == "/"
    assert (request.headers["x-acs-action"], request.headers["x-acs-version"]) == (action, "2024-09-10")
    assert (script.queries, script.forms) == ([query], [form])
    content_type = "application/x-www-form-urlencoded" if form else None
    assert request.headers.get("content-type") == content_type


async def test_what_is_not_set_is_not_sent() -> None:
    cloud, script, _ = scripted({"PushResults": {"PushResult": []}})
    await cloud.ens.push_application_data("e-1", [PushFile(name="a", version="1", url="u")])
    assert json.loads(script.queries[0]["Data"]) == [{"name": "a", "version": "1", "url": "u"}]
    assert "PushStrategy" not in script.queries[0]


async def test_the_client_names_itself() -> None:
    cloud, script, _ = scripted({"Application": "{}"})
    await cloud.ens.describe_application("e-1")
    assert script.requests[0].headers["user-agent"].startswith("pulumi-alicloud-edge/")
