"""One cell of a matrix of troubles: what a test did at one crossing, and what came of it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Self

PROPERTY = "cell"
"""The name under which a test's report carries its cell."""
NOT_APPLICABLE = "n/a"
"""The outcome of a crossing that makes no sense; the cell's note says why."""


@dataclass(frozen=True)
class Cell:
    """What came of one trouble met by one operation.

    Attributes:
        matrix: The matrix that it belongs to, as its heading says.
        row: The trouble, or the boundary at which a process is killed.
        column: The operation that met it.
        intended: The outcome that was wanted before anything was run.
        outcome: The outcome that was seen, in a word or two.
        starts: How many start calls took effect.
        state: What is kept of the resource: its status, or that there is none.
        next_run: What the next run came to once the trouble was over.
        note: Why the cell is not as one would first intend. Empty if it is.
    """

    matrix: str
    row: str
    column: str
    intended: str
    outcome: str
    starts: int
    state: str
    next_run: str
    note: str = ""

    @property
    def stands(self) -> bool:
        """Whether the cell is as intended, or explained beside it."""
        return self.outcome == self.intended or bool(self.note)

    def as_json(self) -> str:
        """The text that travels with a test's report."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The cell that a report carries."""
        return cls(**json.loads(text))


def report(record_property: Callable[[str, object], None], cell: Cell) -> None:
    """Put a cell into its test's report, from which `make matrix` prints the table.

    Call it before the first assertion about the cell, so that a failing one is in the table too.

    Args:
        record_property: Pytest's fixture of that name.
        cell: What came of the test.
    """
    record_property(PROPERTY, cell.as_json())
