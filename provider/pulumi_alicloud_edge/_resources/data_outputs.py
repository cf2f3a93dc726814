"""Outputs that pushes and distributions have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._model.outcome import Placement, RolloutStatus, TargetState
from pulumi_alicloud_edge._model.outputs import OwnedEntry
from pulumi_alicloud_edge._model.outputs import Placement as PlacementOutput
from pulumi_alicloud_edge._model.policy import Everywhere, Selector
from pulumi_alicloud_edge._model.stored_selection import read_selection, write_selection
from pulumi_alicloud_edge._reconcile.baseline import Baseline, after_rollback, read_baseline, stored_baseline
from pulumi_alicloud_edge._resources.last_rollout import IN_PLACE, TARGETS_KEPT, UNFINISHED, UNSERVED
from pulumi_alicloud_edge._resources.migrations import owned_entry, unfinished_rollout

VERSIONS_KEPT = 100
"""Versions of a name that a resource remembers to have put somewhere."""
ROLLOUT = "__rollout"
"""Hidden output of a rollout that has not ended well: its baseline, and how many stages it has begun."""


def show_placements(placements: tuple[Placement, ...]) -> list[PlacementOutput]:
    """Write placements as an output: small, whatever the size of the fleet."""
    return [
        {
            "name": placement.artifact.name,
            "version": placement.artifact.version,
            "counts": {v.value: placement.count(v) for v in TargetState if placement.count(v)},
            "total": placement.total,
            "failed": [{"target": f.target, "reason": f.reason} for f in placement.failed],
        }
        for placement in placements
    ]


def succeeded_somewhere(outputs: Mapping[str, Any]) -> set[Artifact]:
    """Return the artifacts of which stored placements show at least one target that converged."""
    return {
        Artifact(p["name"], p["version"])
        for p in outputs.get("placements") or ()
        if p.get("counts", {}).get(TargetState.CONVERGED.value)
    }


def owned_claims(
    outputs: Mapping[str, Any], urn: str, app_id: str, selection: tuple[Selector, ...]
) -> tuple[Claim, ...]:
    """Return what stored outputs say that a resource has put where.

    Args:
        outputs: The stored outputs; what is damaged is left out.
        urn: The resource.
        app_id: Its application.
        selection: What its stored inputs select, for versions that were stored without.
    """
    owned = outputs.get("owned")
    claims = []
    for name, entries in owned.items() if isinstance(owned, dict) else ():
        for entry in entries if isinstance(entries, list) else ():
            until = entry.get("until", "") if isinstance(entry, dict) else ""
            for version, selectors in _owned_entry(entry, selection):
                claims.append(Claim(urn, app_id, Artifact(str(name), version), selectors, until=str(until)))
    return tuple(claims)


_ANYWHERE: tuple[Selector, ...] = (Everywhere(),)
"""Where the selection does not matter."""


def unreadable_owned(outputs: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of which a state does not tell any more, in whole or in part, what was put where."""
    owned = outputs.get("owned")
    if owned is not None and not isinstance(owned, dict):
        return ("data files",)
    names = []
    for name, entries in (owned or {}).items():
        read = (
            [tuple(_owned_entry(entry, _ANYWHERE)) for entry in entries]
            if isinstance(entries, list)
            else [()]
        )
        if not all(read):
            names.append(str(name))
    return tuple(names)


def owned_artifacts(outputs: Mapping[str, Any]) -> tuple[Artifact, ...]:
    """Return all artifacts that stored outputs say this resource has put somewhere."""
    return tuple(dict.fromkeys(claim.artifact for claim in owned_claims(outputs, "", "", _ANYWHERE)))


def show_owned(claims: Iterable[Claim]) -> dict[str, list[OwnedEntry]]:
    """Write what a resource has put where: for each name, its versions by selection, the newest last."""
    by_name: dict[str, dict[_Put, tuple[Selector, ...]]] = {}
    for claim in claims:
        of_name = by_name.setdefault(claim.artifact.name, {})
        put = (claim.artifact.version, claim.until)
        before = of_name.pop(put, ())
        of_name[put] = tuple(dict.fromkeys((*before, *claim.selectors)))
    return {name: _by_selection(of_name) for name, of_name in by_name.items()}


_Put = tuple[str, str]
"""A version, and until when what is there is this resource's; see `Claim`."""


def _by_selection(of_name: Mapping[_Put, tuple[Selector, ...]]) -> list[OwnedEntry]:
    entries: list[OwnedEntry] = []
    for (version, until), selectors in list(of_name.items())[-VERSIONS_KEPT:]:
        entry: OwnedEntry = {"versions": [version], "selection": write_selection(selectors)}
        if until:
            entry["until"] = until
        if entries and {**entries[-1], "versions": []} == {**entry, "versions": []}:
            entries[-1]["versions"].append(version)
        else:
            entries.append(entry)
    return entries


def _owned_entry(entry: Any, selection: tuple[Selector, ...]) -> Iterable[tuple[str, tuple[Selector, ...]]]:
    match owned_entry(entry, selection):
        case {"versions": [*versions], "selection": stored}:
            selectors = read_selection(stored)
            return [(str(version), selectors) for version in versions] if selectors is not None else []
        case _:
            return []


def show_baseline(
    before: Mapping[str, Any], artifacts: tuple[Artifact, ...], baseline: Baseline | None = None
) -> dict[str, str]:
    """Return the version of each name that was in place before this rollout.

    What most targets ran counts, where this rollout has noted that; else what was declared before, if it had
    converged; else the baseline from before that stands.
    """
    shown = _declared_baseline(before, artifacts)
    for artifact in artifacts:
        formers = Counter((baseline or Baseline()).of_targets.get(artifact.name, {}).values())
        version = formers.most_common(1)[0][0] if formers else None
        if isinstance(version, str) and version != artifact.version:
            shown[artifact.name] = version
    return shown


def _declared_baseline(before: Mapping[str, Any], artifacts: tuple[Artifact, ...]) -> dict[str, str]:
    stored = before.get("baseline")
    baseline = {str(k): str(v) for k, v in stored.items()} if isinstance(stored, dict) else {}
    if before.get("status") in IN_PLACE:
        declared = {item["name"]: item["version"] for item in before.get("data") or ()}
        now = {artifact.name: artifact.version for artifact in artifacts}
        baseline |= {name: version for name, version in declared.items() if now.get(name) != version}
    names = {artifact.name for artifact in artifacts}
    return {name: version for name, version in baseline.items() if name in names}


def show_rollout(
    baseline: Baseline, seen: Observation, begun: int, selection: tuple[Selector, ...] = ()
) -> dict[str, Any]:
    """Write what the next run of an unfinished rollout over a selection has to know."""
    return {"baseline": stored_baseline(baseline, seen.regions, selection), "begun": begun}


def rollout_after_rollback(
    outputs: Mapping[str, Any], names: Collection[str], selection: tuple[Selector, ...], seen: Observation
) -> dict[str, Any]:
    """Return what the outputs of a rollout still have to remember of its baseline once it is rolled back."""
    stored = outputs.get(ROLLOUT)
    baseline = stored.get("baseline") if isinstance(stored, dict) else None
    rest = after_rollback(baseline, names, selection, seen.regions)
    return {ROLLOUT: {"baseline": rest, "begun": 0} if rest else {}}


def stored_rollout(outputs: Mapping[str, Any], selection: tuple[Selector, ...] = ()) -> tuple[Baseline, int]:
    """Read the baseline and the number of stages begun of a rollout that has not ended well.

    ``selection`` is what the next run selects.
    """
    stored = outputs.get(ROLLOUT)
    if outputs.get("status") == RolloutStatus.ROLLED_BACK.value and isinstance(stored, dict):
        return read_baseline(stored.get("baseline"), selection), 0
    if outputs.get("status") not in UNFINISHED:
        return Baseline(), 0
    unfinished = unfinished_rollout(outputs, ROLLOUT)
    begun = unfinished.get("begun")
    stages = int(begun) if isinstance(begun, (int, float)) else 0
    return read_baseline(unfinished.get("baseline"), selection), stages


def show_unserved(unserved: Iterable[str], seen: Observation) -> dict[str, list[str]]:
    """Write which targets were listed and not served, by whether the inventory called them stopped."""
    kept = sorted(unserved)[:TARGETS_KEPT]
    stopped = [target for target in kept if target in seen.stopped]
    return (
        {"stopped": stopped, "listed": [target for target in kept if target not in seen.stopped]}
        if kept
        else {}
    )


def also_unserved(
    outputs: Mapping[str, Any], targets: Iterable[str], stopped: Collection[str]
) -> dict[str, list[str]]:
    """Write further targets that turned out not to be served, beside those that are stored.

    Args:
        outputs: What is stored.
        targets: The further ones.
        stopped: Those that the inventory calls stopped.
    """
    known = outputs.get(UNSERVED)
    shown: dict[str, list[str]] = dict(known) if isinstance(known, dict) else {}
    for target in sorted(targets):
        of_kind = shown.setdefault("stopped" if target in stopped else "listed", [])
        if target not in of_kind and len(of_kind) < TARGETS_KEPT:
            of_kind.append(target)
    return shown
