"""Filters and pages of the two describes."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from alicloud_edge_emulator.call import Call
from alicloud_edge_emulator.clock import wire_time
from alicloud_edge_emulator.dialect import Paging
from alicloud_edge_emulator.ens.errors import invalid_parameter
from alicloud_edge_emulator.ens.views import Entry, Seen

UNPAGED_SIZE = 10
"""PageSize that is echoed when none was asked for, as in the documented samples."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The conditions that DescribeDataPushResult and DescribeDataDistResult have in common."""

    names: frozenset[str] | None
    versions: frozenset[str] | None
    min_date: str | None
    max_date: str | None

    def apply(self, entries: Iterable[Entry], admits: Callable[[str], bool]) -> list[Entry]:
        """The entries that pass, each with the targets that pass; entries without any drop out."""
        kept = []
        for entry in entries:
            if self._admits_unit(entry):
                targets = tuple(seen for seen in entry.targets if admits(seen.target) and self._in_time(seen))
                if targets:
                    kept.append(Entry(entry.unit, targets))
        return kept

    def _admits_unit(self, entry: Entry) -> bool:
        named = self.names is None or entry.unit.name in self.names
        return named and (self.versions is None or entry.unit.version in self.versions)

    def _in_time(self, seen: Seen) -> bool:
        if self.min_date is None and self.max_date is None:
            return True
        day = wire_time(seen.started)[:10]
        return (self.min_date or day) <= day <= (self.max_date or day)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, and what the response says of it."""

    number: int
    size: int
    total: int
    entries: list[Entry]


def read_filter(call: Call) -> Filter:
    """The common conditions of a call.

    Raises:
        ApiError: A date is none.
    """
    return Filter(
        call.words("DataNames"), call.words("DataVersions"), _date(call, "MinDate"), _date(call, "MaxDate")
    )


def read_page(call: Call) -> tuple[int, int] | None:
    """Page number and size, or None when everything is asked for.

    Raises:
        ApiError: One is no positive number.
    """
    if call.text("PageNumber") is None and call.text("PageSize") is None:
        return None
    return _positive(call, "PageNumber", 1), _positive(call, "PageSize", UNPAGED_SIZE)


def cut_page(entries: list[Entry], asked: tuple[int, int] | None, paging: Paging) -> Page:
    """The asked part of the entries; what counts as one is the dialect `paging`."""
    match paging:
        case Paging.GROUPS:
            total = len(entries)
            number, size, start = _bounds(asked, total)
            return Page(number, size, total, entries[start : start + size] if asked else entries)
        case Paging.TARGETS:
            singles = [(entry, seen) for entry in entries for seen in entry.targets]
            number, size, start = _bounds(asked, len(singles))
            part = singles[start : start + size] if asked else singles
            return Page(number, size, len(singles), _regroup(part))


def _bounds(asked: tuple[int, int] | None, total: int) -> tuple[int, int, int]:
    number, size = asked or (1, max(total, UNPAGED_SIZE))
    return number, size, (number - 1) * size


def _regroup(singles: list[tuple[Entry, Seen]]) -> list[Entry]:
    groups = defaultdict(list)
    for entry, seen in singles:
        groups[entry.unit].append(seen)
    return [Entry(unit, tuple(targets)) for unit, targets in groups.items()]


def _date(call: Call, name: str) -> str | None:
    text = call.text(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise invalid_parameter(name) from None


def _positive(call: Call, name: str, default: int) -> int:
    text = call.text(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise invalid_parameter(name)
    return int(text)
