"""Status reads of one application, shared by all who wait on it.

A caller that asks while a read is under way gets the result of the next one, with all others that asked meanwhile: a
read that began earlier might show the state before the caller's own start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from pulumi_alicloud_edge._delivery.records import FoldedRecords, fold
from pulumi_alicloud_edge._errors import NotFoundError, PermissionDeniedError, UnsupportedOperationError

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.client import Cloud
    from pulumi_alicloud_edge._cloud.ens_application import ApplicationInfo

T = TypeVar("T")
MOST_NAMES = 200
"""More names than this are read without a filter: the filter is a part of the URL, which has a limit."""


class SingleFlight(Generic[T]):
    """One read at a time for many callers, of all that they ask for."""

    def __init__(self, fetch: Callable[[frozenset[str]], Awaitable[T]]) -> None:
        self._fetch = fetch
        self._waiting: list[tuple[frozenset[str], asyncio.Future[T]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def read(self, names: frozenset[str]) -> T:
        """Return the result of a read that began after this call and covers ``names``; none stand for everything."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((names, future))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while self._waiting:
            await asyncio.sleep(0)
            batch, self._waiting = self._waiting, []
            batch = [(names, future) for names, future in batch if not future.done()]
            if not batch:
                continue
            try:
                result = await self._fetch(_joined([names for names, _ in batch]))
            except Exception as error:  # noqa: BLE001 - passed to each caller
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
            else:
                for _, future in batch:
                    if not future.done():
                        future.set_result(result)


def _joined(requested: list[frozenset[str]]) -> frozenset[str]:
    """Join the names that several callers ask for; everything, if one asks for that or they are too many."""
    names = frozenset[str]().union(*requested)
    return names if all(requested) and len(names) <= MOST_NAMES else frozenset()


class Reads:
    """The shared reads of one account and region, one `SingleFlight` for each application and operation."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._push: dict[str, SingleFlight[FoldedRecords]] = {}
        self._dist: dict[str, SingleFlight[FoldedRecords]] = {}
        self._inventory: dict[str, SingleFlight[ApplicationInfo | None]] = {}

    async def push_records(self, app_id: str, names: frozenset[str]) -> FoldedRecords:
        """Read the push status of at least these data files, in all their versions."""

        async def fetch(requested: frozenset[str]) -> FoldedRecords:
            return await fold(self._cloud.ens.describe_data_push_result(app_id, names=sorted(requested)))

        return await self._push.setdefault(app_id, SingleFlight(fetch)).read(names)

    async def dist_records(self, app_id: str, names: frozenset[str]) -> FoldedRecords:
        """Read the distribution status of at least these data files, in all their versions."""

        async def fetch(requested: frozenset[str]) -> FoldedRecords:
            return await fold(self._cloud.ens.describe_data_dist_result(app_id, names=sorted(requested)))

        return await self._dist.setdefault(app_id, SingleFlight(fetch)).read(names)

    def invalidated(self, app_id: str, names: frozenset[str]) -> None:
        """Record nothing: every read here is new."""

    async def inventory(self, app_id: str) -> ApplicationInfo | None:
        """Read which instances the application has; None where the cloud does not serve this, or not this identity.

        None also for a missing application: the status reads beside this one fail then.
        """

        async def fetch(_: frozenset[str]) -> ApplicationInfo | None:
            try:
                return await self._cloud.ens.describe_application(app_id)
            except (PermissionDeniedError, NotFoundError, UnsupportedOperationError):
                return None

        return await self._inventory.setdefault(app_id, SingleFlight(fetch)).read(frozenset())
