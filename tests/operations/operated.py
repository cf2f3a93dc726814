"""Single operations before the emulated cloud, in one process and in virtual time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.safety.engine import DIST, PUSH, RELEASE, TYPE, Host
from tests.safety.world import APP, EDGE_APP, Wire, World

from pulumi_alicloud_edge._delivery.run_context import Interrupt
from pulumi_alicloud_edge._operations.operation import Operation

FLEET = {"r1": ("r1-1", "r1-2"), "r2": ("r2-1",)}
__all__ = ["DIST", "FLEET", "PUSH", "RELEASE", "Operated", "inputs_of"]


def inputs_of(kind: str, version: str, **more: Any) -> dict[str, Any]:
    """What a program declares of one kind, as the engine hands it over."""
    data: dict[str, Any] = {"name": "assets", "version": version}
    match kind:
        case "AppDataPush":
            sources = {f"assets@{version}": "https://example.com/assets"}
            return {"app_id": APP, "data": [data], "regions": ["r1", "r2"], "__sources": sources, **more}
        case "AppDataDist":
            return {"app_id": APP, "data": [{**data, "dest_path": "/opt/assets"}], **more}
        case _:
            return {"app_id": EDGE_APP, "version_id": f"ver-{version}", "env": "prod", **more}


class Operated:
    """One host process of the provider.

    Attributes:
        world: The cloud, with a record of every change.
        host: The process.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.host = Host(world, Wire(world), ())

    def operation(
        self, kind: str, *, dry_run: bool = False, cancellation: Interrupt | None = None
    ) -> Operation[Any]:
        """Make an operation on the one resource of a kind."""
        operation = self.host.operation(kind, f"urn:pulumi:one::edge::{TYPE}{kind}::it")
        context = replace(operation.context, dry_run=dry_run)
        return replace(operation, context=replace(context, cancellation=cancellation or Interrupt()))
