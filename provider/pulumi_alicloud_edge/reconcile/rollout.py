"""The state machine of a rollout.

Look, start what is missing, wait for what is under way, start again what failed, and say when a stage is done:

    observe ──> decide ──> Start(requests) ──> started(answer) ─┐
       ^           │                                            │
       │           ├─────> Wait(until) ─────────────────────────┤
       │           ├─────> Confirm(at) ─────────────────────────┤
       └───────────┼────────────────────────────────────────────┘
                   └─────> Finish(outcome)

What already runs is not started again, what is under way is joined, and only observations make a target done.
Time comes from outside, as seconds of any clock that does not jump.

| the stage, as surveyed | decision |
| --- | --- |
| has surely no served target | pass over it where that is allowed, else fail; confirmed first |
| more failed than its budget allows | fail; confirmed first (S5), with the inventory read anew (S6) |
| anything is to be started | start it, unless it bakes; what is new in the inventory also while it bakes |
| anything is under way, or may still show | wait |
| time is up, or nothing moves for too long | count what hangs as failed; confirmed first |
| all has converged within the budget | bake, then the next stage; confirmed first, unless its records are new |
| the last stage has baked | finish; first read the inventory anew where it is old |

*Confirmed* means that a second look, a moment later, shows the same: a stale read, an empty answer or an instance
that has just been removed neither fails a rollout nor rolls a fleet back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pulumi_alicloud_edge.model.observation import Artifact, Observation, newest_record, running_versions
from pulumi_alicloud_edge.model.outcome import (
    FAILED_TARGETS_KEPT,
    FailureCause,
    Outcome,
    Progress,
    RolloutStatus,
)
from pulumi_alicloud_edge.model.policy import RolloutPolicy, Stage
from pulumi_alicloud_edge.model.selection import Certainty
from pulumi_alicloud_edge.reconcile.attempts import Attempts
from pulumi_alicloud_edge.reconcile.bake import has_baked
from pulumi_alicloud_edge.reconcile.baseline import Baseline
from pulumi_alicloud_edge.reconcile.decisions import (
    CONFIRMED_AFTER,
    Confirm,
    Decision,
    Desired,
    Finish,
    Start,
    StartRequest,
    StartResponse,
    Wait,
)
from pulumi_alicloud_edge.reconcile.stage_status import (
    ArtifactStatus,
    RetryWindow,
    StageStatus,
    StageView,
    Unnamed,
    stage_status,
)
from pulumi_alicloud_edge.reconcile.stage_targets import StageTargets
from pulumi_alicloud_edge.reconcile.target_status import recorded_targets

SETTLE_SHARE = 0.1
SETTLE_LEAST = 1.0
UNCLEAR_STARTS = 5
LOOKS_BEFORE_START = 5
"""So often a rollout looks before its first start, while no two looks agree on what runs."""
INVENTORY_OLD = 10.0
"""Seconds after which the inventory is read once more before a rollout that has started anything ends well."""


@dataclass(frozen=True)
class Doubt:
    """Bad news that one look has brought.

    Attributes:
        cause: What it would fail the rollout for.
        failed: The targets that have failed.
        since: When it was first seen.
    """

    cause: FailureCause
    failed: frozenset[str]
    since: float


@dataclass
class Memory:
    """What a rollout knows from the runs before it.

    Attributes:
        baseline: What targets ran when it began; empty in its first run.
        covered: For each stage, the artifacts of which an earlier run has started the whole of it (S4).
        needs_baseline: Whether a rollback, of this run or a later one, goes by what targets run now.
        passes_empty_stages: Whether a stage that selects nothing any more is passed over: nothing was edited (S6).
    """

    baseline: Baseline = field(default_factory=Baseline)
    covered: tuple[frozenset[Artifact], ...] = ()
    needs_baseline: bool = False
    passes_empty_stages: bool = False


class Rollout:
    """One rollout from first look to end. Feed it observations; do what it decides.

    Args:
        desired: What is to be true at the end.
        policy: Stages and bounds.
        now: The time at which it begins.
        starts_in: Seconds until the cloud is asked to begin; all bounds count from then.
        memory: What is known from the runs before.
    """

    def __init__(
        self,
        desired: Desired,
        policy: RolloutPolicy,
        now: float,
        *,
        starts_in: float = 0.0,
        memory: Memory | None = None,
    ) -> None:
        self._desired = desired
        self._policy = policy
        self._began = now
        self._memory = memory or Memory()
        self._deadline = now + starts_in + policy.timeout
        self._quiet_since = now + starts_in
        self._last_counts: tuple[object, ...] | None = None
        self._settling: tuple[frozenset[str], float] | None = None
        self._stage = 0
        self._bake_ends: float | None = None
        self._baking: frozenset[str] = frozenset()
        self._given_up: dict[Artifact, dict[str, str]] = {}
        self._doubt: Doubt | None = None
        self._is_sure = not self._memory.needs_baseline
        self._ran: dict[tuple[str, str], str] | None = None
        self._looks_before_start = 0
        self._newest: dict[str, str] | None = None
        self._agreed: tuple[dict[tuple[str, str], str], float] | None = None
        self._inventory_at = now
        self._attempts = Attempts()
        self._targets = StageTargets(desired, policy, self._attempts, self._memory.covered)
        self._seen = Observation({}, (None,) * len(policy.stages))
        self._stage_status = StageStatus(frozenset(), is_open=True, artifacts=())

    @property
    def baseline(self) -> Baseline:
        """What targets ran before this rollout started anything on them, through all its runs."""
        return self._memory.baseline

    @property
    def selected(self) -> frozenset[str]:
        """The targets of all stages, as far as they are in view."""
        return self._targets.up_to(len(self._policy.stages) - 1).targets

    @property
    def served(self) -> frozenset[str]:
        """The targets that the answers to its starts have named."""
        return self._attempts.named

    @property
    def seen(self) -> Observation:
        """The observation judged last."""
        return self._seen

    @property
    def stage(self) -> Stage:
        """The stage under way."""
        return self._policy.stages[self._stage]

    def decide(self, observation: Observation, now: float) -> Decision:
        """Judge an observation made at ``now`` and say what comes next."""
        self._seen = observation
        if self._newest is None:
            self._newest = {
                artifact.name: newest_record(observation, artifact.name)
                for artifact in self._desired.artifacts
            }
        self._targets.observe(observation, now)
        while True:
            self._stage_status = self._look(observation, now)
            self._note_progress(observation, now)
            decision = self._judge(now)
            if decision is not None:
                return decision
            self._stage += 1
            self._bake_ends = None
            self._baking = frozenset()
            self._settling = None

    def refreshed(self, now: float) -> None:
        """Note that the inventory was read anew for the next observation."""
        self._inventory_at = now

    def starting(self, request: StartRequest, now: float) -> None:
        """Note that a start is being sent."""
        seen = {artifact: self._seen.of(artifact) for artifact in request.artifacts}
        recorded = recorded_targets(self._desired, request.selector, self._seen, request.stage)
        targets = self._seen.stage_targets[request.stage]
        self._attempts.record(request, seen, targets, now, recorded=recorded)
        self._settling = None

    def started(self, request: StartRequest, answer: StartResponse) -> None:
        """Note the cloud's answer to a start. What it has not taken changes nothing (S3)."""
        if taken := tuple(artifact for artifact in request.artifacts if artifact not in answer.refused):
            self._note_baseline(replace(request, artifacts=taken))
        self._attempts.answered(request, answer)

    def unclear(self, request: StartRequest) -> bool:
        """Note that the answer to a start was lost. Observation will tell; false once that is of no use."""
        self._note_baseline(request)
        return self._attempts.undo_attempt(request) < UNCLEAR_STARTS

    def not_started(self, request: StartRequest) -> None:
        """Note that the cloud will not have a start."""
        self._attempts.refused_after_all(request)

    def refused(self, now: float) -> Outcome:
        """End the rollout because the cloud will not have a start, or cannot be asked any more."""
        return self._outcome(RolloutStatus.FAILED, now, FailureCause.REFUSED)

    def interrupted(self, now: float) -> Outcome:
        """End the wait because the run was told to stop; what is under way goes on in the cloud."""
        return self._outcome(RolloutStatus.INTERRUPTED, now)

    def _note_baseline(self, request: StartRequest) -> None:
        """Note what the targets ran that a start means: those named, else those that records show.

        What runs elsewhere in the selection is noted as well, since what runs the desired version already is not
        started, and a later run must not take it for changed by this one.
        """
        named = request.targets if request.targets is not None else self._seen.stage_targets[request.stage]
        targets = self._targets.up_to(request.stage).targets if named is None else named
        if not self._attempts.started:
            self._memory.baseline.note_beside(self._desired.artifacts, self.selected, self._seen)
        self._memory.baseline.note(request.artifacts, targets, self._seen, all_meant=named is not None)
        self._memory.baseline.note_started(request.artifacts)

    def _look(self, observation: Observation, now: float) -> StageStatus:
        earlier = self._targets.up_to(self._stage - 1).targets if self._stage else frozenset()
        targets = self._targets.up_to(self._stage)
        baking = self._bake_ends is not None
        starts = 1 + self._policy.retries
        newcomers = targets.targets - self._baking if baking and targets.is_known else frozenset()
        seen = stage_status(
            self._desired,
            StageView(
                targets,
                self._targets.is_named(self._stage),
                earlier,
                self._targets.covered(self._stage),
                observation.recorded_of(self._stage),
            ),
            observation=observation,
            attempts=self._attempts,
            retry_window=RetryWindow(
                0 if baking else starts, self._stage, self._quiet_since, now, newcomers, starts
            ),
        )
        return replace(
            seen,
            artifacts=tuple(
                _as_failed(artifact, self._given_up.get(artifact.artifact, {})) for artifact in seen.artifacts
            ),
        )

    def _note_progress(self, observation: Observation, now: float) -> None:
        counts = (self._stage, self._stage_status.counts(), observation.progress_token)
        if counts != self._last_counts:
            self._last_counts = counts
            self._quiet_since = max(self._quiet_since, now)

    def _judge(self, now: float) -> Decision | None:
        """Decide on the stage under way; None when it is done and another follows."""
        if self._targets.is_empty(self._stage):
            return self._pass_over(now)
        expired = self._expired(now)
        is_final = self._stage_status.is_finished and self._settled(now)
        if self._is_beyond_budget(is_final=is_final):
            return self._fail(FailureCause.BUDGET, now)
        if not is_final:
            return self._give_up(expired, now) if expired else self._go_on(now)
        if (at := self._proven_at(now)) > now:
            self._allay_doubt()
            return Confirm(at)
        return self._bake(now)

    def _proven_at(self, now: float) -> float:
        """Return when it is more than the word of one look that a stage has converged (S4, S5).

        A single answer may tell of the past, in which a former version ran everywhere. One that tells of records which
        have come since the first look does not; any other has to come twice, for the targets of this stage, until the
        deadline has passed.
        """
        if not self._desired.exclusive or self._is_new():
            return now
        own = self._stage_status.targets
        runs = {of: version for of, version in self._running(()).items() if of[1] in own}
        if self._agreed is None or self._agreed[0] != runs:
            self._agreed = runs, now
        if now >= self._deadline + CONFIRMED_AFTER:
            return now
        return max(now, self._agreed[1] + CONFIRMED_AFTER)

    def _is_new(self) -> bool:
        """Return whether every record that makes a target converged is newer than all that the first look showed."""
        newest = self._newest or {}
        return all(
            record.updated > newest.get(artifact.name, "")
            for artifact in self._desired.artifacts
            for target, record in self._seen.of(artifact).items()
            if target in self._stage_status.targets
        )

    def _pass_over(self, now: float) -> Decision | None:
        """Pass over a stage without targets, where nothing was edited and others have some."""
        last = self._stage + 1 == len(self._policy.stages)
        if self._memory.passes_empty_stages:
            return self._end(now) if last else None
        return self._fail(FailureCause.NOTHING_SELECTED, now)

    def _fail(self, cause: FailureCause, now: float) -> Decision:
        """Fail once a second look has shown the same (S5); once time is up, that is confirmed for all stages.

        Two looks after the deadline agree whatever each has found: the rollout has not ended well in time.
        """
        failed = frozenset(self._stage_status.failed_targets)
        doubt = self._doubt
        if doubt is None or not (
            (doubt.cause is cause and doubt.failed <= failed) or doubt.since >= self._deadline
        ):
            doubt = self._doubt = Doubt(cause, failed, now)
        if now - doubt.since < CONFIRMED_AFTER:
            return Confirm(doubt.since + CONFIRMED_AFTER)
        return Finish(self._outcome(RolloutStatus.FAILED, now, cause))

    def _is_beyond_budget(self, *, is_final: bool) -> bool:
        """Return whether more has failed than may.

        A share cannot be judged while targets may still show.
        """
        failed = self._stage_status.failed_targets
        if self._stage_status.has_failed_unnamed:
            return True
        if self._stage_status.is_open and not is_final:
            return self.stage.budget.percent is None and len(failed) > self.stage.budget.count
        return len(failed) > self._allowed()

    def _allowed(self) -> int:
        """Return how many targets may fail: what the budget says, but one at least has to succeed."""
        total = len(self._stage_status.targets)
        return min(self.stage.budget.allowed(total), max(total - 1, 0))

    def _go_on(self, now: float) -> Decision:
        self._allay_doubt()
        if requests := tuple(self._requests()):
            if not self._is_baseline_sure(requests):
                self._quiet_since = max(self._quiet_since, now + CONFIRMED_AFTER)  # nothing is awaited yet
                return Confirm(now + CONFIRMED_AFTER)
            return Start(requests)
        return Wait(self._progress(now), min(self._deadline, self._quiet_since + self._policy.stall_timeout))

    def _is_baseline_sure(self, requests: tuple[StartRequest, ...]) -> bool:
        """Return whether two looks agree on what runs: a rollback, also of a later run, goes by that (S3, S5)."""
        if not self._is_sure:
            runs, before = self._running(requests), self._ran
            self._looks_before_start += 1
            self._is_sure = runs == before or self._looks_before_start >= LOOKS_BEFORE_START
            self._ran = runs
        return self._is_sure

    def _running(self, requests: tuple[StartRequest, ...]) -> dict[tuple[str, str], str]:
        """Return what each target runs of each name, as far as anything shows there."""
        targets = self.selected.union(*(request.targets or () for request in requests))
        return {
            (artifact.name, target): version
            for artifact in self._desired.artifacts
            for target, version in running_versions(self._seen, artifact.name).items()
            if target in targets
        }

    def _give_up(self, cause: FailureCause, now: float) -> Decision | None:
        """Count what hangs as failed: it may still fit into the budget."""
        confirmed = self._fail(cause, now)
        if isinstance(confirmed, Confirm):
            return confirmed
        reason = "no result in time" if cause is FailureCause.TIMEOUT else "no progress for too long"
        for artifact in self._stage_status.artifacts:
            hanging = dict.fromkeys(artifact.under_way | artifact.to_start, reason)
            self._given_up.setdefault(artifact.artifact, {}).update(hanging)
        artifacts = tuple(
            _as_failed(artifact, self._given_up[artifact.artifact])
            for artifact in self._stage_status.artifacts
        )
        artifacts = tuple(_unnamed_as_failed(artifact, reason) for artifact in artifacts)
        self._stage_status = replace(self._stage_status, artifacts=artifacts)
        if self._is_beyond_budget(is_final=True):
            return Finish(self._outcome(RolloutStatus.FAILED, now, cause))
        return self._bake(now)

    def _bake(self, now: float) -> Decision | None:
        """Watch a stage that has converged for as long as it is to bake."""
        if self.stage.bake and self._bake_ends is None:
            began_before = not self._attempts.has_started(self._stage)
            elapsed = began_before and has_baked(
                self._seen, self._desired.artifacts, self._stage, self.stage.bake
            )
            self._bake_ends = now if elapsed else now + self.stage.bake
            self._baking = self._stage_status.targets
        if self._bake_ends is not None and now < self._bake_ends:
            if now >= self._deadline:
                return self._fail(FailureCause.TIMEOUT, now)
            self._allay_doubt()
            return Wait(self._progress(now), min(self._deadline, self._bake_ends))
        self._allay_doubt()
        if self._stage + 1 < len(self._policy.stages):
            return None
        return self._end(now)

    def _allay_doubt(self) -> None:
        """Forget bad news that a second look did not bring again; that time is up stands for all stages."""
        if self._doubt is not None and self._doubt.since < self._deadline:
            self._doubt = None

    def _end(self, now: float) -> Decision:
        """End well; where the inventory is old, only when it was read once more (S4, S6)."""
        listed = bool(self._seen.regions or self._seen.hints)
        old = listed and now - self._inventory_at >= INVENTORY_OLD
        if self._attempts.started and old and now < self._deadline:
            return Confirm(now)
        degraded = bool(self._stage_status.failed_targets)
        return Finish(self._outcome(RolloutStatus.DEGRADED if degraded else RolloutStatus.CONVERGED, now))

    def _expired(self, now: float) -> FailureCause | None:
        if now >= self._deadline:
            return FailureCause.TIMEOUT
        if now >= self._quiet_since + self._policy.stall_timeout:
            return FailureCause.STALLED
        return None

    def _settled(self, now: float) -> bool:
        """Return whether all targets are in view.

        Where the cloud does not name them, the same set must be seen over a tenth of the time that it took so
        far, and at least a second, unless the cloud itself says that all is in place.
        """
        if not self._stage_status.is_open or self._attempts.complete(self._stage).issuperset(
            self._desired.artifacts
        ):
            return True
        if self._settling is None or self._settling[0] != self._stage_status.targets:
            self._settling = (self._stage_status.targets, now)
        return now - self._settling[1] >= max(SETTLE_LEAST, SETTLE_SHARE * (now - self._began))

    def _requests(self) -> list[StartRequest]:
        """Join artifacts that are missing on the same targets into one start."""
        groups: dict[frozenset[str] | None, list[Artifact]] = {}
        for artifact in self._stage_status.artifacts:
            if artifact.to_start or artifact.unnamed is Unnamed.DUE:
                groups.setdefault(self._narrowed(artifact), []).append(artifact.artifact)
        return [
            StartRequest(
                self._stage, self.stage.selector, tuple(artifacts), targets, self._repeats(artifacts, targets)
            )
            for targets, artifacts in groups.items()
        ]

    def _narrowed(self, artifact: ArtifactStatus) -> frozenset[str] | None:
        """Return the targets to start, None where that is all that the stage selects.

        Where the cloud does not name them, the whole is started once; after that, only those that show a need.
        """
        own = self._seen.stage_targets[self._stage]
        if own is None:
            begun = self._attempts.whole_attempt(artifact.artifact, self._stage) is not None
            covered = artifact.artifact in self._targets.covered(self._stage)
            if (
                artifact.unnamed is Unnamed.DUE
                or self._attempts.was_refused(artifact.artifact)
                or not (begun or covered)
            ):
                return None
        elif artifact.to_start >= own:
            return None
        return frozenset(artifact.to_start)

    def _repeats(self, artifacts: list[Artifact], targets: frozenset[str] | None) -> int:
        """Return how often any of these was started before, as part of the whole or one by one."""
        meant = self._targets.of(self._stage).targets if targets is None else targets
        attempts = [self._attempts.attempt(artifact, target) for artifact in artifacts for target in meant]
        if targets is None:
            attempts += [self._attempts.whole_attempt(artifact, self._stage) for artifact in artifacts]
        return max((a.count for a in attempts if a is not None), default=0)

    def _progress(self, now: float) -> Progress:
        seen = self._stage_status
        return Progress(
            stage=self._stage,
            stages=len(self._policy.stages),
            stage_name=self.stage.name,
            done=seen.done,
            failed=len(seen.failed_targets),
            total=len(seen.targets) if seen.targets or not seen.is_open else None,
            elapsed=now - self._began,
            baking=None if self._bake_ends is None else max(self._bake_ends - now, 0.0),
            detail=", ".join(str(part) for part in self._seen.progress_token),
            part=self._seen.part,
        )

    def _outcome(self, status: RolloutStatus, now: float, cause: FailureCause | None = None) -> Outcome:
        seen = self._stage_status
        failed = tuple(failure for artifact in seen.artifacts for failure in artifact.failures())
        return Outcome(
            status=status,
            placements=tuple(artifact.placement() for artifact in seen.artifacts),
            progress=self._progress(now),
            cause=cause,
            stage_failed=failed[:FAILED_TARGETS_KEPT],
            failed_total=len(seen.failed_targets) or int(seen.has_failed_unnamed),
            allowed=self._allowed(),
            started=self._attempts.started,
            request_ids=self._attempts.request_ids,
            unserved=self._targets.unserved,
            accepted=frozenset(seen.failed_targets) if status is RolloutStatus.DEGRADED else frozenset(),
            begun=self._begun(),
        )

    def _begun(self) -> int:
        """Return how many stages, from the first, were started as a whole or need no start (S4)."""
        for index in range(self._stage + 1):
            if self._targets.of(index).certainty is Certainty.UNKNOWN:
                return index
        return self._stage + 1 if self._has_begun_stage() else self._stage

    def _has_begun_stage(self) -> bool:
        """Return whether the whole of the stage under way was started, by this run or one before, or needs no start."""
        if self._attempts.is_partial(self._stage):
            return False
        if self._attempts.has_started(self._stage):
            return True
        artifacts = self._stage_status.artifacts
        if artifacts and self._targets.is_named(self._stage):
            return not any(artifact.to_start for artifact in artifacts)
        return self._targets.covered(self._stage) == frozenset(self._desired.artifacts)


def _as_failed(artifact: ArtifactStatus, given_up: Mapping[str, str]) -> ArtifactStatus:
    """Count targets that were given up as failed, unless they have made it in the end."""
    hanging = (artifact.under_way | artifact.to_start) & given_up.keys()
    if not hanging:
        return artifact
    failed = artifact.failed | {target: given_up[target] for target in hanging}
    return replace(
        artifact, under_way=artifact.under_way - hanging, to_start=artifact.to_start - hanging, failed=failed
    )


def _unnamed_as_failed(artifact: ArtifactStatus, reason: str) -> ArtifactStatus:
    """Count what was never shown as failed where a start of it is awaited."""
    if artifact.unnamed not in (Unnamed.DUE, Unnamed.AWAITED):
        return artifact
    return replace(artifact, unnamed=Unnamed.FAILED, unnamed_reason=reason)
