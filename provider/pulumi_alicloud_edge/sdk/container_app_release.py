"""The resource that has one version of an edge container app serve an environment."""

# Annotations stay objects here: Pulumi evaluates them for each resource, and texts take it longer.
from collections.abc import Sequence

import pulumi
import pulumi.dynamic

from pulumi_alicloud_edge.provider import ContainerAppReleaseProvider
from pulumi_alicloud_edge.sdk.args import ArgsOrDict, RolloutArgs
from pulumi_alicloud_edge.sdk.declaration import declare_release
from pulumi_alicloud_edge.sdk.properties import RELEASE_OUTPUTS, declared, to_property


class ContainerAppRelease(pulumi.dynamic.Resource, module="alicloud-edge", name="ContainerAppRelease"):
    """One version of an edge container app, serving ``staging`` or ``prod`` (ESA PublishEdgeContainerAppVersion).

    Done when GetEdgeContainerAppStatus shows the version at exactly the share, or in exactly the regions, that are
    declared; anything else is drift. A rollback restores the version and the share, or the regions, that the
    environment had when the rollout began, never more; where that is not known, or nothing was served, it leaves the
    environment as it is and says so. A release cannot be unpublished: destroying the resource leaves it in place, and
    says so.

    Args:
        resource_name: The resource's name in the stack.
        app_id: The app, ``app-…``. Changing it replaces the resource.
        version_id: The version, ``ver-…``.
        env: ``prod`` or ``staging``. Changing it replaces the resource.
        percentage: Share of the environment, 1 to 100 (the default). A smaller one than before lowers it, or fails
            where the cloud does not.
        regions: Release to these regions instead.
        full_release: With ``regions``: ask for a full release.
        publish_type: ``percentage`` or ``region``; follows from the others where it is not given.
        start_time: When the cloud is to begin, UTC: ``2026-12-01T03:00:00Z``. Later stages begin at once.
        remarks: A note that the cloud keeps with the release.
        rollout: Budgets and deadlines.
        opts: Pulumi's resource options.
    """

    app_id: pulumi.Output[str]
    version_id: pulumi.Output[str]
    env: pulumi.Output[str]
    status: pulumi.Output[str]
    """``converged``, ``degraded``, ``drifted``, ``failed``, ``rolled_back`` or ``interrupted``.

    Converged means that the environment was observed serving exactly what is declared; drifted, that a refresh has
    found it otherwise since.
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
    """When it converged, UTC."""
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
        super().__init__(
            ContainerAppReleaseProvider(), resource_name, declared(inputs, RELEASE_OUTPUTS), opts
        )
        declare_release(self, opts, inputs)
