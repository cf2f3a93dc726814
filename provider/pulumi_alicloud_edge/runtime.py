"""One runtime for the whole host process: its settings, its event loop, its connection to the cloud, its registry.

The dynamic host calls the providers in threads of its own; each call hands its work to the one event loop and
waits. So all resources of a run share connections, pace and status reads.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_alicloud_edge.errors import SettingsError
from pulumi_alicloud_edge.preview_cache import PreviewCache
from pulumi_alicloud_edge.registry import Registry
from pulumi_alicloud_edge.run_register import open_register

if TYPE_CHECKING:
    from pulumi_alicloud_edge.cloud.client import Cloud
    from pulumi_alicloud_edge.delivery.preview_reads import PreviewReads
    from pulumi_alicloud_edge.delivery.reads import Reads
    from pulumi_alicloud_edge.delivery.run_context import Interrupt
    from pulumi_alicloud_edge.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True)
class Unreached:
    """A cloud that could not be reached: why, and until when not to try again (seconds of the monotonic clock)."""

    reason: str
    until: float


class Runtime:
    """What all calls of a host process share. Made without I/O; the loop starts with the first work.

    Args:
        get: Gives the stack's configuration by full key.
        engine: The engine's address, by which the processes of its run share what is declared; empty for none.

    Attributes:
        registry: What the resources of this run have declared.
        preview_cache: What previews have found out, for the operations that follow them.
        unreached: Set while the cloud cannot be reached.
    """

    clock = staticmethod(time.monotonic)
    """Seconds that never jump."""
    sleep = staticmethod(asyncio.sleep)
    """Waits so many of them, on the loop."""

    def __init__(self, get: Callable[[str], object], engine: str = "") -> None:
        self.registry = Registry(open_register(engine))
        self.preview_cache = PreviewCache()
        self.unreached: Unreached | None = None
        self._get = get
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._interrupted = False

    @cached_property
    def settings(self) -> Settings:
        """The stack's settings.

        Raises:
            SettingsError: One of them cannot be understood.
        """
        from pulumi_alicloud_edge.settings import read_settings

        return read_settings(self._get)

    @cached_property
    def cloud(self) -> Cloud:
        """The client, made at first use; to be used on the loop only.

        Raises:
            SettingsError: The settings cannot work.
        """
        from pulumi_alicloud_edge.cloud.client import Cloud

        return Cloud(self.settings.cloud, clock=self.clock, sleep=self.sleep)

    @cached_property
    def reads(self) -> Reads:
        """The shared status reads; to be used on the loop only."""
        from pulumi_alicloud_edge.delivery.reads import Reads

        return Reads(self.cloud)

    @cached_property
    def preview_reads(self) -> PreviewReads:
        """The readings that looks share; to be used on the loop only."""
        from pulumi_alicloud_edge.delivery.preview_reads import PreviewReads

        return PreviewReads(self.reads, self.clock)

    @cached_property
    def interrupt(self) -> Interrupt:
        """The wish to stop; to be used on the loop only."""
        from pulumi_alicloud_edge.delivery.run_context import Interrupt

        interrupt = Interrupt()
        if self._interrupted:
            interrupt.set()
        return interrupt

    def out_of_reach(self, reason: str, *, until: float) -> None:
        """Note that the cloud cannot be reached, so that a preview of many resources asks it once."""
        self.unreached = Unreached(reason, until)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do asynchronous work on the shared loop, and wait for it in the calling thread."""
        return self.begin(work).result()

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Do asynchronous work on the shared loop while the calling thread goes on."""
        return asyncio.run_coroutine_threadsafe(work, self._running_loop())

    def interrupt_all(self) -> None:
        """End every wait, now and from now on. May be called from any thread."""
        self._interrupted = True
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._interrupt_now)

    def _interrupt_now(self) -> None:
        self.interrupt.set()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="alicloud-edge", daemon=True).start()
            return self._loop


_lock = threading.Lock()
_runtimes: list[Runtime] = []


def configure(get: Callable[[str], object], engine: str = "") -> None:
    """Set up the one runtime of this process from a stack's configuration; the first configuration stays.

    Settings that cannot be understood are told by the first call that needs them: configuring happens under a
    lock of the host, and its failures would read as Pulumi's own.
    """
    with _lock:
        if not _runtimes:
            _runtimes.append(Runtime(get, engine))


def configured() -> Runtime:
    """Return the runtime of this process.

    Raises:
        SettingsError: Nothing has been configured.
    """
    with _lock:
        if not _runtimes:
            raise SettingsError(
                "alicloud-edge", "the provider is not configured", "Run it in a Pulumi program."
            )
        return _runtimes[0]


def interrupt_everything() -> None:
    """End all waits of this process."""
    with _lock:
        runtimes = tuple(_runtimes)
    for runtime in runtimes:
        runtime.interrupt_all()
