"""Talks to the cloud: signed, paced and typed. Knows nothing of rollouts or of Pulumi."""

from __future__ import annotations

from pulumi_alicloud_edge.cloud.ens import Ens
from pulumi_alicloud_edge.cloud.ens_application import ApplicationInfo, Instance
from pulumi_alicloud_edge.cloud.ens_status import Reading, StatusGroup, Words
from pulumi_alicloud_edge.cloud.ens_wire import (
    DistAnswer,
    DistFile,
    EnsRegion,
    FileResult,
    PushAnswer,
    PushFile,
)
from pulumi_alicloud_edge.cloud.esa import Esa
from pulumi_alicloud_edge.cloud.esa_wire import (
    AppInfo,
    AppStatus,
    BuildStatus,
    DeployStatus,
    PodPhase,
    PublishStatus,
    RegionResources,
    StagingStatus,
    VersionInfo,
)
from pulumi_alicloud_edge.cloud.session import Cloud
from pulumi_alicloud_edge.cloud.settings import CloudSettings

__all__ = [
    "AppInfo",
    "AppStatus",
    "ApplicationInfo",
    "BuildStatus",
    "Cloud",
    "CloudSettings",
    "DeployStatus",
    "DistAnswer",
    "DistFile",
    "Ens",
    "EnsRegion",
    "Esa",
    "FileResult",
    "Instance",
    "PodPhase",
    "PublishStatus",
    "PushAnswer",
    "PushFile",
    "Reading",
    "RegionResources",
    "StagingStatus",
    "StatusGroup",
    "VersionInfo",
    "Words",
]
