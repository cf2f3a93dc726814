"""The state machine of a rollout.

Look, start what is missing, wait for what is under way, start again what failed, and say when a stage is done:

    observe ──> decide ──> Start(requests) ──> started(answer) ─┐
       ^           │                                            │
       │           ├─────> Wait(until) ─────────────────────────┤
       └───────────┼────────────────────────────────────────────┘
                   └─────> Finish(outcome)

What already runs is not started again, what is under way is joined, and only observations make a target done.
Time comes from outside, as seconds of any clock that does not jump.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pulumi_alicloud_edge.model.observation import Observation, Unit
from pulumi_alicloud_edge.model.outcome import (
    FAILED_TARGETS_KEPT,
    FailedTarget,
    FailureCause,
    Outcome,
    Progress,
    RolloutStatus,
)
from pulumi_alicloud_edge.model.policy import Everywhere, RolloutPolicy, Stage
from pulumi_alicloud_edge.reconcile.baking import has_baked
from pulumi_alicloud_edge.reconcile.decisions import (
    Decision,
    Desired,
    Finish,
    Start,
    StartAnswer,
    StartRequest,
    Wait,
)
from pulumi_alicloud_edge.reconcile.ledger import ANYWHERE, Ledger
from pulumi_alicloud_edge.reconcile.survey import Patience, Survey, UnitSurvey, survey
from pulumi_alicloud_edge.reconcile.verdicts import known_targets

SETTLE_SHARE = 0.1
SETTLE_LEAST = 1.0
UNCLEAR_STARTS = 5


class Rollout:
    """One rollout from first look to end. Feed it observations; do what it decides.

    Args:
        desired: What is to be true at the end.
        policy: Stages and bounds.
        now: The time at which it begins.
        starts_in: Seconds until the cloud is asked to begin; all bounds count from then.
    """

    def __init__(
        self, desired: Desired, policy: RolloutPolicy, now: float, *, starts_in: float = 0.0
    ) -> None:
        self._desired = desired
        self._policy = policy
        self._began = now
        self._deadline = now + starts_in + policy.timeout
        self._quiet_since = now + starts_in
        self._last_counts: tuple[object, ...] | None = None
        self._settling: tuple[frozenset[str], float] | None = None
        self._stage = 0
        self._bake_ends: float | None = None
        self._given_up: dict[Unit, dict[str, str]] = {}
        self._ledger = Ledger()
        self._seen = Observation({})
        self._survey = Survey(frozenset(), is_open=True, units=())

    @property
    def stage(self) -> Stage:
        """The stage under way."""
        return self._policy.stages[self._stage]

    def decide(self, observation: Observation, now: float) -> Decision:
        """Judge an observation made at ``now`` and say what comes next."""
        self._seen = observation
        while True:
            self._survey = self._look(observation, now)
            self._note_progress(observation, now)
            decision = self._judge(now)
            if decision is not None:
                return decision
            self._stage += 1
            self._bake_ends = None
            self._settling = None

    def starting(self, request: StartRequest, now: float) -> None:
        """Note that a start is being sent."""
        seen = {unit: self._seen.of(unit) for unit in request.units}
        self._ledger.record(request, seen, self._seen.members[request.stage], now)
        self._settling = None

    def started(self, request: StartRequest, answer: StartAnswer) -> None:
        """Note the cloud's answer to a start."""
        self._ledger.answered(request, answer)

    def unclear(self, request: StartRequest) -> bool:
        """Note that the answer to a start was lost. Observation will tell; false once that is of no use."""
        return self._ledger.forgive(request) < UNCLEAR_STARTS

    def refused(self, now: float) -> Outcome:
        """End the rollout because the cloud will not have a start, or cannot be asked any more."""
        return self._outcome(RolloutStatus.FAILED, now, FailureCause.REFUSED)

    def interrupted(self, now: float) -> Outcome:
        """End the wait because the run was told to stop; what is under way goes on in the cloud."""
        return self._outcome(RolloutStatus.INTERRUPTED, now)

    def _look(self, observation: Observation, now: float) -> Survey:
        earlier, _ = self._targets(observation, self._stage) if self._stage else (set(), False)
        targets, is_open = self._targets(observation, self._stage + 1)
        if None in observation.members[: self._stage + 1]:
            # An answer may name only what the start acts on: what an earlier run has begun counts as well.
            targets |= known_targets(observation, self._desired.units, exclusive=False)
        starts = 0 if self._bake_ends is not None else 1 + self._policy.retries
        seen = survey(
            self._desired,
            targets,
            is_open=is_open,
            is_named=self._told(self._stage, observation) is not None,
            earlier=frozenset(earlier),
            observation=observation,
            ledger=self._ledger,
            patience=Patience(starts, self._stage, self._quiet_since, now),
        )
        return replace(
            seen, units=tuple(_as_failed(unit, self._given_up.get(unit.unit, {})) for unit in seen.units)
        )

    def _targets(self, observation: Observation, stages: int) -> tuple[set[str], bool]:
        """Give the targets of the first stages, and whether there may be more than the cloud has told.

        What the cloud answered to a start of a whole stage is believed before any inventory.
        """
        targets: set[str] = set()
        is_open, by_name = False, False
        for stage in range(stages):
            told = self._told(stage, observation)
            targets |= self._ledger.narrow_answer(stage)
            if told is None:
                is_open = True
                selects_all = isinstance(self._policy.stages[stage].scope, Everywhere)
                by_name |= self._desired.exclusive and selects_all
            else:
                targets |= told
        if is_open:
            targets |= known_targets(observation, self._desired.units, exclusive=by_name)
        return targets, is_open

    def _note_progress(self, observation: Observation, now: float) -> None:
        counts = (self._stage, self._survey.counts(), observation.mark)
        if counts != self._last_counts:
            self._last_counts = counts
            self._quiet_since = max(self._quiet_since, now)

    def _judge(self, now: float) -> Decision | None:
        """Decide on the stage under way; None when it is done and another follows."""
        if not self._selects():
            return Finish(self._outcome(RolloutStatus.FAILED, now, FailureCause.NOTHING_SELECTED))
        expired = self._expired(now)
        is_final = not self._survey.unfinished_targets and self._settled(now)
        if self._is_beyond_budget(is_final=is_final):
            return Finish(self._outcome(RolloutStatus.FAILED, now, FailureCause.BUDGET))
        if not is_final:
            return self._give_up(expired, now) if expired else self._go_on(now)
        return self._bake(now)

    def _selects(self) -> bool:
        """Tell whether the stage under way has any target of its own, as far as the cloud tells."""
        told = self._told(self._stage, self._seen)
        return (
            told is None
            or bool(told)
            or (self._ledger.has_started(self._stage) and bool(self._survey.targets))
        )

    def _told(self, stage: int, observation: Observation) -> frozenset[str] | None:
        """Give the targets of a stage as the cloud tells them, None where it does not.

        An answer that names none does not say that there are none: it may be about what was left to do.
        """
        answer, members = self._ledger.whole_answer(stage), observation.members[stage]
        return answer or (answer if members is None else members)

    def _is_beyond_budget(self, *, is_final: bool) -> bool:
        """Tell whether more has failed than may.

        A share cannot be judged while targets may still show.
        """
        failed = self._survey.failed_targets
        if ANYWHERE in failed:
            return True
        if self._survey.is_open and not is_final:
            return self.stage.budget.percent is None and len(failed) > self.stage.budget.count
        return len(failed) > self._allowed()

    def _allowed(self) -> int:
        """Give how many targets may fail: what the budget says, but one at least has to succeed."""
        total = len(self._survey.targets)
        return min(self.stage.budget.allowed(total), max(total - 1, 0))

    def _go_on(self, now: float) -> Decision:
        requests = tuple(self._requests())
        if requests and self._bake_ends is None:
            return Start(requests)
        return Wait(self._progress(now), min(self._deadline, self._quiet_since + self._policy.stall_timeout))

    def _give_up(self, cause: FailureCause, now: float) -> Decision | None:
        """Count what hangs as failed: it may still fit into the budget."""
        reason = "no result in time" if cause is FailureCause.TIMEOUT else "no progress for too long"
        for unit in self._survey.units:
            hanging = dict.fromkeys(unit.under_way | unit.to_start, reason)
            self._given_up.setdefault(unit.unit, {}).update(hanging)
        units = tuple(_as_failed(unit, self._given_up[unit.unit]) for unit in self._survey.units)
        self._survey = replace(self._survey, units=units)
        if self._is_beyond_budget(is_final=True):
            return Finish(self._outcome(RolloutStatus.FAILED, now, cause))
        return self._bake(now)

    def _bake(self, now: float) -> Decision | None:
        """Watch a stage that has converged for as long as it is to bake."""
        if self.stage.bake and self._bake_ends is None:
            began_before = not self._ledger.has_started(self._stage)
            elapsed = began_before and has_baked(
                self._seen, self._desired.units, self._stage, self.stage.bake
            )
            self._bake_ends = now if elapsed else now + self.stage.bake
        if self._bake_ends is not None and now < self._bake_ends:
            if now >= self._deadline:
                return Finish(self._outcome(RolloutStatus.FAILED, now, FailureCause.TIMEOUT))
            return Wait(self._progress(now), min(self._deadline, self._bake_ends))
        if self._stage + 1 < len(self._policy.stages):
            return None
        degraded = bool(self._survey.failed_targets)
        return Finish(self._outcome(RolloutStatus.DEGRADED if degraded else RolloutStatus.CONVERGED, now))

    def _expired(self, now: float) -> FailureCause | None:
        if now >= self._deadline:
            return FailureCause.TIMEOUT
        if now >= self._quiet_since + self._policy.stall_timeout:
            return FailureCause.STALLED
        return None

    def _settled(self, now: float) -> bool:
        """Tell whether all targets are in view.

        Where the cloud does not name them, the same set must be seen over a tenth of the time that it took so
        far, and at least a second, unless the cloud itself says that all is in place.
        """
        if not self._survey.is_open or self._ledger.complete(self._stage).issuperset(self._desired.units):
            return True
        if self._settling is None or self._settling[0] != self._survey.targets:
            self._settling = (self._survey.targets, now)
        return now - self._settling[1] >= max(SETTLE_LEAST, SETTLE_SHARE * (now - self._began))

    def _requests(self) -> list[StartRequest]:
        """Join units that are missing on the same targets into one start."""
        groups: dict[frozenset[str] | None, list[Unit]] = {}
        for unit in self._survey.units:
            if unit.to_start:
                groups.setdefault(self._narrowed(unit), []).append(unit.unit)
        return [
            StartRequest(self._stage, self.stage.scope, tuple(units), targets, self._repeats(units, targets))
            for targets, units in groups.items()
        ]

    def _narrowed(self, unit: UnitSurvey) -> frozenset[str] | None:
        """Give the targets to start, None where that is all that the stage selects.

        Where the cloud does not name them, the whole is started once; after that, only those that show a need.
        """
        own = self._seen.members[self._stage]
        if own is None:
            begun = self._ledger.attempt(unit.unit, ANYWHERE, self._stage) is not None
            if not begun or ANYWHERE in unit.to_start or self._ledger.was_refused(unit.unit):
                return None
        elif unit.to_start >= own:
            return None
        return frozenset(unit.to_start)

    def _repeats(self, units: list[Unit], targets: frozenset[str] | None) -> int:
        sample = next(iter(targets)) if targets else ""
        attempts = [self._ledger.attempt(unit, sample, self._stage) for unit in units]
        return max((a.count for a in attempts if a is not None), default=0)

    def _progress(self, now: float) -> Progress:
        seen = self._survey
        return Progress(
            stage=self._stage,
            stages=len(self._policy.stages),
            stage_name=self.stage.name,
            done=seen.done,
            failed=len(seen.failed_targets),
            total=len(seen.targets) if seen.targets or not seen.is_open else None,
            elapsed=now - self._began,
            baking=None if self._bake_ends is None else max(self._bake_ends - now, 0.0),
            detail=", ".join(str(part) for part in self._seen.mark),
            part=self._seen.part,
        )

    def _outcome(self, status: RolloutStatus, now: float, cause: FailureCause | None = None) -> Outcome:
        seen = self._survey
        failed = tuple(
            FailedTarget(unit.unit, target, reason)
            for unit in seen.units
            for target, reason in sorted(unit.failed.items())[:FAILED_TARGETS_KEPT]
        )
        return Outcome(
            status=status,
            placements=tuple(unit.placement() for unit in seen.units),
            progress=self._progress(now),
            cause=cause,
            stage_failed=failed[:FAILED_TARGETS_KEPT],
            failed_total=len(seen.failed_targets),
            allowed=self._allowed(),
            started=self._ledger.started,
            request_ids=self._ledger.request_ids,
        )


def _as_failed(unit: UnitSurvey, given_up: Mapping[str, str]) -> UnitSurvey:
    """Count targets that were given up as failed, unless they have made it in the end."""
    hanging = (unit.under_way | unit.to_start) & given_up.keys()
    if not hanging:
        return unit
    failed = unit.failed | {target: given_up[target] for target in hanging}
    return replace(unit, under_way=unit.under_way - hanging, to_start=unit.to_start - hanging, failed=failed)
