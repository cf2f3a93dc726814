"""What a runner waits with: a clock, a sleep, a listener for progress, and a way to be interrupted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from pulumi_alicloud_edge._model.outcome import Progress
    from pulumi_alicloud_edge._reconcile.removal import AwaitRemoval

T = TypeVar("T")


class InterruptedWaitError(Exception):
    """The user stopped the run during this wait."""


class Listener(Protocol):
    """Receives the progress of a rollout."""

    def progress(self, progress: Progress) -> None:
        """Record a rollout's progress; called at every observation."""
        ...

    def removal(self, removal: AwaitRemoval) -> None:
        """Record a removal's progress."""
        ...

    def transient_error(self, error: Exception) -> None:
        """Record that the status could not be read this time; the read will be retried."""
        ...


class Interrupt:
    """A request to stop that ends every wait at once. Set from any thread, obeyed on any event loop.

    It needs no lock: a wait is listed before it checks the flag, and the flag is set before the list is read.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._waiting: dict[asyncio.Future[None], asyncio.AbstractEventLoop] = {}

    def set(self) -> None:
        """Interrupt all waits, now and from now on."""
        self._is_set = True
        for ended, loop in self._waiting.copy().items():
            loop.call_soon_threadsafe(_end, ended)

    async def ends(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work; cancel it if an interrupt comes first.

        Raises:
            InterruptedWaitError: The interrupt came first.
        """
        loop = asyncio.get_running_loop()
        ended = loop.create_future()
        self._waiting[ended] = loop
        try:
            if self._is_set:
                work.close()
                raise InterruptedWaitError
            task = asyncio.ensure_future(work)
            try:
                await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
                if task.done():
                    return task.result()
                raise InterruptedWaitError
            finally:
                task.cancel()
        finally:
            del self._waiting[ended]


def _end(wait: asyncio.Future[None]) -> None:
    if not wait.done():
        wait.set_result(None)


class RunContext:
    """What a runner waits with.

    Args:
        clock: Returns monotonic seconds.
        sleep: Waits for a number of seconds.
        interrupt: Ends all waits when the user stops the run.
        listener: Receives the progress.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        interrupt: Interrupt,
        listener: Listener,
    ) -> None:
        self.now = clock
        self.listener = listener
        self._sleep = sleep
        self._interrupt = interrupt

    async def unless_interrupted(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work unless the run is interrupted; see `Interrupt.ends`."""
        return await self._interrupt.ends(work)

    async def pause(self, seconds: float, until: float) -> None:
        """Wait so long, ``until`` at the latest.

        Raises:
            InterruptedWaitError: The interrupt came first.
        """
        seconds = min(seconds, max(until - self.now(), 0.0))
        await self._interrupt.ends(_slept(self._sleep(seconds)))


async def _slept(sleeping: Awaitable[None]) -> None:
    await sleeping
