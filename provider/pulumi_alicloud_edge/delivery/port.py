"""What the runner needs of the cloud. All that differs between the kinds of rollout is behind this."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from pulumi_alicloud_edge.model.observation import Observation
from pulumi_alicloud_edge.model.removal import Cleaning, Permit
from pulumi_alicloud_edge.reconcile.decisions import StartRequest, StartResponse


class Port(Protocol):
    """One resource's view of the cloud."""

    async def observe(self, *, afresh: bool = False) -> Observation:
        """Read what the cloud shows of this resource now; ``afresh`` reads the inventory anew as well."""
        ...

    async def start(self, request: StartRequest) -> StartResponse:
        """Ask the cloud to begin; the answer is no success yet."""
        ...


class RemovingPort(Protocol):
    """Removes artifacts."""

    async def observe(self, *, afresh: bool = False) -> Observation:
        """Read where the artifacts still are."""
        ...

    async def clean(self, cleaning: Cleaning) -> None:
        """Ask the cloud to clean a region; that the artifact is gone is for observation to tell."""
        ...

    async def permit_again(self, cleanings: Collection[Cleaning]) -> Permit:
        """Ask the gate anew for some regions: what it has permitted may be somebody else's as well by now."""
        ...
