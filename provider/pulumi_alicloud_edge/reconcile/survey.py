"""One look over a stage: which of its targets have converged, are on their way, failed, or are to be started."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pulumi_alicloud_edge.model.observation import Observation, Record, RecordState, Unit
from pulumi_alicloud_edge.model.outcome import (
    FAILED_TARGETS_KEPT,
    FailedTarget,
    Placement,
    Verdict,
)
from pulumi_alicloud_edge.reconcile.decisions import Desired
from pulumi_alicloud_edge.reconcile.ledger import ANYWHERE, Ledger
from pulumi_alicloud_edge.reconcile.verdicts import Verdicts

VISIBILITY = 20.0
"""Seconds that the cloud may take to show anything of a start before it counts as not taken up."""


@dataclass
class UnitSurvey:
    """The targets of one unit, sorted by where they stand. ``to_start`` and ``failed`` carry reasons."""

    unit: Unit
    converged: int = 0
    under_way: set[str] = field(default_factory=set)
    to_start: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)

    def placement(self) -> Placement:
        """Condense to counts and the first failed targets."""
        counts = {
            Verdict.CONVERGED: self.converged,
            Verdict.IN_PROGRESS: len(self.under_way),
            Verdict.FAILED: len(self.failed),
            Verdict.MISSING: len(self.to_start - {ANYWHERE}),
        }
        kept = sorted(self.failed.items())[:FAILED_TARGETS_KEPT]
        failed = tuple(FailedTarget(self.unit, target, reason) for target, reason in kept)
        return Placement(self.unit, counts, sum(counts.values()), failed)


@dataclass(frozen=True)
class Survey:
    """A stage at one moment.

    Attributes:
        targets: The stage's targets as far as they are known.
        is_open: Whether there may be more of them than the cloud has told.
        units: The survey of each unit, in the order declared.
    """

    targets: frozenset[str]
    is_open: bool
    units: tuple[UnitSurvey, ...]

    @property
    def failed_targets(self) -> set[str]:
        """Targets on which at least one unit has failed for good."""
        return set().union(*(unit.failed for unit in self.units))

    @property
    def unfinished_targets(self) -> set[str]:
        """Targets on which at least one unit is under way or still to be started."""
        return set().union(*(unit.under_way | unit.to_start for unit in self.units))

    @property
    def done(self) -> int:
        """Number of targets that every unit has reached."""
        return len(self.targets - self.failed_targets - self.unfinished_targets)

    def counts(self) -> tuple[object, ...]:
        """Give what changes when anything moves, to tell progress from a stall."""
        return tuple((u.converged, len(u.under_way), len(u.to_start), len(u.failed)) for u in self.units)


@dataclass(frozen=True)
class Patience:
    """The bounds within which a target may still be started again or waited for.

    Attributes:
        starts: Starts that one target may have in this run; none while a stage bakes.
        stage: Index of the stage under way.
        quiet_since: When anything last changed; a start that shows nothing is given time from then.
        now: The time of the observation.
    """

    starts: int
    stage: int
    quiet_since: float
    now: float

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has changed for as long as the cloud may take to show a start."""
        return self.now - self.quiet_since >= VISIBILITY


def survey(
    desired: Desired,
    targets: Iterable[str],
    *,
    is_open: bool,
    is_named: bool,
    earlier: frozenset[str],
    observation: Observation,
    ledger: Ledger,
    patience: Patience,
) -> Survey:
    """Sort the targets of a stage.

    Where the cloud has not named those of this stage (``is_named``), `ANYWHERE` stands for those yet to be named,
    until a record of the unit shows beyond the ``earlier`` targets (those of the stages before) and nothing
    suggests more.
    """
    known = frozenset(targets)
    units = []
    for unit in desired.units:
        one = UnitSurvey(unit)
        verdicts = Verdicts(observation, unit, exclusive=desired.exclusive)
        trouble = observation.trouble.get(unit, "")
        for target in known:
            _sort(one, target, verdicts, trouble, patience)
        said_to_be_all = bool(observation.of(unit)) and unit in ledger.complete(patience.stage)
        if (
            not is_named
            and not said_to_be_all
            and _is_unbegun(observation, unit, earlier, started=ledger.has_started(patience.stage))
        ):
            one.to_start.add(ANYWHERE)
        _hold_back(one, verdicts, ledger, patience)
        units.append(one)
    return Survey(known, is_open, tuple(units))


def _is_unbegun(observation: Observation, unit: Unit, earlier: frozenset[str], *, started: bool) -> bool:
    """Tell whether targets that the cloud has not named may still be without a start."""
    seen = observation.of(unit)
    return earlier.issuperset(seen) or (not started and not observation.hints.issubset(seen))


def _sort(one: UnitSurvey, target: str, verdicts: Verdicts, trouble: str, patience: Patience) -> None:
    """File a target by what is observed alone: anything neither converged nor under way may need a start.

    Another version on its way to a target that runs ours is let arrive, since a start now might come to its end
    before it; if it hangs, ours is started over it.
    """
    verdict = verdicts.on(target)
    if verdict is Verdict.CONVERGED and verdicts.is_contested(target):
        (one.to_start if patience.is_quiet else one.under_way).add(target)
    elif verdict is Verdict.CONVERGED:
        one.converged += 1
    elif trouble:
        one.failed[target] = trouble
    elif verdict is Verdict.IN_PROGRESS:
        one.under_way.add(target)
    else:
        one.to_start.add(target)


def _hold_back(one: UnitSurvey, verdicts: Verdicts, ledger: Ledger, patience: Patience) -> None:
    """Of the targets that may need a start, wait for those just started, and give up those started enough.

    Where others are moving, one without any record may be waiting for its turn in a start of an earlier run.
    """
    moving = bool(one.under_way)
    stirring = moving and patience.now - patience.quiet_since < VISIBILITY
    for target in tuple(one.to_start):
        attempt = ledger.attempt(one.unit, target, patience.stage)
        record = verdicts.record(target)
        if attempt is None:
            if stirring and record is None:
                one.to_start.discard(target)
                one.under_way.add(target)
            elif not patience.starts:
                one.to_start.discard(target)
                one.failed[target] = _lapse(record, verdicts.runs_instead(target))
            continue
        settled = ledger.was_refused(one.unit) or (
            verdicts.on(target) is Verdict.FAILED and record != attempt.seen.get(target)
        )
        shown_in_time = patience.now - max(attempt.at, patience.quiet_since) < VISIBILITY
        if not settled and (moving or shown_in_time):
            one.to_start.discard(target)
            one.under_way.add(target)
        elif attempt.count >= _starts(patience, record):
            one.to_start.discard(target)
            words, instead = ledger.words(one.unit), verdicts.runs_instead(target)
            one.failed[target] = (
                _reason(record, words, instead) if patience.starts else _lapse(record, instead)
            )


def _starts(patience: Patience, record: Record | None) -> int:
    """Give how many starts a target may have.

    A start of a version that lies there already, below a newer one, may move nothing; that is no failure of the
    target, and a repeated start goes about it otherwise.
    """
    lies_there = record is not None and record.state is RecordState.SUCCEEDED
    return max(patience.starts, 2) if lies_there and patience.starts else patience.starts


def _reason(record: Record | None, words: str, instead: str) -> str:
    if record is None:
        said = f"; the cloud's words were: {words}" if words else ""
        return "accepted, but never shown" + said + (f"; {instead} runs there" if instead else "")
    if record.state is RecordState.SUCCEEDED:
        return _lapse(record, instead)
    return record.detail or words or record.state.value


def _lapse(record: Record | None, instead: str) -> str:
    """Say why a target that had converged does not count as that any more.

    ``instead`` is the version that runs there now, if any does.
    """
    if record is not None and record.state is RecordState.FAILED:
        return record.detail or record.state.value
    if instead:
        return f"{instead} runs there"
    if record is None:
        return "its record is gone"
    if record.state is RecordState.SUCCEEDED:
        return "another version is on its way there"
    return record.detail or record.state.value
