"""For the same request, the provider's client and the vendor's send the same parameters to the same places."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from alibabacloud_ens20171110 import models as ens
from alibabacloud_esa20240910 import models as esa
from tests.support.emulator import APP_ID, CONTAINER_APP_ID, REGIONS, VERSION_IDS, Emulator

from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.ens_wire import DistFile, PushFile

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Ours = Callable[[Cloud], Awaitable[Any]]
    Theirs = Callable[[Any], Any]

PUSH_FILE = PushFile(
    name="资产/a b",
    version="1.0~*",
    url="file:///a.tgz",
    md5="0" * 32,
    size=7,
    archive_type="zip",
    timeout=60,
)
PUSH_DATA = (
    '[{"name":"资产/a b","version":"1.0~*","url":"file:///a.tgz","md5":"00000000000000000000000000000000",'
    '"size":7,"archiveType":"zip","timeout":60}]'
)
DIST_FILE = DistFile(
    name="a", version="1", dest_path="/opt/a", decompress=True, target_dir_name="t", file_mode=755, timeout=60
)
DIST_DATA = (
    '[{"name":"a","version":"1","destPath":"/opt/a","decompress":true,"targetDirName":"t","fileMode":755,'
    '"timeout":60}]'
)
PUSH_STRATEGY = json.dumps(
    {"name": "ScheduleToRegionId", "parameters": {"operator": "In", "values": [REGIONS[0]]}}
)
EXPRESSION = {"key": "region_id", "operator": "In", "values": [REGIONS[0]]}
DIST_STRATEGY = json.dumps(
    {"name": "ScheduleToAllByMatchExpressions", "parameters": {"match_expressions": [EXPRESSION]}}
)
VERSION = VERSION_IDS[0]
PAGE = {"page_number": 1, "page_size": 100}


async def all_of(groups: Any) -> None:
    async for _ in groups:
        pass


ENS: list[tuple[Ours, Theirs]] = [
    (
        lambda cloud: cloud.ens.push_application_data(APP_ID, [PUSH_FILE], PUSH_STRATEGY),
        lambda client: client.push_application_data(
            ens.PushApplicationDataRequest(app_id=APP_ID, data=PUSH_DATA, push_strategy=PUSH_STRATEGY)
        ),
    ),
    (
        lambda cloud: all_of(
            cloud.ens.describe_data_push_result(APP_ID, names=["a", "b"], versions=["1"], regions=REGIONS[:2])
        ),
        lambda client: client.describe_data_push_result(
            ens.DescribeDataPushResultRequest(
                app_id=APP_ID, data_names="a,b", data_versions="1", region_ids=",".join(REGIONS[:2]), **PAGE
            )
        ),
    ),
    (
        lambda cloud: cloud.ens.dist_application_data(APP_ID, [DIST_FILE], DIST_STRATEGY),
        lambda client: client.dist_application_data(
            ens.DistApplicationDataRequest(app_id=APP_ID, data=DIST_DATA, dist_strategy=DIST_STRATEGY)
        ),
    ),
    (
        lambda cloud: all_of(
            cloud.ens.describe_data_dist_result(
                APP_ID, names=["a"], versions=["1", "2"], regions=REGIONS[:2], instances=["i-1", "i-2"]
            )
        ),
        lambda client: client.describe_data_dist_result(
            ens.DescribeDataDistResultRequest(
                app_id=APP_ID,
                data_names="a",
                data_versions="1,2",
                ens_region_ids=list(REGIONS[:2]),
                instance_ids="i-1,i-2",
                **PAGE,
            )
        ),
    ),
    (
        lambda cloud: cloud.ens.clean_dist_data(APP_ID, "a", "1", REGIONS[0]),
        lambda client: client.clean_dist_data(
            ens.CleanDistDataRequest(app_id=APP_ID, data_name="a", data_version="1", ens_region_id=REGIONS[0])
        ),
    ),
    (
        lambda cloud: cloud.ens.describe_application(APP_ID),
        lambda client: client.describe_application(ens.DescribeApplicationRequest(app_id=APP_ID)),
    ),
    (
        lambda cloud: cloud.ens.list_applications(),
        lambda client: client.list_applications(ens.ListApplicationsRequest(**PAGE)),
    ),
    (
        lambda cloud: cloud.ens.describe_ens_regions(),
        lambda client: client.describe_ens_regions(ens.DescribeEnsRegionsRequest()),
    ),
]

ESA: list[tuple[Ours, Theirs]] = [
    (
        lambda cloud: cloud.esa.publish_edge_container_app_version(
            CONTAINER_APP_ID,
            VERSION,
            "prod",
            publish_type="region",
            regions=["jiangsu", "sg"],
            full_release=True,
            start_time="2023-06-05T16:00:00Z",
            remarks="up & away",
        ),
        lambda client: client.publish_edge_container_app_version(
            esa.PublishEdgeContainerAppVersionRequest(
                app_id=CONTAINER_APP_ID,
                version_id=VERSION,
                publish_env="prod",
                publish_type="region",
                regions=["jiangsu", "sg"],
                full_release=True,
                start_time="2023-06-05T16:00:00Z",
                remarks="up & away",
            )
        ),
    ),
    (
        lambda cloud: cloud.esa.publish_edge_container_app_version(
            CONTAINER_APP_ID, VERSION, "staging", percentage=50
        ),
        lambda client: client.publish_edge_container_app_version(
            esa.PublishEdgeContainerAppVersionRequest(
                app_id=CONTAINER_APP_ID, version_id=VERSION, publish_env="staging", percentage=50
            )
        ),
    ),
    (
        lambda cloud: cloud.esa.get_edge_container_app_status(CONTAINER_APP_ID, "staging"),
        lambda client: client.get_edge_container_app_status(
            esa.GetEdgeContainerAppStatusRequest(app_id=CONTAINER_APP_ID, publish_env="staging")
        ),
    ),
    (
        lambda cloud: cloud.esa.get_edge_container_app(CONTAINER_APP_ID),
        lambda client: client.get_edge_container_app(esa.GetEdgeContainerAppRequest(app_id=CONTAINER_APP_ID)),
    ),
    (
        lambda cloud: cloud.esa.list_edge_container_apps(),
        lambda client: client.list_edge_container_apps(esa.ListEdgeContainerAppsRequest(**PAGE)),
    ),
    (
        lambda cloud: cloud.esa.get_edge_container_app_version(CONTAINER_APP_ID, VERSION),
        lambda client: client.get_edge_container_app_version(
            esa.GetEdgeContainerAppVersionRequest(app_id=CONTAINER_APP_ID, version_id=VERSION)
        ),
    ),
    (
        lambda cloud: cloud.esa.list_edge_container_app_versions(CONTAINER_APP_ID),
        lambda client: client.list_edge_container_app_versions(
            esa.ListEdgeContainerAppVersionsRequest(app_id=CONTAINER_APP_ID, **PAGE)
        ),
    ),
    (
        lambda cloud: cloud.esa.get_edge_container_app_resource_status(CONTAINER_APP_ID),
        lambda client: client.get_edge_container_app_resource_status(
            esa.GetEdgeContainerAppResourceStatusRequest(app_id=CONTAINER_APP_ID)
        ),
    ),
    (
        lambda cloud: cloud.esa.get_edge_container_staging_deploy_status(CONTAINER_APP_ID),
        lambda client: client.get_edge_container_staging_deploy_status(
            esa.GetEdgeContainerStagingDeployStatusRequest(app_id=CONTAINER_APP_ID)
        ),
    ),
    (
        lambda cloud: cloud.esa.get_edge_container_deploy_regions(CONTAINER_APP_ID),
        lambda client: client.get_edge_container_deploy_regions(
            esa.GetEdgeContainerDeployRegionsRequest(app_id=CONTAINER_APP_ID)
        ),
    ),
]


def sent(emulator: Emulator) -> tuple[str, dict[str, tuple[str, str]]]:
    """The one call since the last look; the vendor's Python client writes True where others write true."""
    (call,) = emulator.calls()
    emulator.clear_calls()
    flags = {"True": "true", "False": "false"}
    params = {
        name: (flags.get(param["value"], param["value"]), param["place"])
        for name, param in call["params"].items()
    }
    return call["action"], params


async def compare(emulator: Emulator, cloud: Cloud, client: Any, ours: Ours, theirs: Theirs) -> None:
    await ours(cloud)
    from_us = sent(emulator)
    # Begun again, or the second start would meet what the first has begun.
    emulator.reset()
    theirs(client)
    assert from_us == sent(emulator)


@pytest.mark.parametrize(("ours", "theirs"), ENS)
async def test_ens(emulator: Emulator, cloud: Cloud, vendor_ens: Any, ours: Ours, theirs: Theirs) -> None:
    await compare(emulator, cloud, vendor_ens, ours, theirs)


@pytest.mark.parametrize(("ours", "theirs"), ESA)
async def test_esa(emulator: Emulator, cloud: Cloud, vendor_esa: Any, ours: Ours, theirs: Theirs) -> None:
    await compare(emulator, cloud, vendor_esa, ours, theirs)


async def test_rollback(emulator: Emulator, cloud: Cloud, vendor_esa: Any) -> None:
    for version in VERSION_IDS[:2]:
        await cloud.esa.publish_edge_container_app_version(CONTAINER_APP_ID, version, "prod")
        emulator.advance(120)
    emulator.clear_calls()
    await cloud.esa.rollback_edge_container_app_version(
        CONTAINER_APP_ID, VERSION, percentage=100, used_percent=True, remarks="back"
    )
    from_us = sent(emulator)
    emulator.advance(120)
    vendor_esa.rollback_edge_container_app_version(
        esa.RollbackEdgeContainerAppVersionRequest(
            app_id=CONTAINER_APP_ID, version_id=VERSION, percentage=100, used_percent=True, remarks="back"
        )
    )
    assert from_us == sent(emulator)
