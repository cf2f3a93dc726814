"""What is known of one data file on one target: attempts, whose state follows from the time alone."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from typing import NamedTuple

SUCCESS_TEXT = "Success"


class Unit(NamedTuple):
    """A data file in one version."""

    name: str
    version: str


class State(StrEnum):
    """How far a target is with a unit. Push and dist have their own words for these on the wire."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    WORKING = "working"
    RESTARTING = "restarting"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to bring a unit to a target.

    All moments are fixed when it starts; `state(now)` reads them. An attempt that hangs has no end.
    """

    number: int
    started: float
    begins: float
    """When its turn comes; the work is queued until then."""
    carried: float
    """When the file is there; from here to `finished` the pod restarts."""
    finished: float
    failure: str | None = None
    awaits_source: bool = False
    """The file server still downloads the source; until that ends, so does no attempt."""
    cleaned: float = inf
    halted: float = inf
    """When its target was stopped or removed: what had not happened by then does not happen."""
    previous: "Attempt | None" = None
    """What was known before, for readers that see late."""

    @property
    def touched(self) -> tuple[float, float]:
        """When somebody last did something with it; orders the attempts of several versions."""
        return (self.cleaned if self.cleaned < inf else self.started, self.started)

    def state(self, now: float) -> State:
        """The state at a moment."""
        now = min(now, self.halted)
        if now >= self.cleaned:
            return State.DELETED
        if self.awaits_source:
            return State.WORKING
        if now >= self.finished:
            return State.FAILED if self.failure else State.SUCCEEDED
        return State.RESTARTING if now >= self.carried else State.WORKING

    def changed(self, now: float) -> float:
        """The moment of the last change of state."""
        match self.state(now):
            case State.DELETED:
                return self.cleaned
            case State.SUCCEEDED | State.FAILED:
                return self.finished
            case State.RESTARTING:
                return self.carried
            case State.WORKING:
                return min(now, self.halted, self.begins)

    def next_change(self, now: float) -> float:
        """When time alone changes its state next; never, as long as it awaits its source or is halted."""
        if now >= self.halted:
            return inf
        if self.awaits_source:
            return self.cleaned if self.cleaned > now else inf
        return min((m for m in (self.carried, self.finished, self.cleaned) if m > now), default=inf)

    def arrival(self, now: float) -> tuple[float, float] | None:
        """When what the target runs of it arrived; a new attempt does not take away what the one before brought."""
        if self.state(now) is State.SUCCEEDED:
            return (self.finished, self.started)
        before = self.previous
        if before is None or now >= self.cleaned or before.state(self.started) is not State.SUCCEEDED:
            return None
        return (before.finished, before.started)

    def description(self, now: float) -> str:
        """The text beside the state."""
        match self.state(now):
            case State.FAILED:
                return self.failure or ""
            case State.SUCCEEDED:
                return SUCCESS_TEXT
            case State.WORKING | State.RESTARTING | State.DELETED:
                return ""

    def after(self, previous: "Attempt | None") -> "Attempt":
        """This attempt as the successor of another; one step of the past is kept."""
        return replace(self, previous=None if previous is None else replace(previous, previous=None))

    @property
    def hangs(self) -> bool:
        """Whether it is under way and will never end, though its target is there."""
        return self.finished == inf and self.cleaned == inf and not self.awaits_source and self.halted == inf

    @property
    def appears(self) -> float:
        """When its turn comes; never, if its target was stopped before."""
        return self.begins if self.begins <= self.halted else inf

    def halt(self, at: float) -> "Attempt":
        """Return this attempt on a target that is stopped or removed."""
        return self if self.halted < inf else replace(self, halted=at)

    def resume(self, at: float) -> "Attempt":
        """Return this attempt on a target that is there again: the rest of the work takes as long as it would have."""
        if self.halted == inf:
            return self
        pause = at - self.halted

        def shifted(moment: float) -> float:
            return moment + pause if moment > self.halted else moment

        return replace(
            self,
            begins=shifted(self.begins),
            carried=shifted(self.carried),
            finished=shifted(self.finished),
            halted=inf,
        )

    def settled(self, at: float, problem: str | None) -> "Attempt":
        """This attempt once its source was downloaded, well or badly."""
        if not self.awaits_source:
            return self
        end = max(self.finished, at) if problem is None else min(max(self.begins, at), self.finished)
        return replace(
            self,
            awaits_source=False,
            carried=max(self.carried, at),
            finished=end,
            failure=problem or self.failure,
        )


def fixed(state: State, *, at: float, reason: str, previous: Attempt | None) -> Attempt:
    """An attempt that is in a given state from a moment on, as a change from outside leaves it."""
    ended = state in {State.SUCCEEDED, State.FAILED, State.DELETED}
    attempt = Attempt(
        number=0 if previous is None else previous.number + 1,
        started=at,
        begins=at,
        carried=at if ended or state is State.RESTARTING else inf,
        finished=at if ended else inf,
        failure=reason if state is State.FAILED else None,
        cleaned=at if state is State.DELETED else inf,
    )
    return attempt.after(previous)
