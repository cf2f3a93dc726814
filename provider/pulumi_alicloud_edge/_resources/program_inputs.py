"""Inputs that a program writes and that no resource gets as they are: the url of a push, and what the component takes.

Only `make reference` reads them; see `markers`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pulumi_alicloud_edge._resources.fields import InputModel, Seconds, Token, Url
from pulumi_alicloud_edge._resources.inputs import DistDataInput, OnDelete, PushDataInput, ReleasedVersion
from pulumi_alicloud_edge._resources.markers import Mark
from pulumi_alicloud_edge._resources.rollout_input import RolloutInput


class PushDataWithUrl(PushDataInput):
    """A data file to push to file servers."""

    url: Annotated[Url, Mark.SECRET]
    """Where the cloud fetches it. Presigned URLs may differ from run to run: a new url is no change."""


class ComponentDataInput(DistDataInput, PushDataWithUrl):
    """A data file to push and to distribute."""

    timeout: Seconds | None = None
    """Seconds that one file server, and then one instance, may take."""


class ComponentContainerInput(ReleasedVersion):
    """The version of an edge container app to release once the data is in place."""

    rollout: RolloutInput = RolloutInput()
    """Stages, budgets and deadlines."""


class ComponentInputs(InputModel):
    """Data files pushed to edge regions, then distributed to the instances there, then a container released.

    Each step waits for the one before it, and is not begun if that fails. The resources inside are
    `AppDataPush`, `AppDataDist` and `ContainerAppRelease`, all under the component's own name.

    Renaming a component, or moving resources of a program into one, starts and cleans nothing in the cloud: the
    new resources find everything in place. To keep what the state remembers of them too (what to roll back to,
    which versions to clean later), tell Pulumi their former place: after a rename with
    ``aliases=[pulumi.Alias(name="former-name")]`` of the component, after moving resources of the same name in with

        def from_top_level(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
            former = pulumi.ResourceOptions(aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)])
            return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, former))

        edge.EdgeRelease("game", ..., opts=pulumi.ResourceOptions(transformations=[from_top_level]))
    """

    app_id: Annotated[Token, Mark.REPLACES]
    """The ENS application."""
    data: tuple[ComponentDataInput, ...] = Field(min_length=1)
    """The files, each with what pushing and what distributing it needs."""
    regions: tuple[Token, ...] | None = Field(default=None, min_length=1)
    """Ids of the edge regions to push to, whose instances are distributed to; without them, all."""
    rollout: RolloutInput = RolloutInput()
    """How the distribution goes: stages, budgets and deadlines."""
    on_delete: OnDelete = OnDelete.CLEAN
    """What happens to distributed data no longer declared: after a destroy, a dropped file or fewer ``regions``.

    Pushed files and the released version stay in any case.
    """
    container: Annotated[ComponentContainerInput | None, Mark.PLAIN] = None
    """The container version that follows the data, if one does."""
