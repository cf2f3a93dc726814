"""Outputs that pushes and distributions have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_alicloud_edge.model.observation import Unit
from pulumi_alicloud_edge.model.outcome import Placement, RolloutStatus, Verdict

OWNED_KEPT = 10
HINTS = "__hints"
"""Hidden output: how many targets that the cloud's inventory hints at had nothing after the last rollout."""
_IN_PLACE = (RolloutStatus.CONVERGED.value, RolloutStatus.DEGRADED.value)


def show_placements(placements: tuple[Placement, ...]) -> list[dict[str, Any]]:
    """Write placements as an output: small, whatever the size of the fleet."""
    return [
        {
            "name": placement.unit.name,
            "version": placement.unit.version,
            "counts": {v.value: placement.count(v) for v in Verdict if placement.count(v)},
            "total": placement.total,
            "failed": [{"target": f.target, "reason": f.reason} for f in placement.failed],
        }
        for placement in placements
    ]


def succeeded_somewhere(outputs: Mapping[str, Any]) -> set[Unit]:
    """Give the units of which stored placements show at least one target that converged."""
    return {
        Unit(p["name"], p["version"])
        for p in outputs.get("placements") or ()
        if p.get("counts", {}).get(Verdict.CONVERGED.value)
    }


def owned_units(outputs: Mapping[str, Any]) -> tuple[Unit, ...]:
    """Give all units that stored outputs say this resource has brought out."""
    owned: Mapping[str, list[str]] = outputs.get("owned") or {}
    return tuple(Unit(name, version) for name, versions in owned.items() for version in versions)


def show_owned(before: Mapping[str, Any], units: tuple[Unit, ...]) -> dict[str, list[str]]:
    """Add units to those owned before, newest last, at most 10 versions of a name."""
    owned = {name: list(versions) for name, versions in (before.get("owned") or {}).items()}
    for unit in units:
        versions = [version for version in owned.get(unit.name, []) if version != unit.version]
        owned[unit.name] = [*versions, unit.version][-OWNED_KEPT:]
    return owned


def show_baseline(before: Mapping[str, Any], units: tuple[Unit, ...]) -> dict[str, str]:
    """Give the version of each name that was in place before this rollout.

    What was declared before counts if it had converged; else the baseline from before that stands.
    """
    baseline = dict(before.get("baseline") or {})
    if before.get("status") in _IN_PLACE:
        declared = {item["name"]: item["version"] for item in before.get("data") or ()}
        now = {unit.name: unit.version for unit in units}
        baseline |= {name: version for name, version in declared.items() if now.get(name) != version}
    names = {unit.name for unit in units}
    return {name: version for name, version in baseline.items() if name in names}
