"""The resource that brings pushed data files onto the instances of an application."""

# Annotations stay objects here: Pulumi evaluates them for each resource, and texts take it longer.
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi.dynamic

from pulumi_alicloud_edge.program.args import ArgsOrDict, DistDataArgs, MatchExpressionArgs, RolloutArgs
from pulumi_alicloud_edge.program.declaration import declare_dist
from pulumi_alicloud_edge.program.properties import DATA_OUTPUTS, declared, to_property
from pulumi_alicloud_edge.provider import AppDataDistProvider


class AppDataDist(pulumi.dynamic.Resource, module="alicloud-edge", name="AppDataDist"):
    """Data files of an application, running on its instances (ENS DistApplicationData).

    Done when DescribeDataDistResult shows every instance running the version declared. Dropping a name, or
    destroying the resource, cleans what it has distributed (CleanDistData); a new version cleans nothing.

    Args:
        resource_name: The resource's name in the stack.
        app_id: The ENS application. Changing it replaces the resource.
        data: The files; push them first (`AppDataPush`, ``depends_on``).
        match: Conditions on the instances, all to be fulfilled; without them, every instance.
        strategies: The vendor's own DistStrategy, passed on untouched, instead of ``match``.
        rollout: Budgets and deadlines.
        on_delete: ``clean`` (the default) or ``retain``.
        opts: Pulumi's resource options.
    """

    app_id: pulumi.Output[str]
    data: pulumi.Output[list[dict[str, Any]]]
    status: pulumi.Output[str]
    """``converged``, ``degraded``, ``failed``, ``rolled_back`` or ``interrupted``."""
    placements: pulumi.Output[list[dict[str, Any]]]
    """For each file: name, version, counts by state, total, and at most 20 failed targets with their reason."""
    baseline: pulumi.Output[dict[str, str]]
    """Name → version that a rollback returns to."""
    owned: pulumi.Output[dict[str, list[Any]]]
    """Name → versions that this resource has distributed, each with the selections that it put it into; at most 100.

    States of releases before 0.2 hold the versions alone.
    """
    request_ids: pulumi.Output[list[str]]
    """The vendor's ids of the calls that started something."""
    converged_at: pulumi.Output[str]
    """When it converged, UTC."""
    state_version: pulumi.Output[int]
    """Version of the shape of these outputs."""

    def __init__(
        self,
        resource_name: str,
        *,
        app_id: pulumi.Input[str],
        data: pulumi.Input[Sequence[ArgsOrDict[DistDataArgs]]],
        match: pulumi.Input[Sequence[ArgsOrDict[MatchExpressionArgs]]] | None = None,
        strategies: pulumi.Input[Any] | None = None,
        rollout: ArgsOrDict[RolloutArgs] | None = None,
        on_delete: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "app_id": app_id,
            "data": to_property(data),
            "match": to_property(match),
            "strategies": to_property(strategies),
            "rollout": to_property(rollout),
            "on_delete": on_delete,
        }
        super().__init__(AppDataDistProvider(), resource_name, declared(inputs, DATA_OUTPUTS), opts)
        declare_dist(self, opts, inputs)
