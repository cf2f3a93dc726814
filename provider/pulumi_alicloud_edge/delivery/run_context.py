"""The world of a wait: the time, somebody who listens to progress, and the wish to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

from pulumi_alicloud_edge.model.outcome import Progress
from pulumi_alicloud_edge.reconcile.removal import AwaitRemoval

T = TypeVar("T")


class InterruptedWaitError(Exception):
    """The run was told to stop while this was awaited."""


class Listener(Protocol):
    """Hears how a rollout goes."""

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
    """A wish to stop that ends every wait at once. Belongs to one event loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Make the wish known; for good."""
        self._event.set()

    async def ends(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work, unless the wish to stop comes first: then the work is cancelled.

        Raises:
            InterruptedWaitError: The wish came first.
        """
        if self._event.is_set():
            work.close()
            raise InterruptedWaitError
        task = asyncio.ensure_future(work)
        wish = asyncio.ensure_future(self._event.wait())
        try:
            await asyncio.wait({task, wish}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise InterruptedWaitError
        finally:
            wish.cancel()
            task.cancel()


class RunContext:
    """What a runner works in.

    Args:
        clock: Gives seconds that never jump.
        sleep: Waits for so many of them.
        interrupt: The wish to stop.
        listener: Hears of progress.
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
        """Do the work unless the run is told to stop; see `Interrupt.ends`."""
        return await self._interrupt.ends(work)

    async def pause(self, seconds: float, until: float) -> None:
        """Wait so long, ``until`` at the latest.

        Raises:
            InterruptedWaitError: The wish to stop came first.
        """
        seconds = min(seconds, max(until - self.now(), 0.0))
        await self._interrupt.ends(_slept(self._sleep(seconds)))


async def _slept(sleeping: Awaitable[None]) -> None:
    await sleeping
