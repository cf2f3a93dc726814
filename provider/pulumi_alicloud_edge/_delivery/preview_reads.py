"""Readings that many resources share in a preview.

A check or a diff may use a reading that is some seconds old; a rollout may not. So an application is read once for all
its resources: first what the first of them asks for, then everything. Each caller gets a reading only once, so that
asking again always shows something newer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pulumi_alicloud_edge._delivery.records import FoldedRecords

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.ens_application import ApplicationInfo
    from pulumi_alicloud_edge._delivery.reads import Reads

T = TypeVar("T")
FRESH_SECONDS = 10.0
"""How old a shared reading may be."""
GATHER_SECONDS = 0.01
"""Seconds that a reading waits for others to join it: an engine checks many resources at once."""
EVERYTHING: frozenset[str] = frozenset()


class StatusReads(Protocol):
    """What a port reads an application's status with."""

    async def push_records(self, app_id: str, names: frozenset[str]) -> FoldedRecords:
        """Read the push status of at least these data files."""
        ...

    async def dist_records(self, app_id: str, names: frozenset[str]) -> FoldedRecords:
        """Read the distribution status of at least these data files."""
        ...

    async def inventory(self, app_id: str) -> ApplicationInfo | None:
        """Read which instances the application has."""
        ...

    def invalidated(self, app_id: str, names: frozenset[str]) -> None:
        """Record that these data files are being changed: no caller may use an older reading of them."""
        ...


@dataclass
class _SharedRead(Generic[T]):
    """One reading, of some names or of everything, and who may use it.

    Attributes:
        names: What it covers.
        started_at: When it began; None while others may still join.
        reading: What it shows.
        seen_by: The callers that have had it.
        invalidated: Names that have been changed since.
    """

    names: frozenset[str]
    started_at: float | None = None
    reading: asyncio.Task[T] | None = None
    seen_by: set[object] = field(default_factory=set)
    invalidated: set[str] = field(default_factory=set)

    def serves(self, caller: object, names: frozenset[str], now: float) -> bool:
        """Return whether a caller may use this reading."""
        if self.started_at is None:
            return True
        fresh = now - self.started_at < FRESH_SECONDS and not self.invalidated & names
        return self.covers(names) and fresh and not self.has_failed and caller not in self.seen_by

    def covers(self, names: frozenset[str]) -> bool:
        """Return whether these names are among those that are read."""
        return self.names == EVERYTHING or (names != EVERYTHING and names <= self.names)

    @property
    def has_failed(self) -> bool:
        """Whether the reading failed or was cancelled."""
        reading = self.reading
        if reading is None or not reading.done():
            return False
        return reading.cancelled() or reading.exception() is not None


class PreviewReads:
    """The shared readings of one account and region.

    Args:
        reads: The reads of the account.
        clock: Returns monotonic seconds.
        gather: Waits a moment for others to join a reading.
    """

    def __init__(
        self,
        reads: Reads,
        clock: Callable[[], float],
        gather: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(GATHER_SECONDS),
    ) -> None:
        self._reads = reads
        self._clock = clock
        self._gather = gather
        self._shared_reads: dict[tuple[str, str], _SharedRead[Any]] = {}

    def of(self, caller: object | None) -> PreviewRead:
        """Return the shared readings for one caller; for None, every status is read anew."""
        if caller is None:
            return PreviewRead(self, self._reads, object(), already_read=("push", "dist"))
        return PreviewRead(self, self._reads, caller)

    async def get(
        self,
        key: tuple[str, str],
        caller: object,
        names: frozenset[str],
        read: Callable[[frozenset[str]], Awaitable[T]],
    ) -> T:
        """Return a reading that the caller has not had yet; make one if there is none."""
        before: _SharedRead[T] | None = self._shared_reads.get(key)
        if before is not None and before.serves(caller, names, self._clock()):
            shared = before
        else:
            is_shared = before is not None and not names <= before.names
            shared = self._shared_reads[key] = _SharedRead(EVERYTHING if is_shared else names)
            shared.reading = asyncio.ensure_future(self._start_read(shared, read))
            shared.reading.add_done_callback(_ignore_error)
        if not shared.covers(names):
            shared.names = EVERYTHING
        shared.seen_by.add(caller)
        assert shared.reading is not None  # noqa: S101 - set when the shared read is made
        return await asyncio.shield(shared.reading)

    async def _start_read(self, shared: _SharedRead[T], read: Callable[[frozenset[str]], Awaitable[T]]) -> T:
        if shared.names != EVERYTHING:
            await self._gather()
        shared.started_at = self._clock()
        shared.invalidated.clear()
        return await read(shared.names)

    def invalidated(self, app_id: str, names: frozenset[str]) -> None:
        """Let no caller that asks for these names get a reading from before now."""
        for (_, of), shared in self._shared_reads.items():
            if of == app_id:
                shared.invalidated |= names


class PreviewRead:
    """One caller's shared readings: the first one of each kind; whatever is asked again is read anew."""

    def __init__(
        self, preview_reads: PreviewReads, reads: Reads, caller: object, *, already_read: tuple[str, ...] = ()
    ) -> None:
        self._preview_reads = preview_reads
        self._reads = reads
        self._caller = caller
        self._already_read = set(already_read)

    async def push_records(self, app_id: str, names: frozenset[str]) -> FoldedRecords:
        """Read the push status of at least these data files, in all their versions."""
        return await self._records("push", app_id, names, self._reads.push_records)

    async def dist_records(self, app_id: str, names: frozenset[str]) -> FoldedRecords:
        """Read the distribution status of at least these data files, in all their versions."""
        return await self._records("dist", app_id, names, self._reads.dist_records)

    async def inventory(self, app_id: str) -> ApplicationInfo | None:
        """Read which instances the application has; None where the cloud does not show them to this identity."""
        return await self._preview_reads.get(
            ("inventory", app_id), self._caller, EVERYTHING, lambda _: self._reads.inventory(app_id)
        )

    def invalidated(self, app_id: str, names: frozenset[str]) -> None:
        """Record that these data files are being changed."""
        self._preview_reads.invalidated(app_id, names)

    async def _records(
        self,
        kind: str,
        app_id: str,
        names: frozenset[str],
        read: Callable[[str, frozenset[str]], Awaitable[FoldedRecords]],
    ) -> FoldedRecords:
        if kind in self._already_read:
            return await read(app_id, names)
        self._already_read.add(kind)
        return await self._preview_reads.get(
            (kind, app_id), self._caller, names, lambda requested: read(app_id, requested)
        )


def _ignore_error(reading: asyncio.Task[Any]) -> None:
    """Retrieve the error of a reading without a caller, so that asyncio does not log it."""
    if not reading.cancelled():
        reading.exception()
