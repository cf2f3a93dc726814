"""Where each target stands in relation to what is desired, from observation alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import assert_never

from pulumi_alicloud_edge.model.observation import Observation, Record, RecordState, Unit, running_versions
from pulumi_alicloud_edge.model.outcome import Verdict
from pulumi_alicloud_edge.model.policy import Everywhere, Scope
from pulumi_alicloud_edge.reconcile.decisions import Desired

_HAS_BEEN_THERE = (RecordState.SUCCEEDED, RecordState.DELETED)


class Verdicts:
    """The verdicts on the targets of one unit in one observation."""

    def __init__(self, observation: Observation, unit: Unit, *, exclusive: bool) -> None:
        self._observation = observation
        self._unit = unit
        self._exclusive = exclusive
        self._records = observation.of(unit)
        self._has_rivals = exclusive and len(observation.versions_of(unit.name)) > 1
        self._rivals = _under_way(observation, unit) if self._has_rivals else {}

    def record(self, target: str) -> Record | None:
        """Give the cloud's record of the unit on this target, None where it has none."""
        return self._records.get(target)

    def on(self, target: str) -> Verdict:
        """Judge one target. A success that another version has displaced counts as missing."""
        record = self._records.get(target)
        if record is None:
            return Verdict.MISSING
        match record.state:
            case RecordState.SUCCEEDED:
                return Verdict.MISSING if self._displaced(target) else Verdict.CONVERGED
            case RecordState.IN_PROGRESS:
                return Verdict.IN_PROGRESS
            case RecordState.FAILED:
                return Verdict.FAILED
            case RecordState.DELETED:
                return Verdict.MISSING
        assert_never(record.state)

    def runs_instead(self, target: str) -> str:
        """Give the version that a target runs in place of ours, empty where there is none."""
        version = self._running.get(target, "") if self._exclusive else ""
        return "" if version == self._unit.version else version

    def is_contested(self, target: str) -> bool:
        """Tell whether another version is on its way to a target that runs ours, and will displace it."""
        record = self._records.get(target)
        return record is not None and self._rivals.get(target, "") > record.started

    def _displaced(self, target: str) -> bool:
        return self._has_rivals and self._running.get(target) != self._unit.version

    @cached_property
    def _running(self) -> dict[str, str]:
        return running_versions(self._observation, self._unit.name)


def shown_targets(desired: Desired, observation: Observation, targets: Collection[str]) -> set[str]:
    """Return those of some targets that run all that is desired, or have it on its way.

    A record of what has failed or been displaced there may be older than all that is known of the target; and what
    arrived before a target ceased to be served says nothing of the rest.
    """
    shown = set(targets)
    for unit in desired.units:
        verdicts = Verdicts(observation, unit, exclusive=desired.exclusive)
        shown = {t for t in shown if verdicts.on(t) in (Verdict.CONVERGED, Verdict.IN_PROGRESS)}
    return shown


def lying_above(observation: Observation, unit: Unit) -> dict[Unit, frozenset[str]]:
    """Return the versions that lie above one that has been on targets before, and on which of them.

    Where the cloud moves nothing when an older version is started, all of these keep it from running. It may call
    the older one deleted because of them.
    """
    found: dict[Unit, set[str]] = {}
    versions, running = observation.versions_of(unit.name), running_versions(observation, unit.name)
    for target, own in observation.of(unit).items():
        if own.state not in _HAS_BEEN_THERE or running.get(target, unit.version) == unit.version:
            continue
        for version, records in versions.items():
            other = records.get(target)
            if version == unit.version or other is None or other.state is not RecordState.SUCCEEDED:
                continue
            if own.state is RecordState.DELETED or (other.updated, other.started) >= (
                own.updated,
                own.started,
            ):
                found.setdefault(Unit(unit.name, version), set()).add(target)
    return {above: frozenset(targets) for above, targets in found.items()}


def _under_way(observation: Observation, unit: Unit) -> dict[str, str]:
    """Give the targets to which another version of the name is on its way, with the latest start of one."""
    rivals: dict[str, str] = {}
    for version, records in observation.versions_of(unit.name).items():
        if version != unit.version:
            for target, record in records.items():
                if record.state is RecordState.IN_PROGRESS:
                    rivals[target] = max(record.started, rivals.get(target, ""))
    return rivals


def recorded_targets(
    desired: Desired, scope: Scope, observation: Observation, stage: int, *, named: bool = False
) -> frozenset[str]:
    """Return the targets of a stage that records show, where the inventory does not tell its members.

    Records of other selections are no part of it (S1): where a stage's conditions cannot be judged, nobody can tell
    whose they are, and none counts.

    Args:
        desired: What is rolled out.
        scope: What the stage selects.
        observation: What the cloud shows.
        stage: Index of the stage.
        named: Whether the answer to a start has named its targets: then only the unit's own records count besides.
    """
    if observation.members[stage] is not None:
        return frozenset()
    if (recorded := observation.recorded_of(stage)) is not None:
        return recorded
    if not isinstance(scope, Everywhere):
        return frozenset()
    return frozenset(known_targets(observation, desired.units, exclusive=desired.exclusive and not named))


def known_targets(observation: Observation, units: Iterable[Unit], *, exclusive: bool) -> set[str]:
    """Give every target that the cloud has a record of: of these units, or of any version of their names.

    Another version that was deleted says nothing: the target itself may be gone.
    """
    targets: set[str] = set()
    for unit in units:
        targets.update(observation.of(unit))
        if exclusive:
            for records in observation.versions_of(unit.name).values():
                targets.update(t for t, record in records.items() if record.state is not RecordState.DELETED)
    return targets
