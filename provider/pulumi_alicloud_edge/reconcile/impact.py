"""What a rollout would touch, from one observation: how many targets lack a unit, and in which stages they are."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_alicloud_edge.model.observation import Observation, Unit, running_versions
from pulumi_alicloud_edge.model.outcome import Verdict
from pulumi_alicloud_edge.model.policy import RolloutPolicy
from pulumi_alicloud_edge.reconcile.decisions import Desired
from pulumi_alicloud_edge.reconcile.drift import all_targets
from pulumi_alicloud_edge.reconcile.verdicts import Verdicts, lying_above


@dataclass(frozen=True)
class UnitImpact:
    """What bringing out one unit would touch.

    Attributes:
        unit: The unit.
        others: Versions that run now on the targets to be changed.
        changed: Number of targets to be changed.
        having: Number of targets that have it already or are getting it.
        above: Newer versions that lie above it on targets to be changed, with the number of these: they are displaced
            where the cloud does not bring it back over them.
    """

    unit: Unit
    others: tuple[str, ...]
    changed: int
    having: int
    above: tuple[tuple[Unit, int], ...] = ()


@dataclass(frozen=True)
class Impact:
    """What a rollout would touch. True where it would touch anything.

    Attributes:
        units: Those that are not in place everywhere.
        total: Number of targets, None where the cloud does not tell.
        stages: Number of targets reached after each stage, None for one whose number is not known.
    """

    units: tuple[UnitImpact, ...]
    total: int | None
    stages: tuple[int | None, ...]

    def __bool__(self) -> bool:
        """Tell whether anything would be touched."""
        return bool(self.units)


def find_impact(desired: Desired, policy: RolloutPolicy, observation: Observation) -> Impact:
    """Compare an observation with what is desired."""
    targets = all_targets(desired, policy.stages[-1].scope, observation) | observation.hints
    known = None not in observation.members or bool(observation.hints)
    units = []
    for unit in desired.units:
        impact = _unit_impact(desired, unit, targets, observation)
        if impact.changed or not (impact.having or known):
            units.append(impact)
    return Impact(tuple(units), len(targets) if known else None, _stage_sizes(observation))


def _unit_impact(desired: Desired, unit: Unit, targets: set[str], observation: Observation) -> UnitImpact:
    verdicts = Verdicts(observation, unit, exclusive=desired.exclusive)
    changed = {target for target in targets if verdicts.on(target) in (Verdict.MISSING, Verdict.FAILED)}
    running = running_versions(observation, unit.name) if desired.exclusive else {}
    others = {running[target] for target in changed if target in running} - {unit.version}
    above = lying_above(observation, unit) if desired.exclusive else {}
    displaced = ((other, len(where & changed)) for other, where in sorted(above.items()))
    return UnitImpact(
        unit,
        tuple(sorted(others)),
        len(changed),
        len(targets) - len(changed),
        tuple((other, count) for other, count in displaced if count),
    )


def _stage_sizes(observation: Observation) -> tuple[int | None, ...]:
    sizes: list[int | None] = []
    reached: set[str] = set()
    for members in observation.members:
        if members is None or None in sizes:
            sizes.append(None)
        else:
            reached |= members
            sizes.append(len(reached))
    return tuple(sizes)
