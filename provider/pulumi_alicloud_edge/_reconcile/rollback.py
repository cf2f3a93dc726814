"""What a rollback restores: what this rollout changed, and nothing else (S3).

| the target ran | and now | then |
| --- | --- | --- |
| what is desired, before the first start | runs that | it is left alone |
| what is desired, before the first start | runs what an earlier run has tried over it, or nothing | it is restored |
| another version | runs that, or what this rollout has started, or nothing | that version is restored |
| nothing of the name | holds what this rollout has started | that is cleaned, as far as the gate lets it |
| anything | runs what somebody else has put there since | it is left, with a line |
| an unknown version | holds what this rollout has started | it is left, with a line |
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact, Observation, RecordState, running_versions
from pulumi_alicloud_edge._model.removal import Left, LeftBecause
from pulumi_alicloud_edge._reconcile.baseline import Baseline, Before
from pulumi_alicloud_edge._reconcile.decisions import Desired
from pulumi_alicloud_edge._reconcile.gate import permit_restore


@dataclass(frozen=True)
class RestoreStep:
    """Former versions that are to run again on just these targets."""

    artifacts: tuple[Artifact, ...]
    targets: frozenset[str]


@dataclass(frozen=True)
class RollbackPlan:
    """What a rollback does.

    Attributes:
        steps: What is distributed again.
        emptied: By artifact, the targets that this rollout started and that ran nothing of the name before.
        below: All versions that its runs started there, also those that the cloud hides below a newer one.
        left: What stays as it is, and why.
    """

    steps: tuple[RestoreStep, ...] = ()
    emptied: tuple[tuple[Artifact, frozenset[str]], ...] = ()
    below: tuple[tuple[Artifact, frozenset[str]], ...] = ()
    left: tuple[Left, ...] = ()


def plan_rollback(
    desired: Desired,
    baseline: Baseline,
    observation: Observation,
    selected: frozenset[str],
    others: Iterable[Claim],
) -> RollbackPlan:
    """Return what a rollback of a failed rollout is to do.

    Args:
        desired: What was rolled out.
        baseline: What targets ran before.
        observation: What the cloud shows now.
        selected: The targets that the rollout selects, as far as they are in view; no other is touched (S1).
        others: What other resources of the program declare on the application.
    """
    others = tuple(others)
    restored: dict[Artifact, frozenset[str]] = {}
    emptied: dict[Artifact, set[str]] = {}
    below: dict[Artifact, frozenset[str]] = {}
    left: list[Left] = []
    for artifact in desired.artifacts:
        if attempted := baseline.attempted.get(artifact.name, set()):
            found = _Found(artifact, attempted, baseline, observation, selected)
            for former, targets in found.restored().items():
                permit = permit_restore(former, found.standing(targets), observation.regions, others)
                left += permit.left
                if permit.targets:
                    restored[former] = permit.targets
            for attempt, holders in found.emptied().items():
                emptied.setdefault(attempt, set()).update(holders)
            left += found.left()
            below |= {Artifact(artifact.name, version): found.ran_nothing for version in found.attempted}
    by_targets: dict[frozenset[str], list[Artifact]] = {}
    for former, targets in restored.items():
        by_targets.setdefault(targets, []).append(former)
    return RollbackPlan(
        tuple(RestoreStep(tuple(artifacts), targets) for targets, artifacts in by_targets.items()),
        tuple((artifact, frozenset(targets)) for artifact, targets in sorted(emptied.items())),
        tuple((artifact, targets) for artifact, targets in sorted(below.items()) if targets)
        if emptied
        else (),
        tuple(left),
    )


class _Found:
    """The targets of one name that this rollout has changed, by what the rollback does with them."""

    def __init__(
        self,
        artifact: Artifact,
        attempted: set[str],
        baseline: Baseline,
        observation: Observation,
        selected: frozenset[str],
    ) -> None:
        self._artifact = artifact
        self._selected = selected
        self.attempted = attempted | {artifact.version}
        self._baseline = baseline
        self._observation = observation
        self._running = running_versions(observation, artifact.name)
        self._held = {
            version: {t for t, record in records.items() if record.state is not RecordState.DELETED}
            for version, records in observation.versions_of(artifact.name).items()
            if version in self.attempted
        }

    def restored(self) -> dict[Artifact, frozenset[str]]:
        """Return the targets of each former version."""
        found: dict[Artifact, set[str]] = {}
        for target in self._changed():
            former = self._before(target)
            if isinstance(former, str) and self._is_to_come_back(target, former):
                found.setdefault(Artifact(self._artifact.name, former), set()).add(target)
        return {artifact: frozenset(targets) for artifact, targets in found.items()}

    def standing(self, targets: Iterable[str]) -> dict[str, str]:
        """Return the version that each of some targets runs or is to run, now that the rollout has failed."""
        return {target: self._running.get(target, self._artifact.version) for target in targets}

    def _is_to_come_back(self, target: str, former: str) -> bool:
        """Return whether a former version is to be distributed again.

        That may be the desired one itself, where an earlier run of this rollout started another version over it.
        """
        if not self._is_ours(target, former):
            return False
        tried = self.attempted - {former}
        return former != self._artifact.version or (
            bool(tried) and self._running.get(target) in {None, *tried}
        )

    @cached_property
    def ran_nothing(self) -> frozenset[str]:
        """The targets that this rollout has changed and that held nothing of the name before."""
        changed = (target for target in self._changed() if self._is_ours(target))
        return frozenset(target for target in changed if self._before(target) is Before.NOTHING)

    def emptied(self) -> dict[Artifact, set[str]]:
        """Return the targets that held nothing of the name before, by what was put there."""
        found = {
            Artifact(self._artifact.name, v): holders & self.ran_nothing for v, holders in self._held.items()
        }
        return {artifact: targets for artifact, targets in found.items() if targets}

    def left(self) -> list[Left]:
        """Return the targets that somebody else has changed since, or whose baseline is unknown."""
        changed_since, unknown = set(), set()
        holding = set().union(*self._held.values())
        for target in self._changed() & holding:
            former = self._before(target)
            if former is Before.UNKNOWN:
                unknown.add(target)
            elif former != self._artifact.version and not self._is_ours(target, former):
                changed_since.add(target)
        reasons = ((LeftBecause.CHANGED_SINCE, changed_since), (LeftBecause.BEFORE_UNKNOWN, unknown))
        return [Left(self._artifact, reason, frozenset(targets)) for reason, targets in reasons if targets]

    def _changed(self) -> set[str]:
        """Return the selected targets that exist and that a start of this rollout covers or has reached."""
        meant = set(self._baseline.of_targets.get(self._artifact.name, ())).union(*self._held.values())
        meant &= self._selected
        regions = self._observation.regions
        return {target for target in meant if target in regions} if regions else meant

    def _before(self, target: str) -> str | Before:
        return self._baseline.before(self._artifact.name, target, self._observation.regions)

    def _is_ours(self, target: str, former: str | Before = Before.NOTHING) -> bool:
        """Return whether a target runs what this rollout has put there, what it had before, or nothing."""
        running = self._running.get(target)
        return (
            running is None
            or running == former
            or running in self.attempted
            or self._was_there(target, running)
        )

    def _was_there(self, target: str, version: str) -> bool:
        """Return whether a version was on a target before the rollout, and shows now that a newer one was cleaned."""
        since = self._baseline.since.get(self._artifact.name, "")
        record = self._observation.of(Artifact(self._artifact.name, version)).get(target)
        return bool(since) and record is not None and record.updated <= since
