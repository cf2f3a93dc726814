"""What this run has started, so that nothing is started twice and a failed target not for ever."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pulumi_alicloud_edge.model.observation import NO_RECORDS, Artifact, Records
from pulumi_alicloud_edge.reconcile.decisions import StartRequest, StartResponse

VISIBILITY = 20.0
"""Seconds that the cloud may take to show anything of a start before it counts as not taken up."""
_LEFT_OUT_FOR_SURE = 2
"""So often an answer has to leave a target out where it names no other: a single empty answer proves nothing (S5)."""


@dataclass(frozen=True)
class Attempt:
    """A start that was made: when, and what the cloud showed of the artifact just before."""

    at: float
    seen: Records
    count: int


class Attempts:
    """The starts of one rollout, by artifact, and by target where a start was narrowed to some."""

    def __init__(self) -> None:
        self._whole: dict[tuple[Artifact, int], Attempt] = {}
        self._narrow: dict[tuple[Artifact, str], Attempt] = {}
        self._members: dict[int, frozenset[str] | None] = {}
        self._asked: dict[int, frozenset[str]] = {}
        self._answered_whole: dict[int, frozenset[str]] = {}
        self._answered_narrow: dict[int, frozenset[str]] = {}
        self._words: dict[Artifact, str] = {}
        self._unclear: dict[Artifact, int] = {}
        self._refused: set[Artifact] = set()
        self._taken: set[int] = set()
        self._partial: set[int] = set()
        self._answered: set[int] = set()
        self._complete: dict[int, frozenset[Artifact]] = {}
        self._left_out: dict[str, tuple[int, float]] = {}
        self.request_ids: tuple[str, ...] = ()
        self.started = False
        self._now = 0.0

    def record(
        self,
        request: StartRequest,
        seen: dict[Artifact, Records],
        members: frozenset[str] | None,
        now: float,
        *,
        recorded: frozenset[str] = frozenset(),
    ) -> None:
        """Note that a start is being made.

        Args:
            request: The start.
            seen: What the last observation showed of each artifact.
            members: The targets of the stage, None where they are not known.
            now: The time.
            recorded: Where they are not known, those that records show.
        """
        self._now = now
        if request.targets is None:
            self._members[request.stage] = members
            self._asked[request.stage] = recorded if members is None else members
        self._refused.difference_update(request.artifacts)
        for artifact in request.artifacts:
            before = seen.get(artifact, NO_RECORDS)
            if request.targets is None:
                key = artifact, request.stage
                self._whole[key] = self._next(self._whole.get(key), before, now)
            else:
                for target in request.targets:
                    self._narrow[artifact, target] = self._next(
                        self._narrow.get((artifact, target)), before, now
                    )

    def answered(self, request: StartRequest, answer: StartResponse) -> None:
        """Note what the cloud said to it. What it has not taken, or in part only, has not begun the stage (S4)."""
        taken = frozenset(request.artifacts).difference(answer.refused)
        if taken:
            self.started = True
        if answer.is_partial or len(taken) < len(request.artifacts):
            self._partial.add(request.stage)
        else:
            self._taken.add(request.stage)
            self._answered.add(request.stage)
            if request.targets is None:
                self._partial.discard(request.stage)
        if answer.request_id:
            self.request_ids = (*self.request_ids, answer.request_id)
        if request.targets is None:
            self._complete[request.stage] = self.complete(request.stage) | answer.complete
        self._words.update({artifact: words for artifact, words in answer.notes.items() if words})
        self._words.update(answer.refused)
        self._refused.update(answer.refused)
        if answer.targets is not None:
            book = self._answered_whole if request.targets is None else self._answered_narrow
            book[request.stage] = book.get(request.stage, frozenset()) | answer.targets
            self._note_left_out(request, answer.targets)

    def _note_left_out(self, request: StartRequest, named: frozenset[str]) -> None:
        asked = self._asked[request.stage] if request.targets is None else request.targets
        for target in asked:
            if target in named:
                self._left_out.pop(target, None)
            else:
                times, since = self._left_out.get(target, (0, self._now))
                self._left_out[target] = times + (_LEFT_OUT_FOR_SURE if named else 1), since

    def left_out(self, *, before: float | None = None) -> frozenset[str]:
        """Return the targets that the answers to starts that meant them have left out: they are not served (S6).

        Args:
            before: Where a target may be started once only: that one answer counts if it came before this time.
        """
        return frozenset(
            target
            for target, (times, since) in self._left_out.items()
            if times >= _LEFT_OUT_FOR_SURE or (before is not None and since <= before)
        )

    def undo_attempt(self, request: StartRequest) -> int:
        """Take a start back from the account of what it meant, since its answer was lost.

        Returns how often that has happened to one of its artifacts.
        """
        self.started = True
        self._taken.add(request.stage)
        for artifact in request.artifacts:
            self._unclear[artifact] = self._unclear.get(artifact, 0) + 1
            if request.targets is None:
                key = artifact, request.stage
                self._whole[key] = _taken_back(self._whole[key])
            else:
                for target in request.targets:
                    self._narrow[artifact, target] = _taken_back(self._narrow[artifact, target])
        return max(self._unclear[artifact] for artifact in request.artifacts)

    def refused_after_all(self, request: StartRequest) -> None:
        """Note that the cloud will not have a start: one before it whose answer was lost has begun nothing either."""
        if request.stage not in self._answered:
            self._taken.discard(request.stage)

    def whole_attempt(self, artifact: Artifact, stage: int) -> Attempt | None:
        """Return the latest start of the whole of a stage, with the number of such starts."""
        return self._whole.get((artifact, stage))

    def attempt(self, artifact: Artifact, target: str) -> Attempt | None:
        """Return the latest start that covers this target, with the number of starts made of it in all."""
        attempts = [
            attempt
            for (of, at), attempt in self._whole.items()
            if of == artifact and self._covers(at, target)
        ]
        if (narrow := self._narrow.get((artifact, target))) is not None:
            attempts.append(narrow)
        if not attempts:
            return None
        latest = max(attempts, key=lambda attempt: attempt.at)
        return replace(latest, count=sum(attempt.count for attempt in attempts))

    def has_started(self, stage: int) -> bool:
        """Return whether this run has started anything of a stage that the cloud has taken, as far as is known."""
        return stage in self._taken

    def is_partial(self, stage: int) -> bool:
        """Return whether a part of a stage could not be started."""
        return stage in self._partial

    @property
    def named(self) -> frozenset[str]:
        """All targets that answers to starts have named: they are served."""
        return frozenset().union(*self._answered_whole.values(), *self._answered_narrow.values())

    def was_refused(self, artifact: Artifact) -> bool:
        """Return whether the cloud did not take the latest start of this artifact, so that nothing will show."""
        return artifact in self._refused

    def complete(self, stage: int) -> frozenset[Artifact]:
        """Return the artifacts of which the cloud said, when the whole of a stage was started, that all have them."""
        return self._complete.get(stage, frozenset())

    def whole_answer(self, stage: int) -> frozenset[str] | None:
        """Return the targets that the cloud named when the whole of a stage was started."""
        return self._answered_whole.get(stage)

    def narrow_answer(self, stage: int) -> frozenset[str]:
        """Return the targets that the cloud named when some targets of a stage were started."""
        return self._answered_narrow.get(stage, frozenset())

    def words(self, artifact: Artifact) -> str:
        """Return the cloud's last words on a start of this artifact."""
        return self._words.get(artifact, "")

    def _covers(self, started: int, target: str) -> bool:
        """Return whether the start of the whole of stage ``started`` meant this target."""
        # An answer that names none tells nothing of what was meant: something may have begun all the same.
        meant = self._answered_whole.get(started) or self._members.get(started)
        return meant is None or target in meant

    @staticmethod
    def _next(previous: Attempt | None, seen: Records, now: float) -> Attempt:
        return Attempt(now, seen, 1 if previous is None else previous.count + 1)


def _taken_back(attempt: Attempt) -> Attempt:
    return replace(attempt, count=attempt.count - 1)
