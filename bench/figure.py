"""What a measurement comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        question: What was asked.
        value: What came out.
        unit: Of value and target.
        target: The most that it may be.
        detail: What it was measured against, in numbers.
        cause: Why the target is missed; for the table only where it is.
    """

    question: str
    value: float
    unit: str
    target: float
    detail: str = ""
    cause: str = ""

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.value <= self.target


@dataclass(frozen=True)
class Measured:
    """All that one question comes to: lines of the table, and what its plot shows."""

    figures: tuple[Figure, ...]
    plot: Callable[[Axes], None] = field(repr=False)


@dataclass(frozen=True)
class Bars:
    """A plot of bars in groups, one group a case, one bar in it for each contender."""

    cases: Sequence[str]
    contenders: Mapping[str, Sequence[float]]
    unit: str

    def __call__(self, axes: Axes) -> None:
        """Draw."""
        width = 0.8 / len(self.contenders)
        for place, (name, values) in enumerate(self.contenders.items()):
            at = [case + (place - (len(self.contenders) - 1) / 2) * width for case in range(len(self.cases))]
            axes.bar(at, values, width, label=name)
        axes.set_xticks(range(len(self.cases)), self.cases, rotation=20, ha="right")
        axes.set_ylabel(self.unit)
        axes.legend()
