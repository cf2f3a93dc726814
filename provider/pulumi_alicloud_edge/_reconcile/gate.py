"""The one gate for everything destructive: cleaning, displacing, and the starts of a rollback.

A caller asks with a `Removal` or with the targets to restore, and gets what may be done, what is left, and why.
Nothing else in the provider calls CleanDistData or distributes a former version.

CleanDistData acts on a whole region, so a region is cleaned as a whole or not at all (S1, S2):

| an instance of the region that holds the artifact | the region is |
| --- | --- |
| is declared for the artifact's name by a resource of the program | left: declared |
| does not belong to the selection that is to be cleaned, or that is unknown | left: shared |
| belongs to a part that was given up, and got it since | left: shared |
| all belong and none is declared | cleaned |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact, Observation, RecordState
from pulumi_alicloud_edge._model.policy import ExactTargets, Selector
from pulumi_alicloud_edge._model.removal import Cleaning, Left, LeftBecause, Permit, Wanted
from pulumi_alicloud_edge._model.selection import Belongs, belongs_to_any

Holders = Mapping[str, frozenset[str]]
"""Region → the instances in it that hold an artifact; those whose region is unknown are under ``""``."""


@dataclass(frozen=True)
class Removal:
    """What is to be cleaned.

    Attributes:
        artifact: The artifact.
        selectors: The selection that it is to be cleaned from.
        holders: The instances that hold it, in the regions that the selection reaches.
        later: Those of them that got it from somebody else after it was given up there.
        asked: The request, returned with what may be cleaned.
    """

    artifact: Artifact
    selectors: tuple[Selector, ...]
    holders: Holders
    later: frozenset[str] = frozenset()
    asked: tuple[Wanted, ...] = ()


@dataclass(frozen=True)
class RestorePermit:
    """The targets on which a former version may be started again, and those that are left."""

    targets: frozenset[str]
    left: tuple[Left, ...] = ()


def permit_removal(removal: Removal, declared: Iterable[Claim]) -> Permit:
    """Return from which regions an artifact may be cleaned.

    Args:
        removal: What is to be cleaned.
        declared: What the resources of the program declare on the application. The resource that asks is among
            them where it still declares the name somewhere.
    """
    claims = tuple(claim for claim in declared if claim.artifact.name == removal.artifact.name)
    cleanings, left = [], []
    for region, holders in sorted(removal.holders.items()):
        belonging = {t: _belongs(removal, t, region) for t in holders}
        meant = frozenset(t for t, answer in belonging.items() if answer is not Belongs.NO)
        if not meant:
            continue
        if not region:
            left.append(Left(removal.artifact, LeftBecause.REGION_UNKNOWN, meant))
            continue
        keeper = _keeper(claims, holders, region)
        if keeper is not None:
            left.append(
                Left(removal.artifact, LeftBecause.DECLARED, meant, region, keeper.urn, keeper.retains)
            )
        elif any(answer is not Belongs.YES for answer in belonging.values()):
            left.append(Left(removal.artifact, LeftBecause.SHARED, meant, region))
        else:
            cleanings.append(Cleaning(removal.artifact, region, meant, removal.asked))
    return Permit(tuple(cleanings), tuple(left))


def permit_restore(
    artifact: Artifact, standing: Mapping[str, str], regions: Mapping[str, str], declared: Iterable[Claim]
) -> RestorePermit:
    """Return on which targets a former version may be started again: where no other resource declares the name.

    Args:
        artifact: The former version.
        standing: The targets where it ran before → the version there now, which stays where a restore is not permitted.
        regions: Target → its region, as far as known.
        declared: What the other resources of the program declare on the application.
    """
    claims = tuple(claim for claim in declared if claim.artifact.name == artifact.name)
    kept: dict[tuple[str, str], set[str]] = {}
    for target, version in standing.items():
        claim = _keeper(claims, (target,), regions.get(target, ""))
        if claim is not None:
            kept.setdefault((claim.urn, version), set()).add(target)
    left = tuple(
        Left(Artifact(artifact.name, version), LeftBecause.DECLARED, frozenset(those), urn=urn)
        for (urn, version), those in sorted(kept.items())
    )
    return RestorePermit(frozenset(standing).difference(*kept.values()), left)


def holders_of(observation: Observation, artifact: Artifact) -> Holders:
    """Return the instances that hold an artifact, by the regions of an inventory.

    Instances that a known inventory does not list no longer exist: their records do not count.
    """
    found: dict[str, set[str]] = {}
    for target, record in observation.of(artifact).items():
        region = observation.regions.get(target, "")
        if record.state is not RecordState.DELETED and (region or not observation.regions):
            found.setdefault(region, set()).add(target)
    return {region: frozenset(targets) for region, targets in found.items()}


def exactly(targets: Iterable[str]) -> tuple[Selector, ...]:
    """Return the selection that has just these targets."""
    return (ExactTargets(frozenset(targets)),)


def _belongs(removal: Removal, target: str, region: str) -> Belongs:
    return Belongs.NO if target in removal.later else belongs_to_any(removal.selectors, target, region)


def _keeper(claims: Iterable[Claim], holders: Iterable[str], region: str) -> Claim | None:
    """Return a claim that covers one of the holders, which then has to stay; unknown counts as covered."""
    holders = tuple(holders)
    for claim in claims:
        if any(claim.covers(target, region) is not Belongs.NO for target in holders):
            return claim
    return None
