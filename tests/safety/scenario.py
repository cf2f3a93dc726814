"""What scenarios have in common: a small fleet, stacks that are judged, and short questions to the cloud."""

from collections.abc import Callable

from tests.safety.engine import Operation, Stack, region_in
from tests.safety.oracle import LAWS, Oracle
from tests.safety.world import World

STOP = {"on_failure": "stop", "retries": 0}
ROLLBACK = {"on_failure": "rollback", "retries": 0}
FLEET = {"r1": ("r1-1", "r1-2", "r1-3"), "r2": ("r2-1", "r2-2", "r2-3")}
R1, R2 = FLEET["r1"], FLEET["r2"]
EVERY = (*R1, *R2)
STAGES = [{"match": region_in("r1")}, {}]
JUDGED = tuple(law for law in LAWS if law != "line")
"""That a line names what was cleaned has a test of its own."""

Begin = Callable[..., World]
"""Begins a world; see the fixture."""


def stack(world: World, *laws: str, name: str = "one", oracle: Oracle | None = None) -> Stack:
    """Return a stack that is judged by some laws, or all."""
    return Stack(world, name, oracle or Oracle(*(laws or JUDGED)))


def two_stacks(world: World) -> tuple[Stack, Stack]:
    """Return two stacks on one cloud."""
    oracle = Oracle(*JUDGED)
    return stack(world, oracle=oracle), stack(world, name="two", oracle=oracle)


def fine(operations: list[Operation]) -> bool:
    """Return whether nothing failed."""
    return not any(operation.error for operation in operations)


def said(operations: list[Operation], text: str) -> bool:
    """Return whether a kept line has this text."""
    return any(text in line for operation in operations for line in operation.lines)


def runs(world: World, name: str, version: str | None, *instances: str) -> bool:
    """Return whether instances all run a version."""
    return all(world.running(name, instance) == version for instance in instances)


def running(world: World, name: str = "assets") -> dict[str, str | None]:
    """Return what each instance runs."""
    return {instance: world.running(name, instance) for instance in world.instances}


def holds(world: World, name: str, version: str, *instances: str) -> bool:
    """Return whether instances all have an artifact."""
    return all(world.holds(name, version, instance) for instance in instances)


def holds_none(world: World, name: str, version: str, *instances: str) -> bool:
    """Return whether no instance has an artifact."""
    return not any(world.holds(name, version, instance) for instance in instances)
