"""What the runner needs of the cloud. It hides all differences between the kinds of rollout."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from pulumi_alicloud_edge._model.observation import Observation
from pulumi_alicloud_edge._model.removal import Cleaning, Permit
from pulumi_alicloud_edge._reconcile.decisions import StartRequest, StartResponse


class Port(Protocol):
    """One resource's view of the cloud."""

    async def observe(self, *, afresh: bool = False) -> Observation:
        """Read what the cloud shows of this resource now; ``afresh`` reads the inventory anew as well."""
        ...

    async def start(self, request: StartRequest) -> StartResponse:
        """Ask the cloud to begin; a response is not success yet."""
        ...


class RemovingPort(Protocol):
    """Removes artifacts."""

    async def observe(self, *, afresh: bool = False) -> Observation:
        """Read where the artifacts still are."""
        ...

    async def clean(self, cleaning: Cleaning) -> None:
        """Ask the cloud to clean a region; only an observation shows that the artifact is gone."""
        ...

    async def permit_again(self, cleanings: Collection[Cleaning]) -> Permit:
        """Ask the gate again for some regions: somebody else may need what it has permitted by now."""
        ...
