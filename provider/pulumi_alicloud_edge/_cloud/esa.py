"""The operations of ESA's edge containers that the provider uses.

Publish and rollback take some parameters in the query, some in the body, as the vendor's clients send them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_alicloud_edge._cloud.esa_wire import (
    AppInfo,
    AppResponse,
    AppsPage,
    AppStatus,
    AppStatusResponse,
    DeployRegionsResponse,
    RegionResources,
    ResourceStatusResponse,
    StagingStatus,
    VersionInfo,
    VersionResponse,
    VersionsPage,
)
from pulumi_alicloud_edge._cloud.operation import Effect, Operation, Product
from pulumi_alicloud_edge._cloud.paging import pages
from pulumi_alicloud_edge._cloud.parameters import given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi_alicloud_edge._cloud.response import Response
    from pulumi_alicloud_edge._cloud.transport import Transport

PUBLISH = Operation(Product.ESA, "PublishEdgeContainerAppVersion", Effect.START)
ROLLBACK = Operation(Product.ESA, "RollbackEdgeContainerAppVersion", Effect.START)
APP_STATUS = Operation(Product.ESA, "GetEdgeContainerAppStatus")
GET_APP = Operation(Product.ESA, "GetEdgeContainerApp")
LIST_APPS = Operation(Product.ESA, "ListEdgeContainerApps")
GET_VERSION = Operation(Product.ESA, "GetEdgeContainerAppVersion", method="GET")
LIST_VERSIONS = Operation(Product.ESA, "ListEdgeContainerAppVersions", method="GET")
RESOURCE_STATUS = Operation(Product.ESA, "GetEdgeContainerAppResourceStatus")
STAGING_STATUS = Operation(Product.ESA, "GetEdgeContainerStagingDeployStatus", method="GET")
DEPLOY_REGIONS = Operation(Product.ESA, "GetEdgeContainerDeployRegions", method="GET")


def publish_query(
    version_id: str, publish_type: str | None, regions: Sequence[str], *, full_release: bool | None
) -> dict[str, str]:
    """Write the parameters of PublishEdgeContainerAppVersion that go into the query."""
    return given(
        VersionId=version_id, PublishType=publish_type, Regions=tuple(regions), FullRelease=full_release
    )


class Esa:
    """Edge Security Acceleration, API version 2024-09-10: edge containers."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def publish_edge_container_app_version(
        self,
        app_id: str,
        version_id: str,
        env: str,
        *,
        percentage: int | None = None,
        publish_type: str | None = None,
        regions: Sequence[str] = (),
        full_release: bool | None = None,
        start_time: str | None = None,
        remarks: str | None = None,
    ) -> str:
        """PublishEdgeContainerAppVersion: begin to release a version; return the RequestId.

        Args:
            app_id: The application.
            version_id: The version.
            env: ``prod`` or ``staging``.
            percentage: 1 to 100; the cloud takes 100 without it.
            publish_type: ``percentage`` (the cloud's default) or ``region``.
            regions: Where to release, for type ``region``.
            full_release: Release everywhere, for type ``region``.
            start_time: When to begin, ``yyyy-MM-ddTHH:mm:ssZ``; now without it.
            remarks: A note that the cloud keeps.
        """
        query = publish_query(version_id, publish_type, regions, full_release=full_release)
        form = given(
            AppId=app_id, PublishEnv=env, Percentage=percentage, StartTime=start_time, Remarks=remarks
        )
        response = await self._transport.call(PUBLISH, query, form, subject=app_id)
        return response.request_id

    async def rollback_edge_container_app_version(
        self,
        app_id: str,
        version_id: str,
        *,
        percentage: int | None = None,
        used_percent: bool | None = None,
        remarks: str | None = None,
    ) -> str:
        """RollbackEdgeContainerAppVersion: begin to return to a version; return the RequestId.

        The operation names no environment.

        Args:
            app_id: The application.
            version_id: The version to return to.
            percentage: Share of that version afterwards, 1 to 100.
            used_percent: Whether ``percentage`` counts.
            remarks: A note that the cloud keeps.
        """
        query = given(VersionId=version_id, UsedPercent=used_percent, Percentage=percentage)
        form = given(AppId=app_id, Remarks=remarks)
        response = await self._transport.call(ROLLBACK, query, form, subject=app_id)
        return response.request_id

    async def get_edge_container_app_status(self, app_id: str, env: str) -> AppStatus:
        """GetEdgeContainerAppStatus: how the release is in one environment."""
        query = given(AppId=app_id, PublishEnv=env)
        response = await self._transport.call(APP_STATUS, query, subject=app_id)
        return response.read(AppStatusResponse).app_status

    async def get_edge_container_app(self, app_id: str) -> AppInfo:
        """GetEdgeContainerApp: an application."""
        response = await self._transport.call(GET_APP, given(AppId=app_id), subject=app_id)
        return response.read(AppResponse).app

    async def list_edge_container_apps(self) -> tuple[AppInfo, ...]:
        """ListEdgeContainerApps: every application of the account."""
        found: dict[str, AppInfo] = {}
        async for listed in pages(self._transport, LIST_APPS, {}, _apps):
            found.update((app.app_id, app) for app in listed)
        return tuple(found.values())

    async def get_edge_container_app_version(self, app_id: str, version_id: str) -> VersionInfo:
        """GetEdgeContainerAppVersion: a version of an application."""
        query = given(AppId=app_id, VersionId=version_id)
        response = await self._transport.call(GET_VERSION, query, subject=app_id)
        return response.read(VersionResponse).version

    async def list_edge_container_app_versions(self, app_id: str) -> tuple[VersionInfo, ...]:
        """ListEdgeContainerAppVersions: every version of an application."""
        found: dict[str, VersionInfo] = {}
        query = given(AppId=app_id)
        async for listed in pages(self._transport, LIST_VERSIONS, query, _versions, subject=app_id):
            found.update((version.version_id, version) for version in listed)
        return tuple(found.values())

    async def get_edge_container_app_resource_status(self, app_id: str) -> tuple[RegionResources, ...]:
        """GetEdgeContainerAppResourceStatus: ready and desired replicas, by region and carrier."""
        response = await self._transport.call(RESOURCE_STATUS, given(AppId=app_id), subject=app_id)
        return response.read(ResourceStatusResponse).regions

    async def get_edge_container_staging_deploy_status(self, app_id: str) -> StagingStatus:
        """GetEdgeContainerStagingDeployStatus: the state of the container in staging."""
        response = await self._transport.call(STAGING_STATUS, given(AppId=app_id), subject=app_id)
        return response.read(StagingStatus)

    async def get_edge_container_deploy_regions(self, app_id: str) -> tuple[str, ...]:
        """GetEdgeContainerDeployRegions: the regions that a release may name."""
        response = await self._transport.call(DEPLOY_REGIONS, given(AppId=app_id), subject=app_id)
        return response.read(DeployRegionsResponse).regions


def _apps(response: Response) -> tuple[AppInfo, ...]:
    return response.read(AppsPage).apps


def _versions(response: Response) -> tuple[VersionInfo, ...]:
    return response.read(VersionsPage).versions
