"""The state machine of a removal: clean each region once, then wait until every record says deleted or is gone.

The gate (`_reconcile.gate`) has decided what may be cleaned. A removal ends when two looks agree that nothing is left;
records of instances that no longer exist do not keep it from ending (S5, S6).

| what is left | then |
| --- | --- |
| nothing, in two looks | removed |
| after ``stall_timeout``: some instances, while it went from others | removed; those are not served, and are reported |
| after ``stall_timeout``: all that held the artifact; or anything after the deadline | it is still there |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pulumi_alicloud_edge._model.observation import Artifact, Observation, RecordState
from pulumi_alicloud_edge._model.policy import DEFAULT_STALL_TIMEOUT
from pulumi_alicloud_edge._model.removal import Cleaning, Left, LeftBecause
from pulumi_alicloud_edge._reconcile.attempts import VISIBILITY
from pulumi_alicloud_edge._reconcile.decisions import CONFIRMED_AFTER, Confirm

CLEANS = 3


@dataclass(frozen=True)
class Clean:
    """Have the cloud clean these regions, then observe again."""

    cleanings: tuple[Cleaning, ...]


@dataclass(frozen=True)
class AwaitRemoval:
    """Observe again; so many targets still hold something."""

    left: int
    total: int


@dataclass(frozen=True)
class Removed:
    """All is gone, except what no clean reaches."""

    left: tuple[Left, ...] = ()


@dataclass(frozen=True)
class StillThere:
    """Time is up, or the cloud does not clean: these artifacts are still there, on so many targets."""

    artifacts: tuple[Artifact, ...]
    left: int


RemovalDecision = Clean | AwaitRemoval | Confirm | Removed | StillThere


class Removal:
    """Clean what may be cleaned and see that it is gone.

    Args:
        cleanings: What to clean.
        deadline: When to give up.
        stall_timeout: Seconds without any progress after which to give up.
        unserved: Targets that were not served before: they are cleaned three times, and not waited for longer.
    """

    def __init__(
        self,
        cleanings: tuple[Cleaning, ...],
        deadline: float,
        *,
        stall_timeout: float = DEFAULT_STALL_TIMEOUT,
        unserved: frozenset[str] = frozenset(),
    ) -> None:
        self._cleanings = cleanings
        self._deadline = deadline
        self._stall_timeout = stall_timeout
        self._unserved = unserved
        self._quiet_since: float | None = None
        self._gone_since: float | None = None
        self._give_up_since: float | None = None
        self._cleaned_at: dict[Cleaning, float] = {}
        self._cleans: dict[Cleaning, int] = {}
        self._left: dict[Cleaning, int] = {}
        self._most = 0
        self._refused: tuple[Left, ...] = ()
        self._holders: dict[Artifact, set[str]] = {}

    def decide(self, observation: Observation, now: float) -> RemovalDecision:
        """Judge an observation made at ``now``. What does not shrink is cleaned again, twice."""
        held = {cleaning: self._held(observation, cleaning, now) for cleaning in self._cleanings}
        held = {cleaning: targets for cleaning, targets in held.items() if targets}
        for cleaning, targets in held.items():
            self._holders.setdefault(cleaning.artifact, set()).update(targets)
        left = {cleaning: len(targets) for cleaning, targets in held.items()}
        if not left:
            return self._end(observation, now)
        self._gone_since = None
        self._note_progress(left, now)
        stalled = now - (self._quiet_since or now) >= self._stall_timeout
        if stalled or now >= self._deadline:
            return self._give_up(held, now, stalled=stalled)
        self._give_up_since = None
        if due := tuple(cleaning for cleaning in left if self._is_due(cleaning, now)):
            return Clean(due)
        self._most = max(self._most, sum(left.values()))
        return AwaitRemoval(sum(left.values()), self._most)

    def is_repeated(self, cleaning: Cleaning) -> bool:
        """Return whether a region was cleaned before: then the gate has to be asked again first (S1)."""
        return cleaning in self._cleaned_at

    def refused(self, cleaning: Cleaning, left: tuple[Left, ...]) -> None:
        """Record that the gate no longer permits cleaning a region; its instances are not waited for."""
        self._cleanings = tuple(each for each in self._cleanings if each != cleaning)
        self._refused += left

    def cleaned(self, cleaning: Cleaning, now: float) -> None:
        """Record that the cloud was asked to clean a region."""
        self._cleaned_at[cleaning] = now
        self._cleans[cleaning] = self._cleans.get(cleaning, 0) + 1

    def _is_unreached(self, held: Mapping[Cleaning, frozenset[str]]) -> bool:
        """Return whether cleans reached other targets of the same artifacts, and `CLEANS` of them not those left."""
        by_artifact: dict[Artifact, set[str]] = {}
        for cleaning, targets in held.items():
            by_artifact.setdefault(cleaning.artifact, set()).update(targets)
        reached = all(targets < self._holders[artifact] for artifact, targets in by_artifact.items())
        return reached and all(self._cleans.get(cleaning, 0) >= CLEANS for cleaning in held)

    def _give_up(
        self, held: Mapping[Cleaning, frozenset[str]], now: float, *, stalled: bool
    ) -> Confirm | StillThere | Removed:
        """Give up after the inventory was read once more: the instances that hold it may no longer exist."""
        if self._give_up_since is None:
            self._give_up_since = now
            return Confirm(now + CONFIRMED_AFTER)
        if stalled and self._is_unreached(held):
            left = (Left(c.artifact, LeftBecause.NOT_REACHED, ts, c.region) for c, ts in held.items())
            return Removed(self._refused + tuple(left))
        artifacts = tuple(dict.fromkeys(cleaning.artifact for cleaning in held))
        return StillThere(artifacts, len(frozenset().union(*held.values())))

    def _end(self, observation: Observation, now: float) -> Confirm | Removed:
        """End the removal: at once where every target has a deleted record, else after a second look."""
        if self._gone_since is None:
            self._gone_since = now
        all_deleted = all(_says_deleted(observation, cleaning) for cleaning in self._cleanings)
        confirmed_at = min(self._gone_since + CONFIRMED_AFTER, self._deadline)
        if not all_deleted and now < confirmed_at:
            return Confirm(confirmed_at)
        return Removed(self._refused + tuple(self._unserved_with_it(observation)))

    def _note_progress(self, left: dict[Cleaning, int], now: float) -> None:
        if self._quiet_since is None or left != self._left:
            self._quiet_since = now
        for cleaning, count in left.items():
            if cleaning in self._cleaned_at and count < self._left.get(cleaning, count):
                self._cleaned_at[cleaning] = now
        self._left = left

    def _is_due(self, cleaning: Cleaning, now: float) -> bool:
        """Return whether to clean a region: once, and twice more if that has no effect."""
        if cleaning not in self._cleaned_at:
            return True
        waited = now - self._cleaned_at[cleaning] >= VISIBILITY
        return waited and self._cleans[cleaning] < CLEANS

    def _held(self, observation: Observation, cleaning: Cleaning, now: float) -> frozenset[str]:
        """Return the instances that hold the artifact: those that held it before, and those that came since.

        A stopped instance that was asked to clean does not keep a removal from ending. Neither does one that was not
        served before, once it was asked as often as any other: it may be served again.
        """
        cleaned_at = self._cleaned_at.get(cleaning)
        unserved = frozenset() if cleaned_at is None else observation.stopped
        if self._cleans.get(cleaning, 0) >= CLEANS and now - (cleaned_at or now) >= VISIBILITY:
            unserved |= self._unserved
        return frozenset(
            target
            for target, record in observation.of(cleaning.artifact).items()
            if record.state is not RecordState.DELETED
            and target not in unserved
            and _is_in(cleaning, target, observation.regions)
        )

    def _unserved_with_it(self, observation: Observation) -> Iterator[Left]:
        """Return the instances that are not served and that no clean has reached."""
        for cleaning in self._cleanings:
            records = observation.of(cleaning.artifact)
            held = {t for t in cleaning.targets & (observation.stopped | self._unserved) if t in records}
            kept = frozenset(t for t in held if records[t].state is not RecordState.DELETED)
            if kept:
                yield Left(cleaning.artifact, LeftBecause.NOT_REACHED, kept, cleaning.region)


def _says_deleted(observation: Observation, cleaning: Cleaning) -> bool:
    """Return whether every target that is cleaned has a deleted record."""
    records = observation.of(cleaning.artifact)
    states = [records[target].state for target in cleaning.targets if target in records]
    return len(states) == len(cleaning.targets) and set(states) <= {RecordState.DELETED}


def _is_in(cleaning: Cleaning, target: str, regions: Mapping[str, str]) -> bool:
    """Return whether a target exists, as far as the inventory shows, and is in the region that is cleaned."""
    return regions.get(target) == cleaning.region if regions else target in cleaning.targets
