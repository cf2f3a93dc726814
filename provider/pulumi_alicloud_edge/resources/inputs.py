"""The inputs of each resource as models. What spans several fields is checked in `field errors` of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from pydantic import ConfigDict, Field, field_validator

from pulumi_alicloud_edge.errors import FieldError
from pulumi_alicloud_edge.model.observation import Artifact
from pulumi_alicloud_edge.model.policy import ByStrategies, Everywhere, InRegions, Matching, Scope, Share
from pulumi_alicloud_edge.resources.fields import (
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
)
from pulumi_alicloud_edge.resources.raw_strategies import Policies
from pulumi_alicloud_edge.resources.rollout_input import ExpressionInput, RolloutInput, Selector

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
    version: Token
    timeout: Seconds | None = None

    @property
    def artifact(self) -> Artifact:
        """The file's identity."""
        return Artifact(self.name, self.version)


class PushDataInput(DataInput):
    """A data file to push; its url travels apart."""

    md5: Md5 | None = None
    size: Size | None = None
    archive_type: Text | None = None


class DistDataInput(DataInput):
    """A data file to distribute."""

    dest_path: Text
    decompress: Flag | None = None
    target_dir_name: Text | None = None
    file_mode: FileMode | None = None

    @field_validator("dest_path")
    @classmethod
    def _is_absolute(cls, value: str) -> str:
        if not value.startswith("/"):
            raise ValueError("must be an absolute path")
        return value


class PushInputs(InputModel):
    """All inputs of a push."""

    model_config = ConfigDict(populate_by_name=True)

    app_id: Token
    data: tuple[PushDataInput, ...] = Field(min_length=1)
    sources: dict[str, Any] | None = Field(default=None, alias=SOURCES, repr=False)
    regions: tuple[Token, ...] | None = Field(default=None, min_length=1)
    strategies: Policies | None = None
    rollout: RolloutInput = RolloutInput()

    def scope(self) -> Scope:
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
        yield from self.rollout.field_errors((Selector.REGIONS,), self.scope(), selected=selected)
        for index, item in enumerate(self.data if self.sources is not None else ()):
            if reason := _why_no_url((self.sources or {}).get(str(item.artifact), "")):
                yield FieldError(f"data[{index}].url", reason)


class DistInputs(InputModel):
    """All inputs of a distribution."""

    app_id: Token
    data: tuple[DistDataInput, ...] = Field(min_length=1)
    match: tuple[ExpressionInput, ...] | None = Field(default=None, min_length=1)
    strategies: Policies | None = None
    rollout: RolloutInput = RolloutInput()
    on_delete: OnDelete = OnDelete.CLEAN

    def scope(self) -> Scope:
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
        yield from self.rollout.field_errors((Selector.MATCH,), self.scope(), selected=selected)


class ReleaseInputs(InputModel):
    """All inputs of a release."""

    app_id: Token
    version_id: Token
    env: Env
    percentage: Percentage | None = None
    regions: tuple[Token, ...] | None = Field(default=None, min_length=1)
    full_release: Flag | None = None
    publish_type: PublishType | None = None
    start_time: UtcTime | None = None
    remarks: Text | None = None
    rollout: RolloutInput = RolloutInput()

    @field_validator("app_id")
    @classmethod
    def _is_app(cls, value: str) -> str:
        return _prefixed(value, "app-")

    @field_validator("version_id")
    @classmethod
    def _is_version(cls, value: str) -> str:
        return _prefixed(value, "ver-")

    @property
    def artifact(self) -> Artifact:
        """The app and its version."""
        return Artifact(self.app_id, self.version_id)

    def scope(self) -> Scope:
        """Return what it selects."""
        if self.regions:
            return InRegions(self.regions, self.full_release)
        return Share(self.percentage or 100)

    def field_errors(self) -> Iterator[FieldError]:
        """Find what is wrong across fields."""
        yield from _twice("regions", self.regions or (), "is named twice")
        if self.regions and self.percentage is not None:
            yield FieldError("percentage", "does not go with regions: select by one of them")
        if self.full_release is not None and not self.regions:
            yield FieldError("full_release", "goes with regions only")
        expected = PublishType.REGION if self.regions else PublishType.PERCENTAGE
        if self.publish_type not in (None, expected):
            yield FieldError("publish_type", f"must be {expected.value} with this selection")
        yield from self.rollout.field_errors(
            (Selector.PERCENTAGE, Selector.REGIONS),
            self.scope(),
            selected=self.percentage is not None or self.regions is not None,
        )


def _why_no_url(url: object) -> str:
    """Return why nothing can be fetched from there; empty where it may be. Never repeats it: it may be presigned."""
    if not isinstance(url, str):
        return "must be text"
    if not url:
        return "is required: the cloud fetches the file from there"
    if not url.isprintable() or " " in url:
        return "must not contain white space or control characters"
    return ""


def _prefixed(value: str, prefix: str) -> str:
    if not value.startswith(prefix) or len(value) == len(prefix):
        raise ValueError(f"must begin with {prefix}")
    return value


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
        yield FieldError("strategies", f"does not go with {name}: select by one of them")
