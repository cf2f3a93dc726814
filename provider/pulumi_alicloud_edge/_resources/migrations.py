"""Converts stored outputs of older releases to today's shape.

Each migration takes what is stored and returns today's shape; a value in today's shape is returned unchanged, since a
state may be written partly by one release and partly by the next.

State version 1 is that of releases before 0.2, and 2 that of those since. In 1, ``owned`` holds versions as texts,
``baseline`` stands for the hidden output of an unfinished rollout, and ``baseline_version`` for that of a release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_alicloud_edge._model.policy import Selector
from pulumi_alicloud_edge._model.stored_selection import write_selection

STATE_VERSION = 2
"""The version of the shape that this release writes."""


def owned_entry(stored: Any, selection: tuple[Selector, ...]) -> Any:
    """Return an entry of ``owned``: a version stored as text was put wherever the stored inputs select."""
    if isinstance(stored, str):
        return {"versions": [stored], "selection": write_selection(selection)}
    return stored


def unfinished_rollout(outputs: Mapping[str, Any], hidden: str) -> Any:
    """Return the hidden output of an unfinished rollout.

    Older releases stored one version of each name for all targets, and the declared version was the attempted one.

    Args:
        outputs: The stored outputs.
        hidden: The name of that output.
    """
    stored = outputs.get(hidden)
    if isinstance(stored, dict):
        return stored
    baseline: dict[str, dict[str, Any]] = {}
    of_names = outputs.get("baseline")
    for name, version in of_names.items() if isinstance(of_names, dict) else ():
        if isinstance(version, str):
            baseline[str(name)] = {"others": {"version": version}, "exceptions": [], "attempted": []}
    for item in outputs.get("data") or ():
        if isinstance(item, dict):
            entry = baseline.setdefault(str(item.get("name")), {"exceptions": [], "attempted": []})
            entry["attempted"].append(str(item.get("version")))
    return {"baseline": baseline, "begun": 0}


def release_baseline(outputs: Mapping[str, Any], hidden: str) -> Any:
    """Return the hidden output with what a rollback of a release restores; older releases stored only the version.

    Args:
        outputs: The stored outputs.
        hidden: The name of that output.
    """
    stored = outputs.get(hidden)
    version = stored.get("version") if isinstance(stored, Mapping) else None
    if stored == {} or (isinstance(version, str) and version):
        return stored
    former = outputs.get("baseline_version")
    return {"version": former} if isinstance(former, str) and former else None
