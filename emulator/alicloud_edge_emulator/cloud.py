"""The emulated cloud: one world, one clock, one dialect, and the state of its products."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from alicloud_edge_emulator.call import Call
from alicloud_edge_emulator.chance import Dice
from alicloud_edge_emulator.clock import EmulatedClock
from alicloud_edge_emulator.ens.commands import EnsCommand
from alicloud_edge_emulator.ens.store import EnsStore
from alicloud_edge_emulator.ens.views import Lens
from alicloud_edge_emulator.esa.commands import EsaCommand, SetRelease, StartRelease
from alicloud_edge_emulator.esa.store import EsaStore
from alicloud_edge_emulator.sources import Inspector
from alicloud_edge_emulator.world import World

Command = EnsCommand | EsaCommand


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
        self.dialect = world.dialect
        dice, now = Dice(self.seed), self.clock.now()
        self.ens = EnsStore(world, dice, now)
        self.esa = EsaStore(world, dice, now)

    def commit(self, command: Command) -> None:
        """Carry out a change now."""
        self._apply(command, self.clock.now())

    def _apply(self, command: Command, at: float) -> None:
        match command:
            case StartRelease() | SetRelease():
                self.esa.apply(command, at)
            case _:
                self.ens.apply(command, at)

    def lens(self, call: Call) -> Lens:
        """How this call's reader sees the records."""
        return Lens(call.now, self.dialect, self.world.delays)

    def background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let work go on when the call that began it has been answered."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
