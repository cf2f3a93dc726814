"""The state of each target compared with what is desired, from an observation alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import assert_never

from pulumi_alicloud_edge._model.observation import (
    Artifact,
    Observation,
    Record,
    RecordState,
    running_versions,
)
from pulumi_alicloud_edge._model.outcome import TargetState
from pulumi_alicloud_edge._model.policy import Everywhere, Selector
from pulumi_alicloud_edge._reconcile.decisions import Desired

_HAS_BEEN_THERE = (RecordState.SUCCEEDED, RecordState.DELETED)


class TargetStates:
    """The target states on the targets of one artifact in one observation."""

    def __init__(self, observation: Observation, artifact: Artifact, *, exclusive: bool) -> None:
        self._observation = observation
        self._artifact = artifact
        self._exclusive = exclusive
        self._records = observation.of(artifact)
        self._has_rivals = exclusive and len(observation.versions_of(artifact.name)) > 1
        self._rivals = _under_way(observation, artifact) if self._has_rivals else {}

    def record(self, target: str) -> Record | None:
        """Return the cloud's record of the artifact on this target, None where it has none."""
        return self._records.get(target)

    def on(self, target: str) -> TargetState:
        """Judge one target. A success that another version has displaced counts as missing."""
        record = self._records.get(target)
        if record is None:
            return TargetState.MISSING
        match record.state:
            case RecordState.SUCCEEDED:
                return TargetState.MISSING if self._displaced(target) else TargetState.CONVERGED
            case RecordState.IN_PROGRESS:
                return TargetState.IN_PROGRESS
            case RecordState.FAILED:
                return TargetState.FAILED
            case RecordState.DELETED:
                return TargetState.MISSING
        assert_never(record.state)

    def runs_instead(self, target: str) -> str:
        """Return the version that a target runs in place of ours, empty where there is none."""
        version = self._running.get(target, "") if self._exclusive else ""
        return "" if version == self._artifact.version else version

    def is_contested(self, target: str) -> bool:
        """Return whether another version is on its way to a target that runs ours, and will displace it."""
        record = self._records.get(target)
        return record is not None and self._rivals.get(target, "") > record.started

    def _displaced(self, target: str) -> bool:
        return self._has_rivals and self._running.get(target) != self._artifact.version

    @cached_property
    def _running(self) -> dict[str, str]:
        return running_versions(self._observation, self._artifact.name)


def shown_targets(desired: Desired, observation: Observation, targets: Collection[str]) -> set[str]:
    """Return those of some targets that run all that is desired, or have it on its way.

    A record of a failed or displaced artifact may be older than all else that is known of the target. An artifact that
    arrived before a target ceased to be served proves nothing about the others.
    """
    shown = set(targets)
    for artifact in desired.artifacts:
        target_states = TargetStates(observation, artifact, exclusive=desired.exclusive)
        shown = {t for t in shown if target_states.on(t) in (TargetState.CONVERGED, TargetState.IN_PROGRESS)}
    return shown


def lying_above(observation: Observation, artifact: Artifact) -> dict[Artifact, frozenset[str]]:
    """Return the newer versions that lie above one on targets that have had it, and those targets.

    Where the cloud does not replace a newer version by an older one, all of these keep it from running. The cloud may
    then show the older one as deleted.
    """
    found: dict[Artifact, set[str]] = {}
    versions, running = observation.versions_of(artifact.name), running_versions(observation, artifact.name)
    for target, own in observation.of(artifact).items():
        if own.state not in _HAS_BEEN_THERE or running.get(target, artifact.version) == artifact.version:
            continue
        for version, records in versions.items():
            other = records.get(target)
            if version == artifact.version or other is None or other.state is not RecordState.SUCCEEDED:
                continue
            if own.state is RecordState.DELETED or (other.updated, other.started) >= (
                own.updated,
                own.started,
            ):
                found.setdefault(Artifact(artifact.name, version), set()).add(target)
    return {above: frozenset(targets) for above, targets in found.items()}


def _under_way(observation: Observation, artifact: Artifact) -> dict[str, str]:
    """Return the targets to which another version of the name is on its way, with the latest start of one."""
    rivals: dict[str, str] = {}
    for version, records in observation.versions_of(artifact.name).items():
        if version != artifact.version:
            for target, record in records.items():
                if record.state is RecordState.IN_PROGRESS:
                    rivals[target] = max(record.started, rivals.get(target, ""))
    return rivals


def recorded_targets(
    desired: Desired, selector: Selector, observation: Observation, stage: int, *, named: bool = False
) -> frozenset[str]:
    """Return the targets of a stage that records show, where the inventory does not list its targets.

    Records of other selections do not count (S1). Where a stage's conditions cannot be evaluated, the records cannot
    be attributed, and none counts.

    Args:
        desired: What is rolled out.
        selector: What the stage selects.
        observation: What the cloud shows.
        stage: Index of the stage.
        named: Whether the response to a start has named its targets: then only the artifact's own records count.
    """
    if observation.stage_targets[stage] is not None:
        return frozenset()
    if (recorded := observation.recorded_of(stage)) is not None:
        return recorded
    if not isinstance(selector, Everywhere):
        return frozenset()
    return frozenset(known_targets(observation, desired.artifacts, exclusive=desired.exclusive and not named))


def known_targets(observation: Observation, artifacts: Iterable[Artifact], *, exclusive: bool) -> set[str]:
    """Return every target that the cloud has a record of: of these artifacts, or of any version of their names.

    A deleted record of another version proves nothing: the target itself may be gone.
    """
    targets: set[str] = set()
    for artifact in artifacts:
        targets.update(observation.of(artifact))
        if exclusive:
            for records in observation.versions_of(artifact.name).values():
                targets.update(t for t, record in records.items() if record.state is not RecordState.DELETED)
    return targets
