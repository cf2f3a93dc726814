"""The responses of ESA, with the vendor's names."""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

from pydantic import AliasPath, Field

from pulumi_alicloud_edge._cloud.wire import Flag, Percentage, Prose, Text, Texts, WireModel


class PublishStatus(Enum):
    """How far a release is."""

    PUBLISHING = "publishing"
    PUBLISHED = "published"
    ROLLBACKING = "rollbacking"
    ROLLBACKED = "rollbacked"
    UNKNOWN = "unknown"


class DeployStatus(Enum):
    """Whether an application serves at all."""

    UNDEPLOY = "undeploy"
    DEPLOYING = "deploying"
    DEPLOYED = "deployed"
    UNDEPLOYING = "undeploying"
    UNKNOWN = "unknown"


class BuildStatus(Enum):
    """Whether an application or a version of it has been created; not whether it is released."""

    CREATING = "creating"
    CREATED = "created"
    FAILED = "failed"
    UNKNOWN = "unknown"


class PodPhase(Enum):
    """The phase of a container in staging."""

    NO_CONTAINER = "NoContainer"
    PENDING = "Pending"
    CONTAINER_CREATING = "ContainerCreating"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    IMAGE_PULL_BACK_OFF = "ImagePullBackOff"
    CRASH_LOOP_BACK_OFF = "CrashLoopBackOff"
    FAILED = "Failed"
    UNKNOWN = "Unknown"


_Status = TypeVar("_Status", PublishStatus, DeployStatus, BuildStatus, PodPhase)

# So written in the vendor's sample response.
_MISSPELT = {"pubishing": "publishing"}


def _status(kind: type[_Status], text: str) -> _Status:
    """Find the member that a text stands for; texts that nobody documented stand for UNKNOWN."""
    spelling = _MISSPELT.get(text.lower(), text.lower())
    return next((member for member in kind if member.value.lower() == spelling), kind.UNKNOWN)


class AppStatus(WireModel):
    """How the release of an application is in one environment (GetEdgeContainerAppStatus).

    Texts are empty and numbers None where the cloud returns nothing. Times are the vendor's texts.
    """

    publish_status_text: Text = Field(default="", validation_alias="PublishStatus")
    deploy_status_text: Text = Field(default="", validation_alias="DeployStatus")
    publish_env: Text = Field(default="", validation_alias="PublishEnv")
    publish_type: Text = Field(default="", validation_alias="PublishType")
    publishing_version: Text = Field(default="", validation_alias="PublishingVersion")
    deployed_version: Text = Field(default="", validation_alias="DeployedVersion")
    baseline_version: Text = Field(default="", validation_alias="BaseLineVersion")
    publish_percentage: Percentage = Field(default=None, validation_alias="PublishPercentage")
    expect_percentage: Percentage = Field(default=None, validation_alias="ExpectPercentage")
    regions: Texts = Field(default=(), validation_alias="Regions")
    full_release: Flag = Field(default=None, validation_alias="FullRelease")
    publish_time: Text = Field(default="", validation_alias="PublishTime")
    deploy_time: Text = Field(default="", validation_alias="DeployTime")
    undeploy_time: Text = Field(default="", validation_alias="UnDeployTime")
    rollback_time: Text = Field(default="", validation_alias="RollbackTime")

    @property
    def publish_status(self) -> PublishStatus:
        """How far the release is."""
        return _status(PublishStatus, self.publish_status_text)

    @property
    def deploy_status(self) -> DeployStatus:
        """Whether the application serves at all."""
        return _status(DeployStatus, self.deploy_status_text)


class AppStatusResponse(WireModel):
    """The response of GetEdgeContainerAppStatus."""

    app_status: AppStatus = Field(validation_alias="AppStatus")


class AppInfo(WireModel):
    """An edge container application."""

    app_id: str = Field(validation_alias="AppId")
    name: Text = Field(default="", validation_alias="Name")
    status_text: Text = Field(default="", validation_alias="Status")
    version_count: int | None = Field(default=None, validation_alias="VersionCount")

    @property
    def status(self) -> BuildStatus:
        """Whether the application has been made."""
        return _status(BuildStatus, self.status_text)


class AppResponse(WireModel):
    """The response of GetEdgeContainerApp."""

    app: AppInfo = Field(validation_alias="App")


class AppsPage(WireModel):
    """A page of ListEdgeContainerApps."""

    apps: tuple[AppInfo, ...] = Field(validation_alias="Apps")


class VersionInfo(WireModel):
    """A version of an edge container application."""

    version_id: str = Field(validation_alias="VersionId")
    app_id: Text = Field(default="", validation_alias="AppId")
    name: Text = Field(default="", validation_alias="Name")
    status_text: Text = Field(default="", validation_alias="Status")
    publish_time: Text = Field(default="", validation_alias="PublishTime")
    last_publish_time: Text = Field(default="", validation_alias="LastPublishTime")

    @property
    def status(self) -> BuildStatus:
        """Whether the version has been made; only a created one can be published."""
        return _status(BuildStatus, self.status_text)


class VersionResponse(WireModel):
    """The response of GetEdgeContainerAppVersion."""

    version: VersionInfo = Field(validation_alias="Version")


class VersionsPage(WireModel):
    """A page of ListEdgeContainerAppVersions."""

    versions: tuple[VersionInfo, ...] = Field(validation_alias="Versions")


class RegionResources(WireModel):
    """The replicas of an application in one region and carrier."""

    region: str = Field(validation_alias="Region")
    isp: Text = Field(default="", validation_alias="Isp")
    is_staging: Flag = Field(default=None, validation_alias="IsStaging")
    is_offline: Flag = Field(default=None, validation_alias="IsOffline")
    ready: int = Field(validation_alias="Ready")
    total: int = Field(validation_alias="Total")


class ResourceStatusResponse(WireModel):
    """The response of GetEdgeContainerAppResourceStatus."""

    regions: tuple[RegionResources, ...] = Field(validation_alias="Regions")


class StagingStatus(WireModel):
    """The state of the container in staging (GetEdgeContainerStagingDeployStatus)."""

    phase_text: Text = Field(default="", validation_alias="Phase")
    containers_ready: Text = Field(default="", validation_alias="ContainersReady")
    initialized: Text = Field(default="", validation_alias="Initialized")
    ready: Text = Field(default="", validation_alias="Ready")
    scheduled: Text = Field(default="", validation_alias="Scheduled")
    restart_count: int | None = Field(
        default=None, validation_alias=AliasPath("PodRestartState", "RestartCount")
    )
    last_terminated_reason: Prose = Field(
        default="", validation_alias=AliasPath("PodRestartState", "LastTerminatedReason")
    )

    @property
    def phase(self) -> PodPhase:
        """The container's phase."""
        return _status(PodPhase, self.phase_text)


class DeployRegionsResponse(WireModel):
    """The response of GetEdgeContainerDeployRegions; here the list is not wrapped."""

    regions: tuple[str, ...] = Field(validation_alias="Regions")
