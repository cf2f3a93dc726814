"""Every operation of the client, read back from an emulator that behaves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.support.emulator import (
    APP_ID,
    CONTAINER_APP_ID,
    CRASHING_VERSION_ID,
    CREATING_VERSION_ID,
    FAILED_VERSION_ID,
    REGIONS,
    VERSION_IDS,
    Emulator,
)

from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.ens_status import Reading
from pulumi_alicloud_edge._cloud.ens_wire import DistFile, PushFile
from pulumi_alicloud_edge._cloud.esa_wire import BuildStatus, PodPhase, PublishStatus

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.ens_status import StatusGroup

FIRST, SECOND, _ = VERSION_IDS
PUSH_FILE = PushFile(name="assets", version="1", url="file:///assets.tgz", archive_type="tar.gz")
DIST_FILE = DistFile(name="assets", version="1", dest_path="/opt/assets", decompress=True, file_mode=755)
LONG_ENOUGH = 120.0


async def pushed(cloud: Cloud) -> list[StatusGroup]:
    return [group async for group in cloud.ens.describe_data_push_result(APP_ID)]


async def distributed(cloud: Cloud, regions: tuple[str, ...] = ()) -> list[StatusGroup]:
    return [group async for group in cloud.ens.describe_data_dist_result(APP_ID, regions=regions)]


def ids(groups: list[StatusGroup]) -> list[str]:
    return sorted(target for group in groups for target in group.targets(Reading(lambda words: words)))


@pytest.fixture(params=["clean", "untidy"])
def text(request: pytest.FixtureRequest, emulator: Emulator) -> None:
    emulator.dialect(text=request.param)


@pytest.mark.usefixtures("text")
async def test_a_push_to_two_regions(cloud: Cloud, emulator: Emulator) -> None:
    parameters = {"operator": "In", "values": list(REGIONS[:2])}
    strategy = json.dumps({"name": "ScheduleToRegionId", "parameters": parameters})
    answer = await cloud.ens.push_application_data(APP_ID, [PUSH_FILE], strategy)
    assert [(result.name, result.version, result.code) for result in answer.results] == [("assets", "1", 0)]
    assert answer.request_id
    assert {group.status for group in await pushed(cloud)} == {"PUSHING"}
    emulator.advance(LONG_ENOUGH)
    (group,) = await pushed(cloud)
    assert (group.name, group.version, group.status, group.count) == ("assets", "1", "SUCCESS", 2)
    assert ids([group]) == sorted(REGIONS[:2])
    again = await cloud.ens.push_application_data(APP_ID, [PUSH_FILE], strategy)
    assert [result.code for result in again.results] == [100]


@pytest.mark.parametrize("paging", ["groups", "targets"])
@pytest.mark.usefixtures("text")
async def test_a_distribution_and_its_removal(cloud: Cloud, emulator: Emulator, paging: str) -> None:
    emulator.dialect(paging=paging)
    await cloud.ens.push_application_data(APP_ID, [PUSH_FILE])
    emulator.advance(LONG_ENOUGH)
    answer = await cloud.ens.dist_application_data(APP_ID, [DIST_FILE])
    assert answer.total == len(answer.instance_ids) == 40
    assert [(result.name, result.version) for result in answer.results] == [("assets", "1")]
    emulator.advance(LONG_ENOUGH)
    groups = await distributed(cloud)
    assert {group.status for group in groups} == {"SUCCESS"}
    assert ids(groups) == sorted(answer.instance_ids)
    info = await cloud.ens.describe_application(APP_ID)
    here = sorted(each.instance_id for each in info.instances if each.region_id == REGIONS[0])
    assert ids(await distributed(cloud, REGIONS[:1])) == here
    assert await cloud.ens.clean_dist_data(APP_ID, "assets", "1", REGIONS[0])
    emulator.advance(LONG_ENOUGH)
    assert {group.status for group in await distributed(cloud, REGIONS[:1])} == {"DELETED"}
    assert {group.status for group in await distributed(cloud, REGIONS[1:])} == {"SUCCESS"}


async def test_more_targets_than_a_page_holds(cloud: Cloud, emulator: Emulator) -> None:
    emulator.dialect(paging="targets")
    for version in ("1", "2", "3"):
        await cloud.ens.push_application_data(APP_ID, [PUSH_FILE.model_copy(update={"version": version})])
        emulator.advance(LONG_ENOUGH)
        await cloud.ens.dist_application_data(APP_ID, [DIST_FILE.model_copy(update={"version": version})])
        emulator.advance(LONG_ENOUGH)
    emulator.clear_calls()
    groups = await distributed(cloud)
    assert len(ids(groups)) == 120
    assert {group.version for group in groups} == {"1", "2", "3"}
    assert len(emulator.calls("DescribeDataDistResult")) == 2


async def test_the_inventory(cloud: Cloud, emulator: Emulator) -> None:
    info = await cloud.ens.describe_application(APP_ID)
    assert (info.app_id, len(info.instances), info.instance_count) == (APP_ID, 40, 40)
    assert {instance.region_id for instance in info.instances} == set(REGIONS)
    listed = {each.app_id: each for each in await cloud.ens.list_applications()}
    assert listed[APP_ID].name == info.name
    assert set(REGIONS) <= {region.region_id for region in await cloud.ens.describe_ens_regions()}
    emulator.dialect(inventory="empty")
    assert (await cloud.ens.describe_application(APP_ID)).instances == ()


@pytest.mark.usefixtures("text")
async def test_a_release_by_percentage(cloud: Cloud, emulator: Emulator) -> None:
    assert await cloud.esa.publish_edge_container_app_version(CONTAINER_APP_ID, FIRST, "prod", percentage=50)
    begun = await cloud.esa.get_edge_container_app_status(CONTAINER_APP_ID, "prod")
    assert (begun.publish_status, begun.publishing_version) == (PublishStatus.PUBLISHING, FIRST)
    assert (begun.expect_percentage, begun.publish_env) == (50, "prod")
    emulator.advance(LONG_ENOUGH)
    done = await cloud.esa.get_edge_container_app_status(CONTAINER_APP_ID, "prod")
    assert (done.publish_status, done.deployed_version) == (PublishStatus.PUBLISHED, FIRST)
    assert done.publish_percentage == 50


@pytest.mark.usefixtures("text")
async def test_a_release_by_region(cloud: Cloud, emulator: Emulator) -> None:
    regions = await cloud.esa.get_edge_container_deploy_regions(CONTAINER_APP_ID)
    await cloud.esa.publish_edge_container_app_version(
        CONTAINER_APP_ID, FIRST, "prod", publish_type="region", regions=regions[:2], full_release=False
    )
    emulator.advance(LONG_ENOUGH)
    done = await cloud.esa.get_edge_container_app_status(CONTAINER_APP_ID, "prod")
    assert (done.publish_type, done.regions, done.full_release) == ("region", regions[:2], False)


async def test_a_rollback(cloud: Cloud, emulator: Emulator) -> None:
    for version in (FIRST, SECOND):
        await cloud.esa.publish_edge_container_app_version(CONTAINER_APP_ID, version, "prod")
        emulator.advance(LONG_ENOUGH)
    assert await cloud.esa.rollback_edge_container_app_version(
        CONTAINER_APP_ID, FIRST, percentage=100, used_percent=True, remarks="back"
    )
    emulator.advance(LONG_ENOUGH)
    status = await cloud.esa.get_edge_container_app_status(CONTAINER_APP_ID, "prod")
    assert (status.publish_status, status.deployed_version) == (PublishStatus.ROLLBACKED, FIRST)


async def test_apps_and_their_versions(cloud: Cloud) -> None:
    app = await cloud.esa.get_edge_container_app(CONTAINER_APP_ID)
    assert (app.app_id, app.status) == (CONTAINER_APP_ID, BuildStatus.CREATED)
    assert CONTAINER_APP_ID in {each.app_id for each in await cloud.esa.list_edge_container_apps()}
    statuses = {
        each.version_id: each.status
        for each in await cloud.esa.list_edge_container_app_versions(CONTAINER_APP_ID)
    }
    assert statuses[FIRST] is BuildStatus.CREATED
    assert statuses[CREATING_VERSION_ID] is BuildStatus.CREATING
    assert statuses[FAILED_VERSION_ID] is BuildStatus.FAILED
    version = await cloud.esa.get_edge_container_app_version(CONTAINER_APP_ID, FIRST)
    assert (version.version_id, version.status) == (FIRST, BuildStatus.CREATED)


async def test_pods_and_replicas(cloud: Cloud, emulator: Emulator) -> None:
    bare = await cloud.esa.get_edge_container_staging_deploy_status(CONTAINER_APP_ID)
    assert bare.phase is PodPhase.NO_CONTAINER
    await cloud.esa.publish_edge_container_app_version(CONTAINER_APP_ID, CRASHING_VERSION_ID, "staging")
    emulator.advance(LONG_ENOUGH)
    crashing = await cloud.esa.get_edge_container_staging_deploy_status(CONTAINER_APP_ID)
    assert crashing.phase is PodPhase.CRASH_LOOP_BACK_OFF
    assert (crashing.restart_count or 0) > 0
    await cloud.esa.publish_edge_container_app_version(CONTAINER_APP_ID, FIRST, "prod")
    emulator.advance(LONG_ENOUGH)
    rows = await cloud.esa.get_edge_container_app_resource_status(CONTAINER_APP_ID)
    live = [row for row in rows if not row.is_staging and row.total]
    assert live
    assert all(row.ready == row.total for row in live)
