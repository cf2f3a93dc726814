"""Pushes, dists and releases in one line each, and what the describes show of them as plain dicts."""

import json
from collections.abc import Iterable
from typing import Any

from tests.support.caller import Caller
from tests.support.emulator import APP_ID, CONTAINER_APP_ID

LONG = 60.0
"""More emulated seconds than anything takes in the built-in world."""


def push_strategy(regions: Iterable[str]) -> str:
    return json.dumps(
        {"name": "ScheduleToRegionId", "parameters": {"operator": "In", "values": list(regions)}}
    )


def dist_strategy(values: Iterable[str], key: str = "region_id", operator: str = "In") -> str:
    expression = {"key": key, "operator": operator, "values": list(values)}
    parameters = {"match_expressions": [expression]}
    return json.dumps({"name": "ScheduleToAllByMatchExpressions", "parameters": parameters})


def push(caller: Caller, version: str = "1", *, name: str = "assets", **file: Any) -> int:
    """Push one file; its ResultCode."""
    regions = file.pop("regions", None)
    data = json.dumps([{"name": name, "version": version, **file}])
    options = {"PushStrategy": push_strategy(regions)} if regions else {}
    body = caller.ok("PushApplicationData", AppId=APP_ID, Data=data, **options)
    code: int = body["PushResults"]["PushResult"][0]["ResultCode"]
    return code


def pushed(caller: Caller, version: str = "1", *, name: str = "assets", **filters: str) -> dict[str, str]:
    """Region to status."""
    body = caller.ok("DescribeDataPushResult", AppId=APP_ID, **filters)
    return {
        target["RegionId"]: stat["Status"]
        for result in body["PushResults"]["PushResult"]
        if (result["Name"], result["Version"]) == (name, version)
        for stat in result["StatusStatS"]["StatusStat"]
        for target in stat["RegionIds"]["RegionId"]
    }


def push_reasons(caller: Caller) -> set[str]:
    """The StatusDescrip of all regions."""
    body = caller.ok("DescribeDataPushResult", AppId=APP_ID)
    return {
        target["StatusDescrip"]
        for result in body["PushResults"]["PushResult"]
        for stat in result["StatusStatS"]["StatusStat"]
        for target in stat["RegionIds"]["RegionId"]
    }


def dist(caller: Caller, version: str = "1", *, name: str = "assets", strategy: str | None = None) -> Any:
    """Distribute one file; the whole answer."""
    data = json.dumps([{"name": name, "version": version, "destPath": "/opt"}])
    options = {"DistStrategy": strategy} if strategy else {}
    return caller.ok("DistApplicationData", AppId=APP_ID, Data=data, **options)


def dist_code(answer: Any) -> tuple[int, str]:
    """ResultCode and ResultDescrip of the one file of a dist."""
    (result,) = answer["DistResults"]["DistResult"]
    return result["ResultCode"], result["ResultDescrip"]


def distributed(
    caller: Caller, version: str = "1", *, name: str = "assets", **filters: str
) -> dict[str, dict[str, str]]:
    """Instance to its record, with Status."""
    body = caller.ok("DescribeDataDistResult", AppId=APP_ID, **filters)
    return {
        target["InstanceId"]: {**target, "Status": stat["Status"]}
        for result in body["DistResults"]["DistResult"]
        if (result["Name"], result["Version"]) == (name, version)
        for stat in result["StatusStats"]["StatusStat"]
        for target in stat["Instances"]["Instance"]
    }


def statuses(records: dict[str, dict[str, str]]) -> set[str]:
    """The different statuses of some records."""
    return {record["Status"] for record in records.values()}


def deliver(caller: Caller, version: str = "1") -> None:
    """Push and distribute a version everywhere, and let the time go by that it takes."""
    push(caller, version)
    caller.emulator.advance(LONG)
    dist(caller, version)
    caller.emulator.advance(LONG)


def clean(caller: Caller, version: str = "1", **more: str) -> None:
    caller.ok("CleanDistData", AppId=APP_ID, DataName="assets", DataVersion=version, **more)


def publish(caller: Caller, version: str, env: str = "prod", **form: str) -> None:
    body = {"AppId": CONTAINER_APP_ID, "PublishEnv": env, **form}
    caller.ok("PublishEdgeContainerAppVersion", product="esa", form=body, VersionId=version)


def rollback(caller: Caller, version: str) -> None:
    form = {"AppId": CONTAINER_APP_ID}
    caller.ok("RollbackEdgeContainerAppVersion", product="esa", form=form, VersionId=version)


def release_status(caller: Caller, env: str = "prod") -> Any:
    body = caller.ok("GetEdgeContainerAppStatus", product="esa", AppId=CONTAINER_APP_ID, PublishEnv=env)
    return body["AppStatus"]
