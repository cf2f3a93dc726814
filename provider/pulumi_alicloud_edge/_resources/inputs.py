"""The inputs of each resource: their only declaration, see `markers`.

A model's docstring is also that of the class that a program uses. `field_errors` of each checks what spans several
fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from pulumi_alicloud_edge._errors import FieldError
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.policy import ByStrategies, Everywhere, InRegions, Matching, Selector, Share
from pulumi_alicloud_edge._model.release import WHOLE
from pulumi_alicloud_edge._resources.fields import (
    AbsolutePath,
    AppId,
    FileMode,
    Flag,
    InputModel,
    Md5,
    Percentage,
    Seconds,
    Size,
    Text,
    Token,
    UtcTime,
    VersionId,
    url,
)
from pulumi_alicloud_edge._resources.markers import Mark, Unset
from pulumi_alicloud_edge._resources.raw_strategies import Policies
from pulumi_alicloud_edge._resources.rollout_input import ExpressionInput, RolloutInput, SelectingInput

SOURCES = "__sources"


class OnDelete(Enum):
    """What destroying a distribution does to the data on the instances."""

    CLEAN = "clean"
    RETAIN = "retain"


class Env(Enum):
    """PublishEnv."""

    PROD = "prod"
    STAGING = "staging"


class PublishType(Enum):
    """PublishType."""

    PERCENTAGE = "percentage"
    REGION = "region"


class DataInput(InputModel):
    """What a data file is, for pushing and distributing alike."""

    name: Token
    """Name of the data file."""
    version: Token
    """Its version. Name and version are its identity: new content is a new version."""

    @property
    def artifact(self) -> Artifact:
        """The file's identity."""
        return Artifact(self.name, self.version)


class PushDataInput(DataInput):
    """A data file to push to file servers."""

    md5: Md5 | None = None
    """MD5 of the file; the cloud checks it."""
    size: Size | None = None
    """Size in bytes; the cloud checks it."""
    archive_type: Text | None = None
    """Such as ``tar.gz`` or ``zip``."""
    timeout: Seconds | None = None
    """Seconds that one file server may take."""


class DistDataInput(DataInput):
    """A pushed data file to distribute to instances."""

    dest_path: AbsolutePath
    """Absolute path on the instance."""
    decompress: Flag | None = None
    """Whether to unpack it there."""
    target_dir_name: Text | None = None
    """Name of the folder to unpack into."""
    file_mode: FileMode | None = None
    """Mode in octal digits as written with chmod: ``755``."""
    timeout: Seconds | None = None
    """Seconds that one instance may take."""


class PushInputs(InputModel):
    """Data files of an application, pushed to the file servers of edge regions (ENS PushApplicationData).

    Done when DescribeDataPushResult shows every file on every selected region. Pushed data cannot be removed: dropping
    a file, narrowing ``regions`` and destroying the resource leave the files on the file servers; a destroy reports it.
    """

    model_config = ConfigDict(populate_by_name=True)

    app_id: Annotated[Token, Mark.REPLACES]
    """The ENS application."""
    data: tuple[PushDataInput, ...] = Field(min_length=1)
    """The files."""
    sources: dict[str, Any] | None = Field(default=None, alias=SOURCES, repr=False)
    regions: tuple[Token, ...] | None = Field(default=None, min_length=1)
    """Ids of the edge regions; without them, every region of the application."""
    strategies: Policies | None = None
    """The vendor's own PushStrategy, passed on unchanged, instead of ``regions``."""
    rollout: RolloutInput = RolloutInput()
    """Stages, budgets and deadlines."""

    def selector(self) -> Selector:
        """Return what it selects."""
        if self.strategies is not None:
            return ByStrategies(self.strategies)
        return InRegions(self.regions) if self.regions else Everywhere()

    def field_errors(self) -> Iterator[FieldError]:
        """Find what is wrong across fields."""
        yield from _twice("data", [str(item.artifact) for item in self.data], "is declared twice")
        yield from _twice("regions", self.regions or (), "is named twice")
        yield from _one_selector("regions", self.regions, self.strategies)
        selected = self.regions is not None or self.strategies is not None
        yield from self.rollout.field_errors((SelectingInput.REGIONS,), self.selector(), selected=selected)
        for index, item in enumerate(self.data if self.sources is not None else ()):
            if reason := _why_no_url((self.sources or {}).get(str(item.artifact), "")):
                yield FieldError(f"data[{index}].url", reason)


class DistInputs(InputModel):
    """Data files of an application, running on its instances (ENS DistApplicationData).

    Done when DescribeDataDistResult shows every selected instance running the version declared. An instance that the
    cloud lists but does not serve is named and not counted.

    Dropping a name, narrowing the selection or destroying the resource cleans what it has distributed (CleanDistData),
    in all versions, and waits until it is gone; a new version cleans nothing. A region is cleaned as a whole, and only
    where every instance that holds the version belongs to this resource and no other resource of the program declares
    the name. A kept line names everything that is cleaned or stays. A rollback restores what each instance ran when
    the rollout began, where this rollout has changed it.
    """

    app_id: Annotated[Token, Mark.REPLACES]
    """The ENS application."""
    data: tuple[DistDataInput, ...] = Field(min_length=1)
    """The files; push them first (`AppDataPush`, ``depends_on``)."""
    match: tuple[ExpressionInput, ...] | None = Field(default=None, min_length=1)
    """Conditions on the instances, which all have to hold; without them, every instance."""
    strategies: Policies | None = None
    """The vendor's own DistStrategy, passed on unchanged, instead of ``match``."""
    rollout: RolloutInput = RolloutInput()
    """Stages, budgets and deadlines."""
    on_delete: OnDelete = OnDelete.CLEAN
    """What happens to distributed data no longer declared: after a destroy, a dropped name or a narrowed selection.

    ``clean`` removes what the resource has distributed; ``retain`` keeps everything.
    """

    def selector(self) -> Selector:
        """Return what it selects."""
        if self.strategies is not None:
            return ByStrategies(self.strategies)
        if self.match:
            return Matching(tuple(expression.expression() for expression in self.match))
        return Everywhere()

    def field_errors(self) -> Iterator[FieldError]:
        """Find what is wrong across fields."""
        only_one = "is declared twice: an instance runs one version of a name"
        yield from _twice("data", [item.name for item in self.data], only_one, field="name")
        yield from _one_selector("match", self.match, self.strategies)
        selected = self.match is not None or self.strategies is not None
        yield from self.rollout.field_errors((SelectingInput.MATCH,), self.selector(), selected=selected)


class ReleasedVersion(InputModel):
    """A version of an edge container app, and how much of an environment it is to serve."""

    app_id: Annotated[AppId, Mark.REPLACES]
    """The app."""
    version_id: VersionId
    """The version."""
    env: Annotated[Env, Mark.REPLACES]
    """The environment."""
    percentage: Annotated[Percentage | None, Unset(WHOLE)] = None
    """Share of the environment. A smaller one than before lowers it, or fails if the cloud does not lower it."""


class ReleaseInputs(ReleasedVersion):
    """One version of an edge container app, serving ``staging`` or ``prod`` (ESA PublishEdgeContainerAppVersion).

    Done when GetEdgeContainerAppStatus shows the version at exactly the share, or in exactly the regions, that are
    declared; anything else is drift. A rollback restores the version and the share, or the regions, that the
    environment had when the rollout began, never more; where that is not known, or nothing was served, it leaves the
    environment as it is and reports it. A release cannot be unpublished: destroying the resource leaves it in place,
    and reports it.
    """

    regions: tuple[Token, ...] | None = Field(default=None, min_length=1)
    """Release to these regions, instead of a percentage."""
    full_release: Flag | None = None
    """With ``regions``: ask for a full release."""
    publish_type: PublishType | None = None
    """Derived from the selection where it is not set."""
    start_time: UtcTime | None = None
    """When the cloud is to begin. Later stages begin at once."""
    remarks: Text | None = None
    """A note that the cloud keeps with the release."""
    rollout: RolloutInput = RolloutInput()
    """Stages, budgets and deadlines."""

    @property
    def artifact(self) -> Artifact:
        """The app and its version."""
        return Artifact(self.app_id, self.version_id)

    def selector(self) -> Selector:
        """Return what it selects."""
        if self.regions:
            return InRegions(self.regions, self.full_release)
        return Share(self.percentage or WHOLE)

    def field_errors(self) -> Iterator[FieldError]:
        """Find what is wrong across fields."""
        yield from _twice("regions", self.regions or (), "is named twice")
        if self.regions and self.percentage is not None:
            yield FieldError("percentage", "cannot be combined with regions: select by one of them")
        if self.full_release is not None and not self.regions:
            yield FieldError("full_release", "is only valid with regions")
        expected = PublishType.REGION if self.regions else PublishType.PERCENTAGE
        if self.publish_type not in (None, expected):
            yield FieldError("publish_type", f"must be {expected.value} for this selection")
        yield from self.rollout.field_errors(
            (SelectingInput.PERCENTAGE, SelectingInput.REGIONS),
            self.selector(),
            selected=self.percentage is not None or self.regions is not None,
        )


def _why_no_url(value: object) -> str:
    """Return why the cloud cannot fetch from a URL; empty where it can."""
    try:
        url(value)
    except ValueError as error:
        return str(error)
    return ""


def _twice(path: str, values: Iterable[str], reason: str, *, field: str = "") -> Iterator[FieldError]:
    values = list(values)
    counts = Counter(values)
    seen: set[str] = set()
    for index, value in enumerate(values):
        if counts[value] > 1 and value in seen:
            yield FieldError(f"{path}[{index}]{'.' + field if field else ''}", f"{value} {reason}")
        seen.add(value)


def _one_selector(name: str, selector: object, strategies: object) -> Iterator[FieldError]:
    if selector is not None and strategies is not None:
        yield FieldError("strategies", f"cannot be combined with {name}: select by one of them")
