"""How a rollout ended, and its progress while it runs: the facts for messages and outputs, without text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from pulumi_alicloud_edge._model.observation import Artifact

FAILED_TARGETS_KEPT = 20
STRAGGLERS_KEPT = 2


class RolloutStatus(Enum):
    """The end of a rollout, as the output ``status`` shows it; ``drifted`` is what a refresh finds after a good one."""

    CONVERGED = "converged"
    DEGRADED = "degraded"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    INTERRUPTED = "interrupted"
    DRIFTED = "drifted"


class TargetState(Enum):
    """Where a target stands in relation to what is desired of it."""

    CONVERGED = "converged"
    IN_PROGRESS = "in_progress"
    FAILED = "failed"
    MISSING = "missing"


class FailureCause(Enum):
    """Why a rollout failed."""

    BUDGET = "budget"
    TIMEOUT = "timeout"
    STALLED = "stalled"
    REFUSED = "refused"
    NOTHING_SELECTED = "nothing_selected"


@dataclass(frozen=True)
class FailedTarget:
    """An artifact that did not reach a target, with the cloud's reason."""

    artifact: Artifact
    target: str
    reason: str


@dataclass(frozen=True)
class HangingTarget:
    """A target on which an artifact is under way and has not moved for too long.

    Attributes:
        artifact: What hangs.
        target: Where.
        stamp: What the record's times were when that was found; others mean that it has moved.
    """

    artifact: Artifact
    target: str
    stamp: str


@dataclass(frozen=True)
class Straggler:
    """A target that is waited for, with its region where that is known."""

    target: str
    region: str = ""


@dataclass(frozen=True)
class Placement:
    """How many targets of one artifact stand where; ``failed`` holds at most 20 of the failed ones."""

    artifact: Artifact
    counts: Mapping[TargetState, int]
    total: int
    failed: tuple[FailedTarget, ...] = ()

    def count(self, target_state: TargetState) -> int:
        """Return the number of targets with this target state."""
        return self.counts.get(target_state, 0)


@dataclass(frozen=True)
class Progress:
    """A rollout under way, in targets: one is done when every artifact has reached it.

    Attributes:
        stage: Index of the stage, from 0, and how many there are.
        total: Number of targets of the stage, None while that is unknown.
        baking: Seconds of bake left, None outside a bake.
        elapsed: Seconds since the rollout began.
        detail: What the cloud shows of its progress, as text; empty for nothing.
        part: How much of the stage is done according to the cloud, 0 to 1; None where unknown.
        again: Number of targets of the stage that were started again.
        quiet: Seconds since anything has changed.
        unfinished: Number of targets that are waited for.
        stragglers: The first of those.
    """

    stage: int
    stages: int
    stage_name: str
    done: int
    failed: int
    total: int | None
    elapsed: float
    baking: float | None = None
    detail: str = ""
    part: float | None = None
    again: int = 0
    quiet: float = 0.0
    unfinished: int = 0
    stragglers: tuple[Straggler, ...] = ()

    @property
    def share(self) -> float | None:
        """How much of the stage is done, 0 to 1; None where that is unknown, as in a bake."""
        if self.baking is not None:
            return None
        if self.part is not None:
            return self.part
        return (self.done + self.failed) / self.total if self.total else None


@dataclass(frozen=True)
class Outcome:
    """A rollout at its end.

    Attributes:
        status: How it ended.
        placements: Each artifact, over the targets of the last stage that was begun.
        progress: The numbers last seen.
        cause: Why it failed, None where it did not.
        stage_failed: Failed targets of the stage in which it failed, at most 20, over all artifacts.
        failed_total: How many failed in all.
        allowed: How many the budget allowed.
        started: Whether this run has started anything in the cloud.
        request_ids: The vendor's ids of the start calls, newest last.
        unserved: Targets that the inventory lists but the responses to starts left out (S6).
        accepted: All targets that failed within the budget of a rollout that has ended well.
        begun: How many stages, from the first, this run or the ones before it have started as a whole.
        unshown: What was started so recently that it need not show yet.
        hanging: The targets that hang.
    """

    status: RolloutStatus
    placements: tuple[Placement, ...]
    progress: Progress
    cause: FailureCause | None = None
    stage_failed: tuple[FailedTarget, ...] = ()
    failed_total: int = 0
    allowed: int = 0
    started: bool = False
    request_ids: tuple[str, ...] = ()
    unserved: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    begun: int = 0
    unshown: frozenset[Artifact] = frozenset()
    hanging: tuple[HangingTarget, ...] = ()
