"""Reads an operation page by page."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from pulumi_alicloud_edge._cloud.operation import Operation
    from pulumi_alicloud_edge._cloud.response import Response
    from pulumi_alicloud_edge._cloud.transport import Transport

T = TypeVar("T")
PAGE_SIZE = 100
AT_ONCE = 8
"""Pages that are requested concurrently; the rate limiter bounds them further."""
_COUNT = re.compile(r"\d{1,18}", re.ASCII)
_NOT_CONTENT = frozenset({"RequestId", "PageNumber"})


async def pages(
    transport: Transport,
    operation: Operation,
    query: Mapping[str, str],
    entries: Callable[[Response], Sequence[T]],
    *,
    subject: str = "",
) -> AsyncIterator[Sequence[T]]:
    """Return the entries of every page, in order.

    Whether ``TotalCount`` counts groups or single targets is not documented. Reading until the requested pages cover
    it works for both, because an empty page ends the reading. So does a page that repeats the one before, from a
    cloud that returns everything at once. The number of concurrent requests grows with the pages found so far, so
    that few requests are wasted.

    Args:
        transport: Makes the calls.
        operation: What to call.
        query: Its parameters, without those of paging.
        entries: Reads a page.
        subject: The application's id that the call is about, for errors.
    """
    under_way: deque[asyncio.Task[Response]] = deque()
    number, read, last = 1, 0, 1
    before: dict[str, Any] | None = None
    try:
        while True:
            while len(under_way) < min(max(read, 1), AT_ONCE) and number <= last:
                paging = {"PageNumber": str(number), "PageSize": str(PAGE_SIZE)}
                call = transport.call(operation, {**query, **paging}, subject=subject)
                under_way.append(asyncio.create_task(call))
                number += 1
            if not under_way:
                return
            response = await under_way.popleft()
            content = {key: value for key, value in response.document.items() if key not in _NOT_CONTENT}
            found = entries(response)
            if not found or content == before:
                return
            yield found
            before, read, total = content, read + 1, total_count(response)
            last = read + 1 if total is None else -(-total // _page_size(response))
    finally:
        for task in under_way:
            task.add_done_callback(_ignore_error)
            task.cancel()


def _ignore_error(task: asyncio.Task[Response]) -> None:
    """Retrieve the error of a page that is no longer needed, so that asyncio does not log it."""
    if not task.cancelled():
        task.exception()


def total_count(response: Response) -> int | None:
    """Read ``TotalCount``, None where there is none.

    Raises:
        MalformedResponseError: It is not a number.
    """
    return _count(response, "TotalCount")


def _page_size(response: Response) -> int:
    """Return how many entries a page holds: a server that allows fewer than asked says so."""
    return min(_count(response, "PageSize") or PAGE_SIZE, PAGE_SIZE)


def _count(response: Response, key: str) -> int | None:
    value = response.document.get(key)
    if value is None:
        return None
    number = as_count(value)
    if number is None:
        raise response.malformed(f"{key} is not a number")
    return number


def as_count(value: object) -> int | None:
    """Read a number that may be written as a text; None for anything else."""
    match value:
        case bool():
            return None
        case int() if value >= 0:
            return value
        case str() if _COUNT.fullmatch(value.strip()):
            return int(value)
        case _:
            return None
