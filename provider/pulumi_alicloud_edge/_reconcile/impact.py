"""What a rollout would touch, from one observation: how many targets lack an artifact, and in which stages they are."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_alicloud_edge._model.observation import Artifact, Observation, running_versions
from pulumi_alicloud_edge._model.outcome import TargetState
from pulumi_alicloud_edge._model.policy import Budget, RolloutPolicy
from pulumi_alicloud_edge._reconcile.decisions import Desired
from pulumi_alicloud_edge._reconcile.drift import all_targets
from pulumi_alicloud_edge._reconcile.target_status import TargetStates, lying_above


@dataclass(frozen=True)
class ArtifactImpact:
    """What rolling out one artifact would touch.

    Attributes:
        artifact: The artifact.
        others: Versions that run now on the targets to be changed.
        changed: Number of targets to be changed.
        having: Number of targets that have it already or are getting it.
        above: Newer versions that lie above it on targets to be changed, and those targets: they are cleaned first if
            the cloud does not replace them with it.
        failed: Those of the targets to be changed on which it has failed.
    """

    artifact: Artifact
    others: tuple[str, ...]
    changed: int
    having: int
    above: tuple[tuple[Artifact, frozenset[str]], ...] = ()
    failed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Impact:
    """What a rollout would touch. True where it would touch anything.

    Attributes:
        artifacts: Those that are not in place everywhere.
        total: Number of targets; None where that is unknown.
        stages: Number of targets reached after each stage, None for one whose number is not known.
    """

    artifacts: tuple[ArtifactImpact, ...]
    total: int | None
    stages: tuple[int | None, ...]

    def __bool__(self) -> bool:
        """Return whether anything would be touched."""
        return bool(self.artifacts)

    def is_within(self, budget: Budget) -> bool:
        """Return whether all that it would touch has failed within a budget."""
        if not self.total or any(len(each.failed) < each.changed for each in self.artifacts):
            return False
        failed = frozenset().union(*(each.failed for each in self.artifacts))
        return len(failed) <= min(budget.allowed(self.total), self.total - 1)


def find_impact(desired: Desired, policy: RolloutPolicy, observation: Observation) -> Impact:
    """Compare an observation with what is desired."""
    targets = all_targets(desired, policy.stages[-1].selector, observation) | observation.hints
    known = None not in observation.stage_targets or bool(observation.hints)
    artifacts = []
    for artifact in desired.artifacts:
        impact = _artifact_impact(desired, artifact, targets, observation)
        if impact.changed or not (impact.having or known):
            artifacts.append(impact)
    return Impact(tuple(artifacts), len(targets) if known else None, _stage_sizes(observation))


def _artifact_impact(
    desired: Desired, artifact: Artifact, targets: set[str], observation: Observation
) -> ArtifactImpact:
    target_states = TargetStates(observation, artifact, exclusive=desired.exclusive)
    changed = {
        target for target in targets if target_states.on(target) in (TargetState.MISSING, TargetState.FAILED)
    }
    running = running_versions(observation, artifact.name) if desired.exclusive else {}
    others = {running[target] for target in changed if target in running} - {artifact.version}
    above = lying_above(observation, artifact) if desired.exclusive else {}
    displaced = ((other, where & changed) for other, where in sorted(above.items()))
    return ArtifactImpact(
        artifact,
        tuple(sorted(others)),
        len(changed),
        len(targets) - len(changed),
        tuple((other, where) for other, where in displaced if where),
        frozenset(target for target in changed if target_states.on(target) is TargetState.FAILED),
    )


def _stage_sizes(observation: Observation) -> tuple[int | None, ...]:
    sizes: list[int | None] = []
    reached: set[str] = set()
    for targets in observation.stage_targets:
        if targets is None or None in sizes:
            sizes.append(None)
        else:
            reached |= targets
            sizes.append(len(reached))
    return tuple(sizes)
