import json
from typing import Any

import pytest
from alibabacloud_ens20171110 import models
from alibabacloud_tea_openapi.exceptions import ClientException
from tests.support.emulator import APP_ID, REGIONS, SMALL_APP_ID, Emulator

DATA = json.dumps([{"name": "assets", "version": "1", "destPath": "/opt/assets"}])


def push(ens: Any, **more: Any) -> Any:
    return ens.push_application_data(models.PushApplicationDataRequest(app_id=APP_ID, data=DATA, **more)).body


def dist(ens: Any, **more: Any) -> Any:
    return ens.dist_application_data(models.DistApplicationDataRequest(app_id=APP_ID, data=DATA, **more)).body


def dist_result(ens: Any, **more: Any) -> Any:
    return ens.describe_data_dist_result(models.DescribeDataDistResultRequest(app_id=APP_ID, **more)).body


def test_push_and_describe(ens: Any, emulator: Emulator) -> None:
    strategy = {"name": "ScheduleToRegionId", "parameters": {"operator": "In", "values": list(REGIONS[:2])}}
    (taken,) = push(ens, push_strategy=json.dumps(strategy), timeout=1800).push_results.push_result
    assert (taken.name, taken.version, taken.result_code, taken.result_descrip) == (
        "assets",
        "1",
        0,
        "Success",
    )
    emulator.advance(10)

    request = models.DescribeDataPushResultRequest(
        app_id=APP_ID,
        data_names="assets,other",
        data_versions="1",
        region_ids=",".join(REGIONS),
        page_number=1,
        page_size=10,
    )
    body = ens.describe_data_push_result(request).body
    assert (body.page_number, body.page_size, body.total_count) == (1, 10, 1)
    (result,) = body.push_results.push_result
    (stat,) = result.status_stat_s.status_stat
    assert (result.name, result.version, stat.status, stat.region_id_count) == ("assets", "1", "SUCCESS", 2)
    assert [region.region_id for region in stat.region_ids.region_id] == list(REGIONS[:2])
    for region in stat.region_ids.region_id:
        assert region.start_time <= region.update_time
        assert region.start_time.endswith("Z")
        assert region.status_descrip == "Success"


def test_dist_describe_and_clean(ens: Any, emulator: Emulator) -> None:
    push(ens)
    emulator.advance(10)
    expression = {"key": "region_id", "operator": "In", "values": [REGIONS[1]]}
    strategy = {"name": "ScheduleToAllByMatchExpressions", "parameters": {"match_expressions": [expression]}}
    body = dist(ens, dist_strategy=json.dumps(strategy))
    assert body.dist_instance_total_count == 4
    assert len(body.dist_instance_ids.dist_instance_id) == 4
    assert [result.result_code for result in body.dist_results.dist_result] == [0]
    emulator.advance(10)

    (result,) = dist_result(ens, ens_region_ids=[REGIONS[1]]).dist_results.dist_result
    (stat,) = result.status_stats.status_stat
    assert (stat.status, stat.instance_count) == ("SUCCESS", "4")
    instances = [instance.instance_id for instance in stat.instances.instance]
    assert instances == body.dist_instance_ids.dist_instance_id
    one = dist_result(ens, instance_ids=f"{instances[0]},i-unknown", page_number=1, page_size=5)
    assert one.dist_results.dist_result[0].status_stats.status_stat[0].instance_count == "1"
    assert dist_result(ens, ens_region_ids=[REGIONS[0]]).total_count == 0

    clean = models.CleanDistDataRequest(
        app_id=APP_ID, data_name="assets", data_version="1", ens_region_id=REGIONS[1]
    )
    assert ens.clean_dist_data(clean).body.request_id
    (result,) = dist_result(ens).dist_results.dist_result
    assert [stat.status for stat in result.status_stats.status_stat] == ["DELETED"]


def test_applications(ens: Any) -> None:
    body = ens.list_applications(models.ListApplicationsRequest(cluster_names="prod,poc")).body
    listed = {
        app.app_id: json.loads(app.app_info)
        for cluster in body.applications.application
        for app in cluster.app_list.app
    }
    assert body.total_count == 2
    assert set(listed) == {APP_ID, SMALL_APP_ID}
    assert listed[APP_ID]["AppMetaData"]["AppName"] == "cloud-game"

    second = ens.list_applications(models.ListApplicationsRequest(page_number=2, page_size=1)).body
    assert [c.app_list.app[0].app_id for c in second.applications.application] == [SMALL_APP_ID]

    request = models.DescribeApplicationRequest(app_id=APP_ID, level="RegionId")
    application = json.loads(ens.describe_application(request).body.application)
    (version,) = application["DetailStat"]["AppVersionStat"]
    (district,) = version["DistrictStat"]
    assert application["DetailStat"]["InstanceTotalCount"] == len(district["InstanceStat"]) == 40
    assert {instance["RegionId"] for instance in district["InstanceStat"]} == set(REGIONS)
    assert json.loads(application["AppStatus"]["StatusDescrip"])["status"] == "success"


def test_regions(ens: Any) -> None:
    body = ens.describe_ens_regions(models.DescribeEnsRegionsRequest()).body
    assert body.code == 0
    assert [region.ens_region_id for region in body.ens_regions.ens_regions] == [
        *REGIONS,
        "cn-chegndu-telecom-4",
    ]
    one = ens.describe_ens_regions(models.DescribeEnsRegionsRequest(ens_region_id=REGIONS[2])).body
    assert [region.province for region in one.ens_regions.ens_regions] == ["Jiangsu"]


def test_a_refusal_is_the_sdks_client_exception(ens: Any) -> None:
    with pytest.raises(ClientException) as refusal:
        ens.describe_data_push_result(models.DescribeDataPushResultRequest(app_id="unknown"))
    assert (refusal.value.code, refusal.value.status_code) == ("InvalidParameter.AppId", 400)
    with pytest.raises(ClientException) as refusal:
        ens.push_application_data(models.PushApplicationDataRequest())
    assert refusal.value.code == "MissingParameter"
