"""The decisions of the state machine, and what it gets in return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.outcome import Outcome, Progress
from pulumi_alicloud_edge._model.policy import Selector


@dataclass(frozen=True)
class Desired:
    """What is to be true at the end.

    Attributes:
        artifacts: Each must be on every target of the rollout.
        exclusive: Only one version of a name runs on a target at a time, so that a newer success of another
            version displaces ours (distributions and releases); otherwise versions lie side by side (pushes).
        restarts_hanging: Whether a target on which nothing moves for ``stall_timeout`` is started again in the same
            run, as often as a failed one; otherwise it has failed then.
    """

    artifacts: tuple[Artifact, ...]
    exclusive: bool = True
    restarts_hanging: bool = True


@dataclass(frozen=True)
class StartRequest:
    """One start to make in the cloud.

    Attributes:
        stage: Index of the stage that it is for.
        selector: The stage's own selection.
        artifacts: What to start.
        targets: Start only these; None for the whole selector.
        repeat: How often this run has tried it before for the same artifacts.
    """

    stage: int
    selector: Selector
    artifacts: tuple[Artifact, ...]
    targets: frozenset[str] | None
    repeat: int = 0


@dataclass(frozen=True)
class StartResponse:
    """The cloud's response to a start.

    Attributes:
        targets: The targets it acts on, None where it does not say.
        complete: Artifacts that all targets have already, according to the cloud.
        refused: Artifacts that it rejected, with its reason.
        notes: Its message on an artifact that it accepted, for an error if nothing shows later.
        is_partial: Whether it acts on a part only of what was asked for.
        request_id: The vendor's id of the call.
    """

    targets: frozenset[str] | None = None
    complete: frozenset[Artifact] = frozenset()
    refused: Mapping[Artifact, str] = field(default_factory=dict)
    notes: Mapping[Artifact, str] = field(default_factory=dict)
    request_id: str = ""
    is_partial: bool = False


@dataclass(frozen=True)
class Start:
    """Make these starts, report each response, then observe again."""

    requests: tuple[StartRequest, ...]


@dataclass(frozen=True)
class Wait:
    """Nothing to do but observe again, at ``until`` at the latest."""

    progress: Progress
    until: float


@dataclass(frozen=True)
class Confirm:
    """Observe again at that time, with a fresh inventory: bad news counts when it is seen twice."""

    at: float


@dataclass(frozen=True)
class Finish:
    """The rollout is over."""

    outcome: Outcome


Decision = Start | Wait | Confirm | Finish

CONFIRMED_AFTER = 1.0
"""Seconds between two looks that have to agree before bad news is believed (S5)."""
