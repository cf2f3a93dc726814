"""The resource that brings pushed data files onto the instances of an application."""
# Written by `make reference` from the declarations in resources/ and model/outputs.py: change those.

# Annotations stay objects here: Pulumi evaluates them for each resource, and texts take it longer.
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi.dynamic

from pulumi_alicloud_edge._sdk.args import ArgsOrDict, DistDataArgs, MatchExpressionArgs, RolloutArgs
from pulumi_alicloud_edge._sdk.declaration import declare_dist
from pulumi_alicloud_edge._sdk.outputs import DistData, OwnedEntry, Placement
from pulumi_alicloud_edge._sdk.properties import declared, to_property
from pulumi_alicloud_edge.provider import AppDataDistProvider

OUTPUTS = ("status", "placements", "baseline", "owned", "request_ids", "converged_at", "state_version")
"""Only outputs that are named before the resource is made can be read by a program."""


class AppDataDist(pulumi.dynamic.Resource, module="alicloud-edge", name="AppDataDist"):
    """Data files of an application, running on its instances (ENS DistApplicationData).

    Done when DescribeDataDistResult shows every selected instance running the version declared. An instance that the
    cloud lists but does not serve is named and not counted.

    Dropping a name, narrowing the selection or destroying the resource cleans what it has distributed (CleanDistData),
    in all versions, and waits until it is gone; a new version cleans nothing. A region is cleaned as a whole, and only
    where every instance that holds the version belongs to this resource and no other resource of the program declares
    the name. A kept line names everything that is cleaned or stays. A rollback restores what each instance ran when the
    rollout began, where this rollout has changed it.

    Args:
        resource_name: The resource's name in the stack.
        app_id: The ENS application. No commas. Changing it replaces the resource.
        data: The files; push them first (`AppDataPush`, ``depends_on``). Not empty.
        match: Conditions on the instances, which all have to hold; without them, every instance. Not empty.
        strategies: The vendor's own DistStrategy, passed on unchanged, instead of ``match``. A policy, or a list of
            them, as JSON or its text.
        rollout: Stages, budgets and deadlines.
        on_delete: What happens to distributed data no longer declared: after a destroy, a dropped name or a narrowed
            selection. ``clean`` removes what the resource has distributed; ``retain`` keeps everything. ``clean`` or
            ``retain``. Default: ``"clean"``.
        opts: Pulumi's resource options.
    """

    app_id: pulumi.Output[str]
    """The ENS application."""
    data: pulumi.Output[list[DistData]]
    """The files; push them first (`AppDataPush`, ``depends_on``)."""
    status: pulumi.Output[str]
    """``converged``, ``degraded``, ``drifted``, ``failed``, ``rolled_back`` or ``interrupted``.

    Converged means that every selected instance was observed running the versions declared; degraded, that some have
    failed within ``max_failed``; drifted, that a refresh has since found something else.
    """
    placements: pulumi.Output[list[Placement]]
    """How far each file is, in instances."""
    baseline: pulumi.Output[dict[str, str]]
    """Name → version that most instances ran before, where it was another one.

    A rollback restores what each instance ran, which may differ.
    """
    owned: pulumi.Output[dict[str, list[OwnedEntry]]]
    """What this resource has distributed where, and cleans later: name → entries, the newest last.

    At most 100 versions of a name are kept. States of releases before 0.2 hold the versions alone, as texts.
    """
    request_ids: pulumi.Output[list[str]]
    """The vendor's ids of the calls that started something."""
    converged_at: pulumi.Output[str]
    """When it converged, UTC; empty before."""
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
        super().__init__(AppDataDistProvider(), resource_name, declared(inputs, OUTPUTS), opts)
        declare_dist(self, opts, inputs)
