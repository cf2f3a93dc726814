"""Carries out a rollback; `_reconcile.rollback` and the gate have decided what it restores."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pulumi_alicloud_edge._delivery.run_context import InterruptedWaitError
from pulumi_alicloud_edge._delivery.runner import RolloutResult, carry_out, remove
from pulumi_alicloud_edge._errors import EdgeError, RollbackResult
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.outcome import Outcome, RolloutStatus
from pulumi_alicloud_edge._model.policy import OnFailure, RolloutPolicy, Selector

if TYPE_CHECKING:
    from pulumi_alicloud_edge._delivery.port import Port, RemovingPort
    from pulumi_alicloud_edge._delivery.run_context import RunContext
    from pulumi_alicloud_edge._model.removal import Cleaning, Left
    from pulumi_alicloud_edge._reconcile.decisions import Desired

_CAME_BACK = (RolloutStatus.CONVERGED, RolloutStatus.DEGRADED)


@dataclass(frozen=True)
class Step:
    """Former versions that are to run again.

    Attributes:
        desired: Which.
        policy: Where, and within which bounds.
        port: How.
    """

    desired: Desired
    policy: RolloutPolicy
    port: Port


@dataclass(frozen=True)
class Below:
    """Versions that may show once a newer one was cleaned.

    Attributes:
        uncovered: Returns what has to be cleaned now, as far as the gate permits that.
        announce: Called with it before it is cleaned.
    """

    uncovered: Callable[[], Coroutine[Any, Any, tuple[Cleaning, ...]]]
    announce: Callable[[tuple[Cleaning, ...]], None]


@dataclass(frozen=True)
class Rollback:
    """What a rollback does.

    Attributes:
        steps: What is started again, one after the other.
        cleanings: What is cleaned.
        remover: Cleans it; None where there is nothing to clean.
        left: What stays as it is, and why.
        below: What may lie below what is cleaned; None for nothing.
        where: Where former versions are to run again, for messages, each beginning with a space; all others run where
            they ran.
        nothing: Why nothing is restored; empty where something is.
    """

    steps: tuple[Step, ...] = ()
    cleanings: tuple[Cleaning, ...] = ()
    remover: RemovingPort | None = None
    left: tuple[Left, ...] = ()
    below: Below | None = None
    where: Mapping[Artifact, str] = field(default_factory=dict)
    nothing: str = ""

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """The former versions that are to run again."""
        return tuple(dict.fromkeys(artifact for step in self.steps for artifact in step.desired.artifacts))

    @property
    def emptied(self) -> tuple[Artifact, ...]:
        """The artifacts that are cleaned."""
        return tuple(dict.fromkeys(cleaning.artifact for cleaning in self.cleanings))


def is_due(policy: RolloutPolicy, ended: RolloutResult, *, resumed: bool) -> bool:
    """Return whether a rollout has failed and has to be rolled back.

    A run that has started nothing itself may still have to roll back what an earlier run has started since the last
    success: ``resumed`` is true then.
    """
    begun = ended.outcome.started or resumed
    failed = ended.outcome.status is RolloutStatus.FAILED
    return failed and begun and policy.on_failure is OnFailure.ROLLBACK


def policy_of_step(policy: RolloutPolicy, outcome: Outcome, selector: Selector) -> RolloutPolicy:
    """Return the policy of a rollback: one stage without a bake, the budget of the stage that failed, the same time."""
    failed = policy.stages[outcome.progress.stage]
    return replace(policy, stages=(replace(failed, selector=selector, name="", bake=0.0),))


async def restore(rollback: Rollback, context: RunContext, *, within: float) -> RollbackResult:
    """Restore and clean, and wait for the result; after a failed step, the others are still tried.

    Args:
        rollback: What to do.
        context: The clock, the listener and the interrupt of this run.
        within: Seconds that all of it may take.
    """
    nothing = rollback.nothing
    if not nothing and not rollback.steps and not rollback.cleanings:
        nothing = (
            "what the rollout has put in place stays" if rollback.left else "the rollout has changed nothing"
        )
    restored = RollbackResult(
        rollback.artifacts, rollback.emptied, left=rollback.left, where=rollback.where, nothing=nothing
    )
    until = context.now() + within
    try:
        for step in rollback.steps:
            policy = replace(step.policy, timeout=max(until - context.now(), 0.0))
            ended = await carry_out(step.port, step.desired, policy, context)
            restored = _joined(restored, ended)
            if restored.interrupted:
                return restored
        if rollback.cleanings and rollback.remover is not None:
            unreached = await _empty(rollback, rollback.remover, context, until=until)
            restored = replace(restored, left=restored.left + unreached)
    except InterruptedWaitError:
        return replace(restored, interrupted=True)
    except EdgeError as error:
        return replace(restored, error=error)
    return restored


async def _empty(
    rollback: Rollback, remover: RemovingPort, context: RunContext, *, until: float
) -> tuple[Left, ...]:
    """Clean the targets that ran nothing before, then what that has uncovered; return what stays after all."""
    left: tuple[Left, ...] = ()
    due, done = rollback.cleanings, set[tuple[Artifact, str]]()
    while due:
        seconds = max(until - context.now(), 0.0)
        left += await remove(remover, due, context, within=seconds, gate_first=True)
        done.update((cleaning.artifact, cleaning.region) for cleaning in due)
        found = await context.unless_interrupted(rollback.below.uncovered()) if rollback.below else ()
        due = tuple(cleaning for cleaning in found if (cleaning.artifact, cleaning.region) not in done)
        if due and rollback.below is not None:
            rollback.below.announce(due)
    return left


def _joined(before: RollbackResult, ended: RolloutResult) -> RollbackResult:
    """Add the result of one more step; the first failure is the one that is reported."""
    outcome = before.outcome
    if outcome is None or outcome.status in _CAME_BACK:
        outcome = ended.outcome
    interrupted = ended.outcome.status is RolloutStatus.INTERRUPTED
    return replace(
        before,
        outcome=outcome,
        error=before.error or ended.error,
        interrupted=interrupted,
        seen=ended.seen,
    )
