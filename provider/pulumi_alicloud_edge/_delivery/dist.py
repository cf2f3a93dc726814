"""The port of data distributions: artifacts are data files, targets the instances of an application."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pulumi_alicloud_edge._delivery.inventory import EMPTY_INVENTORY, Inventory, read_inventory
from pulumi_alicloud_edge._delivery.records import fold
from pulumi_alicloud_edge._delivery.strategies import dist_strategy, matching
from pulumi_alicloud_edge._errors import CloudError, RejectedError, TransportError
from pulumi_alicloud_edge._model.observation import Artifact, Observation, Records
from pulumi_alicloud_edge._model.policy import Everywhere, ExactTargets, Expression, Selector, Stage
from pulumi_alicloud_edge._model.selection import (
    REGION_KEY,
    conditions_of,
    is_decidable,
    named_targets,
    names_instance,
    targets_of,
)
from pulumi_alicloud_edge._reconcile.decisions import StartRequest, StartResponse
from pulumi_alicloud_edge._reconcile.gate import exactly
from pulumi_alicloud_edge._reconcile.target_status import known_targets, lying_above

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.ens import Ens
    from pulumi_alicloud_edge._cloud.ens_wire import DistFile
    from pulumi_alicloud_edge._delivery.cleaning import Cleaner
    from pulumi_alicloud_edge._delivery.preview_reads import StatusReads

INSTANCES_NAMED = 100
"""The most instances named in one start: all parameters travel in the URL, whose length has a limit."""
INVENTORY_SECONDS = 60.0
"""How old the inventory of an observation may be; the rollout asks for a newer one before it gives anything up."""
_BY_REGION_ONLY = (
    "the cloud selects by region only, and the selection leaves out other instances of the region"
)


class DistPort:
    """Distributes pushed data files to the instances of one application.

    Args:
        ens: The client.
        reads: Shared status reads.
        app_id: The application.
        files: What to distribute, by artifact; only starting needs it.
        artifacts: What is observed, with all versions of their names.
        stages: The stages whose targets an observation is to tell.
        cleaner: What displaces a newer version; None for a mere look.
        clock: Seconds that never jump.
    """

    def __init__(
        self,
        *,
        ens: Ens,
        reads: StatusReads,
        app_id: str,
        files: Mapping[Artifact, DistFile],
        artifacts: tuple[Artifact, ...],
        stages: tuple[Stage, ...],
        cleaner: Cleaner | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ens = ens
        self._reads = reads
        self._app_id = app_id
        self._files = files
        self._artifacts = artifacts
        self._names = frozenset(artifact.name for artifact in artifacts)
        self._stages = stages
        self._cleaner = cleaner
        self._clock = clock
        self._inventory = EMPTY_INVENTORY
        self._inventory_at: float | None = None
        self._names_instances = True
        self._cleans_first = False
        self._records: Mapping[Artifact, Records] = {}

    async def observe(self, *, afresh: bool = False) -> Observation:
        """Read DescribeDataDistResult and, where it is old or ``afresh``, DescribeApplication for the instances."""
        now = self._clock()
        if afresh or self._inventory_at is None or now - self._inventory_at >= INVENTORY_SECONDS:
            self._inventory = await read_inventory(self._reads, self._app_id)
            self._inventory_at = now
        read_at = datetime.now(UTC)
        self._records = await self._reads.dist_records(self._app_id, self._names)
        listed = tuple(self._targets_of(stage.selector) for stage in self._stages)
        return Observation(
            self._records,
            listed,
            read_at=read_at,
            regions=self._inventory.regions,
            stopped=self._inventory.stopped,
            recorded=await self._recorded(listed),
        )

    async def _recorded(self, listed: tuple[frozenset[str] | None, ...]) -> tuple[frozenset[str] | None, ...]:
        """Ask who has records that belong to a stage where the inventory does not tell its targets."""
        return tuple(
            [
                await self._recorded_in(stage.selector) if known is None else None
                for stage, known in zip(self._stages, listed, strict=True)
            ]
        )

    async def _recorded_in(self, selector: Selector) -> frozenset[str] | None:
        """Return the targets with records that fulfil a selector's conditions; None where those cannot be judged.

        Records do not name their region, but the cloud shows those of given regions alone (S4).
        """
        conditions = conditions_of(selector)
        if isinstance(selector, Everywhere) or conditions is None or not all(map(is_decidable, conditions)):
            return None
        of_regions = [condition for condition in conditions if condition.key == REGION_KEY]
        barred = {region for c in of_regions if c.operator == "NotIn" for region in c.values}
        named = [set(c.values) for c in of_regions if c.operator == "In"]
        if named:
            found = await self._shown_in(set.intersection(*named) - barred)
        else:
            found = self._shown(self._records) - await self._shown_in(barred)
        return frozenset(target for target in found if names_instance(conditions, target))

    async def _shown_in(self, regions: set[str]) -> frozenset[str]:
        if not regions:
            return frozenset()
        groups = self._ens.describe_data_dist_result(
            self._app_id, names=sorted(self._names), regions=sorted(regions)
        )
        return self._shown(await fold(groups))

    def _shown(self, records: Mapping[Artifact, Records]) -> frozenset[str]:
        return frozenset(known_targets(Observation(records), self._artifacts, exclusive=True))

    async def start(self, request: StartRequest) -> StartResponse:
        """Call DistApplicationData, for some instances only where the cloud takes that.

        A repeated start of a version that lies there already, below a newer one, may have moved nothing: then the
        newer one is cleaned first, so that this one has to be distributed anew; and so from then on.
        """
        if request.repeat or self._cleans_first:
            await self._displace(request)
        targets = request.targets
        if targets is None and isinstance(request.selector, ExactTargets):
            targets = self._targets_of(request.selector)
        if targets is not None and self._names_instances:
            try:
                return await self._start_named(request, sorted(targets))
            except RejectedError:
                self._names_instances = False
        if targets is not None:
            return await self._start_regions_of(request, targets)
        try:
            return await self._start(request, dist_strategy(request.selector))
        except RejectedError:
            meant = self._targets_of(request.selector)
            if meant is None or not self._whole_regions(meant, meant):
                raise
        return await self._start_regions_of(request, meant)

    async def _start_named(self, request: StartRequest, instances: list[str]) -> StartResponse:
        """Start exactly these instances, in as many calls as their names need."""
        batches = [instances[at : at + INSTANCES_NAMED] for at in range(0, len(instances), INSTANCES_NAMED)]
        selections = [matching([Expression("instance_id", "In", tuple(batch))]) for batch in batches]
        answers: list[StartResponse] = []
        for selection in selections:
            try:
                answers.append(await self._start(request, selection))
            except (CloudError, TransportError):
                if not answers:
                    raise
                break  # what has been started is known (S3); the rest is asked for again
        listed = [answer.targets for answer in answers if answer.targets is not None]
        everyone = frozenset().union(*listed) if len(listed) == len(selections) else None
        return replace(answers[-1], targets=everyone, is_partial=len(answers) < len(selections))

    async def _start_regions_of(self, request: StartRequest, targets: frozenset[str]) -> StartResponse:
        """Start the regions that the targets are in, where those hold nothing outside the selection (S1)."""
        if not self._inventory.regions:
            return await self._start(request, dist_strategy(request.selector))
        regions = self._whole_regions(targets, self._selected(request))
        if not regions:
            return StartResponse(refused=dict.fromkeys(request.artifacts, _BY_REGION_ONLY))
        answer = await self._start(request, matching([Expression("region_id", "In", tuple(sorted(regions)))]))
        named = frozenset(t for t, region in self._inventory.regions.items() if region in regions)
        if not targets <= named:
            answer = replace(answer, is_partial=True, notes=dict.fromkeys(request.artifacts, _BY_REGION_ONLY))
        if answer.targets is None or targets <= named:
            return answer
        return replace(answer, targets=None)

    async def _displace(self, request: StartRequest) -> None:
        """Clean the versions that keep the desired ones from running, as far as the gate lets that be (S1, S2)."""
        if self._cleaner is None:
            return
        targets = self._targets_of(request.selector) if request.targets is None else request.targets
        displacing: dict[Artifact, set[str]] = {}
        observation = Observation(self._records)
        for artifact in request.artifacts:
            for above, holders in lying_above(observation, artifact).items():
                meant = holders if targets is None else holders & targets
                if meant:
                    displacing.setdefault(above, set()).update(meant)
        self._cleans_first |= bool(displacing)
        selected = self._selected(request)
        for artifact in sorted(displacing):
            selectors = self._selectors(request) if selected is None else exactly(selected)
            await self._cleaner.displace(artifact, selectors, frozenset(displacing[artifact]))

    async def _start(self, request: StartRequest, strategies: str | None) -> StartResponse:
        self._reads.invalidated(self._app_id, self._names)
        files = [self._files[artifact] for artifact in request.artifacts]
        answer = await self._ens.dist_application_data(self._app_id, files, strategies)
        listed = answer.total is None or answer.total == len(answer.instance_ids)
        return StartResponse(
            targets=frozenset(answer.instance_ids) if listed else None,
            notes={Artifact(r.name, r.version): r.description for r in answer.results},
            request_id=answer.request_id,
        )

    def _targets_of(self, selector: Selector) -> frozenset[str] | None:
        found = targets_of(selector, self._inventory.regions)
        return named_targets(selector) if found is None else found

    def _selectors(self, request: StartRequest) -> tuple[Selector, ...]:
        return tuple(stage.selector for stage in self._stages[: request.stage + 1])

    def _selected(self, request: StartRequest) -> frozenset[str] | None:
        """Return the targets of the stages that have been reached; None where they are not known."""
        found = [self._targets_of(selector) for selector in self._selectors(request)]
        known = [each for each in found if each is not None]
        return frozenset().union(*known) if len(known) == len(found) else None

    def _whole_regions(self, targets: frozenset[str], selected: frozenset[str] | None) -> frozenset[str]:
        """Return the regions of some targets in which every instance is selected."""
        inventory: Inventory = self._inventory
        regions = {inventory.regions[target] for target in targets if target in inventory.regions}
        if selected is None:
            return frozenset()
        shared = {region for target, region in inventory.regions.items() if target not in selected}
        return frozenset(regions - shared - {""})
