"""The resource that has one version of an edge container app serve an environment."""
# Written by `make reference` from the declarations in resources/ and model/outputs.py: change those.

# Annotations stay objects here: Pulumi evaluates them for each resource, and texts take it longer.
from collections.abc import Sequence

import pulumi
import pulumi.dynamic

from pulumi_alicloud_edge._sdk.args import ArgsOrDict, RolloutArgs
from pulumi_alicloud_edge._sdk.declaration import declare_release
from pulumi_alicloud_edge._sdk.properties import declared, to_property
from pulumi_alicloud_edge.provider import ContainerAppReleaseProvider

OUTPUTS = (
    "status",
    "published_version",
    "baseline_version",
    "publish_percentage",
    "request_ids",
    "converged_at",
    "state_version",
)
"""Only outputs that are named before the resource is made can be read by a program."""


class ContainerAppRelease(pulumi.dynamic.Resource, module="alicloud-edge", name="ContainerAppRelease"):
    """One version of an edge container app, serving ``staging`` or ``prod`` (ESA PublishEdgeContainerAppVersion).

    Done when GetEdgeContainerAppStatus shows the version at exactly the share, or in exactly the regions, that are
    declared; anything else is drift. A rollback restores the version and the share, or the regions, that the
    environment had when the rollout began, never more; where that is not known, or nothing was served, it leaves the
    environment as it is and reports it. A release cannot be unpublished: destroying the resource leaves it in place,
    and reports it.

    Args:
        resource_name: The resource's name in the stack.
        app_id: The app. Begins with ``app-``. Changing it replaces the resource.
        version_id: The version. Begins with ``ver-``.
        env: The environment. ``prod`` or ``staging``. Changing it replaces the resource.
        percentage: Share of the environment. A smaller one than before lowers it, or fails if the cloud does not lower
            it. 1 to 100. Default: ``100``.
        regions: Release to these regions, instead of a percentage. Not empty; no commas.
        full_release: With ``regions``: ask for a full release.
        publish_type: Derived from the selection where it is not set. ``percentage`` or ``region``.
        start_time: When the cloud is to begin. Later stages begin at once. UTC, such as ``2026-12-01T03:00:00Z``.
        remarks: A note that the cloud keeps with the release.
        rollout: Stages, budgets and deadlines.
        opts: Pulumi's resource options.
    """

    app_id: pulumi.Output[str]
    """The app."""
    version_id: pulumi.Output[str]
    """The version."""
    env: pulumi.Output[str]
    """The environment."""
    status: pulumi.Output[str]
    """``converged``, ``degraded``, ``drifted``, ``failed``, ``rolled_back`` or ``interrupted``.

    Converged means that the environment was observed serving exactly what is declared; drifted, that a refresh has
    since found something else.
    """
    published_version: pulumi.Output[str]
    """The version that the environment runs or is moving to."""
    baseline_version: pulumi.Output[str]
    """The version that was in place before."""
    publish_percentage: pulumi.Output[int]
    """How much of the environment it has reached."""
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
        version_id: pulumi.Input[str],
        env: pulumi.Input[str],
        percentage: pulumi.Input[int] | None = None,
        regions: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        full_release: pulumi.Input[bool] | None = None,
        publish_type: pulumi.Input[str] | None = None,
        start_time: pulumi.Input[str] | None = None,
        remarks: pulumi.Input[str] | None = None,
        rollout: ArgsOrDict[RolloutArgs] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "app_id": app_id,
            "version_id": version_id,
            "env": env,
            "percentage": percentage,
            "regions": to_property(regions),
            "full_release": full_release,
            "publish_type": publish_type,
            "start_time": start_time,
            "remarks": remarks,
            "rollout": to_property(rollout),
        }
        super().__init__(ContainerAppReleaseProvider(), resource_name, declared(inputs, OUTPUTS), opts)
        declare_release(self, opts, inputs)
