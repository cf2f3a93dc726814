"""Drift: targets that no longer are as they were declared, found by looking alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from pulumi_alicloud_edge.model.observation import Observation, Unit, running_versions
from pulumi_alicloud_edge.model.outcome import FAILED_TARGETS_KEPT, FailedTarget, Placement, Verdict
from pulumi_alicloud_edge.model.policy import Budget, Scope
from pulumi_alicloud_edge.reconcile.decisions import Desired
from pulumi_alicloud_edge.reconcile.verdicts import Verdicts, recorded_targets, shown_targets


@dataclass(frozen=True)
class UnitDrift:
    """One unit and the targets on which it is not as declared.

    Attributes:
        missing: Targets that lack it or run another version.
        failed: Targets on which it has failed, with the cloud's reason.
        others: Versions that run on the missing ones instead.
        total: Number of targets looked at.
        is_nowhere: Whether no target has it at all, where the cloud does not say which there are.
        under_way: Targets to which it is on its way: nobody has seen it run there (S4).
    """

    unit: Unit
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
    """What is not as declared, unit by unit. True where there is anything to repair."""

    units: tuple[UnitDrift, ...]
    allowed_failures: int

    def __bool__(self) -> bool:
        """Failures inside the budget are no drift; anything missing is, or not there yet."""
        failed = set().union(*(unit.failed for unit in self.units))
        missing = any(unit.missing or unit.under_way or unit.is_nowhere for unit in self.units)
        return missing or len(failed) > self.allowed_failures


def find_drift(
    desired: Desired,
    scope: Scope,
    observation: Observation,
    budget: Budget,
    *,
    unserved: Collection[str] = frozenset(),
    accepted: Collection[str] = frozenset(),
) -> Drift:
    """Compare an observation with what is declared for ``scope``.

    Args:
        desired: What is declared.
        scope: Where it is declared for.
        observation: What the cloud shows.
        budget: How many targets may have failed.
        unserved: Targets that the last rollout found listed and not served: neither drift nor failure (S6).
        accepted: Targets that failed within the budget of the last rollout, also those of which nothing shows: they
            count as failed, and so are no drift within the budget (rule 5).
    """
    targets = all_targets(desired, scope, observation) | observation.hints
    targets.difference_update(_still_unserved(desired, unserved, observation))
    units = tuple(_accepting(_unit_drift(desired, u, targets, observation), accepted) for u in desired.units)
    drifted = tuple(unit for unit in units if unit)
    return Drift(drifted, min(budget.allowed(len(targets)), max(len(targets) - 1, 0)))


def _accepting(drift: UnitDrift, accepted: Collection[str]) -> UnitDrift:
    """Count what is missing, or hangs, as failed where that was accepted."""
    known = (drift.missing | drift.under_way).intersection(accepted)
    failed = {**dict.fromkeys(sorted(known), "failed in the last rollout"), **drift.failed}
    return replace(drift, missing=drift.missing - known, under_way=drift.under_way - known, failed=failed)


def _still_unserved(desired: Desired, unserved: Collection[str], observation: Observation) -> set[str]:
    """Return those of the targets that were not served on which nothing of what is declared has shown since."""
    return set(unserved) - shown_targets(desired, observation, unserved)


def placements(desired: Desired, scope: Scope, observation: Observation) -> tuple[Placement, ...]:
    """Count where each unit stands over all the targets of ``scope``."""
    targets = all_targets(desired, scope, observation)
    return tuple(_placement(desired, unit, targets, observation) for unit in desired.units)


def all_targets(desired: Desired, scope: Scope, observation: Observation) -> set[str]:
    """Give the targets of all stages.

    Where the cloud does not tell who belongs to one, they are those that records show to be in it.
    """
    targets: set[str] = set()
    for stage, members in enumerate(observation.members):
        targets |= recorded_targets(desired, scope, observation, stage) if members is None else members
    return targets


def _unit_drift(desired: Desired, unit: Unit, targets: set[str], observation: Observation) -> UnitDrift:
    verdicts = Verdicts(observation, unit, exclusive=desired.exclusive)
    by_verdict: dict[Verdict, set[str]] = {verdict: set() for verdict in Verdict}
    for target in targets:
        by_verdict[verdicts.on(target)].add(target)
    missing = by_verdict[Verdict.MISSING]
    running = running_versions(observation, unit.name) if missing else {}
    nowhere = observation.members[-1] is None and not _shown(unit, targets, observation) and not missing
    failed = {target: _detail(verdicts, target) for target in sorted(by_verdict[Verdict.FAILED])}
    others = frozenset(running[target] for target in missing if target in running)
    under_way = frozenset(by_verdict[Verdict.IN_PROGRESS])
    return UnitDrift(unit, frozenset(missing), failed, others, len(targets), nowhere, under_way)


def _shown(unit: Unit, targets: set[str], observation: Observation) -> set[str]:
    """Return the targets with a record of a unit, of those that surely belong where that can be told (S4)."""
    shown = set(observation.of(unit))
    return shown if observation.recorded_of(len(observation.members) - 1) is None else shown & targets


def _placement(desired: Desired, unit: Unit, targets: set[str], observation: Observation) -> Placement:
    verdicts = Verdicts(observation, unit, exclusive=desired.exclusive)
    judged = {target: verdicts.on(target) for target in targets}
    failed = sorted(target for target, verdict in judged.items() if verdict is Verdict.FAILED)
    kept = tuple(FailedTarget(unit, t, _detail(verdicts, t)) for t in failed[:FAILED_TARGETS_KEPT])
    return Placement(unit, Counter(judged.values()), len(targets), kept)


def _detail(verdicts: Verdicts, target: str) -> str:
    record = verdicts.record(target)
    return (record.detail if record else "") or "failed"
