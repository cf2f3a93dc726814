"""Reads an operation page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from pulumi_alicloud_edge.cloud.answer import Answer
    from pulumi_alicloud_edge.cloud.caller import Caller
    from pulumi_alicloud_edge.cloud.operation import Operation

PAGE_SIZE = 100
_NOT_CONTENT = frozenset({"RequestId", "PageNumber"})


async def pages(
    caller: Caller, operation: Operation, query: Mapping[str, str], *, subject: str = ""
) -> AsyncIterator[Answer]:
    """Give every page; the caller of this stops early at a page that is empty.

    Whether ``TotalCount`` counts groups or single targets is not documented. Going on until the pages asked
    for cover it is right for both, as long as an empty page ends the reading; so does a page that is there
    twice, from a cloud that gives everything at once.
    """
    number = 1
    before: dict[str, Any] | None = None
    while True:
        paging = {"PageNumber": str(number), "PageSize": str(PAGE_SIZE)}
        answer = await caller.call(operation, {**query, **paging}, subject=subject)
        content = {key: value for key, value in answer.document.items() if key not in _NOT_CONTENT}
        if content == before:
            return
        yield answer
        before = content
        total = total_count(answer)
        if total is not None and number * _page_size(answer) >= total:
            return
        number += 1


def total_count(answer: Answer) -> int | None:
    """Read ``TotalCount``, None where there is none.

    Raises:
        MalformedAnswerError: It is there, and no number.
    """
    return _count(answer, "TotalCount")


def _page_size(answer: Answer) -> int:
    """Tell how many entries a page holds: a server that allows fewer than asked says so."""
    return min(_count(answer, "PageSize") or PAGE_SIZE, PAGE_SIZE)


def _count(answer: Answer, key: str) -> int | None:
    value = answer.document.get(key)
    if value is None:
        return None
    number = as_count(value)
    if number is None:
        raise answer.malformed(f"{key} is not a number")
    return number


def as_count(value: object) -> int | None:
    """Read a number that may be written as a text; None for anything else."""
    match value:
        case bool():
            return None
        case int() if value >= 0:
            return value
        case str() if value.strip().isascii() and value.strip().isdecimal():
            return int(value)
        case _:
            return None
