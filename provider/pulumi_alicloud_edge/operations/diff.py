"""Diff: compare what is stored with what is declared, and with what the cloud shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_alicloud_edge.errors import InputError
from pulumi_alicloud_edge.model.outcome import RolloutStatus, TargetState
from pulumi_alicloud_edge.model.unknown import has_unknown
from pulumi_alicloud_edge.operations.impact import describe_impact
from pulumi_alicloud_edge.operations.preview import Preview
from pulumi_alicloud_edge.operations.results import Difference
from pulumi_alicloud_edge.resources.data_outputs import IN_PLACE
from pulumi_alicloud_edge.resources.messages import drift_line, new_neighbours_line
from pulumi_alicloud_edge.resources.neighbours import newly_declared

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge.operations.operation import Operation

I = TypeVar("I", bound="BaseModel")  # noqa: E741


def diff(operation: Operation[I], olds: Mapping[str, Any], news: Mapping[str, Any]) -> Difference:
    """Compare what is stored with what is declared, and with what the cloud shows.

    Args:
        operation: The operation.
        olds: The outputs that are stored.
        news: The inputs that are declared.

    Raises:
        InputError: The change is one that cannot be made.
    """
    handler = operation.handler
    operation.runtime.preview_cache.take_beside(
        operation.urn
    )  # an earlier diff's word does not stand for this one
    olds = handler.recalled(olds, operation.context.old_inputs)
    before, after = handler.declared(olds), handler.declared(news)
    changed = () if handler.is_same(before, after) else _changed(before, after)
    if replaces := tuple(key for key in handler.replacing if before.get(key) != after.get(key)):
        return Difference(changed, replaces)
    inputs = None if has_unknown(news) else handler.read(news)
    if inputs is None:
        return Difference(changed, unknown=True)
    field_errors = (
        *handler.errors_of_change(olds, inputs),
        *Preview(operation).baseline_errors(inputs, olds),
    )
    if field_errors:
        raise InputError(field_errors)
    unfinished = olds.get("status") not in IN_PLACE
    if changed or unfinished:
        return Difference(changed, unfinished=unfinished, impact=_impact(operation, inputs, olds))
    has_drifted = _has_drifted(operation, inputs, olds)
    # What a refresh has called drifted and has recovered by itself is called converged again, with nothing started.
    drifted = has_drifted or olds.get("status") == RolloutStatus.DRIFTED.value
    beside = _has_new_neighbours(operation, inputs, olds)
    if beside and not drifted:
        operation.runtime.preview_cache.keep_beside(operation.urn)
    return Difference(drifted=drifted, beside=beside)


def _impact(operation: Operation[I], inputs: I, olds: Mapping[str, Any]) -> str:
    """Show what the update would touch by what the state tells: former versions, and what is left of failed runs."""
    look = operation.runtime.preview_cache.look(operation.urn, inputs)
    if look is None or look.observation is None:
        return ""
    impact = describe_impact(operation, inputs, look, olds)
    if impact == look.impact:
        return ""
    operation.status(impact)
    return impact


def _has_new_neighbours(operation: Operation[I], inputs: I, olds: Mapping[str, Any]) -> bool:
    """Return whether others declare the like since: a destroy without a program has to know of them (S2)."""
    others = operation.runtime.registry.others(operation.urn)
    new = newly_declared(operation.concerned(inputs, olds), others, olds)
    if new:
        operation.status(new_neighbours_line(claim.urn for claim in new))
    return bool(new)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key))


def _has_drifted(operation: Operation[I], inputs: I, olds: Mapping[str, Any]) -> bool:
    """Look for drift; if the cloud does not answer, say so and go on."""
    if not operation.runtime.settings.observe_on_diff:
        return _stored_drift(olds)
    preview = Preview(operation)
    look = preview.look_again(inputs)
    if look.observation is None:
        operation.status(f"drift unknown: {look.unknown}")
        return False
    drift = preview.drift(inputs, look.observation, olds)
    if drift:
        operation.runtime.preview_cache.keep_drift(operation.urn, drift)
        operation.status(drift_line(drift, operation.handler.label))
    return bool(drift)


def _stored_drift(olds: Mapping[str, Any]) -> bool:
    """Find drift in what a refresh has stored, without a look of its own."""
    counts = [placement.get("counts", {}) for placement in olds.get("placements") or ()]
    return any(count.get(TargetState.MISSING.value) for count in counts)
