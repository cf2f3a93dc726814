"""Apps, versions, regions and pods: everything about container apps that is only read."""

from alicloud_edge_emulator.call import Answer, Call
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.esa import errors, responses
from alicloud_edge_emulator.esa.parameters import read_app, read_number, read_version
from alicloud_edge_emulator.esa.pods import prod_replicas, staging_pod, staging_replicas
from alicloud_edge_emulator.esa.release_models import Env

MAX_PAGE_NUMBER = 65_535
APPS_PAGE_SIZES = (20, 500)
"""Default and greatest PageSize of ListEdgeContainerApps."""
VERSIONS_PAGE_SIZES = (10, 100)
"""The greatest PageSize of ListEdgeContainerAppVersions is documented, its default is not."""


def get_edge_container_app(cloud: Cloud, call: Call) -> Answer:
    """One container app."""
    return {"App": responses.app(read_app(cloud, call), cloud.esa.created)}


def list_edge_container_apps(cloud: Cloud, call: Call) -> Answer:
    """All container apps, sorted and searched as documented."""
    apps = [responses.listed_app(state, cloud.esa.created) for state in cloud.esa.apps.values()]
    return _listed("Apps", apps, call, APPS_PAGE_SIZES, id_key="AppId")


def get_edge_container_app_version(cloud: Cloud, call: Call) -> Answer:
    """One version of a container app."""
    app = read_app(cloud, call)
    version = read_version(app, call)
    return {"Version": responses.version(app, version, cloud.esa.created, call.now)}


def list_edge_container_app_versions(cloud: Cloud, call: Call) -> Answer:
    """All versions of a container app, sorted and searched as documented."""
    app = read_app(cloud, call)
    versions = [
        responses.listed_version(app, version, cloud.esa.created, call.now)
        for version in app.versions.values()
    ]
    return _listed("Versions", versions, call, VERSIONS_PAGE_SIZES, id_key="VersionId")


def get_edge_container_app_resource_status(cloud: Cloud, call: Call) -> Answer:
    """Ready and total replicas by region, which is larger than a province."""
    app = read_app(cloud, call)
    return responses.resource_status(
        prod_replicas(app.spec, app.releases.get(Env.PROD), call.now)
        + staging_replicas(app.spec, app.releases.get(Env.STAGING), call.now)
    )


def get_edge_container_staging_deploy_status(cloud: Cloud, call: Call) -> Answer:
    """The staging pod."""
    app = read_app(cloud, call)
    return responses.staging_deploy_status(staging_pod(app.releases.get(Env.STAGING), call.now))


def get_edge_container_deploy_regions(cloud: Cloud, call: Call) -> Answer:
    """The provinces where an app is deployed, which a release may name: a plain array of strings."""
    return {"Regions": list(read_app(cloud, call).spec.provinces)}


def _listed(key: str, items: list[Answer], call: Call, sizes: tuple[int, int], *, id_key: str) -> Answer:
    number = read_number(call, "PageNumber", default=1, maximum=MAX_PAGE_NUMBER)
    size = read_number(call, "PageSize", default=sizes[0], maximum=sizes[1])
    found = _sorted(_searched(items, call, id_key), call)
    return {
        key: found[(number - 1) * size : number * size],
        "PageNumber": number,
        "PageSize": size,
        "TotalCount": len(found),
    }


def _searched(items: list[Answer], call: Call, id_key: str) -> list[Answer]:
    wanted = call.text("SearchKey")
    if wanted is None:
        return items
    fields = {id_key.lower(): id_key, "name": "Name"}
    field = fields.get((call.text("SearchType") or "name").lower())
    if field is None:
        raise errors.invalid_parameter()
    return [item for item in items if wanted in item[field]]


def _sorted(items: list[Answer], call: Call) -> list[Answer]:
    order_key = call.text("OrderKey")
    if order_key is None:
        return items
    field = {"Name": "Name", "CreateTime": "CreateTime", "ModifyTime": "UpdateTime"}.get(order_key)
    direction = (call.text("OrderType") or "Asc").lower()
    if field is None or direction not in {"asc", "desc"}:
        raise errors.invalid_parameter()
    return sorted(items, key=lambda item: str(item[field]), reverse=direction == "desc")
