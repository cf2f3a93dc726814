"""Drift: targets that are no longer as declared, found from an observation alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from pulumi_alicloud_edge._model.observation import Artifact, Observation, running_versions
from pulumi_alicloud_edge._model.outcome import FAILED_TARGETS_KEPT, FailedTarget, Placement, TargetState
from pulumi_alicloud_edge._model.policy import Budget, Selector
from pulumi_alicloud_edge._reconcile.decisions import Desired
from pulumi_alicloud_edge._reconcile.target_status import TargetStates, recorded_targets, shown_targets


@dataclass(frozen=True)
class ArtifactDrift:
    """One artifact and the targets on which it is not as declared.

    Attributes:
        missing: Targets that lack it or run another version.
        failed: Targets on which it has failed, with the cloud's reason.
        others: Versions that run on the missing ones instead.
        total: Number of targets looked at.
        is_nowhere: Whether no target has it at all, where the cloud does not list the targets.
        under_way: Targets to which it is on its way: it was not observed running there (S4).
    """

    artifact: Artifact
    missing: frozenset[str]
    failed: Mapping[str, str]
    others: frozenset[str]
    total: int
    is_nowhere: bool = False
    under_way: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is not as declared, be it accepted or not."""
        return bool(self.missing or self.failed or self.is_nowhere or self.under_way)


@dataclass(frozen=True)
class Drift:
    """What is not as declared, artifact by artifact. True where there is anything to repair."""

    artifacts: tuple[ArtifactDrift, ...]
    allowed_failures: int

    def __bool__(self) -> bool:
        """Failures within the budget are not drift; anything missing or under way is."""
        failed = set().union(*(artifact.failed for artifact in self.artifacts))
        missing = any(
            artifact.missing or artifact.under_way or artifact.is_nowhere for artifact in self.artifacts
        )
        return missing or len(failed) > self.allowed_failures


def find_drift(
    desired: Desired,
    selector: Selector,
    observation: Observation,
    budget: Budget,
    *,
    unserved: Collection[str] = frozenset(),
    accepted: Collection[str] = frozenset(),
) -> Drift:
    """Compare an observation with what is declared for ``selector``.

    Args:
        desired: What is declared.
        selector: Where it is declared for.
        observation: What the cloud shows.
        budget: How many targets may have failed.
        unserved: Targets that the last rollout found listed and not served: neither drift nor failure (S6).
        accepted: Targets that failed within the budget of the last rollout, also those without a record: they
            count as failed, and so are not drift within the budget (rule 5).
    """
    targets = all_targets(desired, selector, observation) | observation.hints
    targets.difference_update(_still_unserved(desired, unserved, observation))
    artifacts = tuple(
        _accepting(_artifact_drift(desired, u, targets, observation), accepted) for u in desired.artifacts
    )
    drifted = tuple(artifact for artifact in artifacts if artifact)
    return Drift(drifted, min(budget.allowed(len(targets)), max(len(targets) - 1, 0)))


def _accepting(drift: ArtifactDrift, accepted: Collection[str]) -> ArtifactDrift:
    """Count what is missing, or hangs, as failed where that was accepted."""
    known = (drift.missing | drift.under_way).intersection(accepted)
    failed = {**dict.fromkeys(sorted(known), "failed in the last rollout"), **drift.failed}
    return replace(drift, missing=drift.missing - known, under_way=drift.under_way - known, failed=failed)


def _still_unserved(desired: Desired, unserved: Collection[str], observation: Observation) -> set[str]:
    """Return those of the targets that were not served on which nothing of what is declared has shown since."""
    return set(unserved) - shown_targets(desired, observation, unserved)


def placements(desired: Desired, selector: Selector, observation: Observation) -> tuple[Placement, ...]:
    """Count where each artifact stands over all the targets of ``selector``."""
    targets = all_targets(desired, selector, observation)
    return tuple(_placement(desired, artifact, targets, observation) for artifact in desired.artifacts)


def all_targets(desired: Desired, selector: Selector, observation: Observation) -> set[str]:
    """Return the targets of all stages.

    Where the cloud does not list the targets of a stage, they are those whose records belong to it.
    """
    targets: set[str] = set()
    for stage, listed in enumerate(observation.stage_targets):
        targets |= recorded_targets(desired, selector, observation, stage) if listed is None else listed
    return targets


def _artifact_drift(
    desired: Desired, artifact: Artifact, targets: set[str], observation: Observation
) -> ArtifactDrift:
    target_states = TargetStates(observation, artifact, exclusive=desired.exclusive)
    by_target_state: dict[TargetState, set[str]] = {target_state: set() for target_state in TargetState}
    for target in targets:
        by_target_state[target_states.on(target)].add(target)
    missing = by_target_state[TargetState.MISSING]
    running = running_versions(observation, artifact.name) if missing else {}
    nowhere = (
        observation.stage_targets[-1] is None and not _shown(artifact, targets, observation) and not missing
    )
    failed = {
        target: _detail(target_states, target) for target in sorted(by_target_state[TargetState.FAILED])
    }
    others = frozenset(running[target] for target in missing if target in running)
    under_way = frozenset(by_target_state[TargetState.IN_PROGRESS])
    return ArtifactDrift(artifact, frozenset(missing), failed, others, len(targets), nowhere, under_way)


def _shown(artifact: Artifact, targets: set[str], observation: Observation) -> set[str]:
    """Return the targets with a record of an artifact; only those that certainly belong, where that is known (S4)."""
    shown = set(observation.of(artifact))
    return shown if observation.recorded_of(len(observation.stage_targets) - 1) is None else shown & targets


def _placement(
    desired: Desired, artifact: Artifact, targets: set[str], observation: Observation
) -> Placement:
    target_states = TargetStates(observation, artifact, exclusive=desired.exclusive)
    judged = {target: target_states.on(target) for target in targets}
    failed = sorted(target for target, target_state in judged.items() if target_state is TargetState.FAILED)
    kept = tuple(FailedTarget(artifact, t, _detail(target_states, t)) for t in failed[:FAILED_TARGETS_KEPT])
    return Placement(artifact, Counter(judged.values()), len(targets), kept)


def _detail(target_states: TargetStates, target: str) -> str:
    record = target_states.record(target)
    return (record.detail if record else "") or "failed"
