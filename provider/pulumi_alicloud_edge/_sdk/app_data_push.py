"""The resource that puts data files onto the file servers of edge regions."""
# Written by `make reference` from the declarations in resources/ and model/outputs.py: change those.

# Annotations stay objects here: Pulumi evaluates them for each resource, and texts take it longer.
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi.dynamic

from pulumi_alicloud_edge._sdk.args import ArgsOrDict, PushDataArgs, RolloutArgs
from pulumi_alicloud_edge._sdk.declaration import declare_push
from pulumi_alicloud_edge._sdk.outputs import OwnedEntry, Placement, PushData
from pulumi_alicloud_edge._sdk.properties import SOURCES, declared, set_apart_sources, to_property
from pulumi_alicloud_edge.provider import AppDataPushProvider

OUTPUTS = ("status", "placements", "baseline", "owned", "request_ids", "converged_at", "state_version")
"""Only outputs that are named before the resource is made can be read by a program."""


class AppDataPush(pulumi.dynamic.Resource, module="alicloud-edge", name="AppDataPush"):
    """Data files of an application, pushed to the file servers of edge regions (ENS PushApplicationData).

    Done when DescribeDataPushResult shows every file on every selected region. Pushed data cannot be removed: dropping
    a file, narrowing ``regions`` and destroying the resource leave the files on the file servers; a destroy reports it.

    Args:
        resource_name: The resource's name in the stack.
        app_id: The ENS application. No commas. Changing it replaces the resource.
        data: The files. Not empty.
        regions: Ids of the edge regions; without them, every region of the application. Not empty; no commas.
        strategies: The vendor's own PushStrategy, passed on unchanged, instead of ``regions``. A policy, or a list of
            them, as JSON or its text.
        rollout: Stages, budgets and deadlines.
        opts: Pulumi's resource options.
    """

    app_id: pulumi.Output[str]
    """The ENS application."""
    data: pulumi.Output[list[PushData]]
    """The files, without ``url``."""
    status: pulumi.Output[str]
    """``converged``, ``degraded``, ``drifted``, ``failed`` or ``interrupted``.

    Converged means that every selected region was observed to have the files declared; degraded, that some have failed
    within ``max_failed``; drifted, that a refresh has since found something else. A push is never rolled back.
    """
    placements: pulumi.Output[list[Placement]]
    """How far each file is, in regions."""
    baseline: pulumi.Output[dict[str, str]]
    """Name → version that was in place before."""
    owned: pulumi.Output[dict[str, list[OwnedEntry]]]
    """What this resource has pushed where: name → entries, the newest last.

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
        data: pulumi.Input[Sequence[ArgsOrDict[PushDataArgs]]],
        regions: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        strategies: pulumi.Input[Any] | None = None,
        rollout: ArgsOrDict[RolloutArgs] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        files, sources = set_apart_sources(to_property(data))
        inputs = {
            "app_id": app_id,
            "data": files,
            SOURCES: sources,
            "regions": to_property(regions),
            "strategies": to_property(strategies),
            "rollout": to_property(rollout),
        }
        super().__init__(AppDataPushProvider(), resource_name, declared(inputs, OUTPUTS), opts)
        declare_push(self, opts, inputs)
