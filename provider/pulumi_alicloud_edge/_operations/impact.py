"""What a rollout would touch, clean and leave, in one line: what a preview shows before anything is done (S2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_alicloud_edge._model.removal import Permit
from pulumi_alicloud_edge._operations.cleanup import Cleanup
from pulumi_alicloud_edge._operations.preview import LOOK_SECONDS, Preview
from pulumi_alicloud_edge._resources.messages import CLEANING_UNKNOWN, cleans_lines, left_lines

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge._operations.operation import Operation
    from pulumi_alicloud_edge._preview_cache import Look
    from pulumi_alicloud_edge._reconcile.impact import ArtifactImpact, Impact

I = TypeVar("I", bound="BaseModel")  # noqa: E741


def describe_impact(operation: Operation[I], inputs: I, look: Look, before: Mapping[str, Any]) -> str:
    """Return what rolling inputs out would touch, clean and leave.

    Args:
        operation: The operation.
        inputs: What is declared now.
        look: What the cloud showed.
        before: The outputs that are stored or, where they are not at hand, the inputs; empty for a create.

    Returns:
        One line; empty for nothing.
    """
    if look.observation is None:
        return f"impact unknown: {look.unknown}"
    handler, cleanup = operation.handler, Cleanup(operation)
    impact = Preview(operation).impact(inputs, look.observation)
    policy = handler.plan(inputs).policy
    if not policy.retry_degraded and handler.is_unchanged(inputs, before):
        budget = policy.stages[-1].budget
        impact = replace(impact, artifacts=()) if impact.is_within(budget) else impact
    asked = cleanup.impact(inputs, before, within=LOOK_SECONDS) if before else Permit()
    permit = asked or Permit()
    displaced = cleanup.displaced_by(inputs, impact, look.observation, before, within=LOOK_SECONDS)
    if displaced is not None:
        impact = _as_permitted(impact, displaced)
        permit += Permit(left=displaced.left)
    lines = [
        handler.impact_line(inputs, impact),
        *cleans_lines(permit.cleanings, handler.label),
        *left_lines(permit.left, handler.label),
        CLEANING_UNKNOWN if asked is None else "",
        handler.retained(operation.urn, inputs, before) if before else "",
    ]
    return "; ".join(filter(None, lines))


def _as_permitted(impact: Impact, permit: Permit) -> Impact:
    """Return an impact that displaces only what may be cleaned."""

    def permitted(each: ArtifactImpact) -> ArtifactImpact:
        cleaned = {other: permit.cleaned_of(other) & targets for other, targets in each.above}
        return replace(each, above=tuple((other, targets) for other, targets in cleaned.items() if targets))

    return replace(impact, artifacts=tuple(map(permitted, impact.artifacts)))
