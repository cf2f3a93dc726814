"""What came of a rollout that was killed half-way, as a cell of the kill matrix."""

from collections.abc import Callable

from tests.support.dynamic_host import Kind
from tests.support.holding_proxy import Lane
from tests.support.matrix import Cell, report
from tests.support.staged import STAGES, Scene

OK, LOST, TWICE, UNFINISHED = "ok", "lost", "twice", "unfinished"
FINISHED = "converged"
SHORT = {Kind.PUSH: "push", Kind.DIST: "dist", Kind.RELEASE: "release"}
RecordProperty = Callable[[str, object], None]
"""Pytest's fixture of that name."""


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
        matrix: What was killed.
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
    operation = "create" if len(versions) == 1 else "update"
    row = f"{len(lane.actions):2} {lane.actions[-1]}" if lane.is_reached else "after the last call"
    explained = note if outcome == TWICE and starts == wanted + 1 else ""
    return Cell(
        f"{matrix}: {scene.kind.value}, {operation}",
        row,
        lane.boundary.moment.value,
        OK,
        outcome,
        starts,
        state,
        next_run,
        explained,
    )


def settle(record_property: RecordProperty, cells: list[Cell]) -> None:
    """Report cells, and see that each is as intended or explained."""
    for cell in cells:
        report(record_property, cell)
    assert all(cell.stands for cell in cells), "\n".join(str(cell) for cell in cells if not cell.stands)
