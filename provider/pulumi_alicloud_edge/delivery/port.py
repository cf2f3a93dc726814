"""What the conductor needs of the cloud. All that differs between the kinds of rollout is behind this."""

from __future__ import annotations

from typing import Protocol

from pulumi_alicloud_edge.model.observation import Observation, Unit
from pulumi_alicloud_edge.reconcile.decisions import StartAnswer, StartRequest


class Port(Protocol):
    """One resource's view of the cloud."""

    async def observe(self) -> Observation:
        """Read what the cloud shows of this resource now."""
        ...

    async def start(self, request: StartRequest) -> StartAnswer:
        """Ask the cloud to begin; the answer is no success yet."""
        ...


class RemovingPort(Protocol):
    """Takes units away."""

    async def observe(self) -> Observation:
        """Read where the units still are."""
        ...

    async def clean(self, unit: Unit) -> None:
        """Ask the cloud to remove a unit; that it is gone is for observation to tell."""
        ...
