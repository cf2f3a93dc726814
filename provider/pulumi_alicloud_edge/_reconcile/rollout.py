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

The first row that holds of the stage under way decides:

| what is seen of the stage | while it rolls out | while it bakes |
| --- | --- | --- |
| surely no served target | pass over it where nothing was edited, else fail² | the same |
| more failed than its budget allows | fail² | fail² |
| something unfinished, and no time left for it | count it as failed², and judge again without it | the same |
| something to start | start it² | start it: the inventory lists it only now |
| something under way, or that may still show | wait | wait |
| all is finished, and is to bake | bake² | wait; when the rollout's time is up, fail² |
| all is finished, and has baked | judge the next stage², after the last one finish² | the same |

Time is over at the deadline, or when nothing has moved for too long. ² says: once a second look, a moment later, shows
the same (`two_looks`). So a stale read, an empty answer or an instance that has just been removed neither fails a
rollout, nor rolls a fleet back, nor ends it well. An inventory that is old is read anew before it ends well.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._model.outcome import (
    FAILED_TARGETS_KEPT,
    STRAGGLERS_KEPT,
    FailureCause,
    HangingTarget,
    Outcome,
    Progress,
    RolloutStatus,
    Straggler,
)
from pulumi_alicloud_edge._model.policy import RolloutPolicy, Stage
from pulumi_alicloud_edge._reconcile.attempts import VISIBILITY, Attempts
from pulumi_alicloud_edge._reconcile.bake import has_baked
from pulumi_alicloud_edge._reconcile.baseline import Baseline
from pulumi_alicloud_edge._reconcile.decisions import (
    Confirm,
    Decision,
    Desired,
    Finish,
    Start,
    StartRequest,
    StartResponse,
    Wait,
)
from pulumi_alicloud_edge._reconcile.hanging import Hanging
from pulumi_alicloud_edge._reconcile.stage_status import (
    RetryWindow,
    StageStatus,
    StageView,
    stage_status,
)
from pulumi_alicloud_edge._reconcile.stage_targets import StageTargets
from pulumi_alicloud_edge._reconcile.start_requests import StageStarts
from pulumi_alicloud_edge._reconcile.target_status import recorded_targets
from pulumi_alicloud_edge._reconcile.two_looks import Settling, TwoLooks

UNCLEAR_STARTS = 5
INVENTORY_OLD = 10.0
"""Seconds after which the inventory is read once more before a rollout that has started anything ends well."""


@dataclass
class Memory:
    """What a rollout knows from the runs before it.

    Attributes:
        baseline: What targets ran when it began; empty in its first run.
        covered: For each stage, the artifacts of which an earlier run has started the whole of it (S4).
        needs_baseline: Whether a rollback, of this run or a later one, goes by what targets run now.
        passes_empty_stages: Whether a stage that selects nothing any more is passed over: nothing was edited (S6).
        unshown: What the runs before have started that may not show yet.
        hanging: The targets that an earlier run has found hanging: they are started again.
    """

    baseline: Baseline = field(default_factory=Baseline)
    covered: tuple[frozenset[Artifact], ...] = ()
    needs_baseline: bool = False
    passes_empty_stages: bool = False
    unshown: frozenset[Artifact] = frozenset()
    hanging: tuple[HangingTarget, ...] = ()


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
        self._settling = Settling(now)
        self._stage = 0
        self._bake_ends: float | None = None
        self._baking: frozenset[str] = frozenset()
        self._given_up: dict[Artifact, dict[str, str]] = {}
        others_to_show = self._memory.unshown.difference(desired.artifacts)
        self._shown_at = now + starts_in + VISIBILITY if others_to_show else now
        self._looks = TwoLooks(
            desired, self._deadline, needs_baseline=self._memory.needs_baseline, shown_at=self._shown_at
        )
        self._inventory_at = now
        self._attempts = Attempts()
        self._hanging = Hanging(self._memory.hanging)
        self._again: frozenset[str] = frozenset()
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
        self._looks.observe(observation)
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
            self._settling.begin_anew()

    def refreshed(self, now: float) -> None:
        """Note that the inventory was read anew for the next observation."""
        self._inventory_at = now

    def starting(self, request: StartRequest, now: float) -> None:
        """Note that a start is being sent."""
        seen = {artifact: self._seen.of(artifact) for artifact in request.artifacts}
        recorded = recorded_targets(self._desired, request.selector, self._seen, request.stage)
        targets = self._seen.stage_targets[request.stage]
        meant = request.targets or targets or recorded
        hanging = frozenset().union(*(self._hanging.of(a, self._seen) for a in request.artifacts))
        self._again |= meant if request.repeat else meant & hanging
        self._hanging.starting(request, meant)
        self._attempts.record(request, seen, targets, now, recorded=recorded)
        self._settling.begin_anew()

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
        hanging = {each: self._hanging.of(each, observation) for each in self._desired.artifacts}
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
                0 if baking else starts, self._stage, self._quiet_since, now, newcomers, starts, hanging
            ),
        )
        return replace(
            seen,
            artifacts=tuple(
                artifact.with_failed(self._given_up.get(artifact.artifact, {})) for artifact in seen.artifacts
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
            if expired is FailureCause.STALLED and self._starts_hanging(now):
                expired = None
            return self._give_up(expired, now) if expired else self._go_on(now)
        if (at := self._looks.converged_at(self._stage_status.targets, now)) > now:
            self._looks.not_failed()
            return Confirm(at)
        return self._bake(now)

    def _pass_over(self, now: float) -> Decision | None:
        """Pass over a stage without targets, where nothing was edited and others have some."""
        last = self._stage + 1 == len(self._policy.stages)
        if self._memory.passes_empty_stages:
            return self._end(now) if last else None
        return self._fail(FailureCause.NOTHING_SELECTED, now)

    def _fail(self, cause: FailureCause, now: float) -> Confirm | Finish:
        """Fail once a second look has shown the same (S5)."""
        if (at := self._looks.failed_at(cause, self._stage_status.failed_targets, now)) > now:
            return Confirm(at)
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
        self._looks.not_failed()
        starts = StageStarts(self._stage, self.stage.selector, self._seen, self._targets, self._attempts)
        if requests := starts.requests(self._stage_status.artifacts):
            meant = self.selected.union(*(request.targets or () for request in requests))
            if (at := self._looks.startable_at(meant, now)) > now:
                self._quiet_since = max(self._quiet_since, at)  # nothing is awaited yet
                return Confirm(at)
            return Start(requests)
        return Wait(self._progress(now), min(self._deadline, self._quiet_since + self._policy.stall_timeout))

    def _starts_hanging(self, now: float) -> bool:
        """Note what hangs; return whether any of it may be started again: then it is given as much time once more."""
        under_way = {each.artifact: each.under_way for each in self._stage_status.artifacts}
        self._hanging.note(under_way, self._seen)
        if not self._desired.restarts_hanging:
            return False
        self._stage_status = self._look(self._seen, now)
        if not self._stage_status.needs_start:
            return False
        self._quiet_since = now
        return True

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
            artifact.with_failed(self._given_up[artifact.artifact]).with_unnamed_failed(reason)
            for artifact in self._stage_status.artifacts
        )
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
            self._looks.not_failed()
            return Wait(self._progress(now), min(self._deadline, self._bake_ends))
        self._looks.not_failed()
        if self._stage + 1 < len(self._policy.stages):
            return None
        return self._end(now)

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
        """Return whether all targets are in view, or the cloud itself says that all is in place."""
        is_complete = self._attempts.complete(self._stage).issuperset(self._desired.artifacts)
        if not self._stage_status.is_open or is_complete:
            return True
        return self._settling.has_settled(self._stage_status.targets, now)

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
            again=len(self._again & seen.targets),
            quiet=max(now - self._quiet_since, 0.0),
            unfinished=len(seen.unfinished_targets),
            stragglers=tuple(
                Straggler(target, self._seen.regions.get(target, ""))
                for target in sorted(seen.unfinished_targets)[:STRAGGLERS_KEPT]
            ),
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
            begun=self._targets.begun(self._stage, needs_start=seen.needs_start),
            hanging=self._hanging.targets(self._seen),
            unshown=self._attempts.unshown(self._seen, now)
            | (self._memory.unshown if now < self._began + VISIBILITY else frozenset()),
        )
