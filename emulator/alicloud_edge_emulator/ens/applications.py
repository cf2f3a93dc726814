"""ListApplications, DescribeApplication and DescribeEnsRegions: what there is to roll out to."""

import json
from collections import defaultdict
from typing import Any

from alicloud_edge_emulator.call import Answer, Call
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.dialect import Inventory
from alicloud_edge_emulator.ens import responses
from alicloud_edge_emulator.ens.errors import invalid_parameter, missing_parameter
from alicloud_edge_emulator.ens.paging import UNPAGED_SIZE, read_page
from alicloud_edge_emulator.ens.store import AppState

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
        region for region in cloud.world.regions if wanted is None or region.id == wanted
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
        "DetailStat": _statistics(app, inventory),
    }


def _statistics(app: AppState, inventory: Inventory) -> dict[str, Any]:
    """DetailStat; under the dialect `inventory` its instance list may be empty."""
    instances = app.instances if inventory is Inventory.LISTED else {}
    pods = [{"Phase": "Running", "Count": len(instances)}]
    return {
        "Level": "National",
        "InstanceTotalCount": len(instances),
        "InstanceRunningCount": len(instances),
        "PodCountStat": pods,
        "AppVersionStat": [
            {
                "AppVersion": app.spec.stable_version,
                "InstanceTotalCount": len(instances),
                "InstanceRunningCount": len(instances),
                "PodCountStat": pods,
                "DistrictStat": [
                    {
                        "DistrictId": "CN",
                        "InstanceTotalCount": len(instances),
                        "InstanceRunningCount": len(instances),
                        "RegionIds": list(dict.fromkeys(instances.values())),
                        "InstanceStat": [
                            {
                                "InstanceId": instance,
                                "PublicIps": [],
                                "InternalIps": [],
                                "RegionId": region,
                                "InstanceStatus": "Running",
                                "CreateTime": CREATED,
                                "PodCountStat": [{"Phase": "Running", "Count": 1}],
                            }
                            for instance, region in instances.items()
                        ],
                    }
                ],
            }
        ],
    }


def _as_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
