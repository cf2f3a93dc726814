"""Reads pages of the status of pushed and distributed data (DescribeDataPushResult, DescribeDataDistResult).

A page may hold very many targets, so they stay plain JSON objects until a caller needs more than their number. Then
they are read in bulk: most of them have the same details.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from pulumi_alicloud_edge._cloud.paging import as_count, total_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pulumi_alicloud_edge._cloud.response import Response

T = TypeVar("T")
IdKey = Literal["RegionId", "InstanceId"]


class StatusDetails(NamedTuple):
    """What the cloud shows of a target besides its status; empty where there is nothing."""

    updated: str
    started: str
    description: str


class Reading(dict[tuple[str, str, str], T]):
    """What a caller makes of status details, made once for all targets with the same details.

    Args:
        make: Makes it.
    """

    def __init__(self, make: Callable[[StatusDetails], T]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, texts: tuple[str, str, str]) -> T:
        """Make it for details that are new, from the texts as they came."""
        if len(self) >= _KEPT:
            self.clear()
        self[texts] = made = self.make(StatusDetails(*map(str.strip, texts)))
        return made


@dataclass(frozen=True, slots=True)
class StatusGroup:
    """The targets of one page that have one version of a data file in one status.

    A group may continue on other pages: targets with the same name, version and status belong together.

    Attributes:
        name: Name of the data file.
        version: Its version.
        status: Upper-case status, such as ``SUCCESS`` or ``DISTING``; others than the documented may occur.
        count: The cloud's count of the group's targets, None where it gave none; ``entries`` may hold fewer.
        entries: The targets' objects as they came, each with ``id_key``.
        id_key: The key under which an entry has its target's id.
    """

    name: str
    version: str
    status: str
    count: int | None
    entries: list[dict[str, Any]] = field(repr=False)
    id_key: IdKey
    response: Response = field(repr=False, compare=False)

    def targets(self, reading: Reading[T]) -> dict[str, T]:
        """Return what the reading makes of each target's details, by id.

        Of two entries of one target the newer counts.

        Raises:
            MalformedResponseError: An entry is not as documented.
        """
        try:
            ids = map(str.strip, map(itemgetter(self.id_key), self.entries))
            made = map(reading.__getitem__, map(_TEXTS_OF, self.entries))
            targets = dict(zip(ids, made, strict=True))
        except (KeyError, TypeError):
            return self._one_by_one(reading)
        usable = len(targets) == len(self.entries) and "" not in targets
        return targets if usable else self._one_by_one(reading)

    def _one_by_one(self, reading: Reading[T]) -> dict[str, T]:
        """Read entries of which some lack a text, or are there twice, or are wrong."""
        newest: dict[str, StatusDetails] = {}
        for entry in self.entries:
            target = _text(self.response, entry, self.id_key)
            details = StatusDetails(*(_text(self.response, entry, key, may_lack=True) for key in _TEXTS))
            newest[target] = max(newest.get(target, details), details)
        return {target: reading[details] for target, details in newest.items()}


_TEXTS = ("UpdateTime", "StartTime", "StatusDescrip")
_TEXTS_OF = itemgetter(*_TEXTS)
_KEPT = 16384


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


def push_groups(response: Response) -> list[StatusGroup]:
    """Read a page of DescribeDataPushResult.

    Raises:
        MalformedResponseError: Something is missing or of another kind than documented.
    """
    return list(_groups(response, _PUSH))


def dist_groups(response: Response) -> list[StatusGroup]:
    """Read a page of DescribeDataDistResult.

    Raises:
        MalformedResponseError: Something is missing or of another kind than documented.
    """
    return list(_groups(response, _DIST))


def _groups(response: Response, shape: _Shape) -> Iterator[StatusGroup]:
    nothing = total_count(response) == 0
    for result in _list(response, response.document, shape.results, shape.result, may_lack=nothing):
        name = _text(response, result, "Name")
        version = _text(response, result, "Version")
        for stat in _list(response, result, shape.stats, "StatusStat", may_lack=False):
            count = as_count(stat.get(shape.count))
            if count is None and stat.get(shape.count) is not None:
                raise response.malformed(f"{shape.count} is not a number")
            entries = _list(response, stat, shape.targets, shape.target, may_lack=count == 0)
            if count and not entries:
                raise response.malformed(f"{shape.count} is {count}, but {shape.target} is empty")
            status = _text(response, stat, "Status").upper()
            yield StatusGroup(name, version, status, count, entries, shape.id_key, response)


def _list(
    response: Response, holder: dict[str, Any], wrapper: str, item: str, *, may_lack: bool
) -> list[dict[str, Any]]:
    """Return the objects of a wrapped list: ``{"Wrapper": {"Item": [...]}}``."""
    wrapped = holder.get(wrapper)
    if wrapped is None and may_lack:
        return []
    if not isinstance(wrapped, dict):
        raise response.malformed(f"{wrapper} is missing or not an object")
    items = wrapped.get(item)
    if items is None and may_lack:
        return []
    if not isinstance(items, list) or not {dict}.issuperset(map(type, items)):
        raise response.malformed(f"{wrapper}.{item} is missing or not a list of objects")
    return items


def _text(response: Response, holder: dict[str, Any], key: str, *, may_lack: bool = False) -> str:
    value = holder.get(key)
    if value is None and may_lack:
        return ""
    text = value.strip() if isinstance(value, str) else ""
    if not text and not (may_lack and isinstance(value, str)):
        raise response.malformed(f"{key} is missing, empty or not a text")
    return text
