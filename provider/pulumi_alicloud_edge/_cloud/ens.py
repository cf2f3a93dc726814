"""The operations of ENS that the provider uses.

All parameters go into the query, even those of POST: that is where the vendor's clients put them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_alicloud_edge._cloud.ens_application import ApplicationInfo, application_info
from pulumi_alicloud_edge._cloud.ens_status import StatusGroup, dist_groups, push_groups
from pulumi_alicloud_edge._cloud.ens_wire import (
    DescribedApplication,
    DistFile,
    DistResponse,
    EnsRegion,
    EnsRegions,
    ListedApplication,
    ListedApplications,
    PushFile,
    PushResponse,
)
from pulumi_alicloud_edge._cloud.operation import Effect, Operation, Product
from pulumi_alicloud_edge._cloud.paging import pages
from pulumi_alicloud_edge._cloud.parameters import compact_json, given

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from pulumi_alicloud_edge._cloud.response import Response
    from pulumi_alicloud_edge._cloud.transport import Transport

PUSH = Operation(Product.ENS, "PushApplicationData", Effect.START)
PUSH_RESULT = Operation(Product.ENS, "DescribeDataPushResult")
DIST = Operation(Product.ENS, "DistApplicationData", Effect.START)
DIST_RESULT = Operation(Product.ENS, "DescribeDataDistResult")
CLEAN = Operation(Product.ENS, "CleanDistData", Effect.START)
DESCRIBE_APPLICATION = Operation(Product.ENS, "DescribeApplication")
LIST_APPLICATIONS = Operation(Product.ENS, "ListApplications")
DESCRIBE_REGIONS = Operation(Product.ENS, "DescribeEnsRegions")


def push_query(app_id: str, data: Sequence[PushFile], strategies: str | None) -> dict[str, str]:
    """Write the parameters of PushApplicationData."""
    return given(AppId=app_id, Data=compact_json([file.wire() for file in data]), PushStrategy=strategies)


def dist_query(app_id: str, data: Sequence[DistFile], strategies: str | None) -> dict[str, str]:
    """Write the parameters of DistApplicationData."""
    return given(AppId=app_id, Data=compact_json([file.wire() for file in data]), DistStrategy=strategies)


class Ens:
    """Edge Node Service, API version 2017-11-10."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def push_application_data(
        self, app_id: str, data: Sequence[PushFile], strategies: str | None = None
    ) -> PushResponse:
        """PushApplicationData: begin to bring data files onto the file servers of edge nodes.

        Args:
            app_id: The application.
            data: The files.
            strategies: ``PushStrategy``, a JSON text; without it every edge node is meant.
        """
        response = await self._transport.call(PUSH, push_query(app_id, data, strategies), subject=app_id)
        return response.read(PushResponse)

    async def describe_data_push_result(
        self,
        app_id: str,
        *,
        names: Sequence[str] = (),
        versions: Sequence[str] = (),
        regions: Sequence[str] = (),
    ) -> AsyncIterator[StatusGroup]:
        """DescribeDataPushResult: how far pushes are, on each edge node; all without a filter."""
        query = given(
            AppId=app_id,
            DataNames=",".join(names),
            DataVersions=",".join(versions),
            RegionIds=",".join(regions),
        )
        async for groups in pages(self._transport, PUSH_RESULT, query, push_groups, subject=app_id):
            for group in groups:
                yield group

    async def dist_application_data(
        self, app_id: str, data: Sequence[DistFile], strategies: str | None = None
    ) -> DistResponse:
        """DistApplicationData: begin to bring pushed data files onto the instances of the application.

        Args:
            app_id: The application.
            data: The files.
            strategies: ``DistStrategy``, a JSON text; without it every instance is meant.
        """
        response = await self._transport.call(DIST, dist_query(app_id, data, strategies), subject=app_id)
        return response.read(DistResponse)

    async def describe_data_dist_result(
        self,
        app_id: str,
        *,
        names: Sequence[str] = (),
        versions: Sequence[str] = (),
        regions: Sequence[str] = (),
        instances: Sequence[str] = (),
    ) -> AsyncIterator[StatusGroup]:
        """DescribeDataDistResult: how far distributions are, on each instance; all without a filter."""
        query = given(
            AppId=app_id,
            DataNames=",".join(names),
            DataVersions=",".join(versions),
            EnsRegionIds=tuple(regions),
            InstanceIds=",".join(instances),
        )
        async for groups in pages(self._transport, DIST_RESULT, query, dist_groups, subject=app_id):
            for group in groups:
                yield group

    async def clean_dist_data(self, app_id: str, name: str, version: str, region: str | None = None) -> str:
        """CleanDistData: begin to remove one version of a data file from the instances; return the RequestId.

        Args:
            app_id: The application.
            name: Name of the data file.
            version: The version to remove.
            region: The edge node to remove it from; every one without it.
        """
        query = given(AppId=app_id, DataName=name, DataVersion=version, EnsRegionId=region)
        response = await self._transport.call(CLEAN, query, subject=app_id)
        return response.request_id

    async def describe_application(self, app_id: str) -> ApplicationInfo:
        """DescribeApplication: an application and, where the cloud lists them, its instances."""
        response = await self._transport.call(DESCRIBE_APPLICATION, given(AppId=app_id), subject=app_id)
        info = application_info(app_id, response.read(DescribedApplication).application)
        if info is None:
            raise response.malformed("Application contains no JSON object")
        return info

    async def list_applications(self) -> tuple[ApplicationInfo, ...]:
        """ListApplications: every application of the account."""
        found: dict[str, ApplicationInfo] = {}
        async for listed in pages(self._transport, LIST_APPLICATIONS, {}, _listed):
            for application in listed:
                info = application_info(application.app_id, application.info)
                found[application.app_id] = info or ApplicationInfo(application.app_id, "", "", (), None)
        return tuple(found.values())

    async def describe_ens_regions(self) -> tuple[EnsRegion, ...]:
        """DescribeEnsRegions: every edge node that the account can use."""
        response = await self._transport.call(DESCRIBE_REGIONS, {})
        return response.read(EnsRegions).regions


def _listed(response: Response) -> tuple[ListedApplication, ...]:
    return response.read(ListedApplications).applications
