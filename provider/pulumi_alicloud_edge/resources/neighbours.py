"""What was declared beside a resource at its last rollout, as its state remembers it (S2).

Where no program runs, as in ``pulumi destroy --target``, nothing else tells what the other resources declare.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_alicloud_edge.model.claim import Claim
from pulumi_alicloud_edge.model.observation import Unit
from pulumi_alicloud_edge.resources.stored_selection import read_selection, write_selection

NEIGHBOURS = "__neighbours"
"""Hidden output: what others declared of the same names on the same application."""


def show_neighbours(mine: Iterable[Claim], others: Iterable[Claim]) -> list[dict[str, Any]]:
    """Write the claims of others that may be about the same targets as these."""
    mine = tuple(mine)
    return [
        {
            "urn": claim.urn,
            "app_id": claim.app_id,
            "name": claim.unit.name,
            "version": claim.unit.version,
            "selection": write_selection(claim.scopes),
        }
        for claim in others
        if any(claim.may_overlap(own) for own in mine)
    ]


def remembered_claims(outputs: Mapping[str, Any]) -> tuple[Claim, ...]:
    """Read the claims that were written; a damaged selection counts as everywhere, so that nothing is lost by it."""
    stored = outputs.get(NEIGHBOURS)
    claims = []
    for item in stored if isinstance(stored, list) else ():
        match item:
            case {"urn": str(urn), "app_id": str(app_id), "name": str(name), "version": str(version)}:
                scopes = read_selection(item.get("selection")) or read_selection([{}]) or ()
                claims.append(Claim(urn, app_id, Unit(name, version), scopes))
    return tuple(claims)
