"""The runtimes of this process: settings, an event loop, a connection to the cloud, and what a run has found out.

The dynamic host calls the providers in threads of its own; each call hands its work to the one event loop of its
runtime and waits. So all resources of a run share connections, pace and status reads. A process has one runtime for
the host, and one for each set of settings that a program asks the cloud with (`Runtimes`).
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

from pulumi_alicloud_edge._delivery.run_context import Interrupt
from pulumi_alicloud_edge._errors import SettingsError
from pulumi_alicloud_edge._preview_cache import PreviewCache
from pulumi_alicloud_edge._registry import Registry
from pulumi_alicloud_edge._run_register import open_register

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.client import Cloud
    from pulumi_alicloud_edge._delivery.preview_reads import PreviewReads
    from pulumi_alicloud_edge._delivery.reads import Reads
    from pulumi_alicloud_edge._settings import Settings

T = TypeVar("T")


@dataclass(frozen=True)
class Unreached:
    """A cloud that could not be reached: why, and until when not to try again (seconds of the monotonic clock)."""

    reason: str
    until: float


class Runtime:
    """What all calls with the same settings share. Made without I/O; the loop starts with the first work.

    Two kinds of threads meet here, those that call and the one of the loop:

    - Any thread may use `settings`, `registry`, `preview_cache`, `unreached` and `interrupt`; `run` and `begin` lead
      from there to the loop.
    - The loop's thread alone may use `cloud`, `reads`, `preview_reads`, and all that is reached through them.

    Args:
        get: Gives the stack's configuration by full key.
        engine: The engine's address, by which the processes of its run share what is declared; empty for none.

    Attributes:
        registry: What the resources of this run have declared. It has a lock of its own.
        preview_cache: What previews have found out, for the operations that follow them. It has a lock of its own.
        unreached: Set while the cloud cannot be reached. Replaced as a whole, never changed.
        interrupt: The request to stop all that runs here; set from any thread, obeyed on the loop.
    """

    clock = staticmethod(time.monotonic)
    """Seconds that never jump."""
    sleep = staticmethod(asyncio.sleep)
    """Waits so many of them, on the loop."""

    def __init__(self, get: Callable[[str], object], engine: str = "") -> None:
        self.registry = Registry(open_register(engine))
        self.preview_cache = PreviewCache()
        self.unreached: Unreached | None = None
        self.interrupt = Interrupt()
        self._get = get
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    @cached_property
    def settings(self) -> Settings:
        """The stack's settings, read at first use. Any thread may: two that come first read the same.

        Raises:
            SettingsError: One of them cannot be understood.
        """
        from pulumi_alicloud_edge._settings import read_settings

        return read_settings(self._get)

    @cached_property
    def cloud(self) -> Cloud:
        """The client, made at first use. The loop's own.

        Raises:
            SettingsError: The settings cannot work.
        """
        from pulumi_alicloud_edge._cloud.client import Cloud

        return Cloud(self.settings.cloud, clock=self.clock, sleep=self.sleep)

    @cached_property
    def reads(self) -> Reads:
        """The shared status reads. The loop's own."""
        from pulumi_alicloud_edge._delivery.reads import Reads

        return Reads(self.cloud)

    @cached_property
    def preview_reads(self) -> PreviewReads:
        """The readings that looks share. The loop's own."""
        from pulumi_alicloud_edge._delivery.preview_reads import PreviewReads

        return PreviewReads(self.reads, self.clock)

    def out_of_reach(self, reason: str, *, until: float) -> None:
        """Note that the cloud cannot be reached, so that a preview of many resources asks it once. From any thread."""
        self.unreached = Unreached(reason, until)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do asynchronous work on the shared loop, and wait for it in the calling thread."""
        return self.begin(work).result()

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Do asynchronous work on the shared loop while the calling thread goes on."""
        return asyncio.run_coroutine_threadsafe(work, self._running_loop())

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="alicloud-edge", daemon=True).start()
            return self._loop


class Runtimes:
    """The runtimes of a process. Safe to use from any thread.

    Each lives from its first use to the end of the process: the loop's thread is a daemon, and nothing is to be saved.

    - The host has one, made when it is configured. The first configuration stays: the host tells it to each provider.
    - Programs and scripts have one for each set of settings, made when the cloud is first asked with them: the programs
      of one process may be of several stacks.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._host: Runtime | None = None
        self._by_settings: dict[Settings, Runtime] = {}

    def configure(self, get: Callable[[str], object], engine: str = "") -> None:
        """Set up the host's runtime from a stack's configuration; the first configuration stays.

        Settings that cannot be understood are told by the first call that needs them: configuring happens under a
        lock of the host, and its failures would read as Pulumi's own.

        Args:
            get: Gives the stack's configuration by full key.
            engine: The engine's address, empty for none.
        """
        with self._lock:
            if self._host is None:
                self._host = Runtime(get, engine)

    def configured(self) -> Runtime:
        """Return the host's runtime.

        Raises:
            SettingsError: Nothing has been configured.
        """
        with self._lock:
            if self._host is None:
                raise SettingsError("alicloud-edge", "nothing is configured", "Run this within pulumi.")
            return self._host

    def of_settings(self, get: Callable[[str], object]) -> Runtime:
        """Return the runtime for the settings that a configuration tells now; the same one for the same settings.

        Raises:
            SettingsError: The settings cannot be understood.
        """
        runtime = Runtime(get)
        settings = runtime.settings  # read here and now: the configuration may be another stack's later
        with self._lock:
            return self._by_settings.setdefault(settings, runtime)

    def interrupt(self) -> None:
        """End all waits, now and from now on."""
        with self._lock:
            runtimes = (*filter(None, (self._host,)), *self._by_settings.values())
        for runtime in runtimes:
            runtime.interrupt.set()


RUNTIMES = Runtimes()
"""Those of this process."""
