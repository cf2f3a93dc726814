"""The emulated cloud: one world, one clock, one dialect, and the state of its products."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from alicloud_edge_emulator.call import Call
from alicloud_edge_emulator.chance import Dice
from alicloud_edge_emulator.clock import EmulatedClock
from alicloud_edge_emulator.dialect import Dialect
from alicloud_edge_emulator.ens.commands import EnsCommand
from alicloud_edge_emulator.ens.store import EnsStore
from alicloud_edge_emulator.ens.views import Lens
from alicloud_edge_emulator.sources import Inspector
from alicloud_edge_emulator.world import World


class Cloud:
    """All state behind the API. Reads compute from it; only commands change it."""

    def __init__(self, world: World, *, clock: EmulatedClock, seed: int = 0) -> None:
        self.clock = clock
        self.seed = seed
        self.inspector = Inspector()
        self._tasks: set[asyncio.Task[None]] = set()
        self.begin(world)

    def begin(self, world: World) -> None:
        """Make a world, as it is at its beginning, the state of the cloud."""
        self.world = world
        self.dialect: Dialect = world.dialect
        self.ens = EnsStore(world, Dice(self.seed), self.clock.now())

    def commit(self, command: EnsCommand) -> None:
        """Carry out a change now."""
        self.ens.apply(command, self.clock.now())

    def lens(self, call: Call) -> Lens:
        """How this call's reader sees the records."""
        return Lens(call.now, self.dialect, self.world.delays)

    def background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let work go on when the call that began it has been answered."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
