"""The component that brings a release out: data pushed, then distributed, then the container that uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pulumi

from pulumi_alicloud_edge.sdk.app_data_dist import AppDataDist
from pulumi_alicloud_edge.sdk.app_data_push import AppDataPush
from pulumi_alicloud_edge.sdk.args import (
    ArgsOrDict,
    DistDataArgs,
    MatchExpressionArgs,
    PushDataArgs,
    RolloutArgs,
)
from pulumi_alicloud_edge.sdk.container_app_release import ContainerAppRelease
from pulumi_alicloud_edge.sdk.properties import to_property


@dataclass(kw_only=True)
class EdgeReleaseDataArgs:
    """A data file to push and to distribute.

    Attributes:
        name: Name of the data file, without commas.
        version: Its version, without commas. Name and version are its identity: new content is a new version.
        url: Where the cloud fetches it. Presigned URLs may differ from run to run: a new url is no change.
        dest_path: Absolute path on the instance.
        md5: MD5 of the file, 32 hexadecimal digits; the cloud checks it.
        size: Size in bytes; the cloud checks it.
        archive_type: Such as ``tar.gz`` or ``zip``.
        decompress: Whether to unpack it on the instance.
        target_dir_name: Name of the folder to unpack into.
        file_mode: Mode in octal digits as written with chmod: ``755``.
        timeout: Seconds that one file server, and then one instance, may take.
    """

    name: pulumi.Input[str]
    version: pulumi.Input[str]
    url: pulumi.Input[str]
    dest_path: pulumi.Input[str]
    md5: pulumi.Input[str] | None = None
    size: pulumi.Input[int] | None = None
    archive_type: pulumi.Input[str] | None = None
    decompress: pulumi.Input[bool] | None = None
    target_dir_name: pulumi.Input[str] | None = None
    file_mode: pulumi.Input[int] | None = None
    timeout: pulumi.Input[int] | None = None


@dataclass(kw_only=True)
class EdgeReleaseContainerArgs:
    """The version of an edge container app to release once the data is in place.

    Attributes:
        app_id: The app, ``app-…``.
        version_id: The version, ``ver-…``.
        env: ``prod`` or ``staging``.
        percentage: Share of the environment, 1 to 100 (the default).
        rollout: Stages, budgets and deadlines.
    """

    app_id: pulumi.Input[str]
    version_id: pulumi.Input[str]
    env: pulumi.Input[str]
    percentage: pulumi.Input[int] | None = None
    rollout: ArgsOrDict[RolloutArgs] | None = None


class EdgeRelease(pulumi.ComponentResource):
    """Data files pushed to edge regions, then distributed to the instances there, then a container released.

    Each step waits for the one before it to be done, and is not begun if that fails. The resources inside are
    `AppDataPush`, `AppDataDist` and `ContainerAppRelease`, all under the component's own name.

    Renaming a component, or moving resources of a program into one, starts and cleans nothing in the cloud: the
    new resources find everything in place. To keep what the state remembers of them too (what to roll back to,
    which versions to clean one day), tell Pulumi their former place: after a renaming by
    ``aliases=[pulumi.Alias(name="former-name")]`` of the component, after moving resources of the same name in by

        def from_top_level(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
            former = pulumi.ResourceOptions(aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)])
            return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, former))

        edge.EdgeRelease("game", ..., opts=pulumi.ResourceOptions(transformations=[from_top_level]))

    Args:
        resource_name: The component's name in the stack, and that of the resources inside.
        app_id: The ENS application.
        data: The files, each with what pushing and what distributing it needs.
        regions: Ids of the edge regions to push to, whose instances are distributed to; without them, all.
        rollout: How the distribution goes: stages, budgets and deadlines.
        on_delete: What happens to distributed data that is declared no more, by a dropped file, fewer ``regions`` or a
            destroy: ``clean`` (the default) or ``retain``. Pushed files and the released version stay in any case.
        container: The container version that follows the data, if one does.
        opts: Pulumi's resource options; ``depends_on`` holds for every step.
    """

    push: AppDataPush
    dist: AppDataDist
    release: ContainerAppRelease | None
    """None without ``container``."""
    push_status: pulumi.Output[str]
    """The push's ``status``."""
    dist_status: pulumi.Output[str]
    """The distribution's ``status``."""
    release_status: pulumi.Output[str | None]
    """The release's ``status``, None without ``container``."""

    def __init__(
        self,
        resource_name: str,
        *,
        app_id: pulumi.Input[str],
        data: pulumi.Input[Sequence[ArgsOrDict[EdgeReleaseDataArgs]]],
        regions: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        rollout: ArgsOrDict[RolloutArgs] | None = None,
        on_delete: pulumi.Input[str] | None = None,
        container: EdgeReleaseContainerArgs | Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("alicloud-edge:index:EdgeRelease", resource_name, None, opts)
        files = to_property(data)
        self.push = AppDataPush(
            resource_name,
            app_id=app_id,
            data=_without(_DIST_ONLY, files),
            regions=regions,
            opts=self._after(opts),
        )
        self.dist = AppDataDist(
            resource_name,
            app_id=app_id,
            data=_without(_PUSH_ONLY, files),
            match=_instances_in(regions),
            rollout=rollout,
            on_delete=on_delete,
            opts=self._after(opts, self.push),
        )
        self.release = None
        if container is not None:
            args = container if isinstance(container, Mapping) else to_property(container)
            self.release = ContainerAppRelease(resource_name, **args, opts=self._after(opts, self.dist))
        self.push_status = self.push.status
        self.dist_status = self.dist.status
        self.release_status = pulumi.Output.from_input(self.release.status if self.release else None)
        self.register_outputs(
            {
                "push_status": self.push_status,
                "dist_status": self.dist_status,
                "release_status": self.release_status,
            }
        )

    def _after(self, given: pulumi.ResourceOptions | None, *steps: pulumi.Resource) -> pulumi.ResourceOptions:
        """Place a step inside the component, after other steps, and after what the component depends on itself.

        The steps name that too: Pulumi hands a component's ``depends_on`` on to nothing inside it.
        """
        own = pulumi.ResourceOptions(parent=self, depends_on=list(steps))
        awaited = pulumi.ResourceOptions(depends_on=given.depends_on if given else None)
        return pulumi.ResourceOptions.merge(awaited, own)


def _names(args: type[Any]) -> frozenset[str]:
    return frozenset(field.name for field in fields(args))


_PUSH_ONLY = _names(PushDataArgs) - _names(DistDataArgs)
_DIST_ONLY = _names(DistDataArgs) - _names(PushDataArgs)


def _without(keys: frozenset[str], data: Any) -> Any:
    """Leave keys out of every data file; keys that nobody knows stay, and are refused by each step's own check."""
    if isinstance(data, pulumi.Output):
        return data.apply(lambda known: _without(keys, known))
    if isinstance(data, list):
        return [_without(keys, item) for item in data]
    if isinstance(data, Mapping):
        return {key: value for key, value in data.items() if key not in keys}
    return data


def _instances_in(
    regions: pulumi.Input[Sequence[pulumi.Input[str]]] | None,
) -> list[MatchExpressionArgs] | None:
    if regions is None:
        return None
    return [MatchExpressionArgs(key="region_id", operator="In", values=regions)]
