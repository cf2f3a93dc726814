"""Read: what the cloud shows of a resource now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_alicloud_edge.errors import NotFoundError
from pulumi_alicloud_edge.model.observation import Observation, Unit
from pulumi_alicloud_edge.model.outcome import RolloutStatus, Verdict
from pulumi_alicloud_edge.operations.preview import Preview
from pulumi_alicloud_edge.operations.results import Gone, Read
from pulumi_alicloud_edge.reconcile.baking import has_baked
from pulumi_alicloud_edge.reconcile.drift import placements
from pulumi_alicloud_edge.resources.data_memory import covered
from pulumi_alicloud_edge.resources.data_outputs import (
    ACCEPTED,
    HINTS,
    IN_PLACE,
    ROLLOUT,
    UNFINISHED,
    UNSERVED,
    stored_rollout,
)
from pulumi_alicloud_edge.resources.neighbours import NEIGHBOURS
from pulumi_alicloud_edge.resources.release_baseline import BASELINE

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge.operations.operation import Operation

I = TypeVar("I", bound="BaseModel")  # noqa: E741

_KEPT = ("owned", "baseline", "baseline_version", ACCEPTED, BASELINE, HINTS, ROLLOUT, UNSERVED, NEIGHBOURS)
"""Outputs that a mere read does not change."""


def read(operation: Operation[I], outputs: Mapping[str, Any]) -> Read | Gone:
    """Return the outputs as the cloud shows them now.

    Args:
        operation: The operation.
        outputs: What is stored.

    Raises:
        EdgeError: The cloud cannot be read.
    """
    kind = operation.kind
    inputs = kind.stored(outputs)
    if inputs is None:
        return Read(dict(outputs))
    preview = Preview(operation)

    def has_drifted(seen: Observation) -> bool:
        return bool(_status(operation, inputs, outputs, seen) == RolloutStatus.DRIFTED.value)

    news = outputs.get("status") != RolloutStatus.DRIFTED.value
    looking = preview.observe_surely(inputs, doubts=has_drifted if news else None)
    try:
        port, observation = operation.runtime.run(looking)
    except NotFoundError:
        return Gone()
    desired, scope = kind.desired(inputs), kind.policy(inputs).stages[-1].scope
    if kind.vanishes and not _is_left(operation, desired.units, outputs, observation):
        return Gone()
    seen = placements(desired, scope, observation)
    shown = {**kind.outputs(inputs, seen, port, outputs), **kind.shown(port)}
    kept = {key: outputs[key] for key in _KEPT if key in outputs}
    return Read({**outputs, **shown, **kept, "status": _status(operation, inputs, outputs, observation)})


def _status(operation: Operation[I], inputs: I, outputs: Mapping[str, Any], observation: Observation) -> Any:
    """Return the status as it reads now: an unfinished rollout that has ended well since counts as that.

    It does not on less evidence than the rollout itself would need (S4): where the cloud does not say who belongs
    to a stage, the whole of it has to have been started, and all bakes have to be over. What had ended well and is
    not as declared any more has drifted.
    """
    stored = outputs.get("status")
    drift = Preview(operation).drift(inputs, observation, outputs)
    policy = operation.kind.policy(inputs)
    seen = placements(operation.kind.desired(inputs), policy.stages[-1].scope, observation)
    moving = any(placement.count(Verdict.IN_PROGRESS) for placement in seen)
    if stored in IN_PLACE and (drift or moving):
        return RolloutStatus.DRIFTED.value
    if (
        drift
        or moving
        or (stored not in IN_PLACE and not _is_finished(operation, inputs, outputs, observation))
    ):
        return stored
    return (RolloutStatus.DEGRADED if drift.units else RolloutStatus.CONVERGED).value


def _is_left(
    operation: Operation[I], desired: tuple[Unit, ...], outputs: Mapping[str, Any], observation: Observation
) -> bool:
    """Return whether there may be anything of a resource in the cloud, so that it is not gone (S5, S8).

    What an unfinished rollout has started may not show yet; other versions, and other names that were looked at
    by nobody, may still be where the resource has put them.
    """
    if outputs.get("status") in UNFINISHED or any(observation.of(unit) for unit in desired):
        return True
    names = {unit.name for unit in desired}
    owned = {claim.unit for claim in operation.kind.owned("", outputs)}
    return any(unit.name not in names or observation.of(unit) for unit in owned)


def _is_finished(
    operation: Operation[I], inputs: I, outputs: Mapping[str, Any], observation: Observation
) -> bool:
    """Return whether an unfinished rollout has come to its end: its stages were started, held and have baked."""
    _, begun = stored_rollout(outputs)
    started = covered(operation.kind, inputs, outputs, begun)
    units = operation.kind.desired(inputs).units
    if any(Preview(operation).drift_by_stage(inputs, observation, outputs)):
        return False
    stages = operation.kind.policy(inputs).stages
    for index, (stage, members) in enumerate(zip(stages, observation.members, strict=True)):
        if members is None and not (index < len(started) and started[index].issuperset(units)):
            return False
        if stage.bake and not has_baked(observation, units, index, stage.bake):
            return False
    return True
