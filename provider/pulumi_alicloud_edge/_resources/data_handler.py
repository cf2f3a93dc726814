"""What pushes and distributions have in common: how their states tell what was put, begun and run before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._resources.data_outputs import (
    also_unserved,
    rollout_after_rollback,
    show_owned,
    stored_rollout,
)
from pulumi_alicloud_edge._resources.handler import ResourceHandler
from pulumi_alicloud_edge._resources.last_rollout import HINTS, UNSERVED, LastRollout

if TYPE_CHECKING:
    from pulumi_alicloud_edge._reconcile.rollout import Memory

I = TypeVar("I", bound=BaseModel)  # noqa: E741


class DataHandler(ResourceHandler[I]):
    """A kind of resource that puts data files somewhere."""

    kept_by_read = frozenset({"owned", "baseline", HINTS})

    def identity(self, inputs: I, name: str) -> str:
        """Return ``<app_id>/<name>``."""
        return f"{self.plan(inputs).app_id}/{name}"

    def memory(self, inputs: I, olds: Mapping[str, Any]) -> Memory:
        """Return the baseline of an unfinished rollout, and what its runs have begun (S3, S4)."""
        from pulumi_alicloud_edge._reconcile.rollout import Memory

        plan = self.plan(inputs)
        baseline, begun = stored_rollout(olds, plan.policy.selection)
        return Memory(
            baseline,
            self._covered(inputs, olds, begun),
            needs_baseline=plan.desired.exclusive,
            passes_empty_stages=LastRollout(olds).is_in_place and self.is_unchanged(inputs, olds),
            unshown=LastRollout(olds).unshown,
            hanging=LastRollout(olds).hanging,
        )

    def _covered(self, inputs: I, olds: Mapping[str, Any], begun: int) -> tuple[frozenset[Artifact], ...]:
        """Return, for each stage, the artifacts of which runs before have started the whole of it.

        After a success that is every stage; an artifact or a selection that is new was not started by anyone.
        """
        stored = self.stored(olds) if olds else None
        if stored is None:
            return ()
        before, now = self.plan(stored), self.plan(inputs)
        started = before.policy.stages if LastRollout(olds).is_in_place else before.policy.stages[:begun]
        selectors = {stage.selector for stage in started}
        artifacts = frozenset(before.desired.artifacts) & frozenset(now.desired.artifacts)
        none: frozenset[Artifact] = frozenset()
        return tuple(artifacts if stage.selector in selectors else none for stage in now.policy.stages)

    def after_rollback(self, inputs: I, outputs: Mapping[str, Any], seen: Observation) -> dict[str, Any]:
        """Return what the next run still has to know of what ran where before (S3)."""
        plan = self.plan(inputs)
        names = {artifact.name for artifact in plan.desired.artifacts}
        return rollout_after_rollback(outputs, names, plan.policy.selection, seen)

    def after_cleaning(
        self,
        outputs: Mapping[str, Any],
        put: Iterable[Claim],
        unreached: Collection[str] = (),
        stopped: Collection[str] = (),
    ) -> dict[str, Any]:
        """Return what is put where now, and which targets have turned out not to be served (S8)."""
        return {"owned": show_owned(put), UNSERVED: also_unserved(outputs, unreached, stopped)}
