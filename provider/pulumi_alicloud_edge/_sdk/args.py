"""What a user's program writes. Every field takes a plain value or an Output; dicts of the same keys do too."""
# Written by `make reference` from the declarations in resources/ and model/outputs.py: change those.

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
        name: Name of the data file. No commas.
        version: Its version. Name and version are its identity: new content is a new version. No commas.
        url: Where the cloud fetches it. Presigned URLs may differ from run to run: a new url is no change. Begins with
            a scheme; no white space. Kept as a secret.
        md5: MD5 of the file; the cloud checks it. 32 hexadecimal digits.
        size: Size in bytes; the cloud checks it. 0 to 9007199254740992.
        archive_type: Such as ``tar.gz`` or ``zip``.
        timeout: Seconds that one file server may take. 1 to 604800.
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
        name: Name of the data file. No commas.
        version: Its version. Name and version are its identity: new content is a new version. No commas.
        dest_path: Absolute path on the instance. Begins with ``/``.
        decompress: Whether to unpack it there.
        target_dir_name: Name of the folder to unpack into.
        file_mode: Mode in octal digits as written with chmod: ``755``. 3 or 4 octal digits.
        timeout: Seconds that one instance may take. 1 to 604800.
    """

    name: pulumi.Input[str]
    version: pulumi.Input[str]
    dest_path: pulumi.Input[str]
    decompress: pulumi.Input[bool] | None = None
    target_dir_name: pulumi.Input[str] | None = None
    file_mode: pulumi.Input[int | str] | None = None
    timeout: pulumi.Input[int] | None = None


@dataclass(kw_only=True)
class MatchExpressionArgs:
    """A condition on instances.

    Attributes:
        key: ``region_id`` (documented by the vendor) or ``instance_id``.
        operator: Whether the instances are those of ``values``, or all others. ``In`` or ``NotIn``.
        values: Ids. Not empty; no commas.
    """

    key: pulumi.Input[str]
    operator: pulumi.Input[str]
    values: pulumi.Input[Sequence[pulumi.Input[str]]]


@dataclass(kw_only=True)
class StageArgs:
    """One step of a rollout; a later one includes the earlier ones.

    It selects by ``regions``, ``match`` or ``percentage``; without any, it reaches all that the resource selects.

    Attributes:
        name: For people.
        regions: Edge regions (a push) or regions of a release. Not empty; no commas.
        match: Conditions on instances (a distribution). Not empty.
        percentage: Share of an environment (a release). 1 to 100.
        bake: How long to watch the stage after it has converged, before the next. ``"90s"``, ``"5m"``, ``"1h30m"`` or
            seconds, at most 30 days. Default: ``0``.
        max_failed: How many targets of this stage may fail, instead of the rollout's ``max_failed``. A count (``3``) or
            a percentage, rounded down (``"2%"``).
    """

    name: pulumi.Input[str] | None = None
    regions: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    match: pulumi.Input[Sequence[ArgsOrDict[MatchExpressionArgs]]] | None = None
    percentage: pulumi.Input[int] | None = None
    bake: pulumi.Input[int | float | str] | None = None
    max_failed: pulumi.Input[int | str] | None = None


@dataclass(kw_only=True)
class RolloutArgs:
    """How a rollout proceeds.

    Attributes:
        stages: Steps in order; without them, one step to all that the resource selects. 1 to 20 entries.
        max_failed: How many targets of a stage may fail. A count (``3``) or a percentage, rounded down (``"2%"``).
            Default: ``0``.
        on_failure: What happens when more fail: ``stop`` leaves everything, ``rollback`` restores what was in place
            before. ``stop`` or ``rollback``. Default: ``"stop"``.
        retries: How often a target that has failed, or that hangs, is started again before it counts as failed. 0 to
            20. Default: ``2``.
        retry_degraded: Whether the next update starts again what has failed within ``max_failed``; otherwise that is
            left alone. Default: ``0``.
        timeout: Bound on the whole rollout, all stages and bakes; a rollback has the same time again. Pulumi's
            ``custom_timeouts`` override it. ``"90s"``, ``"5m"``, ``"1h30m"`` or seconds, more than 0 and at most 30
            days. Default: ``"30m"``.
        stall_timeout: Bound on the time without any progress: what hangs then is started again, or has failed.
            ``"90s"``, ``"5m"``, ``"1h30m"`` or seconds, more than 0 and at most 30 days. Default: ``"10m"``.
    """

    stages: pulumi.Input[Sequence[ArgsOrDict[StageArgs]]] | None = None
    max_failed: pulumi.Input[int | str] | None = None
    on_failure: pulumi.Input[str] | None = None
    retries: pulumi.Input[int] | None = None
    retry_degraded: pulumi.Input[bool] | None = None
    timeout: pulumi.Input[int | float | str] | None = None
    stall_timeout: pulumi.Input[int | float | str] | None = None


@dataclass(kw_only=True)
class EdgeReleaseDataArgs:
    """A data file to push and to distribute.

    Attributes:
        name: Name of the data file. No commas.
        version: Its version. Name and version are its identity: new content is a new version. No commas.
        url: Where the cloud fetches it. Presigned URLs may differ from run to run: a new url is no change. Begins with
            a scheme; no white space. Kept as a secret.
        dest_path: Absolute path on the instance. Begins with ``/``.
        md5: MD5 of the file; the cloud checks it. 32 hexadecimal digits.
        size: Size in bytes; the cloud checks it. 0 to 9007199254740992.
        archive_type: Such as ``tar.gz`` or ``zip``.
        timeout: Seconds that one file server, and then one instance, may take. 1 to 604800.
        decompress: Whether to unpack it there.
        target_dir_name: Name of the folder to unpack into.
        file_mode: Mode in octal digits as written with chmod: ``755``. 3 or 4 octal digits.
    """

    name: pulumi.Input[str]
    version: pulumi.Input[str]
    url: pulumi.Input[str]
    dest_path: pulumi.Input[str]
    md5: pulumi.Input[str] | None = None
    size: pulumi.Input[int] | None = None
    archive_type: pulumi.Input[str] | None = None
    timeout: pulumi.Input[int] | None = None
    decompress: pulumi.Input[bool] | None = None
    target_dir_name: pulumi.Input[str] | None = None
    file_mode: pulumi.Input[int | str] | None = None


@dataclass(kw_only=True)
class EdgeReleaseContainerArgs:
    """The version of an edge container app to release once the data is in place.

    Attributes:
        app_id: The app. Begins with ``app-``. Changing it replaces the resource.
        version_id: The version. Begins with ``ver-``.
        env: The environment. ``prod`` or ``staging``. Changing it replaces the resource.
        percentage: Share of the environment. A smaller one than before lowers it, or fails if the cloud does not lower
            it. 1 to 100. Default: ``100``.
        rollout: Stages, budgets and deadlines.
    """

    app_id: pulumi.Input[str]
    version_id: pulumi.Input[str]
    env: pulumi.Input[str]
    percentage: pulumi.Input[int] | None = None
    rollout: ArgsOrDict[RolloutArgs] | None = None
