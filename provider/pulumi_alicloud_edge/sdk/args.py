"""What a user's program writes. Every field takes a plain value or an Output; a dict of the same keys does too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pulumi

T = TypeVar("T")

ArgsOrDict = pulumi.Input[T] | Mapping[str, Any]


@dataclass(kw_only=True)
class PushDataArgs:
    """A data file to push to file servers.

    Attributes:
        name: Name of the data file, without commas.
        version: Its version, without commas. Name and version are its identity: new content is a new version.
        url: Where the cloud fetches it. Presigned URLs may differ from run to run: a new url is no change.
        md5: MD5 of the file, 32 hexadecimal digits; the cloud checks it.
        size: Size in bytes; the cloud checks it.
        archive_type: Such as ``tar.gz`` or ``zip``.
        timeout: Seconds that one file server may take.
    """

    name: pulumi.Input[str]
    version: pulumi.Input[str]
    url: pulumi.Input[str]
    md5: pulumi.Input[str] | None = None
    size: pulumi.Input[int] | None = None
    archive_type: pulumi.Input[str] | None = None
    timeout: pulumi.Input[int] | None = None


@dataclass(kw_only=True)
class DistDataArgs:
    """A pushed data file to distribute to instances.

    Attributes:
        name: Name of the data file.
        version: The version that the instances are to run.
        dest_path: Absolute path on the instance.
        decompress: Whether to unpack it there.
        target_dir_name: Name of the folder to unpack into.
        file_mode: Mode in octal digits as written with chmod: ``755``.
        timeout: Seconds that one instance may take.
    """

    name: pulumi.Input[str]
    version: pulumi.Input[str]
    dest_path: pulumi.Input[str]
    decompress: pulumi.Input[bool] | None = None
    target_dir_name: pulumi.Input[str] | None = None
    file_mode: pulumi.Input[int] | None = None
    timeout: pulumi.Input[int] | None = None


@dataclass(kw_only=True)
class MatchExpressionArgs:
    """A condition on instances.

    Attributes:
        key: ``region_id`` (documented by the vendor) or ``instance_id``.
        operator: ``In`` or ``NotIn``.
        values: Ids.
    """

    key: pulumi.Input[str]
    operator: pulumi.Input[str]
    values: pulumi.Input[Sequence[pulumi.Input[str]]]


@dataclass(kw_only=True)
class StageArgs:
    """One step of a rollout; a later one includes the earlier ones.

    Attributes:
        name: For people.
        regions: Edge regions (a push) or regions of a release.
        match: Conditions on instances (a distribution).
        percentage: Share of an environment, 1 to 100 (a release).
        bake: How long to watch the stage after it has converged, before the next: ``"5m"``.
        max_failed: How many targets of this stage may fail, instead of the rollout's ``max_failed``.
    """

    name: pulumi.Input[str] | None = None
    regions: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    match: pulumi.Input[Sequence[ArgsOrDict[MatchExpressionArgs]]] | None = None
    percentage: pulumi.Input[int] | None = None
    bake: pulumi.Input[int | float | str] | None = None
    max_failed: pulumi.Input[int | str] | None = None


@dataclass(kw_only=True)
class RolloutArgs:
    """How a rollout is to go.

    Attributes:
        stages: Steps in order; without them, one step to all that the resource selects.
        max_failed: How many targets of a stage may fail: a count (``3``) or a percentage, rounded down (``"2%"``).
        on_failure: When more have failed: ``stop`` (the default) leaves things as they are, ``rollback`` restores
            what was in place before.
        retries: How often a failed target is started again before it counts as failed.
        timeout: Bound on the whole rollout: ``"45m"``, ``"90s"``, ``"1h"`` or seconds.
        stall_timeout: Bound on the time without any progress.
    """

    stages: pulumi.Input[Sequence[ArgsOrDict[StageArgs]]] | None = None
    max_failed: pulumi.Input[int | str] | None = None
    on_failure: pulumi.Input[str] | None = None
    retries: pulumi.Input[int] | None = None
    timeout: pulumi.Input[int | float | str] | None = None
    stall_timeout: pulumi.Input[int | float | str] | None = None
