"""The status of a stage: which of its targets have converged, are under way, have failed, or are to be started."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, Records, RecordState
from pulumi_alicloud_edge._model.outcome import (
    FAILED_TARGETS_KEPT,
    FailedTarget,
    Placement,
    TargetState,
)
from pulumi_alicloud_edge._model.selection import TargetSet
from pulumi_alicloud_edge._reconcile.attempts import VISIBILITY, Attempt, Attempts
from pulumi_alicloud_edge._reconcile.decisions import Desired
from pulumi_alicloud_edge._reconcile.target_status import TargetStates


class Unnamed(Enum):
    """The state of those targets of a stage that the cloud has not named.

    NONE: there are none to wait for. DUE: the whole of the stage has to be started. AWAITED: it was started, and
    nothing shows yet. FAILED: it was started as often as allowed, and nothing has ever shown.
    """

    NONE = "none"
    DUE = "due"
    AWAITED = "awaited"
    FAILED = "failed"


@dataclass
class ArtifactStatus:
    """The targets of one artifact, sorted by where they stand.

    ``failed`` holds reasons; ``observed`` counts by the records alone, before the retry window is applied.
    """

    artifact: Artifact
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
            TargetState.CONVERGED: self.converged,
            TargetState.IN_PROGRESS: len(self.under_way),
            TargetState.FAILED: len(self.failed),
            TargetState.MISSING: len(self.to_start),
        }
        return Placement(self.artifact, counts, sum(counts.values()), self.failures())

    def failures(self) -> tuple[FailedTarget, ...]:
        """Return the first failed targets; one without an id where nothing was ever shown."""
        kept = sorted(self.failed.items())[:FAILED_TARGETS_KEPT]
        failed = tuple(FailedTarget(self.artifact, target, reason) for target, reason in kept)
        nowhere = FailedTarget(self.artifact, "", self.unnamed_reason)
        return (nowhere, *failed) if self.unnamed is Unnamed.FAILED else failed

    def with_failed(self, given_up: Mapping[str, str]) -> ArtifactStatus:
        """Count targets that were given up as failed, for these reasons, unless they have made it in the end."""
        hanging = (self.under_way | self.to_start) & given_up.keys()
        if not hanging:
            return self
        failed = self.failed | {target: given_up[target] for target in hanging}
        return replace(
            self, under_way=self.under_way - hanging, to_start=self.to_start - hanging, failed=failed
        )

    def with_unnamed_failed(self, reason: str) -> ArtifactStatus:
        """Count what was never shown as failed where a start of it is awaited."""
        if self.unnamed not in (Unnamed.DUE, Unnamed.AWAITED):
            return self
        return replace(self, unnamed=Unnamed.FAILED, unnamed_reason=reason)


@dataclass(frozen=True)
class StageStatus:
    """A stage at one moment.

    Attributes:
        targets: The stage's targets as far as they are known.
        is_open: Whether there may be more of them than the cloud has named.
        artifacts: The status of each artifact, in the order declared.
    """

    targets: frozenset[str]
    is_open: bool
    artifacts: tuple[ArtifactStatus, ...]

    @property
    def failed_targets(self) -> set[str]:
        """Targets on which at least one artifact has failed for good."""
        return set().union(*(artifact.failed for artifact in self.artifacts))

    @property
    def unfinished_targets(self) -> set[str]:
        """Targets on which at least one artifact is under way or still to be started."""
        return set().union(*(artifact.under_way | artifact.to_start for artifact in self.artifacts))

    @property
    def needs_start(self) -> bool | None:
        """Whether anything is to be started; None where nothing was surveyed."""
        return any(artifact.to_start for artifact in self.artifacts) if self.artifacts else None

    @property
    def is_finished(self) -> bool:
        """Whether nothing is to be started or awaited any more."""
        awaited = any(artifact.unnamed in (Unnamed.DUE, Unnamed.AWAITED) for artifact in self.artifacts)
        return not awaited and not self.unfinished_targets

    @property
    def has_failed_unnamed(self) -> bool:
        """Whether starts of a whole stage have come to nothing."""
        return any(artifact.unnamed is Unnamed.FAILED for artifact in self.artifacts)

    @property
    def done(self) -> int:
        """Number of targets that every artifact has reached."""
        return len(self.targets - self.failed_targets - self.unfinished_targets)

    def counts(self) -> tuple[object, ...]:
        """Return what changes when anything moves in the cloud, to tell progress from a stall."""
        return tuple(artifact.observed for artifact in self.artifacts)


@dataclass(frozen=True)
class RetryWindow:
    """The bounds within which a target may still be started again or waited for.

    Attributes:
        starts: Starts that one target may have in this run; none while a stage bakes.
        stage: Index of the stage under way.
        quiet_since: When anything last changed; a start that shows nothing is given time from then.
        now: The time of the observation.
        newcomers: Targets that the inventory lists only since the stage bakes: they are started all the same (S6).
        starts_of_newcomers: Starts that one of those may have.
        hanging: For each artifact, the targets on which nothing has moved for too long.
    """

    starts: int
    stage: int
    quiet_since: float
    now: float
    newcomers: frozenset[str] = frozenset()
    starts_of_newcomers: int = 0
    hanging: Mapping[Artifact, frozenset[str]] = field(default_factory=dict)

    def starts_of(self, target: str) -> int:
        """Return the starts that a target may have."""
        return self.starts_of_newcomers if target in self.newcomers else self.starts

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has changed for as long as the cloud may take to show a start."""
        return self.now - self.quiet_since >= VISIBILITY


@dataclass(frozen=True)
class StageView:
    """The stage to judge.

    Attributes:
        targets: Its targets and those of the stages before it, as far as they are in view.
        is_named: Whether the cloud or the inputs name the stage's own targets.
        earlier: Targets of the stages before it.
        covered: Artifacts of which an earlier run has started the whole of it.
        recorded: The targets whose records are certainly its own; None where that is unknown.
    """

    targets: TargetSet
    is_named: bool
    earlier: frozenset[str] = frozenset()
    covered: Collection[Artifact] = ()
    recorded: frozenset[str] | None = None

    def own(self, records: Records) -> Records:
        """Return those of an artifact's records that may belong to this stage or to one before it."""
        if self.recorded is None:
            return records
        return {t: r for t, r in records.items() if t in self.recorded or t in self.targets.targets}


def stage_status(
    desired: Desired,
    stage: StageView,
    *,
    observation: Observation,
    attempts: Attempts,
    retry_window: RetryWindow,
) -> StageStatus:
    """Sort the targets of a stage.

    Where the cloud has not named them, this run or an earlier one has to start the whole of the stage, and a result
    has to show: records that another selection left prove nothing (S4).
    """
    known = stage.targets.targets
    artifacts = []
    for artifact in desired.artifacts:
        one = ArtifactStatus(artifact)
        target_states = TargetStates(observation, artifact, exclusive=desired.exclusive)
        obstacle = observation.obstacles.get(artifact, "")
        for target in known:
            _classify(one, target, target_states, obstacle, retry_window)
        one.observed = one.converged, len(one.under_way), len(one.to_start), len(one.failed)
        _apply_retry_window(one, target_states, attempts, retry_window)
        _start_hanging(one, attempts, retry_window)
        if not stage.is_named:
            one.unnamed, one.unnamed_reason = _judge_unnamed(one, stage, observation, attempts, retry_window)
        artifacts.append(one)
    return StageStatus(known, not stage.targets.is_known, tuple(artifacts))


def _judge_unnamed(
    one: ArtifactStatus,
    stage: StageView,
    observation: Observation,
    attempts: Attempts,
    retry_window: RetryWindow,
) -> tuple[Unnamed, str]:
    """Judge the targets that the cloud has not named.

    An artifact *reaches* the stage where it has records beyond the targets of earlier stages.

    | the whole of the stage was started | and | then |
    | --- | --- | --- |
    | by an earlier run | the artifact reaches it, and no hint lacks a record | nothing to await |
    | not yet | the artifact reaches it, and there are hints, of which none lacks a record | nothing to await |
    | not yet | others are moving | wait for them: an earlier run may have started it |
    | not yet | | start it |
    | now | all have it, says the cloud, or its records have changed since | nothing to await |
    | now, and by an earlier run | the artifact reaches it, and it is late for hints to show | nothing to await |
    | now | others are moving, or it is too early for anything to show | wait |
    | now | as often as it may be | failed |
    """
    seen = stage.own(observation.of(one.artifact))
    reaches = bool(seen) and not stage.earlier.issuperset(seen)
    begun = reaches and one.artifact in stage.covered
    borne_out = observation.hints.issubset(seen)
    if borne_out and (begun or (reaches and observation.hints)):
        return Unnamed.NONE, ""
    attempt = attempts.whole_attempt(one.artifact, retry_window.stage)
    if attempt is None:
        if not retry_window.starts:
            return Unnamed.NONE, ""
        recently_moved = bool(one.under_way) and not retry_window.is_quiet
        return (Unnamed.AWAITED if recently_moved else Unnamed.DUE), ""
    complete = bool(seen) and one.artifact in attempts.complete(retry_window.stage)
    if complete or begun or _has_shown(attempt, one, stage, observation):
        early = retry_window.now - attempt.at < VISIBILITY and not borne_out
        return (Unnamed.AWAITED if early and not complete else Unnamed.NONE), ""
    refused = attempts.was_refused(one.artifact)
    shown_in_time = retry_window.now - max(attempt.at, retry_window.quiet_since) < VISIBILITY
    if not refused and (one.under_way or shown_in_time):
        return Unnamed.AWAITED, ""
    if attempt.count >= retry_window.starts:
        return Unnamed.FAILED, _reason(None, attempts.message(one.artifact), "")
    return Unnamed.DUE, ""


def _has_shown(attempt: Attempt, one: ArtifactStatus, stage: StageView, observation: Observation) -> bool:
    """Return whether a record has changed since a start of the whole stage, beyond the targets of earlier stages."""
    return any(
        record != attempt.seen.get(target)
        for target, record in stage.own(observation.of(one.artifact)).items()
        if target not in stage.earlier
    )


def _classify(
    one: ArtifactStatus,
    target: str,
    target_states: TargetStates,
    obstacle: str,
    retry_window: RetryWindow,
) -> None:
    """Classify a target by its records alone: anything neither converged nor under way may need a start.

    Where another version is on its way to a target that runs ours, wait for it to arrive: a start now might end
    before it. If it hangs, ours is started over it.
    """
    target_state = target_states.on(target)
    if target_state is TargetState.CONVERGED and target_states.is_contested(target):
        (one.to_start if retry_window.is_quiet else one.under_way).add(target)
    elif target_state is TargetState.CONVERGED:
        one.converged += 1
    elif obstacle:
        one.failed[target] = obstacle
    elif target_state is TargetState.IN_PROGRESS:
        one.under_way.add(target)
    else:
        one.to_start.add(target)


def _apply_retry_window(
    one: ArtifactStatus, target_states: TargetStates, attempts: Attempts, retry_window: RetryWindow
) -> None:
    """Keep waiting for targets that were started recently; mark those whose retries are used up as failed.

    Where others are moving, a target without a record may be queued in a start of an earlier run.
    """
    moving = bool(one.under_way)
    recently_moved = moving and retry_window.now - retry_window.quiet_since < VISIBILITY
    for target in tuple(one.to_start):
        attempt = attempts.attempt(one.artifact, target)
        record = target_states.record(target)
        starts = retry_window.starts_of(target)
        if attempt is None:
            if recently_moved and record is None:
                one.to_start.discard(target)
                one.under_way.add(target)
            elif not starts:
                one.to_start.discard(target)
                one.failed[target] = _lost_reason(record, target_states.runs_instead(target))
            continue
        settled = attempts.was_refused(one.artifact) or (
            target_states.on(target) is TargetState.FAILED and record != attempt.seen.get(target)
        )
        shown_in_time = retry_window.now - max(attempt.at, retry_window.quiet_since) < VISIBILITY
        if starts and not settled and (moving or shown_in_time):
            one.to_start.discard(target)
            one.under_way.add(target)
        elif attempt.count >= _starts(starts, record, instead := target_states.runs_instead(target)):
            one.to_start.discard(target)
            message = attempts.message(one.artifact)
            if starts and record is None and attempts.was_refused(one.artifact):
                one.failed[target] = f"not started: {message}"
            else:
                one.failed[target] = (
                    _reason(record, message, instead) if starts else _lost_reason(record, instead)
                )


def _start_hanging(one: ArtifactStatus, attempts: Attempts, retry_window: RetryWindow) -> None:
    """Start what hangs again, as often as a target may be started."""
    for target in one.under_way & retry_window.hanging.get(one.artifact, frozenset()):
        attempt = attempts.attempt(one.artifact, target)
        if (0 if attempt is None else attempt.count) < retry_window.starts_of(target):
            one.under_way.discard(target)
            one.to_start.add(target)


def _starts(starts: int, record: Record | None, instead: str) -> int:
    """Return how many starts a target may have.

    A start of a version that already lies there, below a newer one, may have no effect. That is not a failure of the
    target: the repeated start cleans the newer version first.
    """
    return max(starts, 2) if starts and _lies_below(record, instead) else starts


def _lies_below(record: Record | None, instead: str) -> bool:
    """Return whether a version lies below another one on a target: the cloud may then show it as deleted."""
    if record is None:
        return False
    return record.state is RecordState.SUCCEEDED or (record.state is RecordState.DELETED and bool(instead))


def _reason(record: Record | None, message: str, instead: str) -> str:
    if record is None:
        cloud_message = f"; its message: {message}" if message else ""
        return (
            "accepted, but the cloud shows no record of it"
            + cloud_message
            + (f"; {instead} runs there" if instead else "")
        )
    if _lies_below(record, instead):
        return _lost_reason(record, instead)
    return record.detail or message or record.state.value


def _lost_reason(record: Record | None, instead: str) -> str:
    """Return why a target that had converged no longer counts as converged.

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
