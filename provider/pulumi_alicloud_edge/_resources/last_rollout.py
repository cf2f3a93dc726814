"""What a state tells of the last rollout of its resource, whatever the kind: how it ended, and what was accepted then.

What a kind remembers besides (what was put where, what a rollback restores) is its handler's.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._model.outcome import HangingTarget, Outcome, RolloutStatus, TargetState
from pulumi_alicloud_edge._reconcile.drift import Drift
from pulumi_alicloud_edge._resources.migrations import STATE_VERSION

TARGETS_KEPT = 500
"""Targets that a state names one by one."""
HINTS = "__hints"
"""Hidden output: how many targets that the cloud's inventory hints at had nothing after the last rollout."""
ACCEPTED = "__accepted"
"""Hidden output: targets that failed within the budget."""
UNSERVED = "__unserved"
"""Hidden output: targets that were listed and not served, by whether the inventory called them stopped."""
REPAIRS = "__repairs"
"""Hidden output: for each name, the versions that the last repair has displaced."""
STARTED = "__started"
"""Hidden output: whether a run since the last success has started anything; of older states, that is assumed."""
HANGING = "__hanging"
"""Hidden output: the targets that hang, each as name, version, target and the times of its record."""
UNSHOWN = "__unshown"
"""Hidden output: what a run that has not ended well had started and need not show yet, each as name and version."""
IN_PLACE = (RolloutStatus.CONVERGED.value, RolloutStatus.DEGRADED.value, RolloutStatus.DRIFTED.value)
"""After a rollout that has ended well, whatever has drifted since."""
UNFINISHED = (RolloutStatus.FAILED.value, RolloutStatus.INTERRUPTED.value)


class LastRollout:
    """Reads stored outputs. What is damaged, or was never stored, reads as nothing.

    Args:
        outputs: The stored outputs, empty before the first rollout.
    """

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        self._outputs = outputs

    @property
    def status(self) -> Any:
        """The status as it is stored."""
        return self._outputs.get("status")

    @property
    def is_in_place(self) -> bool:
        """Whether it has ended well, whatever has drifted since."""
        return self.status in IN_PLACE

    @property
    def is_unfinished(self) -> bool:
        """Whether it has failed or was interrupted, so that the next run goes on with it."""
        return self.status in UNFINISHED

    @property
    def has_started(self) -> bool:
        """Whether it is unfinished and has started anything, so that there is something to roll back."""
        return self.is_unfinished and self._outputs.get(STARTED) is not False

    @property
    def has_unshown(self) -> bool:
        """Whether it may have started something that does not show yet; of older states, where it was interrupted."""
        stored = self._outputs.get(UNSHOWN, self.status == RolloutStatus.INTERRUPTED.value)
        return self.is_unfinished and bool(stored)

    @property
    def unshown(self) -> frozenset[Artifact]:
        """What an unfinished rollout has started that may not show yet."""
        found: set[Artifact] = set()
        for row in self._rows(UNSHOWN) if self.is_unfinished else ():
            match row:
                case [str(name), str(version)]:
                    found.add(Artifact(name, version))
        return frozenset(found)

    @property
    def hanging(self) -> tuple[HangingTarget, ...]:
        """The targets on which something hung: the next run starts them again."""
        found: list[HangingTarget] = []
        for row in self._rows(HANGING):
            match row:
                case [str(name), str(version), str(target), str(stamp)]:
                    found.append(HangingTarget(Artifact(name, version), target, stamp))
        return tuple(found)

    @property
    def has_drifted(self) -> bool:
        """Whether a read has found it otherwise since."""
        return bool(self.status == RolloutStatus.DRIFTED.value)

    @property
    def has_missing(self) -> bool:
        """Whether targets had nothing when it was rolled out or read last."""
        stored = self._outputs.get("placements")
        placements = [each for each in stored if isinstance(each, dict)] if isinstance(stored, list) else []
        counts = [each.get("counts") for each in placements]
        return any(count.get(TargetState.MISSING.value) for count in counts if isinstance(count, dict))

    @property
    def converged_at(self) -> str:
        """When a rollout has ended well last; empty for never."""
        return self._outputs.get("converged_at") or ""

    @property
    def hints_not_borne_out(self) -> int:
        """How many targets that the inventory hints at had nothing."""
        stored = self._outputs.get(HINTS)
        return int(stored) if isinstance(stored, (int, float)) and isfinite(stored) else 0

    @property
    def accepted(self) -> frozenset[str]:
        """The targets that failed within the budget."""
        stored = self._outputs.get(ACCEPTED)
        return frozenset(t for t in stored if isinstance(t, str)) if isinstance(stored, list) else frozenset()

    @property
    def unserved(self) -> frozenset[str]:
        """The targets that were not served, whatever the inventory calls them now."""
        stopped, listed = self._unserved()
        return stopped | listed

    def still_unserved(self, seen: Observation) -> frozenset[str]:
        """Return the targets that were not served, and that the inventory still calls what it called them then."""
        stopped, listed = self._unserved()
        return (stopped & seen.stopped) | (listed - seen.stopped)

    def displaced(self, artifact: Artifact) -> frozenset[str]:
        """Return the versions of a name that its last repair has displaced."""
        stored = self._outputs.get(REPAIRS)
        versions = stored.get(artifact.name) if isinstance(stored, dict) else None
        return (
            frozenset(v for v in versions if isinstance(v, str))
            if isinstance(versions, list)
            else frozenset()
        )

    def _rows(self, key: str) -> list[Any]:
        stored = self._outputs.get(key)
        return stored if isinstance(stored, list) else []

    def _unserved(self) -> tuple[frozenset[str], frozenset[str]]:
        stored = self._outputs.get(UNSERVED)
        if not isinstance(stored, dict):
            return frozenset(), frozenset()
        stopped, listed = (
            frozenset(t for t in stored[key] if isinstance(t, str))
            if isinstance(stored.get(key), list)
            else frozenset()
            for key in ("stopped", "listed")
        )
        return stopped, listed


def show_outcome(
    outcome: Outcome, status: RolloutStatus, olds: Mapping[str, Any], *, unshown: frozenset[Artifact]
) -> dict[str, Any]:
    """Write how a rollout ended: what `LastRollout` reads.

    Args:
        outcome: How it ended.
        status: How it stands, after a rollback too.
        olds: The outputs before it, if any.
        unshown: What it, or the rollback after it, has started that need not show yet.
    """
    outputs: dict[str, Any] = {
        "status": status.value,
        "request_ids": list(outcome.request_ids),
        "state_version": STATE_VERSION,
    }
    if status.value in UNFINISHED:
        outputs[STARTED] = outcome.started or LastRollout(olds).has_started
        outputs[UNSHOWN] = sorted([each.name, each.version] for each in unshown)
    if outcome.hanging:
        outputs[HANGING] = [
            [each.artifact.name, each.artifact.version, each.target, each.stamp]
            for each in outcome.hanging[:TARGETS_KEPT]
        ]
    return outputs | ({ACCEPTED: sorted(outcome.accepted)[:TARGETS_KEPT]} if outcome.accepted else {})


def show_repair(drift: Drift | None) -> dict[str, dict[str, list[str]]]:
    """Write which versions a repair displaces; those of the repair before it are forgotten."""
    artifacts = drift.artifacts if drift is not None else ()
    return {
        REPAIRS: {each.artifact.name: sorted(each.others) for each in artifacts if each.others},
    }
