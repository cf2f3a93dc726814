"""Claims as JSON: in states, and between the processes of a run."""

from __future__ import annotations

from typing import Any

from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.policy import Everywhere
from pulumi_alicloud_edge._model.stored_selection import read_selection, write_selection


def write_claim(claim: Claim) -> dict[str, Any]:
    """Return a claim without the resource that makes it."""
    written = {
        "app_id": claim.app_id,
        "name": claim.artifact.name,
        "version": claim.artifact.version,
        "selection": write_selection(claim.selectors),
    }
    return {**written, "retains": True} if claim.retains else written


def read_claim(urn: str, stored: Any) -> Claim | None:
    """Return a resource's claim, None where it cannot be read.

    A damaged selection counts as everywhere, so that nothing is cleaned by mistake.
    """
    match stored:
        case {"app_id": str(app_id), "name": str(name), "version": str(version)}:
            selectors = read_selection(stored.get("selection")) or (Everywhere(),)
            retains = stored.get("retains") is True
            return Claim(urn, app_id, Artifact(name, version), selectors, retains=retains)
        case _:
            return None
