"""What was declared beside a resource at its last rollout, as its state remembers it (S2).

Where no program runs, as in ``pulumi destroy --target``, nothing else shows what the other resources declare.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.identity import program_names
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.policy import Everywhere
from pulumi_alicloud_edge._model.selection import is_within
from pulumi_alicloud_edge._model.stored_claim import read_claim, write_claim
from pulumi_alicloud_edge._registry import Registry
from pulumi_alicloud_edge._resources.data_outputs import owned_artifacts

_SOMEBODY = "another resource"
"""The owner of claims that a damaged state cannot name."""
NEIGHBOURS = "__neighbours"
"""Hidden output: what others declared of the same names on the same application."""


def show_neighbours(mine: Iterable[Claim], others: Iterable[Claim]) -> dict[str, list[dict[str, Any]]]:
    """Write the claims of others that may be about the same targets as these; nothing where there are none."""
    mine = tuple(mine)
    shown = [
        {"urn": claim.urn, **write_claim(claim)}
        for claim in others
        if any(claim.may_overlap(own) for own in mine)
    ]
    return {NEIGHBOURS: shown} if shown else {}


def newly_declared(
    mine: Iterable[Claim], others: Iterable[Claim], outputs: Mapping[str, Any]
) -> tuple[Claim, ...]:
    """Return the claims of others that may be about the same targets, and that a state does not remember.

    Another version in the same place is not new. Remembered claims that are no longer declared do no harm.

    Args:
        mine: What a resource declares.
        others: What others declare.
        outputs: Its stored outputs.
    """
    mine, remembered = tuple(mine), remembered_claims(outputs)
    return tuple(
        claim
        for claim in others
        if any(claim.may_overlap(own) for own in mine)
        and not any(_covers(known, claim) for known in remembered)
    )


def _covers(known: Claim, claim: Claim) -> bool:
    """Return whether a remembered claim is of the same resource and covers the same selection."""
    same = (known.app_id, known.artifact.name) == (claim.app_id, claim.artifact.name)
    names, other_names = ({urn, *program_names(urn)} for urn in (known.urn, claim.urn))
    return same and not names.isdisjoint(other_names) and is_within(claim.selectors, known.selectors)


def others_of(registry: Registry, urn: str, outputs: Mapping[str, Any]) -> tuple[Claim, ...]:
    """Return what resources other than one declare.

    Args:
        registry: What this run knows.
        urn: The resource.
        outputs: Its stored outputs, which may remember what the program does not know yet; empty for none.
    """
    return (*registry.others(urn), *registry.still_declared(remembered_claims(outputs)))


def remembered_claims(outputs: Mapping[str, Any]) -> tuple[Claim, ...]:
    """Read the claims that were written. A resource that no run had checked yet is stored by its program name.

    Where an entry is damaged, every name that this resource owns counts as declared.
    """
    stored = outputs.get(NEIGHBOURS)
    if stored is None:
        return ()
    read = [_read(item) for item in stored] if isinstance(stored, list) else [None]
    known = tuple(claim for claim in read if claim is not None)
    return known if len(known) == len(read) else (*known, *_for_all_owned(outputs))


def _read(item: Any) -> Claim | None:
    if not isinstance(item, dict) or not isinstance(item.get("urn"), str):
        return None
    return read_claim(item["urn"], item)


def _for_all_owned(outputs: Mapping[str, Any]) -> tuple[Claim, ...]:
    """Return a claim without a known owner on each name that a resource owns, on all targets."""
    app_id = str(outputs.get("app_id", ""))
    names = dict.fromkeys(artifact.name for artifact in owned_artifacts(outputs))
    return tuple(Claim(_SOMEBODY, app_id, Artifact(name, ""), (Everywhere(),)) for name in names)
