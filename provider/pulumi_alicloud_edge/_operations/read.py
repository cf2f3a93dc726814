"""Read: what the cloud shows of a resource now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_alicloud_edge._errors import NotFoundError
from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._model.outcome import RolloutStatus, TargetState
from pulumi_alicloud_edge._operations.preview import Preview
from pulumi_alicloud_edge._operations.results import Gone, Read
from pulumi_alicloud_edge._reconcile.bake import has_baked
from pulumi_alicloud_edge._reconcile.drift import placements
from pulumi_alicloud_edge._resources.last_rollout import LastRollout

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge._operations.operation import Operation

I = TypeVar("I", bound="BaseModel")  # noqa: E741


def read(operation: Operation[I], outputs: Mapping[str, Any]) -> Read | Gone:
    """Return the outputs as the cloud shows them now.

    Args:
        operation: The operation.
        outputs: What is stored.

    Raises:
        EdgeError: The cloud cannot be read.
    """
    handler = operation.handler
    inputs = handler.stored(outputs)
    if inputs is None:
        return Read(dict(outputs))
    preview = Preview(operation)

    def has_drifted(seen: Observation) -> bool:
        return bool(_status(operation, inputs, outputs, seen) == RolloutStatus.DRIFTED.value)

    news = not LastRollout(outputs).has_drifted
    looking = preview.observe_surely(inputs, doubts=has_drifted if news else None)
    try:
        observation = operation.runtime.run(looking)
    except NotFoundError:
        return Gone()
    plan = handler.plan(inputs)
    desired, selector = plan.desired, plan.policy.stages[-1].selector
    if handler.vanishes and not _is_left(operation, desired.artifacts, outputs, observation):
        return Gone()
    seen = placements(desired, selector, observation)
    shown = handler.after_read(inputs, seen, observation, outputs)
    return Read({**outputs, **shown, "status": _status(operation, inputs, outputs, observation)})


def _status(operation: Operation[I], inputs: I, outputs: Mapping[str, Any], observation: Observation) -> Any:
    """Return the status as it reads now: an unfinished rollout that has ended well since counts as that.

    It does not on less evidence than the rollout itself would need (S4): where the cloud does not say who belongs
    to a stage, the whole of it has to have been started, and all bakes have to be over. What had ended well and is
    not as declared any more has drifted.
    """
    last = LastRollout(outputs)
    drift = Preview(operation).drift(inputs, observation, outputs)
    plan = operation.handler.plan(inputs)
    seen = placements(plan.desired, plan.policy.stages[-1].selector, observation)
    moving = any(placement.count(TargetState.IN_PROGRESS) for placement in seen)
    if last.is_in_place and (drift or moving):
        return RolloutStatus.DRIFTED.value
    if drift or moving:
        return last.status
    if not (last.is_in_place or _is_finished(operation, inputs, outputs, observation)):
        return last.status
    return (RolloutStatus.DEGRADED if drift.artifacts else RolloutStatus.CONVERGED).value


def _is_left(
    operation: Operation[I],
    desired: tuple[Artifact, ...],
    outputs: Mapping[str, Any],
    observation: Observation,
) -> bool:
    """Return whether there may be anything of a resource in the cloud, so that it is not gone (S5, S8).

    What an unfinished rollout has started may not show yet; other versions, and other names that were looked at
    by nobody, may still be where the resource has put them.
    """
    if LastRollout(outputs).is_unfinished or any(observation.of(artifact) for artifact in desired):
        return True
    names = {artifact.name for artifact in desired}
    put = {claim.artifact for claim in operation.handler.removable("", outputs)}
    return any(artifact.name not in names or observation.of(artifact) for artifact in put)


def _is_finished(
    operation: Operation[I], inputs: I, outputs: Mapping[str, Any], observation: Observation
) -> bool:
    """Return whether an unfinished rollout has come to its end: its stages were started, held and have baked."""
    started = operation.handler.memory(inputs, outputs).covered
    plan = operation.handler.plan(inputs)
    artifacts = plan.desired.artifacts
    if any(Preview(operation).drift_by_stage(inputs, observation, outputs)):
        return False
    stages = plan.policy.stages
    for index, (stage, targets) in enumerate(zip(stages, observation.stage_targets, strict=True)):
        if targets is None and not (index < len(started) and started[index].issuperset(artifacts)):
            return False
        if stage.bake and not has_baked(observation, artifacts, index, stage.bake):
            return False
    return True
