"""The baseline of a release: what a rollback of it restores, and never more.

It is what the environment served when the rollout began, across all runs since the last success:

- After a run that failed or was interrupted and had started something, the one that was stored then.
- After a success, a rollback, or a run that has started nothing, what the first look finds. Where that is our version
  at a part of one of the stages, an earlier run was killed, and the baseline is what was in place before it, but no
  more of our version than is found.
- For a create, what the first look finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_alicloud_edge._model.outcome import RolloutStatus
from pulumi_alicloud_edge._model.policy import InRegions, Share
from pulumi_alicloud_edge._model.release import WHOLE, Part, Serving, same_part
from pulumi_alicloud_edge._resources.last_rollout import LastRollout
from pulumi_alicloud_edge._resources.migrations import release_baseline

BASELINE = "__baseline"
"""Hidden output: the version and the part that a rollback restores; empty where the environment served nothing."""


def find_baseline(
    version: str,
    parts: Iterable[Part],
    olds: Mapping[str, Any],
    *,
    declared_before: Serving | None,
    found: Serving | None,
    current: str,
    goes_to: Part | None,
) -> Serving | None:
    """Return the baseline of a rollout; None where that is unknown.

    Args:
        version: The version that is rolled out.
        parts: Those of its stages.
        olds: The outputs before the rollout, empty for a create.
        declared_before: What they declared, None where that cannot be read.
        found: What the first look of this run showed, None where there was none.
        current: The version that the environment ran then or was moving to.
        goes_to: The part that this version had or was to reach.
    """
    if LastRollout(olds).has_started and (stored := stored_baseline(olds)) is not None:
        return stored
    before = known_before(olds, declared_before)
    if found is None:
        return before
    is_ours = current == version and any(
        same_part(part, goes_to) or same_part(part, found.part) for part in parts
    )
    if not is_ours:
        is_known = before is not None and found.part is None and found.version == before.version
        return before if is_known else found
    if before is None:
        return None if LastRollout(olds).has_started and found.version == version else found
    if found.version != before.version or found.part is None or before.part is None:
        return before
    return before if _includes(found.part, before.part) else found


def known_before(olds: Mapping[str, Any], declared_before: Serving | None) -> Serving | None:
    """Return what the environment served before any run that has started something; None where that is unknown.

    Args:
        olds: The outputs before the rollout, empty for a create.
        declared_before: What they declared, None where that cannot be read.
    """
    last = LastRollout(olds)
    if last.is_in_place:
        return declared_before
    is_stored = last.is_unfinished or last.status == RolloutStatus.ROLLED_BACK.value
    return stored_baseline(olds) if is_stored else None


def stored_baseline(outputs: Mapping[str, Any]) -> Serving | None:
    """Read the baseline of stored outputs, also of earlier releases, which stored only the version.

    Returns:
        None where nothing is known. A damaged baseline is read as far as possible.
    """
    stored = release_baseline(outputs, BASELINE)
    if stored == {}:
        return Serving()
    version = stored.get("version") if isinstance(stored, Mapping) else None
    if not isinstance(version, str) or not version:
        return None
    rest = stored.get("rest")
    return Serving(version, _read_part(stored), rest if isinstance(rest, str) else "")


def show_baseline(baseline: Serving) -> dict[str, Any]:
    """Write a baseline as the hidden output."""
    if not baseline.version:
        return {}
    shown: dict[str, Any] = {"version": baseline.version}
    match baseline.part:
        case Share(percentage):
            shown["percentage"] = percentage
        case InRegions(regions, full):
            shown |= {"regions": sorted(regions), "full": bool(full)}
    return shown | ({"rest": baseline.rest} if baseline.rest else {})


def _read_part(stored: Mapping[str, Any]) -> Part | None:
    regions = stored.get("regions")
    if isinstance(regions, list) and regions and all(isinstance(region, str) for region in regions):
        return InRegions(tuple(regions), stored.get("full") is True)
    percentage = stored.get("percentage")
    if isinstance(percentage, (int, float)) and not isinstance(percentage, bool):
        return Share(int(percentage)) if percentage in range(1, WHOLE + 1) else None
    return None


def _includes(one: Part, other: Part) -> bool:
    """Return whether one part has all that another has; a whole environment, or a full release, has everything."""
    if one == Share(WHOLE) or (isinstance(one, InRegions) and one.full):
        return True
    match one, other:
        case Share(percentage), Share(least):
            return percentage >= least
        case InRegions(regions), InRegions(least_regions, full):
            return not full and set(regions) >= set(least_regions)
        case _:
            return False
