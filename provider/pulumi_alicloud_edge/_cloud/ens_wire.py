"""The requests and responses of ENS, with the vendor's names."""

from __future__ import annotations

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from pulumi_alicloud_edge._cloud.wire import Prose, Text, WireModel


class _Parameter(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)

    def wire(self) -> dict[str, object]:
        """Return the object as it goes into ``Data``, without what is not set."""
        return self.model_dump(by_alias=True, exclude_none=True)


class PushFile(_Parameter):
    """A data file of PushApplicationData's ``Data``. The URL may be presigned; no repr shows it."""

    name: str
    version: str
    url: str = Field(repr=False)
    md5: str | None = None
    size: int | None = None
    archive_type: str | None = Field(default=None, serialization_alias="archiveType")
    timeout: int | None = None


class DistFile(_Parameter):
    """A data file of DistApplicationData's ``Data``."""

    name: str
    version: str
    dest_path: str = Field(serialization_alias="destPath")
    decompress: bool | None = None
    target_dir_name: str | None = Field(default=None, serialization_alias="targetDirName")
    file_mode: int | None = Field(default=None, serialization_alias="fileMode")
    timeout: int | None = None


class FileResult(WireModel):
    """The cloud's result for one data file of a push or a distribution.

    Attributes:
        name: Name of the data file.
        version: Its version.
        code: Of a push: 0 accepted, 100 already pushed, 200 being pushed, 300 failed and to be pushed again.
            Of a distribution: not documented.
        description: The vendor's message.
    """

    name: str = Field(validation_alias="Name")
    version: str = Field(validation_alias="Version")
    code: int = Field(validation_alias="ResultCode")
    description: Prose = Field(default="", validation_alias="ResultDescrip")


class PushResponse(WireModel):
    """The response of PushApplicationData."""

    results: tuple[FileResult, ...] = Field(validation_alias=AliasPath("PushResults", "PushResult"))
    request_id: Text = Field(default="", validation_alias="RequestId")


class DistResponse(WireModel):
    """The response of DistApplicationData: the instances that it started on, and a result for each data file."""

    instance_ids: tuple[str, ...] = Field(validation_alias=AliasPath("DistInstanceIds", "DistInstanceId"))
    total: int | None = Field(default=None, validation_alias="DistInstanceTotalCount")
    results: tuple[FileResult, ...] = Field(validation_alias=AliasPath("DistResults", "DistResult"))
    request_id: Text = Field(default="", validation_alias="RequestId")


class EnsRegion(WireModel):
    """An edge node, which ENS calls a region."""

    region_id: str = Field(validation_alias="EnsRegionId")
    name: Text = Field(default="", validation_alias="Name")
    english_name: Text = Field(default="", validation_alias="EnName")
    area: Text = Field(default="", validation_alias="Area")
    province: Text = Field(default="", validation_alias="Province")


class EnsRegions(WireModel):
    """The response of DescribeEnsRegions."""

    regions: tuple[EnsRegion, ...] = Field(validation_alias=AliasPath("EnsRegions", "EnsRegions"))


class DescribedApplication(WireModel):
    """The response of DescribeApplication: a text that holds JSON."""

    application: str | dict[str, object] = Field(validation_alias="Application")


class ListedApplication(WireModel):
    """One application of ListApplications."""

    app_id: str = Field(validation_alias="AppId")
    info: str | dict[str, object] | None = Field(default=None, validation_alias="AppInfo")


class _Cluster(WireModel):
    applications: tuple[ListedApplication, ...] = Field(validation_alias=AliasPath("AppList", "App"))


class ListedApplications(WireModel):
    """A page of ListApplications, by cluster."""

    clusters: tuple[_Cluster, ...] = Field(validation_alias=AliasPath("Applications", "Application"))

    @property
    def applications(self) -> tuple[ListedApplication, ...]:
        """All applications of the page."""
        return tuple(application for cluster in self.clusters for application in cluster.applications)
