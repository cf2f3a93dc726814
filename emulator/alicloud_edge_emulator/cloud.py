"""The emulated cloud: one world, one clock, one dialect, and the state of its products."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from alicloud_edge_emulator.call import Call
from alicloud_edge_emulator.chance import Dice
from alicloud_edge_emulator.clock import EmulatedClock
from alicloud_edge_emulator.dialect import Dialect
from alicloud_edge_emulator.ens.commands import SettleSource
from alicloud_edge_emulator.ens.store import EnsStore
from alicloud_edge_emulator.ens.views import Lens
from alicloud_edge_emulator.esa.commands import SetRelease, StartRelease
from alicloud_edge_emulator.esa.store import EsaStore
from alicloud_edge_emulator.ledger import Beginning, Command, Ledger
from alicloud_edge_emulator.problems import NotKept
from alicloud_edge_emulator.sources import Inspector
from alicloud_edge_emulator.world import World

LOG = logging.getLogger("alicloud_edge_emulator")


class Cloud:
    """All state behind the API. Reads compute from it; only commands change it, and the ledger keeps them."""

    def __init__(self, beginning: Beginning, clock: EmulatedClock, ledger: Ledger) -> None:
        self.clock = clock
        self.seed = beginning.seed
        self.inspector = Inspector()
        self._ledger = ledger
        self._tasks: set[asyncio.Task[None]] = set()
        self._set_up(beginning, *_stores(beginning))

    @classmethod
    def new(cls, world: World, *, seed: int, clock: EmulatedClock, ledger: Ledger) -> "Cloud":
        """A cloud in which nothing has happened yet."""
        beginning = Beginning(world, seed, clock.now())
        cloud = cls(beginning, clock, ledger)
        ledger.begin(beginning)
        ledger.keep_clock(clock.anchor(), clock.scale)
        return cloud

    @classmethod
    def resumed(cls, beginning: Beginning, *, clock: EmulatedClock, ledger: Ledger) -> "Cloud":
        """The cloud of a ledger. Its time went on while nothing ran; its downloads did not."""
        clock.resume(*ledger.clock())
        ledger.keep_clock(clock.anchor(), clock.scale)
        cloud = cls(beginning, clock, ledger)
        cloud._dialect = ledger.dialect()
        for at, command in ledger.commands():
            cloud._apply(command, at)
        for app_id, unit in cloud.ens.units_awaiting_source():
            problem = "download failed: the file server was restarted"
            cloud.commit(SettleSource(app_id=app_id, name=unit.name, version=unit.version, problem=problem))
        return cloud

    def begin(self, world: World) -> None:
        """Make a world, as it is at its beginning, the state of the cloud."""
        beginning = Beginning(world, self.seed, self.clock.now())
        stores = _stores(beginning)
        self._ledger.begin(beginning)
        self._set_up(beginning, *stores)

    def commit(self, command: Command) -> None:
        """Carry out a change now."""
        at = self.clock.now()
        self._ledger.append(at, command)
        self._apply(command, at)

    @property
    def dialect(self) -> Dialect:
        """How the open points of the contract are settled."""
        return self._dialect

    def settle(self, dialect: Dialect) -> None:
        """Settle the open points of the contract otherwise."""
        self._ledger.keep_dialect(dialect)
        self._dialect = dialect

    def advance(self, seconds: float) -> None:
        """Move the emulated time forward."""
        real, emulated = self.clock.anchor()
        self._ledger.keep_clock((real, emulated + seconds), self.clock.scale)
        self.clock.advance(seconds)

    def lens(self, call: Call) -> Lens:
        """How this call's reader sees the records."""
        return Lens(call.now, self.dialect, self.world.delays)

    def background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let work go on when the call that began it has been answered."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._end)
        return task

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(problem := task.exception(), NotKept):
            LOG.error("%s", problem)

    def _set_up(self, beginning: Beginning, ens: EnsStore, esa: EsaStore) -> None:
        self.ens = ens
        self.esa = esa
        self.world = beginning.world
        self._dialect = beginning.world.dialect

    def _apply(self, command: Command, at: float) -> None:
        match command:
            case StartRelease() | SetRelease():
                self.esa.apply(command, at)
            case _:
                self.ens.apply(command, at)


def _stores(beginning: Beginning) -> tuple[EnsStore, EsaStore]:
    """The products' state at a beginning; a world that contradicts itself is refused here."""
    dice = Dice(beginning.seed)
    return (
        EnsStore(beginning.world, dice, beginning.began),
        EsaStore(beginning.world, dice, beginning.began),
    )
