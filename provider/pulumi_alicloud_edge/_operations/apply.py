"""Create and update: bring about what is declared, clean what is declared no more, keep what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_alicloud_edge._delivery.rollback import is_due, restore
from pulumi_alicloud_edge._delivery.runner import carry_out
from pulumi_alicloud_edge._errors import (
    EdgeError,
    InputError,
    PartialStateError,
    RollbackResult,
    RolloutFailedError,
    RolloutInterruptedError,
)
from pulumi_alicloud_edge._model.outcome import Outcome, RolloutStatus, TargetState
from pulumi_alicloud_edge._model.removal import LeftBecause
from pulumi_alicloud_edge._operations.cleanup import Cleanup
from pulumi_alicloud_edge._operations.results import Created, Updated
from pulumi_alicloud_edge._resources.handler import FailedRollout
from pulumi_alicloud_edge._resources.last_rollout import LastRollout, show_outcome, show_repair
from pulumi_alicloud_edge._resources.messages import accepted_failures_line, two_owners_line, unserved_line
from pulumi_alicloud_edge._resources.migrations import STATE_VERSION
from pulumi_alicloud_edge._resources.neighbours import show_neighbours

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge._delivery.runner import RolloutResult
    from pulumi_alicloud_edge._model.observation import Observation
    from pulumi_alicloud_edge._operations.operation import Operation
    from pulumi_alicloud_edge._reconcile.drift import Drift

I = TypeVar("I", bound="BaseModel")  # noqa: E741


@dataclass(frozen=True)
class _RolloutRun:
    """A rollout and, where it failed and was to be taken back, the rollback after it.

    Attributes:
        ended: How the rollout ended.
        restored: How the rollback went, where there was one.
    """

    ended: RolloutResult
    restored: RollbackResult | None = None

    @property
    def seen(self) -> Observation:
        """What was seen last, of the rollback where it has started something again."""
        if self.restored is None or self.restored.seen is None:
            return self.ended.seen
        return self.restored.seen


def create(operation: Operation[I], properties: Mapping[str, Any]) -> Created:
    """Bring about what is declared, adopting what the cloud already has.

    Args:
        operation: The operation.
        properties: The inputs.

    Returns:
        The resource; in a dry run the inputs alone, with an empty id where those that make it up are not known yet.

    Raises:
        PartialStateError: It failed, and its state is to be kept.
        EdgeError: It failed, and has left nothing.
    """
    if operation.context.dry_run:
        return _foreseen_create(operation, properties)
    inputs = operation.known(properties)
    id_ = operation.handler.identity(inputs, operation.context.name)
    outputs, error = _roll_out(operation, inputs, properties, {})
    if error is not None:
        raise PartialStateError(error, id_, outputs)
    return Created(id_, outputs)


def update(
    operation: Operation[I], id_: str, olds: Mapping[str, Any], properties: Mapping[str, Any]
) -> Updated:
    """Bring about what is declared now, and clean what is declared no more.

    Args:
        operation: The operation.
        id_: The resource's id.
        olds: The outputs that are stored.
        properties: The inputs that are declared.

    Returns:
        The outputs; in a dry run those alone that the update is certain to leave so.

    Raises:
        InputError: The change is one that cannot be made; after a failure the engine updates without a diff.
        PartialStateError: It failed, and its state is to be kept.
        EdgeError: It failed, and what is stored still holds.
    """
    if operation.context.dry_run:
        return _foreseen_update(operation, olds, properties)
    inputs = operation.known(properties)
    olds = operation.handler.recalled(olds, operation.context.old_inputs)
    if field_errors := tuple(operation.handler.errors_of_change(olds, inputs)):
        raise InputError(field_errors)
    if operation.runtime.preview_cache.take_beside(operation.urn):
        return Updated({**olds, **_show_neighbours(operation, inputs, olds)})
    if still_ordered := operation.handler.still_ordered(inputs, olds):
        operation.warn(still_ordered)
    repairs = _repairs(operation, operation.runtime.preview_cache.take_drift(operation.urn), olds)
    outputs, error = _roll_out(operation, inputs, properties, olds)
    outputs |= repairs
    if error is not None:
        raise PartialStateError(error, id_, outputs)
    try:
        return Updated(outputs | Cleanup(operation).after_update(inputs, olds, outputs))
    except EdgeError as failed:
        status = {"status": RolloutStatus.FAILED.value}
        raise PartialStateError(failed, id_, outputs | status) from failed


def _foreseen_create(operation: Operation[I], properties: Mapping[str, Any]) -> Created:
    handler = operation.handler
    inputs = handler.read(properties)
    id_ = "" if inputs is None else handler.identity(inputs, operation.context.name)
    return Created(id_, handler.declared(properties))


def _foreseen_update(
    operation: Operation[I], olds: Mapping[str, Any], properties: Mapping[str, Any]
) -> Updated:
    """Return what an update would leave of the outputs: all where it only notes neighbours, else what is declared.

    A run writes all others anew, and how it ends is not known beforehand.

    Raises:
        InputError: The change is one that cannot be made.
    """
    handler = operation.handler
    inputs = handler.read(properties)
    if inputs is not None:
        before = handler.recalled(olds, operation.context.old_inputs)
        if field_errors := tuple(handler.errors_of_change(before, inputs)):
            raise InputError(field_errors)
    kept = olds if operation.runtime.preview_cache.is_beside(operation.urn) else {}
    return Updated({**kept, **handler.declared(properties), "state_version": STATE_VERSION})


def _repairs(operation: Operation[I], drift: Drift | None, olds: Mapping[str, Any]) -> dict[str, Any]:
    """Note which versions were displaced by a repair; warn when one of them has come back."""
    last = LastRollout(olds)
    for artifact in drift.artifacts if drift is not None else ():
        for version in artifact.others & last.displaced(artifact.artifact):
            operation.warn(two_owners_line(artifact.artifact, version))
    return show_repair(drift)


def _roll_out(
    operation: Operation[I], inputs: I, properties: Mapping[str, Any], olds: Mapping[str, Any]
) -> tuple[dict[str, Any], EdgeError | None]:
    """Roll out; return what is to be stored, and why it is not as declared, where it is not.

    Raises:
        EdgeError: It failed, and nothing of it is to be stored.
    """
    rollout_run = operation.runtime.run(_carry_out(operation, inputs, olds))
    outputs = _outputs(operation, inputs, rollout_run, properties, olds)
    ended, outcome = rollout_run.ended, rollout_run.ended.outcome
    if outcome.status in (RolloutStatus.CONVERGED, RolloutStatus.DEGRADED):
        if outcome.failed_total:
            operation.note(
                accepted_failures_line(outcome.failed_total, outcome.stage_failed, operation.handler.label)
            )
        if outcome.unserved:
            operation.note(unserved_line(outcome.unserved, operation.handler.label))
        return outputs | {"converged_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}, None
    if ended.error is not None and not _touched(outcome):
        raise ended.error
    interrupted = outcome.status is RolloutStatus.INTERRUPTED
    failure = RolloutInterruptedError if interrupted else RolloutFailedError
    return outputs, failure(
        outcome, operation.handler.plan(inputs).subject, ended.error, rollout_run.restored
    )


def _outputs(
    operation: Operation[I],
    inputs: I,
    rollout_run: _RolloutRun,
    properties: Mapping[str, Any],
    olds: Mapping[str, Any],
) -> dict[str, Any]:
    handler, ended, restored = operation.handler, rollout_run.ended, rollout_run.restored
    outcome = ended.outcome
    status = outcome.status if restored is None else _status_after(restored)
    shown = restored.outcome if restored and restored.outcome else outcome
    outputs = {
        **handler.declared(properties),
        **handler.outputs(inputs, shown.placements, ended.seen, olds, ended),
        **handler.shown(rollout_run.seen),
        **_show_neighbours(operation, inputs, olds),
        **show_outcome(outcome, status, olds, unshown=outcome.unshown | shown.unshown),
        "converged_at": LastRollout(olds).converged_at,
    }
    if status is RolloutStatus.ROLLED_BACK:
        outputs |= handler.after_rollback(inputs, outputs, ended.seen)
    return outputs


def _show_neighbours(operation: Operation[I], inputs: I, olds: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the state is to remember of what others declare; nothing where they declare the like nowhere."""
    return show_neighbours(operation.concerned(inputs, olds), operation.others(olds))


async def _carry_out(operation: Operation[I], inputs: I, olds: Mapping[str, Any]) -> _RolloutRun:
    handler, runtime = operation.handler, operation.runtime
    plan = handler.plan(inputs)
    neighbours = operation.neighbours(olds)
    port = handler.port(runtime, inputs, None, neighbours)
    policy = plan.policy
    if operation.context.timeout:
        policy = replace(policy, timeout=operation.context.timeout)
    ended = await carry_out(
        port,
        plan.desired,
        policy,
        operation.run_context(),
        starts_in=plan.starts_in,
        memory=handler.memory(inputs, olds),
    )
    if not is_due(policy, ended, resumed=LastRollout(olds).has_started):
        return _RolloutRun(ended)
    failed = FailedRollout(policy, ended, port, olds)
    try:
        rollback = await handler.rollback(runtime, inputs, failed, neighbours)
    except EdgeError as error:  # what the rollout has begun is remembered all the same
        return _RolloutRun(ended, RollbackResult((), (), error=error))
    if rollback is None:
        return _RolloutRun(ended)
    restored = await restore(rollback, operation.run_context("rolling back: "), within=policy.timeout)
    return _RolloutRun(ended, restored)


def _touched(outcome: Outcome) -> bool:
    """Return whether anything of a resource is in the cloud: started in this run, or found there and joined."""
    found = (TargetState.CONVERGED, TargetState.IN_PROGRESS)
    return outcome.started or any(placement.count(v) for placement in outcome.placements for v in found)


def _status_after(restored: RollbackResult) -> RolloutStatus:
    """Return the status after a rollback: only one that came to its end everywhere has rolled anything back.

    Else the next run still has to know what was there before.
    """
    if restored.interrupted:
        return RolloutStatus.INTERRUPTED
    came_back = restored.outcome is None or restored.outcome.status is RolloutStatus.CONVERGED
    if restored.nothing or any(each.reason is LeftBecause.BEFORE_UNKNOWN for each in restored.left):
        return RolloutStatus.FAILED
    return RolloutStatus.ROLLED_BACK if came_back and restored.error is None else RolloutStatus.FAILED
