"""What came of a rollout that was killed half-way, as a cell of the kill matrix."""

from collections.abc import Callable

import pytest
from support.dynamic_host import Kind
from support.holding_proxy import Boundary, Lane, Moment
from support.matrix import Cell, report
from support.staged import APPS, STAGES, Scene

OK, LOST, TWICE, UNFINISHED = "ok", "lost", "twice", "unfinished"
FINISHED = "converged"
ENDPOINT = "ALICLOUD_EDGE_ENDPOINT"
SHORT = {Kind.PUSH: "push", Kind.DIST: "dist", Kind.RELEASE: "release"}
KINDS = pytest.mark.parametrize("kind", Kind, ids=SHORT.get)
MOMENTS = pytest.mark.parametrize("moment", Moment, ids=lambda moment: moment.value)
RecordProperty = Callable[[str, object], None]
"""Pytest's fixture of that name."""


def boundaries(moment: Moment) -> list[Boundary]:
    """Give one for each application, at call after call."""
    return [Boundary(moment, number) for number in range(1, APPS + 1)]


def judge(
    matrix: str,
    scene: Scene,
    lane: Lane,
    *,
    versions: tuple[str, ...],
    state: str,
    next_run: str,
    note: str = "",
) -> Cell:
    """Make the cell of one boundary.

    Args:
        matrix: What was killed, and in which operation.
        scene: What was rolled out.
        lane: Its calls until the kill.
        versions: All that were rolled out, the last one by the run that was killed.
        state: What the engine had of it after the kill.
        next_run: What the next run came to.
        note: Why one start may be made twice, where that cannot be otherwise.
    """
    starts, wanted = scene.starts(), STAGES * len(versions)
    if scene.targets() != scene.everywhere(*versions) or starts < wanted:
        outcome = LOST
    elif starts > wanted:
        outcome = TWICE
    else:
        outcome = OK if next_run == FINISHED else UNFINISHED
    row = f"{len(lane.actions):2} {lane.actions[-1]}" if lane.is_reached else "after the last call"
    explained = note if outcome == TWICE and starts == wanted + 1 else ""
    return Cell(matrix, row, lane.boundary.moment.value, OK, outcome, starts, state, next_run, explained)


def settle(record_property: RecordProperty, cells: list[Cell]) -> None:
    """Report cells, and see that each is as intended or explained."""
    for cell in cells:
        report(record_property, cell)
    assert all(cell.stands for cell in cells), "\n".join(str(cell) for cell in cells if not cell.stands)
