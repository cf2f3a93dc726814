from typing import Any

import pytest
from alibabacloud_esa20240910 import models
from alibabacloud_tea_openapi.exceptions import ClientException
from tests.support.emulator import (
    CONTAINER_APP_ID,
    CRASHING_VERSION_ID,
    CREATING_VERSION_ID,
    FAILED_VERSION_ID,
    VERSION_IDS,
    Emulator,
)

FIRST, SECOND, _ = VERSION_IDS


def publish(esa: Any, version: str, env: str = "prod", **more: Any) -> Any:
    request = models.PublishEdgeContainerAppVersionRequest(
        app_id=CONTAINER_APP_ID, version_id=version, publish_env=env, **more
    )
    return esa.publish_edge_container_app_version(request).body


def status(esa: Any, env: str = "prod") -> Any:
    request = models.GetEdgeContainerAppStatusRequest(app_id=CONTAINER_APP_ID, publish_env=env)
    return esa.get_edge_container_app_status(request).body.app_status


def test_publish_by_percentage(esa: Any, emulator: Emulator) -> None:
    assert status(esa).deploy_status == "undeploy"
    assert publish(esa, FIRST, percentage=50, remarks="first").request_id
    now = status(esa)
    assert (now.publish_status, now.publishing_version, now.expect_percentage) == ("publishing", FIRST, 50)
    emulator.advance(20)
    now = status(esa)
    assert (now.publish_env, now.publish_status, now.publish_percentage) == ("prod", "published", 50)
    assert (now.deployed_version, now.publishing_version, now.deploy_status) == (FIRST, "", "deployed")
    assert now.publish_type == "percentage"
    assert now.publish_time <= now.deploy_time
    assert status(esa, "staging").deploy_status == "undeploy"


def test_publish_by_region(esa: Any, emulator: Emulator) -> None:
    publish(esa, FIRST, publish_type="region", regions=["jiangsu", "sg"], full_release=False)
    emulator.advance(20)
    now = status(esa)
    assert (now.publish_type, now.regions.region, now.full_release) == ("region", ["jiangsu", "sg"], False)
    publish(esa, FIRST, publish_type="region", full_release=True)
    emulator.advance(20)
    assert status(esa).full_release is True


def test_rollback(esa: Any, emulator: Emulator) -> None:
    for version in (FIRST, SECOND):
        publish(esa, version)
        emulator.advance(20)
    assert (status(esa).deployed_version, status(esa).base_line_version) == (SECOND, FIRST)
    request = models.RollbackEdgeContainerAppVersionRequest(
        app_id=CONTAINER_APP_ID, version_id=FIRST, used_percent=True, percentage=100, remarks="back"
    )
    assert esa.rollback_edge_container_app_version(request).body.request_id
    assert status(esa).publish_status == "rollbacking"
    emulator.advance(20)
    now = status(esa)
    assert (now.publish_status, now.deployed_version) == ("rollbacked", FIRST)
    assert now.rollback_time >= now.publish_time


def test_apps(esa: Any) -> None:
    app = esa.get_edge_container_app(models.GetEdgeContainerAppRequest(app_id=CONTAINER_APP_ID)).body.app
    assert (app.app_id, app.name, app.status, app.version_count) == (
        CONTAINER_APP_ID,
        "edge-web",
        "created",
        7,
    )
    assert app.health_check.http_code == "http_2xx"
    request = models.ListEdgeContainerAppsRequest(search_key="edge", search_type="Name", order_key="Name")
    body = esa.list_edge_container_apps(request).body
    assert (body.page_number, body.page_size, body.total_count) == (1, 20, 1)
    assert [app.app_id for app in body.apps] == [CONTAINER_APP_ID]


def test_versions(esa: Any, emulator: Emulator) -> None:
    def version(version_id: str) -> Any:
        request = models.GetEdgeContainerAppVersionRequest(app_id=CONTAINER_APP_ID, version_id=version_id)
        return esa.get_edge_container_app_version(request).body.version

    assert [version(v).status for v in (FIRST, CREATING_VERSION_ID, FAILED_VERSION_ID)] == [
        "created",
        "creating",
        "failed",
    ]
    assert version(FIRST).containers[0].image == "nginx:1.27.1"
    assert version(FIRST).last_publish_time == ""
    publish(esa, FIRST)
    emulator.advance(20)
    assert version(FIRST).last_publish_time

    request = models.ListEdgeContainerAppVersionsRequest(
        app_id=CONTAINER_APP_ID, page_number=2, page_size=3, order_key="Name", order_type="Desc"
    )
    body = esa.list_edge_container_app_versions(request).body
    assert body.total_count == 7
    assert [listed.name for listed in body.versions] == ["web-4", "web-3", "web-2"]


def test_replicas_and_regions(esa: Any, emulator: Emulator) -> None:
    def replicas() -> dict[tuple[str, bool], tuple[int, int]]:
        request = models.GetEdgeContainerAppResourceStatusRequest(app_id=CONTAINER_APP_ID)
        regions = esa.get_edge_container_app_resource_status(request).body.regions
        return {(part.region, part.is_staging): (part.ready, part.total) for part in regions}

    assert replicas() == {}
    publish(esa, FIRST)
    publish(esa, FIRST, "staging")
    assert replicas()["huadong", False] == (0, 6)
    emulator.advance(20)
    healthy = {
        ("huadong", False): (6, 6),
        ("huanan", False): (4, 4),
        ("huabei", False): (4, 4),
        ("sg", False): (2, 2),
        ("huadong", True): (1, 1),
    }
    assert replicas() == healthy
    publish(esa, CRASHING_VERSION_ID, percentage=50)
    emulator.advance(600)
    assert replicas()["huadong", False] == (3, 6)
    assert status(esa).publish_status == "publishing"

    request = models.GetEdgeContainerDeployRegionsRequest(app_id=CONTAINER_APP_ID)
    regions = esa.get_edge_container_deploy_regions(request).body.regions
    assert regions == ["zhejiang", "jiangsu", "shanghai", "guangdong", "guangxi", "beijing", "hebei", "sg"]


def test_a_release_names_provinces_and_not_the_regions_of_replicas(esa: Any, emulator: Emulator) -> None:
    with pytest.raises(ClientException) as refusal:
        publish(esa, FIRST, publish_type="region", regions=["huadong"])
    assert refusal.value.code == "InvalidParameter"
    publish(esa, FIRST, publish_type="region", regions=["jiangsu", "sg"])
    emulator.advance(20)
    request = models.GetEdgeContainerAppResourceStatusRequest(app_id=CONTAINER_APP_ID)
    regions = esa.get_edge_container_app_resource_status(request).body.regions
    assert {part.region: part.ready for part in regions} == {"huadong": 2, "huanan": 0, "huabei": 0, "sg": 2}


def test_staging_pod(esa: Any, emulator: Emulator) -> None:
    def pod() -> Any:
        request = models.GetEdgeContainerStagingDeployStatusRequest(app_id=CONTAINER_APP_ID)
        return esa.get_edge_container_staging_deploy_status(request).body

    assert (pod().phase, pod().ready) == ("NoContainer", "unready")
    publish(esa, FIRST, "staging")
    assert pod().phase == "Pending"
    emulator.advance(20)
    assert (pod().phase, pod().ready, pod().pod_restart_state.restart_count) == ("Running", "ok", 0)
    publish(esa, CRASHING_VERSION_ID, "staging")
    emulator.advance(60)
    assert (pod().phase, pod().ready) == ("CrashLoopBackOff", "unready")
    assert pod().pod_restart_state.restart_count > 1


@pytest.mark.parametrize(
    ("change", "http_status", "code"),
    [
        ({"app_id": "web"}, 400, "InvalidParameter.appid"),
        ({"app_id": "app-11111111111111111111"}, 404, "InvalidApp.NotFound"),
        ({"version_id": "1"}, 400, "InvalidParameter.VersionId"),
        ({"version_id": CREATING_VERSION_ID}, 400, "InvalidParameter.VersionId"),
        ({"version_id": FAILED_VERSION_ID}, 400, "InvalidParameter.VersionId"),
        ({"publish_env": "test"}, 400, "InvalidParameter.PublishEnv"),
        ({"percentage": 0}, 400, "InvalidParameter.Percentage"),
        ({"percentage": 101}, 400, "InvalidParameter.Percentage"),
        ({"publish_type": "region", "regions": ["moon"]}, 400, "InvalidParameter"),
        ({"start_time": "tomorrow"}, 400, "InvalidParameter"),
    ],
)
def test_a_refused_publish(esa: Any, change: dict[str, Any], http_status: int, code: str) -> None:
    good = {"app_id": CONTAINER_APP_ID, "version_id": FIRST, "publish_env": "prod"}
    request = models.PublishEdgeContainerAppVersionRequest(**(good | change))
    with pytest.raises(ClientException) as refusal:
        esa.publish_edge_container_app_version(request)
    assert (refusal.value.status_code, refusal.value.code) == (http_status, code)
