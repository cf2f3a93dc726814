"""What a push or a distribution knows from the runs before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_alicloud_edge.model.observation import Unit
from pulumi_alicloud_edge.resources.data_outputs import IN_PLACE, stored_rollout

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge.reconcile.rollout import Memory
    from pulumi_alicloud_edge.resources.kind import Kind

I = TypeVar("I", bound="BaseModel")  # noqa: E741


def data_memory(kind: Kind[I], inputs: I, olds: Mapping[str, Any]) -> Memory:
    """Return the baseline of an unfinished rollout, and the units and stages that its runs have begun (S3, S4)."""
    from pulumi_alicloud_edge.reconcile.rollout import Memory

    baseline, begun = stored_rollout(olds, kind.policy(inputs).selection)
    return Memory(
        baseline,
        covered(kind, inputs, olds, begun),
        needs_baseline=kind.desired(inputs).exclusive,
        passes_empty_stages=olds.get("status") in IN_PLACE and kind.is_unchanged(inputs, olds),
    )


def covered(kind: Kind[I], inputs: I, olds: Mapping[str, Any], begun: int) -> tuple[frozenset[Unit], ...]:
    """Return, for each stage, the units of which runs before have started the whole of it.

    After a success that is every stage; a unit or a selection that is new was not started by anyone.
    """
    before = kind.stored(olds) if olds else None
    if before is None:
        return ()
    stages = kind.policy(before).stages
    started = stages if olds.get("status") in IN_PLACE else stages[:begun]
    scopes = {stage.scope for stage in started}
    units = frozenset(kind.desired(before).units) & frozenset(kind.desired(inputs).units)
    none: frozenset[Unit] = frozenset()
    return tuple(units if stage.scope in scopes else none for stage in kind.policy(inputs).stages)
