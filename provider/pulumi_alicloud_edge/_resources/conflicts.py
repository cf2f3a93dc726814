"""Two resources that declare different versions of the same name on the same targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pulumi_alicloud_edge._errors import FieldError
from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.identity import likely_urn
from pulumi_alicloud_edge._model.policy import Everywhere, InRegions, Matching
from pulumi_alicloud_edge._model.selection import REGION_KEY, Belongs, named_targets


def conflict_errors(
    claims: Iterable[Claim], others: Iterable[Claim], regions: Mapping[str, str] | None = None
) -> Iterator[FieldError]:
    """Find claims of other resources of the same program that conflict with these.

    Only one version of a name can run on a target, so the two would displace each other endlessly.

    Args:
        claims: What one resource declares.
        others: What others declare.
        regions: Target → its region, where the inventory is available; without it, only conflicts that are certain by
            the names of regions and instances count.
    """
    others = tuple(others)
    for mine in claims:
        for theirs in others:
            if _contradict(mine, theirs, regions or {}):
                urns = f"{mine.urn} and {likely_urn(mine.urn, theirs.urn)}"
                contradiction = (
                    f"{mine.artifact} conflicts with {theirs.artifact}, which another resource declares"
                )
                yield FieldError("", f"{contradiction} for the same targets: {urns}")


def _contradict(mine: Claim, theirs: Claim, regions: Mapping[str, str]) -> bool:
    if mine.urn == theirs.urn or mine.artifact == theirs.artifact or not mine.may_overlap(theirs):
        return False
    if not theirs.artifact.version:  # the program does not know it yet
        return False
    if _is_sure(mine) and _is_sure(theirs):
        return True
    named = {
        t: "" for selector in (*mine.selectors, *theirs.selectors) for t in named_targets(selector) or ()
    }
    return any(
        mine.covers(target, region) is Belongs.YES and theirs.covers(target, region) is Belongs.YES
        for target, region in (named | dict(regions)).items()
    )


def _is_sure(claim: Claim) -> bool:
    """Return whether the regions of a claim determine its targets."""
    return any(isinstance(selector, Everywhere) for selector in claim.selectors) or all(
        isinstance(selector, InRegions)
        or (
            isinstance(selector, Matching)
            and all((e.key, e.operator) == (REGION_KEY, "In") for e in selector.expressions)
        )
        for selector in claim.selectors
    )
