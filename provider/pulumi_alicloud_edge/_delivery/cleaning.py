"""Cleans distributed data: the only caller of CleanDistData, and only for what the gate has permitted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pulumi_alicloud_edge._delivery.inventory import read_inventory
from pulumi_alicloud_edge._delivery.records import fold
from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact, Observation, Records, RecordState
from pulumi_alicloud_edge._model.policy import Selector
from pulumi_alicloud_edge._model.removal import Cleaning, Permit, Wanted
from pulumi_alicloud_edge._model.selection import Belongs, belongs_to_any, explicit_regions, is_by_region
from pulumi_alicloud_edge._reconcile.decisions import CONFIRMED_AFTER
from pulumi_alicloud_edge._reconcile.gate import Holders, Removal, holders_of, permit_removal

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.ens import Ens
    from pulumi_alicloud_edge._delivery.reads import Reads

REGIONS_AT_ONCE = 8
LOOKS = 4
"""How often at most the holders are read again while no two looks agree; after that, either look counts."""


class Cleaner:
    """Cleans the data of one application, as far as the gate permits it.

    Args:
        ens: The client.
        reads: Status reads, each of them new.
        app_id: The application.
        declared: Returns what the program's resources declare on the application, as far as it must stay.
        announce: Called with what will be cleaned, before it is, and with what is left.
        sleep: Waits some seconds between two looks that have to agree.
    """

    def __init__(
        self,
        ens: Ens,
        reads: Reads,
        app_id: str,
        *,
        declared: Callable[[], Iterable[Claim]],
        announce: Callable[[Permit], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ens = ens
        self._reads = reads
        self._app_id = app_id
        self._declared = declared
        self._announce = announce
        self._sleep = sleep
        self._names: frozenset[str] = frozenset()
        self.stopped: frozenset[str] = frozenset()
        """The instances that the last inventory showed in another status than running."""
        self.newest: dict[Artifact, str] = {}
        """The cloud's time of the newest record of each artifact that was asked for."""

    async def permit(self, wanted: Iterable[Wanted], *, surely: bool = True) -> Permit:
        """Ask the gate what may be cleaned of some artifacts, each from a selection.

        The holders are read now: first the records, then the inventory, so that an instance added in between is listed.
        Where something may be cleaned, they are read until two looks agree: a look that lacks an instance must not
        have its region cleaned (S1, S5).

        Args:
            wanted: What is to be cleaned.
            surely: Whether the answer decides on a clean; False for a preview.
        """
        of_artifacts: dict[Artifact, tuple[Wanted, ...]] = {}
        for each in wanted:
            of_artifacts[each.artifact] = (*of_artifacts.get(each.artifact, ()), each)
        if not of_artifacts:
            return Permit()
        self._names |= {artifact.name for artifact in of_artifacts}
        removals = await self._removals(of_artifacts)
        permit = self._judged(removals)
        for _ in range(LOOKS if surely and permit.cleanings else 0):
            await self._sleep(CONFIRMED_AFTER)
            before, removals = removals, await self._removals(of_artifacts)
            permit = self._judged(map(_either, before, removals))
            if before == removals or not permit.cleanings:
                break
        return permit

    def _judged(self, removals: Iterable[Removal]) -> Permit:
        permit = Permit()
        for removal in removals:
            permit += permit_removal(removal, self._declared())
        return permit

    async def _removals(self, of_artifacts: Mapping[Artifact, tuple[Wanted, ...]]) -> list[Removal]:
        """Read who holds what is to be cleaned."""
        records = await self._reads.dist_records(self._app_id, self._names)
        regions = await self._listed(
            {artifact: records[artifact] for artifact in of_artifacts if artifact in records}
        )
        observation = Observation(records, (), regions=regions)
        removals = []
        for artifact, asked in of_artifacts.items():
            selectors = tuple(dict.fromkeys(selector for each in asked for selector in each.selectors))
            holders = await self._holders(artifact, selectors, observation)
            holding = {
                t: r.updated
                for t, r in observation.of(artifact).items()
                if r.state is not RecordState.DELETED
            }
            self.newest[artifact] = max((self.newest.get(artifact, ""), *holding.values()))
            later = frozenset(
                target
                for region, targets in holders.items()
                for target in targets
                if _came_later(asked, target, region, holding.get(target, ""))
            )
            removals.append(Removal(artifact, selectors, holders, later, asked))
        return removals

    async def displace(
        self, artifact: Artifact, selectors: tuple[Selector, ...], targets: frozenset[str]
    ) -> None:
        """Clean a version that keeps a desired one from running, in the regions of some targets."""
        permit = await self.permit([Wanted(artifact, selectors)])
        meant = Permit(
            tuple(cleaning for cleaning in permit.cleanings if cleaning.targets & targets),
            tuple(left for left in permit.left if left.targets & targets),
        )
        self._announce(meant)
        for cleaning in meant.cleanings:
            await self.clean(cleaning)

    async def observe(self, *, afresh: bool = False) -> Observation:  # noqa: ARG002 - it is always new
        """Read DescribeDataDistResult and DescribeApplication."""
        records = await self._reads.dist_records(self._app_id, self._names)
        inventory = await read_inventory(self._reads, self._app_id)
        self.stopped = inventory.stopped
        return Observation(records, (), regions=inventory.regions, stopped=inventory.stopped)

    async def clean(self, cleaning: Cleaning) -> None:
        """Call CleanDistData for one artifact in one region."""
        self._reads.invalidated(self._app_id, self._names)
        await self._ens.clean_dist_data(
            self._app_id, cleaning.artifact.name, cleaning.artifact.version, cleaning.region
        )

    async def permit_again(self, cleanings: Collection[Cleaning]) -> Permit:
        """Ask the gate again what may be cleaned of some artifacts in their regions."""
        places = {(cleaning.artifact, cleaning.region) for cleaning in cleanings}
        asked = dict.fromkeys(each for cleaning in cleanings for each in cleaning.asked)
        permit = await self.permit(asked)
        return Permit(
            tuple(again for again in permit.cleanings if (again.artifact, again.region) in places),
            tuple(left for left in permit.left if not left.region or (left.artifact, left.region) in places),
        )

    async def _listed(self, records: Mapping[Artifact, Records]) -> Mapping[str, str]:
        """Return the region of each instance; one that has a record counts as gone when two looks lack it (S5)."""
        regions = (await read_inventory(self._reads, self._app_id)).regions
        holders = {t for of in records.values() for t, r in of.items() if r.state is not RecordState.DELETED}
        if not regions or holders <= regions.keys():
            return regions
        await self._sleep(CONFIRMED_AFTER)
        again = (await read_inventory(self._reads, self._app_id)).regions
        return {**regions, **again} if again else again

    async def _holders(
        self, artifact: Artifact, selectors: tuple[Selector, ...], observation: Observation
    ) -> Holders:
        """Return who holds an artifact, region by region.

        The inventory shows them where it lists instances and the selection takes whole regions; else the cloud is asked
        for each region that may be selected. Instances that no longer exist do not count.
        """
        by_inventory = holders_of(observation, artifact)
        if not any(by_inventory.values()):
            return {}
        if observation.regions and all(is_by_region(selector) for selector in selectors):
            return by_inventory
        regions = await self._regions(artifact, selectors, by_inventory)
        if not regions:
            return by_inventory
        slots = asyncio.Semaphore(REGIONS_AT_ONCE)

        async def read(region: str) -> frozenset[str]:
            async with slots:
                groups = self._ens.describe_data_dist_result(
                    self._app_id, names=[artifact.name], versions=[artifact.version], regions=[region]
                )
                records = (await fold(groups)).get(artifact, {})
                return frozenset(
                    target
                    for target, record in records.items()
                    if record.state is not RecordState.DELETED
                    and (not observation.regions or target in observation.regions)
                )

        found = await asyncio.gather(*(read(region) for region in regions))
        holders = {region: targets for region, targets in zip(regions, found, strict=True) if targets}
        unplaced = frozenset().union(*by_inventory.values()).difference(*holders.values())
        if unplaced and not observation.regions and explicit_regions(selectors) is None:
            holders[""] = unplaced
        return holders

    async def _regions(
        self, artifact: Artifact, selectors: tuple[Selector, ...], holders: Holders
    ) -> list[str]:
        """Return the regions that may be selected: those named, else the inventory's, else those it was pushed to."""
        named = explicit_regions(selectors)
        if named is not None:
            return sorted(named)
        listed = {
            region
            for region, targets in holders.items()
            if region and any(belongs_to_any(selectors, t, region) is not Belongs.NO for t in targets)
        }
        if listed or "" not in holders:
            return sorted(listed)
        pushed = await self._reads.push_records(self._app_id, frozenset({artifact.name}))
        return sorted(pushed.get(artifact, {}))


def _either(one: Removal, other: Removal) -> Removal:
    """Return a removal with all instances that hold the artifact in either of two looks."""
    regions = {**one.holders, **other.holders}
    none: frozenset[str] = frozenset()
    holders = {r: one.holders.get(r, none) | other.holders.get(r, none) for r in regions}
    return replace(other, holders=holders, later=one.later | other.later)


def _came_later(asked: Iterable[Wanted], target: str, region: str, updated: str) -> bool:
    """Return whether a target got an artifact after it was given up there, and belongs to no other part."""
    parts = [each for each in asked if belongs_to_any(each.selectors, target, region) is not Belongs.NO]
    return bool(parts) and all(each.until and updated > each.until for each in parts)
