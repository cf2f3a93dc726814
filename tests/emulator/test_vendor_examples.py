"""The requests that the vendor's own documents show, against the built-in world."""

import json

from tests.support.caller import Caller
from tests.support.emulator import APP_ID, CONTAINER_APP_ID, VERSION_IDS
from tests.support.rollouts import LONG, pushed, release_status

PUSH_DATA = [
    {
        "name": "app01",
        "version": "1.0",
        "size": 100,
        "archiveType": "tar.gz",
        "md5": "",
        "url": "http://xxxx",
        "timeout": 1000,
    },
    {
        "name": "app02",
        "version": "1.1",
        "size": 10,
        "archiveType": "zip",
        "md5": "xxxx",
        "url": "http://xxxxxx",
        "timeout": 1000,
    },
]
DIST_DATA = [
    {
        "name": "app01",
        "version": "1.0",
        "destPath": "/opt/installed",
        "decompress": True,
        "targetDirName": "target01",
        "fileMode": 755,
        "timeout": 1000,
    },
    {"name": "app02", "version": "1.1", "destPath": "/tmp/test.txt", "decompress": False},
]
PUSH_STRATEGY = {
    "name": "ScheduleToRegionId",
    "parameters": {"operator": "In", "values": ["cn-chegndu-telecom-4", "cn-shanghai-cmcc-4"]},
}
DIST_STRATEGY = {
    "name": "ScheduleToAllByMatchExpressions",
    "parameters": {
        "match_expressions": [
            {"key": "region_id", "operator": "In", "values": ["cn-wuhan-telecom_unicom_cmcc-2"]}
        ]
    },
}


def test_the_push_is_accepted(caller: Caller) -> None:
    answer = caller.ok(
        "PushApplicationData",
        AppId=APP_ID,
        Data=json.dumps(PUSH_DATA),
        PushStrategy=json.dumps(PUSH_STRATEGY),
        Timeout="1800",
    )
    assert {result["ResultCode"] for result in answer["PushResults"]["PushResult"]} == {0}
    assert pushed(caller, "1.0", name="app01").keys() == {"cn-chegndu-telecom-4", "cn-shanghai-cmcc-4"}
    filters = {"RegionIds": "cn-wuhan-telecom_unicom_cmcc-2,cn-jiaozuo-2", "MinDate": "2022-02-15"}
    assert pushed(caller, "1.0", name="app01", **filters) == {}


def test_the_dist_is_accepted(caller: Caller) -> None:
    answer = caller.ok(
        "DistApplicationData",
        AppId=APP_ID,
        Data=json.dumps(DIST_DATA),
        DistStrategy=json.dumps(DIST_STRATEGY),
    )
    assert answer["DistInstanceTotalCount"] == 8
    filters = {"EnsRegionIds": '["cn-xiangyang-19"]', "InstanceIds": "i-7ecpqvkicnchxccozrp"}
    assert caller.ok("DescribeDataDistResult", AppId=APP_ID, **filters)["TotalCount"] == 0


def test_the_release_to_a_province_is_accepted(caller: Caller) -> None:
    form = {
        "AppId": CONTAINER_APP_ID,
        "PublishEnv": "prod",
        "Percentage": "100",
        "StartTime": "2023-06-05T16:00:00Z",
        "Remarks": "test publish app",
    }
    query = {"VersionId": VERSION_IDS[0], "PublishType": "region", "Regions": '["jiangsu"]'}
    answer = caller.call(
        "PublishEdgeContainerAppVersion", product="esa", form=form, FullRelease="false", **query
    )
    assert answer.is_success, answer.text
    caller.emulator.advance(LONG)
    assert release_status(caller)["Regions"] == {"Region": ["jiangsu"]}
