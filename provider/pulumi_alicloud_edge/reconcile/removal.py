"""The state machine of a removal: clean each unit once, then wait until every record says deleted or is gone.

That nothing is shown of a unit at all is believed when two looks agree: a single empty answer would show the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_alicloud_edge.model.observation import Observation, RecordState, Unit
from pulumi_alicloud_edge.model.policy import DEFAULT_STALL_TIMEOUT
from pulumi_alicloud_edge.reconcile.survey import VISIBILITY

CLEANS = 3
CONFIRMED_AFTER = 1.0
"""Seconds between the two looks that show nothing."""


@dataclass(frozen=True)
class Clean:
    """Have the cloud remove these units, then observe again."""

    units: tuple[Unit, ...]


@dataclass(frozen=True)
class AwaitRemoval:
    """Observe again; so many targets still hold something."""

    left: int
    total: int


@dataclass(frozen=True)
class Confirm:
    """Observe again at that time: nothing is shown any more."""

    at: float


@dataclass(frozen=True)
class Removed:
    """All is gone."""


@dataclass(frozen=True)
class StillThere:
    """Time is up, or the cloud does not do what it was told: these units are still there."""

    units: tuple[Unit, ...]
    left: int


RemovalDecision = Clean | AwaitRemoval | Confirm | Removed | StillThere


class Removal:
    """Remove units and see that they are gone.

    Args:
        units: What to remove.
        deadline: When to give up.
        stall_timeout: Seconds without any progress after which to give up.
    """

    def __init__(
        self, units: tuple[Unit, ...], deadline: float, *, stall_timeout: float = DEFAULT_STALL_TIMEOUT
    ) -> None:
        self._units = units
        self._deadline = deadline
        self._stall_timeout = stall_timeout
        self._quiet_since: float | None = None
        self._bare_since: float | None = None
        self._cleaned_at: dict[Unit, float] = {}
        self._cleans: dict[Unit, int] = {}
        self._left: dict[Unit, int] = {}
        self._most = 0

    def decide(self, observation: Observation, now: float) -> RemovalDecision:
        """Judge an observation made at ``now``. A unit whose records do not shrink is cleaned again, twice."""
        left = {unit: _held(observation, unit) for unit in self._units}
        left = {unit: count for unit, count in left.items() if count}
        if not left:
            return self._end(observation, now)
        self._bare_since = None
        self._note_progress(left, now)
        if now >= self._deadline or now - (self._quiet_since or now) >= self._stall_timeout:
            return StillThere(tuple(left), sum(left.values()))
        if due := tuple(unit for unit in left if self._is_due(unit, now)):
            return Clean(due)
        self._most = max(self._most, sum(left.values()))
        return AwaitRemoval(sum(left.values()), self._most)

    def _end(self, observation: Observation, now: float) -> Confirm | Removed:
        """Believe that all is gone, at once where the records say so."""
        if self._bare_since is None:
            self._bare_since = now
        told = all(observation.of(unit) for unit in self._units)
        confirmed_at = min(self._bare_since + CONFIRMED_AFTER, self._deadline)
        return Removed() if told or now >= confirmed_at else Confirm(confirmed_at)

    def _note_progress(self, left: dict[Unit, int], now: float) -> None:
        if self._quiet_since is None or left != self._left:
            self._quiet_since = now
        for unit, count in left.items():
            if unit in self._cleaned_at and count < self._left.get(unit, count):
                self._cleaned_at[unit] = now
        self._left = left

    def _is_due(self, unit: Unit, now: float) -> bool:
        """Tell whether to have a unit cleaned: at first, and twice more if nothing comes of it."""
        if unit not in self._cleaned_at:
            return True
        waited = now - self._cleaned_at[unit] >= VISIBILITY
        return waited and self._cleans[unit] < CLEANS

    def cleaned(self, unit: Unit, now: float) -> None:
        """Note that the cloud was told to remove a unit."""
        self._cleaned_at[unit] = now
        self._cleans[unit] = self._cleans.get(unit, 0) + 1


def _held(observation: Observation, unit: Unit) -> int:
    records = observation.of(unit).values()
    return sum(record.state is not RecordState.DELETED for record in records)
