"""Reads pages of the status of pushed and distributed data (DescribeDataPushResult, DescribeDataDistResult).

A page may hold very many targets, so they stay the plain objects of the JSON; each is checked on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pulumi_alicloud_edge.cloud.paging import as_count, total_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_alicloud_edge.cloud.answer import Answer

IdKey = Literal["RegionId", "InstanceId"]

_OTHER_TEXTS = ("StartTime", "UpdateTime", "StatusDescrip")


@dataclass(frozen=True, slots=True)
class StatusGroup:
    """The targets that have one version of a data file in one status, as far as one page tells.

    A group may go on over several pages: targets of equal name, version and status belong together.

    Attributes:
        name: Name of the data file.
        version: Its version.
        status: Upper-case status, such as ``SUCCESS`` or ``DISTING``; others than the documented may occur.
        count: The cloud's count of the group's targets, None where it gave none; ``entries`` may hold fewer.
        entries: Targets, each with ``id_key`` and, as far as given, ``StartTime``, ``UpdateTime`` and
            ``StatusDescrip``.
        id_key: The key under which an entry has its target's id.
    """

    name: str
    version: str
    status: str
    count: int | None
    entries: list[dict[str, Any]] = field(repr=False)
    id_key: IdKey


@dataclass(frozen=True)
class _Shape:
    """The names under which one of the two operations has the same things."""

    results: str
    result: str
    stats: str
    targets: str
    target: str
    count: str
    id_key: IdKey


# The capital last S of the first one's StatusStatS is the vendor's.
_PUSH = _Shape(
    "PushResults", "PushResult", "StatusStatS", "RegionIds", "RegionId", "RegionIdCount", "RegionId"
)
_DIST = _Shape(
    "DistResults", "DistResult", "StatusStats", "Instances", "Instance", "InstanceCount", "InstanceId"
)


def push_groups(answer: Answer) -> list[StatusGroup]:
    """Read a page of DescribeDataPushResult.

    Raises:
        MalformedAnswerError: Something is missing or of another kind than documented.
    """
    return list(_groups(answer, _PUSH))


def dist_groups(answer: Answer) -> list[StatusGroup]:
    """Read a page of DescribeDataDistResult.

    Raises:
        MalformedAnswerError: Something is missing or of another kind than documented.
    """
    return list(_groups(answer, _DIST))


def _groups(answer: Answer, shape: _Shape) -> Iterator[StatusGroup]:
    nothing = total_count(answer) == 0
    for result in _list(answer, answer.document, shape.results, shape.result, may_lack=nothing):
        name = _text(answer, result, "Name")
        version = _text(answer, result, "Version")
        for stat in _list(answer, result, shape.stats, "StatusStat", may_lack=False):
            count = as_count(stat.get(shape.count))
            if count is None and stat.get(shape.count) is not None:
                raise answer.malformed(f"{shape.count} is not a number")
            entries = _list(answer, stat, shape.targets, shape.target, may_lack=count == 0)
            for entry in entries:
                _clean(answer, entry, shape.id_key)
            yield StatusGroup(
                name, version, _text(answer, stat, "Status").upper(), count, entries, shape.id_key
            )


def _list(
    answer: Answer, holder: dict[str, Any], wrapper: str, item: str, *, may_lack: bool
) -> list[dict[str, Any]]:
    """Give the objects of a wrapped list: ``{"Wrapper": {"Item": [...]}}``."""
    wrapped = holder.get(wrapper)
    if wrapped is None and may_lack:
        return []
    if not isinstance(wrapped, dict):
        raise answer.malformed(f"{wrapper} is missing or no object")
    items = wrapped.get(item)
    if items is None and may_lack:
        return []
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        raise answer.malformed(f"{wrapper}.{item} is missing or no list of objects")
    return items


def _text(answer: Answer, holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        raise answer.malformed(f"{key} is missing, empty or no text")
    return text


def _clean(answer: Answer, entry: dict[str, Any], id_key: str) -> None:
    entry[id_key] = _text(answer, entry, id_key)
    for key in _OTHER_TEXTS:
        value = entry.get(key)
        if isinstance(value, str):
            entry[key] = value.strip()
        elif value is not None:
            raise answer.malformed(f"{key} is no text")
