"""ListApplications, DescribeApplication and DescribeEnsRegions: what there is to roll out to."""

import json
from collections import defaultdict
from typing import Any, NamedTuple

from alicloud_edge_emulator.call import Answer, Call
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.dialect import Inventory
from alicloud_edge_emulator.ens import responses
from alicloud_edge_emulator.ens.app_state import AppState, instance_id
from alicloud_edge_emulator.ens.errors import invalid_parameter, missing_parameter
from alicloud_edge_emulator.ens.paging import UNPAGED_SIZE, read_page

CREATED = "2020-08-25 16:36:16"
"""AppMetaData and InstanceStat write times in this form."""


def find_app(cloud: Cloud, call: Call) -> AppState:
    """The application that a call names.

    Raises:
        ApiError: It names none, or one that does not exist.
    """
    app_id = call.text("AppId")
    if app_id is None:
        raise missing_parameter("AppId")
    app = cloud.ens.apps.get(app_id)
    if app is None:
        raise invalid_parameter("AppId")
    return app


def describe_application(cloud: Cloud, call: Call) -> Answer:
    """One application; `Application` is a JSON string, not an object."""
    app = find_app(cloud, call)
    return {"Application": _as_text(_description(app, cloud.dialect.inventory))}


def list_applications(cloud: Cloud, call: Call) -> Answer:
    """All applications by cluster; each `AppInfo` is a JSON string."""
    clusters = call.words("ClusterNames")
    apps = [
        app
        for app in cloud.ens.apps.values()
        if clusters is None or "All" in clusters or app.spec.cluster in clusters
    ]
    asked = read_page(call)
    number, size = asked or (1, max(len(apps), UNPAGED_SIZE))
    by_cluster: dict[str, list[Answer]] = defaultdict(list)
    for app in apps[(number - 1) * size : number * size]:
        info = _as_text(_description(app, cloud.dialect.inventory))
        by_cluster[app.spec.cluster].append({"AppId": app.spec.app_id, "AppInfo": info})
    return {
        "Applications": {
            "Application": [
                {"ClusterName": cluster, "AppList": {"App": listed}} for cluster, listed in by_cluster.items()
            ]
        },
        "PageNumber": number,
        "PageSize": size,
        "TotalCount": len(apps),
    }


def describe_ens_regions(cloud: Cloud, call: Call) -> Answer:
    """The edge nodes that can be used."""
    wanted = call.text("EnsRegionId")
    return responses.ens_regions(
        region for region in cloud.ens.regions.values() if wanted is None or region.id == wanted
    )


def _description(app: AppState, inventory: Inventory) -> dict[str, Any]:
    spec = app.spec
    return {
        "AppMetaData": {
            "AppId": spec.app_id,
            "AppName": spec.name,
            "ClusterName": spec.cluster,
            "AppStableVersion": spec.stable_version,
            "AppType": "Common",
            "Description": spec.description,
            "CreateTime": CREATED,
        },
        "AppStatus": {
            "Phase": "RUNNING",
            "StatusDescrip": _as_text(
                {"status": "success", "step": "", "descrip": "", "start_time": CREATED}
            ),
            "UpdateTime": CREATED,
        },
        "ResourceAttribute": {"InstanceSpec": "ens.sn1.tiny", "SystemDiskSize": 20, "AreaLevel": "National"},
        "WorkloadAttribute": [],
        "DetailStat": _statistics(listed_instances(app, inventory), spec.stable_version),
    }


class Listed(NamedTuple):
    """An instance as DescribeApplication lists it."""

    instance: str
    region: str
    running: bool


def listed_instances(app: AppState, inventory: Inventory) -> list[Listed]:
    """Return the instances that DescribeApplication lists: dialect `inventory`.

    The vendor does not enumerate InstanceStatus. Here a stopped instance is listed as stopped, and one that the
    dialect adds as running: a reader cannot rely on the status to know who is served.
    """
    match inventory:
        case Inventory.EMPTY:
            return []
        case Inventory.LISTED:
            unserved: list[Listed] = []
        case Inventory.UNSERVED_LISTED:
            unserved = [
                Listed(instance_id(app.spec.app_id, region, "unserved"), region, running=True)
                for region in app.regions
            ]
    present = [
        Listed(instance, region, instance not in app.stopped) for instance, region in app.instances.items()
    ]
    return present + unserved


def _statistics(listed: list[Listed], stable_version: str) -> dict[str, Any]:
    running = sum(one.running for one in listed)
    counts = {"InstanceTotalCount": len(listed), "InstanceRunningCount": running}
    pods = [{"Phase": "Running", "Count": running}]
    return {
        "Level": "National",
        **counts,
        "PodCountStat": pods,
        "AppVersionStat": [
            {
                "AppVersion": stable_version,
                **counts,
                "PodCountStat": pods,
                "DistrictStat": [
                    {
                        "DistrictId": "CN",
                        **counts,
                        "RegionIds": list(dict.fromkeys(one.region for one in listed)),
                        "InstanceStat": [_instance(one) for one in listed],
                    }
                ],
            }
        ],
    }


def _instance(one: Listed) -> dict[str, Any]:
    return {
        "InstanceId": one.instance,
        "PublicIps": [],
        "InternalIps": [],
        "RegionId": one.region,
        "InstanceStatus": "Running" if one.running else "Stopped",
        "CreateTime": CREATED,
        "PodCountStat": [{"Phase": "Running", "Count": int(one.running)}],
    }


def _as_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
