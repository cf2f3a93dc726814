"""The component that brings a release out: data pushed, then distributed, then the container that uses it."""
# Written by `make reference` from the declarations in resources/ and model/outputs.py: change those.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from pulumi_alicloud_edge._sdk.args import (
    ArgsOrDict,
    EdgeReleaseContainerArgs,
    EdgeReleaseDataArgs,
    RolloutArgs,
)
from pulumi_alicloud_edge._sdk.component import EdgeReleaseSteps


class EdgeRelease(EdgeReleaseSteps):
    """Data files pushed to edge regions, then distributed to the instances there, then a container released.

    Each step waits for the one before it, and is not begun if that fails. The resources inside are `AppDataPush`,
    `AppDataDist` and `ContainerAppRelease`, all under the component's own name.

    Renaming a component, or moving resources of a program into one, starts and cleans nothing in the cloud: the new
    resources find everything in place. To keep what the state remembers of them too (what to roll back to, which
    versions to clean later), tell Pulumi their former place: after a rename with
    ``aliases=[pulumi.Alias(name="former-name")]`` of the component, after moving resources of the same name in with

        def from_top_level(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
            former = pulumi.ResourceOptions(aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)])
            return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, former))

        edge.EdgeRelease("game", ..., opts=pulumi.ResourceOptions(transformations=[from_top_level]))

    Args:
        resource_name: The component's name in the stack, and that of the resources inside.
        app_id: The ENS application. No commas. Changing it replaces the resource.
        data: The files, each with what pushing and what distributing it needs. Not empty.
        regions: Ids of the edge regions to push to, whose instances are distributed to; without them, all. Not empty;
            no commas.
        rollout: How the distribution goes: stages, budgets and deadlines.
        on_delete: What happens to distributed data no longer declared: after a destroy, a dropped file or fewer
            ``regions``. Pushed files and the released version stay in any case. ``clean`` or ``retain``. Default:
            ``"clean"``.
        container: The container version that follows the data, if one does. A plain value, no Output.
        opts: Pulumi's resource options; ``depends_on`` holds for every step.
    """

    push_status: pulumi.Output[str]
    """The push's ``status``."""
    dist_status: pulumi.Output[str]
    """The distribution's ``status``."""
    release_status: pulumi.Output[str | None]
    """The release's ``status``; None without ``container``."""

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
        super().__init__(
            resource_name,
            {
                "app_id": app_id,
                "data": data,
                "regions": regions,
                "rollout": rollout,
                "on_delete": on_delete,
                "container": container,
            },
            opts,
        )
