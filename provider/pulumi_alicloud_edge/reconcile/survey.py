"""One look over a stage: which of its targets have converged, are on their way, failed, or are to be started."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum

from pulumi_alicloud_edge.model.observation import Observation, Record, Records, RecordState, Unit
from pulumi_alicloud_edge.model.outcome import (
    FAILED_TARGETS_KEPT,
    FailedTarget,
    Placement,
    Verdict,
)
from pulumi_alicloud_edge.model.selection import TargetSet
from pulumi_alicloud_edge.reconcile.decisions import Desired
from pulumi_alicloud_edge.reconcile.ledger import VISIBILITY, Attempt, Ledger
from pulumi_alicloud_edge.reconcile.verdicts import Verdicts


class Unnamed(Enum):
    """Where those targets of a stage stand that the cloud has not named.

    NONE: there are none to be awaited. DUE: the whole of the stage has to be started. AWAITED: it was, and nothing
    of that shows yet. FAILED: it was as often as it may, and nothing has ever shown.
    """

    NONE = "none"
    DUE = "due"
    AWAITED = "awaited"
    FAILED = "failed"


@dataclass
class UnitSurvey:
    """The targets of one unit, sorted by where they stand.

    ``failed`` carries reasons; ``observed`` counts what the records say, before anything is concluded from the time.
    """

    unit: Unit
    converged: int = 0
    under_way: set[str] = field(default_factory=set)
    to_start: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    unnamed: Unnamed = Unnamed.NONE
    unnamed_reason: str = ""
    observed: tuple[int, ...] = ()

    def placement(self) -> Placement:
        """Condense to counts and the first failed targets."""
        counts = {
            Verdict.CONVERGED: self.converged,
            Verdict.IN_PROGRESS: len(self.under_way),
            Verdict.FAILED: len(self.failed),
            Verdict.MISSING: len(self.to_start),
        }
        return Placement(self.unit, counts, sum(counts.values()), self.failures())

    def failures(self) -> tuple[FailedTarget, ...]:
        """Return the first failed targets; one without an id where nothing was ever shown."""
        kept = sorted(self.failed.items())[:FAILED_TARGETS_KEPT]
        failed = tuple(FailedTarget(self.unit, target, reason) for target, reason in kept)
        nowhere = FailedTarget(self.unit, "", self.unnamed_reason)
        return (nowhere, *failed) if self.unnamed is Unnamed.FAILED else failed


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
    def is_finished(self) -> bool:
        """Whether nothing is to be started or awaited any more."""
        awaited = any(unit.unnamed in (Unnamed.DUE, Unnamed.AWAITED) for unit in self.units)
        return not awaited and not self.unfinished_targets

    @property
    def has_failed_unnamed(self) -> bool:
        """Whether starts of a whole stage have come to nothing."""
        return any(unit.unnamed is Unnamed.FAILED for unit in self.units)

    @property
    def done(self) -> int:
        """Number of targets that every unit has reached."""
        return len(self.targets - self.failed_targets - self.unfinished_targets)

    def counts(self) -> tuple[object, ...]:
        """Return what changes when anything moves in the cloud, to tell progress from a stall."""
        return tuple(unit.observed for unit in self.units)


@dataclass(frozen=True)
class Patience:
    """The bounds within which a target may still be started again or waited for.

    Attributes:
        starts: Starts that one target may have in this run; none while a stage bakes.
        stage: Index of the stage under way.
        quiet_since: When anything last changed; a start that shows nothing is given time from then.
        now: The time of the observation.
        newcomers: Targets that the inventory lists only since the stage bakes: they are started all the same (S6).
        starts_of_newcomers: Starts that one of those may have.
    """

    starts: int
    stage: int
    quiet_since: float
    now: float
    newcomers: frozenset[str] = frozenset()
    starts_of_newcomers: int = 0

    def starts_of(self, target: str) -> int:
        """Return the starts that a target may have."""
        return self.starts_of_newcomers if target in self.newcomers else self.starts

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has changed for as long as the cloud may take to show a start."""
        return self.now - self.quiet_since >= VISIBILITY


@dataclass(frozen=True)
class StageView:
    """The stage that is surveyed.

    Attributes:
        targets: Its targets and those of the stages before it, as far as they are in view.
        is_named: Whether the cloud or the inputs name the stage's own targets.
        earlier: Targets of the stages before it.
        covered: Units of which an earlier run has started the whole of it.
        recorded: The targets with records that are surely its own; None where nobody can tell.
    """

    targets: TargetSet
    is_named: bool
    earlier: frozenset[str] = frozenset()
    covered: Collection[Unit] = ()
    recorded: frozenset[str] | None = None

    def own(self, records: Records) -> Records:
        """Return those of a unit's records that may be of this stage or of one before it."""
        if self.recorded is None:
            return records
        return {t: r for t, r in records.items() if t in self.recorded or t in self.targets.targets}


def survey(
    desired: Desired, stage: StageView, *, observation: Observation, ledger: Ledger, patience: Patience
) -> Survey:
    """Sort the targets of a stage.

    Where the cloud has not named them, the whole of the stage has to be started by this run or one before it, and
    something has to show of that: records that another selection left prove nothing (S4).
    """
    known = stage.targets.targets
    units = []
    for unit in desired.units:
        one = UnitSurvey(unit)
        verdicts = Verdicts(observation, unit, exclusive=desired.exclusive)
        trouble = observation.trouble.get(unit, "")
        for target in known:
            _sort(one, target, verdicts, trouble, patience)
        one.observed = one.converged, len(one.under_way), len(one.to_start), len(one.failed)
        _hold_back(one, verdicts, ledger, patience)
        if not stage.is_named:
            one.unnamed, one.unnamed_reason = _judge_unnamed(one, stage, observation, ledger, patience)
        units.append(one)
    return Survey(known, not stage.targets.is_known, tuple(units))


def _judge_unnamed(
    one: UnitSurvey, stage: StageView, observation: Observation, ledger: Ledger, patience: Patience
) -> tuple[Unnamed, str]:
    """Judge the targets that the cloud has not named.

    A unit *reaches* the stage where it has records beyond the targets of earlier stages.

    | the whole of the stage was started | and | then |
    | --- | --- | --- |
    | by an earlier run | the unit reaches it, and no hint lacks a record | nothing to await |
    | not yet | the unit reaches it, and there are hints, of which none lacks a record | nothing to await |
    | not yet | others are moving | wait for them: an earlier run may have started it |
    | not yet | | start it |
    | now | all have it, says the cloud, or its records have changed since | nothing to await |
    | now, and by an earlier run | the unit reaches it, and it is late for hints to show | nothing to await |
    | now | others are moving, or it is too early for anything to show | wait |
    | now | as often as it may be | failed |
    """
    seen = stage.own(observation.of(one.unit))
    reaches = bool(seen) and not stage.earlier.issuperset(seen)
    begun = reaches and one.unit in stage.covered
    borne_out = observation.hints.issubset(seen)
    if borne_out and (begun or (reaches and observation.hints)):
        return Unnamed.NONE, ""
    attempt = ledger.whole_attempt(one.unit, patience.stage)
    if attempt is None:
        if not patience.starts:
            return Unnamed.NONE, ""
        stirring = bool(one.under_way) and not patience.is_quiet
        return (Unnamed.AWAITED if stirring else Unnamed.DUE), ""
    complete = bool(seen) and one.unit in ledger.complete(patience.stage)
    if complete or begun or _has_shown(attempt, one, stage, observation):
        early = patience.now - attempt.at < VISIBILITY and not borne_out
        return (Unnamed.AWAITED if early and not complete else Unnamed.NONE), ""
    refused = ledger.was_refused(one.unit)
    shown_in_time = patience.now - max(attempt.at, patience.quiet_since) < VISIBILITY
    if not refused and (one.under_way or shown_in_time):
        return Unnamed.AWAITED, ""
    if attempt.count >= patience.starts:
        return Unnamed.FAILED, _reason(None, ledger.words(one.unit), "")
    return Unnamed.DUE, ""


def _has_shown(attempt: Attempt, one: UnitSurvey, stage: StageView, observation: Observation) -> bool:
    """Return whether anything has come of a start of the whole, beyond the targets of earlier stages."""
    return any(
        record != attempt.seen.get(target)
        for target, record in stage.own(observation.of(one.unit)).items()
        if target not in stage.earlier
    )


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
    """Keep waiting for targets that were started recently; mark those whose retries are used up as failed.

    Where others are moving, one without any record may be waiting for its turn in a start of an earlier run.
    """
    moving = bool(one.under_way)
    stirring = moving and patience.now - patience.quiet_since < VISIBILITY
    for target in tuple(one.to_start):
        attempt = ledger.attempt(one.unit, target)
        record = verdicts.record(target)
        starts = patience.starts_of(target)
        if attempt is None:
            if stirring and record is None:
                one.to_start.discard(target)
                one.under_way.add(target)
            elif not starts:
                one.to_start.discard(target)
                one.failed[target] = _lapse(record, verdicts.runs_instead(target))
            continue
        settled = ledger.was_refused(one.unit) or (
            verdicts.on(target) is Verdict.FAILED and record != attempt.seen.get(target)
        )
        shown_in_time = patience.now - max(attempt.at, patience.quiet_since) < VISIBILITY
        if starts and not settled and (moving or shown_in_time):
            one.to_start.discard(target)
            one.under_way.add(target)
        elif attempt.count >= _starts(starts, record, instead := verdicts.runs_instead(target)):
            one.to_start.discard(target)
            words = ledger.words(one.unit)
            if starts and record is None and ledger.was_refused(one.unit):
                one.failed[target] = f"not started: {words}"
            else:
                one.failed[target] = _reason(record, words, instead) if starts else _lapse(record, instead)


def _starts(starts: int, record: Record | None, instead: str) -> int:
    """Give how many starts a target may have.

    A start of a version that lies there already, below a newer one, may move nothing; that is no failure of the
    target, and a repeated start goes about it otherwise.
    """
    return max(starts, 2) if starts and _lies_below(record, instead) else starts


def _lies_below(record: Record | None, instead: str) -> bool:
    """Return whether a version has been on a target that runs another: the cloud may call it deleted then."""
    if record is None:
        return False
    return record.state is RecordState.SUCCEEDED or (record.state is RecordState.DELETED and bool(instead))


def _reason(record: Record | None, words: str, instead: str) -> str:
    if record is None:
        said = f"; the cloud's words were: {words}" if words else ""
        return "accepted, but never shown" + said + (f"; {instead} runs there" if instead else "")
    if _lies_below(record, instead):
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
