"""How long to wait between two observations of the same rollout."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cadence:
    """Ask often at first, then in proportion to the time already spent, so that lag stays a small share of it.

    Attributes:
        least: Shortest wait, seconds.
        most: Longest wait, seconds: nothing goes unnoticed for longer.
        share: Wait as a share of the time since the rollout began.
    """

    least: float = 0.25
    most: float = 15.0
    share: float = 0.08

    def wait(self, elapsed: float) -> float:
        """Give the seconds to wait after ``elapsed`` seconds of rollout."""
        return min(max(elapsed * self.share, self.least), self.most)
