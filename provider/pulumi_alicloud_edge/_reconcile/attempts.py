"""What this run has started, so that nothing is started twice and a failed target not endlessly."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from pulumi_alicloud_edge._model.observation import NO_RECORDS, Artifact, Observation, Records
from pulumi_alicloud_edge._reconcile.decisions import StartRequest, StartResponse

VISIBILITY = 20.0
"""Seconds that the cloud may take to show a start before it counts as not accepted."""
_TIMES_LEFT_OUT = 2
"""Responses that must leave a target out if they name no other: a single empty response proves nothing (S5)."""


@dataclass(frozen=True)
class Attempt:
    """A start that was made: when, and what the cloud showed of the artifact just before."""

    at: float
    seen: Records
    count: int


@dataclass
class _OfStage:
    """What is known of the starts of one stage.

    Attributes:
        targets: The stage's targets when the whole of it was started last, None where they were not known.
        asked: The targets of such a start, as far as they were known.
        named: Those that the responses to such starts have named, None where none has named any.
        named_one_by_one: Those that the responses to starts of some targets have named.
        complete: The artifacts that all targets have, according to the cloud.
        is_taken: Whether the cloud has accepted a start, as far as is known.
        has_response: Whether a response shows that; False where it is assumed because a response was lost.
        is_partial: Whether a part of it could not be started.
    """

    targets: frozenset[str] | None = None
    asked: frozenset[str] = frozenset()
    named: frozenset[str] | None = None
    named_one_by_one: frozenset[str] = frozenset()
    complete: frozenset[Artifact] = frozenset()
    is_taken: bool = False
    has_response: bool = False
    is_partial: bool = False


@dataclass
class _OfArtifact:
    """What is known of the starts of one artifact.

    Attributes:
        message: What the cloud said last about one.
        lost: How many responses were lost.
        is_refused: Whether the cloud rejected the latest one.
    """

    message: str = ""
    lost: int = 0
    is_refused: bool = False


class Attempts:
    """The starts of one rollout, by artifact, and by target where a start names targets."""

    def __init__(self) -> None:
        self._whole: dict[tuple[Artifact, int], Attempt] = {}
        self._of_targets: dict[tuple[Artifact, str], Attempt] = {}
        self._stages: defaultdict[int, _OfStage] = defaultdict(_OfStage)
        self._artifacts: defaultdict[Artifact, _OfArtifact] = defaultdict(_OfArtifact)
        self._left_out: dict[str, tuple[int, float]] = {}
        self.request_ids: tuple[str, ...] = ()
        self.started = False
        self._now = 0.0

    def record(
        self,
        request: StartRequest,
        seen: dict[Artifact, Records],
        targets: frozenset[str] | None,
        now: float,
        *,
        recorded: frozenset[str] = frozenset(),
    ) -> None:
        """Note that a start is being made.

        Args:
            request: The start.
            seen: What the last observation showed of each artifact.
            targets: The targets of the stage, None where they are not known.
            now: The time.
            recorded: Where they are not known, those that records show.
        """
        self._now = now
        if request.targets is None:
            of_stage = self._stages[request.stage]
            of_stage.targets = targets
            of_stage.asked = recorded if targets is None else targets
        for artifact in request.artifacts:
            self._artifacts[artifact].is_refused = False
            before = seen.get(artifact, NO_RECORDS)
            if request.targets is None:
                key = artifact, request.stage
                self._whole[key] = self._next(self._whole.get(key), before, now)
            else:
                for target in request.targets:
                    self._of_targets[artifact, target] = self._next(
                        self._of_targets.get((artifact, target)), before, now
                    )

    def answered(self, request: StartRequest, response: StartResponse) -> None:
        """Record the response to a start. One that was rejected, even in part, has not begun the stage (S4)."""
        of_stage = self._stages[request.stage]
        taken = frozenset(request.artifacts).difference(response.refused)
        if taken:
            self.started = True
        if response.is_partial or len(taken) < len(request.artifacts):
            of_stage.is_partial = True
        else:
            of_stage.is_taken = of_stage.has_response = True
            if request.targets is None:
                of_stage.is_partial = False
        if response.request_id:
            self.request_ids = (*self.request_ids, response.request_id)
        for artifact, message in (*response.notes.items(), *response.refused.items()):
            self._artifacts[artifact].message = message or self._artifacts[artifact].message
        for artifact in response.refused:
            self._artifacts[artifact].is_refused = True
        if request.targets is None:
            of_stage.complete |= response.complete
        if response.targets is None:
            return
        if request.targets is None:
            of_stage.named = (of_stage.named or frozenset()) | response.targets
        else:
            of_stage.named_one_by_one |= response.targets
        self._note_left_out(request, response.targets)

    def _note_left_out(self, request: StartRequest, named: frozenset[str]) -> None:
        asked = self._stages[request.stage].asked if request.targets is None else request.targets
        for target in asked:
            if target in named:
                self._left_out.pop(target, None)
            else:
                times, since = self._left_out.get(target, (0, self._now))
                self._left_out[target] = times + (_TIMES_LEFT_OUT if named else 1), since

    def left_out(self, *, before: float | None = None) -> frozenset[str]:
        """Return the targets that the responses to their starts have left out: they are not served (S6).

        Args:
            before: Where a target may be started only once: its single response counts if it came before this time.
        """
        return frozenset(
            target
            for target, (times, since) in self._left_out.items()
            if times >= _TIMES_LEFT_OUT or (before is not None and since <= before)
        )

    def undo_attempt(self, request: StartRequest) -> int:
        """Do not count an attempt whose response was lost.

        Returns:
            How many responses were lost for the artifact with the most.
        """
        self.started = True
        self._stages[request.stage].is_taken = True
        for artifact in request.artifacts:
            self._artifacts[artifact].lost += 1
            if request.targets is None:
                key = artifact, request.stage
                self._whole[key] = _uncounted(self._whole[key])
            else:
                for target in request.targets:
                    self._of_targets[artifact, target] = _uncounted(self._of_targets[artifact, target])
        return max(self._artifacts[artifact].lost for artifact in request.artifacts)

    def refused_after_all(self, request: StartRequest) -> None:
        """Record that the cloud rejects a start: an earlier one whose response was lost has begun nothing either."""
        of_stage = self._stages[request.stage]
        of_stage.is_taken = of_stage.is_taken and of_stage.has_response

    def whole_attempt(self, artifact: Artifact, stage: int) -> Attempt | None:
        """Return the latest start of the whole of a stage, with the number of such starts."""
        return self._whole.get((artifact, stage))

    def attempt(self, artifact: Artifact, target: str) -> Attempt | None:
        """Return the latest start that covers this target, with the total number of its starts."""
        attempts = [
            attempt
            for (of, at), attempt in self._whole.items()
            if of == artifact and self._covers(at, target)
        ]
        if (of_target := self._of_targets.get((artifact, target))) is not None:
            attempts.append(of_target)
        if not attempts:
            return None
        latest = max(attempts, key=lambda attempt: attempt.at)
        return replace(latest, count=sum(attempt.count for attempt in attempts))

    def has_started(self, stage: int) -> bool:
        """Return whether the cloud has accepted a start of a stage from this run, as far as is known."""
        return self._stages[stage].is_taken

    def is_partial(self, stage: int) -> bool:
        """Return whether a part of a stage could not be started."""
        return self._stages[stage].is_partial

    @property
    def named(self) -> frozenset[str]:
        """All targets that the responses to starts have named: they are served."""
        stages = self._stages.values()
        return frozenset().union(*(s.named or () for s in stages), *(s.named_one_by_one for s in stages))

    def was_refused(self, artifact: Artifact) -> bool:
        """Return whether the cloud rejected the latest start of this artifact, so that nothing will show."""
        return self._artifacts[artifact].is_refused

    def complete(self, stage: int) -> frozenset[Artifact]:
        """Return the artifacts that all targets have, according to the response to a start of the whole stage."""
        return self._stages[stage].complete

    def whole_response(self, stage: int) -> frozenset[str] | None:
        """Return the targets that the cloud named when the whole of a stage was started."""
        return self._stages[stage].named

    def partial_response(self, stage: int) -> frozenset[str]:
        """Return the targets that the cloud named when some targets of a stage were started."""
        return self._stages[stage].named_one_by_one

    def unshown(self, observation: Observation, now: float) -> frozenset[Artifact]:
        """Return what was started so recently that some of the targets need not show it yet."""
        whole = (
            (artifact, attempt, self._stages[stage].named or self._stages[stage].targets)
            for (artifact, stage), attempt in self._whole.items()
            if artifact not in self._stages[stage].complete
        )
        of_targets = (
            (artifact, attempt, frozenset({target}))
            for (artifact, target), attempt in self._of_targets.items()
        )
        return frozenset(
            artifact
            for artifact, attempt, targets in (*whole, *of_targets)
            if now - attempt.at < VISIBILITY
            and not self._artifacts[artifact].is_refused
            and not _shows(observation.of(artifact), attempt, targets)
        )

    def message(self, artifact: Artifact) -> str:
        """Return what the cloud said last about a start of this artifact."""
        return self._artifacts[artifact].message

    def _covers(self, started: int, target: str) -> bool:
        """Return whether the start of the whole of stage ``started`` covers this target."""
        # A response that names no target does not say what it covers: something may have begun all the same.
        meant = self._stages[started].named or self._stages[started].targets
        return meant is None or target in meant

    @staticmethod
    def _next(previous: Attempt | None, seen: Records, now: float) -> Attempt:
        return Attempt(now, seen, 1 if previous is None else previous.count + 1)


def _shows(records: Records, attempt: Attempt, targets: frozenset[str] | None) -> bool:
    """Return whether the record of each target has changed since a start; where they are unknown, of any."""
    if targets is None:
        return records != attempt.seen
    return all(records.get(target) != attempt.seen.get(target) for target in targets)


def _uncounted(attempt: Attempt) -> Attempt:
    return replace(attempt, count=attempt.count - 1)
