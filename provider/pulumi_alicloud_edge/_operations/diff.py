"""Diff: compare what is stored with what is declared, and with what the cloud shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_alicloud_edge._errors import InputError
from pulumi_alicloud_edge._model.unknown import has_unknown
from pulumi_alicloud_edge._operations.cleanup import Cleanup
from pulumi_alicloud_edge._operations.impact import describe_impact
from pulumi_alicloud_edge._operations.preview import Preview
from pulumi_alicloud_edge._operations.results import Difference
from pulumi_alicloud_edge._resources.last_rollout import LastRollout
from pulumi_alicloud_edge._resources.messages import drift_line, new_neighbours_line
from pulumi_alicloud_edge._resources.neighbours import newly_declared

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge._operations.operation import Operation
    from pulumi_alicloud_edge._preview_cache import Look

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
        *Preview(operation).errors_of_restoring(inputs, olds),
    )
    if field_errors:
        raise InputError(field_errors)
    last = LastRollout(olds)
    unfinished = not last.is_in_place
    look = operation.runtime.preview_cache.look(operation.urn, inputs)
    if changed or unfinished:
        return Difference(changed, unfinished=unfinished, impact=_impact(operation, inputs, olds, look))
    drift = _drift(operation, inputs, olds)
    has_drifted = bool(drift)
    # What a refresh has called drifted and has recovered by itself is called converged again, with nothing started.
    drifted = has_drifted or last.has_drifted
    beside = _has_new_neighbours(operation, inputs, olds)
    if beside and not drifted:
        operation.runtime.preview_cache.keep_beside(operation.urn)
    impact = _impact(operation, inputs, olds, look, drift) if has_drifted else ""
    return Difference(drifted=drifted, beside=beside, impact=impact)


def _impact(
    operation: Operation[I], inputs: I, olds: Mapping[str, Any], look: Look | None, drift: str = ""
) -> str:
    """Show what the update would touch by what the state tells: former versions, and what is left of failed runs."""
    if look is None or look.observation is None:
        return ""
    if not look.leaves_behind and not Cleanup(operation).leaves_behind(inputs, olds):
        return ""  # the check has said all there is to say
    impact = describe_impact(operation, inputs, look, olds)
    if impact == look.impact:
        return ""
    operation.status(f"{drift}; {impact}" if drift else impact)
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


def _drift(operation: Operation[I], inputs: I, olds: Mapping[str, Any]) -> str:
    """Look for drift and describe it; if the cloud does not answer, say so and go on."""
    if not operation.runtime.settings.observe_on_diff:
        return "drift" if LastRollout(olds).has_missing else ""  # what a refresh has stored
    preview = Preview(operation)
    look = preview.look_again(inputs)
    if look.observation is None:
        operation.status(f"drift unknown: {look.unknown}")
        return ""
    drift = preview.drift(inputs, look.observation, olds, to_repair=True)
    if not drift:
        return ""
    operation.runtime.preview_cache.keep_drift(operation.urn, drift)
    line = drift_line(drift, operation.handler.label)
    operation.status(line)
    return line
