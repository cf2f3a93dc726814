"""What a push or a distribution knows from the runs before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_alicloud_edge.model.observation import Artifact
from pulumi_alicloud_edge.resources.data_outputs import IN_PLACE, stored_rollout

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge.reconcile.rollout import Memory
    from pulumi_alicloud_edge.resources.handler import ResourceHandler

I = TypeVar("I", bound="BaseModel")  # noqa: E741


def data_memory(handler: ResourceHandler[I], inputs: I, olds: Mapping[str, Any]) -> Memory:
    """Return the baseline of an unfinished rollout, and the artifacts and stages that its runs have begun (S3, S4)."""
    from pulumi_alicloud_edge.reconcile.rollout import Memory

    baseline, begun = stored_rollout(olds, handler.plan(inputs).policy.selection)
    return Memory(
        baseline,
        covered(handler, inputs, olds, begun),
        needs_baseline=handler.plan(inputs).desired.exclusive,
        passes_empty_stages=olds.get("status") in IN_PLACE and handler.is_unchanged(inputs, olds),
    )


def covered(
    handler: ResourceHandler[I], inputs: I, olds: Mapping[str, Any], begun: int
) -> tuple[frozenset[Artifact], ...]:
    """Return, for each stage, the artifacts of which runs before have started the whole of it.

    After a success that is every stage; an artifact or a selection that is new was not started by anyone.
    """
    before = handler.stored(olds) if olds else None
    if before is None:
        return ()
    stages = handler.plan(before).policy.stages
    started = stages if olds.get("status") in IN_PLACE else stages[:begun]
    selectors = {stage.selector for stage in started}
    artifacts = frozenset(handler.plan(before).desired.artifacts) & frozenset(
        handler.plan(inputs).desired.artifacts
    )
    none: frozenset[Artifact] = frozenset()
    return tuple(
        artifacts if stage.selector in selectors else none for stage in handler.plan(inputs).policy.stages
    )
