"""Which targets the stages of a rollout have: from the inputs, the inventory, and the responses to its own starts.

| the inventory | the response to a start of the whole | the target set |
| --- | --- | --- |
| names them | any | KNOWN: both together, without those that have left and those that are not served |
| does not | names some | KNOWN: those |
| does not | names none, but it was started, now or by an earlier run | OPEN: those with a record |
| does not | was not started | UNKNOWN: it has to be started, whatever records show (S4) |
"""

from __future__ import annotations

from collections.abc import Collection

from pulumi_alicloud_edge._model.observation import Artifact, Observation, RecordState
from pulumi_alicloud_edge._model.policy import RolloutPolicy
from pulumi_alicloud_edge._model.selection import Certainty, TargetSet
from pulumi_alicloud_edge._reconcile.attempts import VISIBILITY, Attempts
from pulumi_alicloud_edge._reconcile.decisions import Desired
from pulumi_alicloud_edge._reconcile.target_status import recorded_targets, shown_targets


class StageTargets:
    """The target sets of one rollout, observation by observation.

    Args:
        desired: What is rolled out.
        policy: Its stages.
        attempts: What this run has started.
        covered: For each stage, the artifacts of which an earlier run is known to have started the whole of it.
    """

    def __init__(
        self,
        desired: Desired,
        policy: RolloutPolicy,
        attempts: Attempts,
        covered: tuple[frozenset[Artifact], ...] = (),
    ) -> None:
        self._desired = desired
        self._policy = policy
        self._attempts = attempts
        self._covered = covered
        self._listed: set[str] = set()
        self._departed: frozenset[str] = frozenset()
        self._reached: tuple[set[str], ...] = tuple(set() for _ in policy.stages)
        self._observation = Observation({}, (None,) * len(policy.stages))
        self._now = 0.0

    def observe(self, observation: Observation, now: float) -> None:
        """Record an observation: which targets are listed now, and which have left the inventory (S6)."""
        self._observation, self._now = observation, now
        listed: set[str] = set().union(*(targets for targets in observation.stage_targets if targets))
        if None not in observation.stage_targets:
            self._departed = frozenset(self._listed - listed)
        self._listed |= listed
        for stage, reached in enumerate(self._reached):
            reached.update(self._changed_since_start(stage))

    @property
    def unserved(self) -> frozenset[str]:
        """Targets that are listed and not served: responses leave them out, and nothing of ours shows there."""
        once = self._policy.retries == 0
        left_out = self._attempts.left_out(before=self._now - VISIBILITY if once else None)
        if not left_out:
            return left_out
        shown = shown_targets(self._desired, self._observation, left_out)
        return left_out - shown - self._moved(left_out)

    def _moved(self, targets: Collection[str]) -> set[str]:
        """Return the targets on which a record of ours has changed since their start."""
        return {
            target
            for artifact in self._desired.artifacts
            for target, record in self._observation.of(artifact).items()
            if target in targets
            and record.state is not RecordState.DELETED
            and (attempt := self._attempts.attempt(artifact, target)) is not None
            and record != attempt.seen.get(target)
        }

    def of(self, stage: int) -> TargetSet:
        """Return the targets of one stage, whether or not they are served."""
        targets, response = self._observation.stage_targets[stage], self._attempts.whole_response(stage)
        partial = self._attempts.partial_response(stage)
        if targets is None and not response:
            begun = self._attempts.has_started(stage) or bool(self.covered(stage))
            return TargetSet(partial, Certainty.OPEN if begun else Certainty.UNKNOWN)
        named = (targets or frozenset()) | (response or frozenset()) | partial
        return TargetSet(named - self._departed, Certainty.KNOWN)

    def up_to(self, stage: int) -> TargetSet:
        """Return the served targets of all stages up to one, with those that records show where some are open."""
        sets = [self.of(index) for index in range(stage + 1)]
        targets = frozenset().union(*(each.targets for each in sets)) if sets else frozenset()
        certainty = Certainty.KNOWN
        if any(not each.is_known for each in sets):
            unknown = any(each.certainty is Certainty.UNKNOWN for each in sets)
            certainty = Certainty.UNKNOWN if unknown else Certainty.OPEN
        for index in range(stage + 1):
            # An response may name only what the start acts on: what an earlier run has begun counts as well.
            targets |= recorded_targets(
                self._desired,
                self._policy.stages[index].selector,
                self._observation,
                index,
                named=sets[index].is_known,
            )
            if self._observation.stage_targets[index] is None and not sets[index].is_known:
                targets |= self._reached[index]
        return TargetSet(targets - self.unserved - self._departed, certainty)

    def _changed_since_start(self, stage: int) -> set[str]:
        """Return the targets whose records have changed since a start of the whole of a stage.

        Where records cannot be attributed to a selection, these are all that is known of it. For a start of an
        earlier run, these are the targets that are still under way.
        """
        moved: set[str] = set()
        for artifact in self._desired.artifacts:
            attempt, records = self._attempts.whole_attempt(artifact, stage), self._observation.of(artifact)
            if attempt is not None:
                moved.update(t for t, record in records.items() if record != attempt.seen.get(t))
            elif artifact in self.covered(stage):
                moved.update(t for t, record in records.items() if record.state is RecordState.IN_PROGRESS)
        return moved

    def is_named(self, stage: int) -> bool:
        """Return whether the cloud or the inputs name the targets of a stage."""
        return self.of(stage).is_known

    def is_empty(self, stage: int) -> bool:
        """Return whether it is certain that no target of a stage is served."""
        targets, response = self._observation.stage_targets[stage], self._attempts.whole_response(stage)
        if targets is None and response is None:
            return False
        if targets is None and not response:
            return not self.up_to(stage).targets
        return not self.of(stage).targets - self.unserved

    def covered(self, stage: int) -> Collection[Artifact]:
        """Return the artifacts of which an earlier run has started the whole of a stage."""
        return self._covered[stage] if stage < len(self._covered) else frozenset()

    def begun(self, stage: int, *, needs_start: bool | None) -> int:
        """Return how many stages, from the first, were started as a whole or need no start (S4).

        Args:
            stage: The one under way.
            needs_start: Whether anything of that is to be started; None where nobody has looked yet.
        """
        for index in range(stage + 1):
            if self.of(index).certainty is Certainty.UNKNOWN:
                return index
        return stage + 1 if self._has_begun(stage, needs_start=needs_start) else stage

    def _has_begun(self, stage: int, *, needs_start: bool | None) -> bool:
        """Return whether the whole of a stage was started, by this run or one before, or needs no start."""
        if self._attempts.is_partial(stage):
            return False
        if self._attempts.has_started(stage):
            return True
        if needs_start is not None and self.is_named(stage):
            return not needs_start
        return self.covered(stage) == frozenset(self._desired.artifacts)
