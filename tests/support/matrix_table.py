"""A plugin of pytest that prints the cells of its tests as tables. `make matrix` loads it; works with xdist."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from tests.support.matrix import NOT_APPLICABLE, PROPERTY, Cell

PLACE = "place"
"""Under this name a report carries the place of its test in the collection, by which the table is sorted."""
FAIL = "FAIL"
GAP = "  "


@dataclass(frozen=True)
class Shown:
    """A cell, its test's place in the collection, and whether the test failed."""

    cell: Cell
    place: int
    failed: bool

    @property
    def word(self) -> str:
        """What the table shows: ``ok 1``."""
        if self.failed or not self.cell.stands:
            return FAIL
        if self.cell.outcome == NOT_APPLICABLE:
            return "-"
        return f"{self.cell.outcome} {self.cell.starts}"

    @property
    def note(self) -> str:
        """What explains it, with what was intended where something else came."""
        cell = self.cell
        as_intended = cell.outcome == cell.intended or not cell.note
        return cell.note if as_intended else f"{cell.outcome} instead of {cell.intended}: {cell.note}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Record each test's place, which would be lost where several processes run them."""
    for place, item in enumerate(items):
        item.user_properties.append((PLACE, place))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print each matrix of which a test had a cell."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    shown = sorted(_shown(reports), key=lambda one: one.place)
    for matrix in dict.fromkeys(one.cell.matrix for one in shown):
        terminalreporter.section(matrix)
        cells = [one for one in shown if one.cell.matrix == matrix]
        for line in render(cells, width=terminalreporter._tw.fullwidth):
            terminalreporter.line(line, red=FAIL in line)


def _shown(reports: Iterable[Any]) -> Iterable[Shown]:
    for report in reports:
        if getattr(report, "when", None) != "call":
            continue
        cells = [Cell.from_json(str(value)) for name, value in report.user_properties if name == PROPERTY]
        # Of a test with several cells, those that do not stand are what has failed.
        all_failed = report.failed and all(cell.stands for cell in cells)
        place = int(dict(report.user_properties).get(PLACE, 0))
        yield from (Shown(cell, place, failed=all_failed) for cell in cells)


def render(shown: Sequence[Shown], *, width: int) -> list[str]:
    """Return the lines of one matrix: its table, what explains cells of it, what failed, and what all comes to.

    Args:
        shown: Its cells, in the order in which rows and columns are to stand.
        width: The terminal's. What is broader becomes one table for each first word of the columns.
    """
    explained = dict.fromkeys(one.note for one in shown if one.note)
    notes = {note: number for number, note in enumerate(explained, 1)}
    columns = list(dict.fromkeys(one.cell.column for one in shown))
    lines = _table(shown, columns, notes)
    if max(map(len, lines)) > width:
        groups = dict.fromkeys(column.partition(" ")[0] for column in columns)
        parted = [[c for c in columns if c.partition(" ")[0] == group] for group in groups]
        lines = [line for part in parted for line in (*_table(shown, part, notes), "")]
    lines += ["", *(f"[{number}] {note}" for note, number in notes.items())] if notes else []
    lines += [_failure(one.cell) for one in shown if one.word == FAIL]
    return [*lines, "", *_sums(shown)]


def _table(shown: Sequence[Shown], columns: Sequence[str], notes: dict[str, int]) -> list[str]:
    here = [one for one in shown if one.cell.column in columns]
    rows = list(dict.fromkeys(one.cell.row for one in here))
    words = {(one.cell.row, one.cell.column): _with_note(one, notes) for one in here}
    body = [[row, *(words.get((row, column), "") for column in columns)] for row in rows]
    lines = [*_heads(columns), *body]
    widths = [max(len(line[at]) for line in lines) for at in range(len(columns) + 1)]
    return [
        GAP.join(text.ljust(to) for text, to in zip(line, widths, strict=True)).rstrip() for line in lines
    ]


def _heads(columns: Sequence[str]) -> list[list[str]]:
    """Return the two lines above a table: the first words of the columns, each once, and what follows them."""
    firsts = [column.partition(" ")[0] for column in columns]
    once = [first if first != before else "" for before, first in zip(["", *firsts], firsts, strict=False)]
    rests = [column.partition(" ")[2] for column in columns]
    return [["", *head] for head in (once, rests) if any(head)]


def _with_note(one: Shown, notes: dict[str, int]) -> str:
    return f"{one.word} [{notes[one.note]}]" if one.note else one.word


def _failure(cell: Cell) -> str:
    return (
        f"{FAIL} {cell.row}, {cell.column}: intended {cell.intended}; came out {cell.outcome}, {cell.starts} starts, "
        f"state {cell.state}, next run {cell.next_run}"
    )


def _sums(shown: Sequence[Shown]) -> list[str]:
    cells = [one.cell for one in shown]
    failed = sum(one.word == FAIL for one in shown)
    left_out = sum(cell.outcome == NOT_APPLICABLE for cell in cells)
    explained = sum(bool(cell.note) for cell in cells) - left_out
    ends = f"{len(cells)} cells: {left_out} not applicable, {explained} explained, {failed} failed"
    return [
        ends,
        f"outcome:  {_counted(cell.outcome for cell in cells)}",
        f"state:    {_counted(cell.state for cell in cells)}",
        f"next run: {_counted(cell.next_run for cell in cells)}",
    ]


def _counted(words: Iterable[str]) -> str:
    return ", ".join(f"{count} {word}" for word, count in Counter(words).most_common())
