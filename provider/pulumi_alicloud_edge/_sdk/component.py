"""What the component `EdgeRelease` consists of, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import pulumi

from pulumi_alicloud_edge._sdk.app_data_dist import AppDataDist
from pulumi_alicloud_edge._sdk.app_data_push import AppDataPush
from pulumi_alicloud_edge._sdk.args import DistDataArgs, MatchExpressionArgs, PushDataArgs
from pulumi_alicloud_edge._sdk.container_app_release import ContainerAppRelease
from pulumi_alicloud_edge._sdk.properties import to_property


class EdgeReleaseSteps(pulumi.ComponentResource):
    """The steps of a release, each after the one before it; `EdgeRelease` documents its inputs.

    Args:
        resource_name: The component's name, and that of the resources inside.
        inputs: The component's inputs by name, as the program passes them.
        opts: The component's options.
    """

    push: AppDataPush
    """The push inside."""
    dist: AppDataDist
    """The distribution inside."""
    release: ContainerAppRelease | None
    """The release inside; None without ``container``."""
    push_status: pulumi.Output[str]
    dist_status: pulumi.Output[str]
    release_status: pulumi.Output[str | None]

    def __init__(
        self, resource_name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions | None
    ) -> None:
        super().__init__("alicloud-edge:index:EdgeRelease", resource_name, None, opts)
        files = to_property(inputs["data"])
        self.push = AppDataPush(
            resource_name,
            app_id=inputs["app_id"],
            data=_without(_DIST_ONLY, files),
            regions=inputs["regions"],
            opts=self._after(opts),
        )
        self.dist = AppDataDist(
            resource_name,
            app_id=inputs["app_id"],
            data=_without(_PUSH_ONLY, files),
            match=_instances_in(inputs["regions"]),
            rollout=inputs["rollout"],
            on_delete=inputs["on_delete"],
            opts=self._after(opts, self.push),
        )
        self.release = None
        if (container := inputs["container"]) is not None:
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

        Pulumi does not pass a component's ``depends_on`` on to the resources inside it.
        """
        own = pulumi.ResourceOptions(parent=self, depends_on=list(steps))
        awaited = pulumi.ResourceOptions(depends_on=given.depends_on if given else None)
        return pulumi.ResourceOptions.merge(awaited, own)


def _names(args: type[Any]) -> frozenset[str]:
    return frozenset(field.name for field in fields(args))


_PUSH_ONLY = _names(PushDataArgs) - _names(DistDataArgs)
_DIST_ONLY = _names(DistDataArgs) - _names(PushDataArgs)


def _without(keys: frozenset[str], data: Any) -> Any:
    """Leave keys out of every data file; unknown keys stay, and each step's own check refuses them."""
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
