"""The port of data distributions: units are data files, targets the instances of an application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pulumi_alicloud_edge.delivery.records import fold
from pulumi_alicloud_edge.delivery.strategies import dist_strategy, matching
from pulumi_alicloud_edge.errors import RejectedError
from pulumi_alicloud_edge.model.observation import Observation, Records, RecordState, Unit, running_versions
from pulumi_alicloud_edge.model.policy import Everywhere, Expression, Matching, Scope, Stage
from pulumi_alicloud_edge.reconcile.decisions import StartAnswer, StartRequest

if TYPE_CHECKING:
    from pulumi_alicloud_edge.cloud.ens import Ens
    from pulumi_alicloud_edge.cloud.ens_application import ApplicationInfo
    from pulumi_alicloud_edge.cloud.ens_wire import DistFile
    from pulumi_alicloud_edge.delivery.glances import StatusReads

INSTANCES_NAMED = 100
"""The most instances named in one start: all parameters travel in the URL, whose length has a limit."""

_KEYS = ("region_id", "instance_id")
_OPERATORS = ("In", "NotIn")


class DistPort:
    """Distributes pushed data files to the instances of one application.

    Args:
        ens: The client.
        reads: Shared status reads.
        app_id: The application.
        files: What to distribute, by unit; only starting needs it.
        units: What is observed.
        stages: The stages whose members an observation is to tell.
    """

    def __init__(
        self,
        *,
        ens: Ens,
        reads: StatusReads,
        app_id: str,
        files: Mapping[Unit, DistFile],
        units: tuple[Unit, ...],
        stages: tuple[Stage, ...],
    ) -> None:
        self._ens = ens
        self._reads = reads
        self._app_id = app_id
        self._files = files
        self._names = frozenset(unit.name for unit in units)
        self._stages = stages
        self._inventory: Mapping[str, str] | None = None
        self._names_instances = True
        self._cleans_first = False
        self._records: Mapping[Unit, Records] = {}

    async def observe(self) -> Observation:
        """Read DescribeDataDistResult, and once DescribeApplication for the instances there are."""
        if self._inventory is None:
            self._inventory = _by_instance(await self._reads.inventory(self._app_id))
        read_at = datetime.now(UTC)
        self._records = await self._reads.dist_records(self._app_id, self._names)
        members = tuple(members_of(stage.scope, self._inventory) for stage in self._stages)
        return Observation(self._records, members, read_at=read_at)

    async def start(self, request: StartRequest) -> StartAnswer:
        """Call DistApplicationData, for some instances only where the cloud takes that.

        A repeated start of a version that lies there already, below a newer one, may have moved nothing: then the
        newer one is cleaned first, so that this one has to be distributed anew; and so from then on.
        """
        if request.repeat or self._cleans_first:
            await self._clean_displacing(request)
        if request.targets is not None and self._names_instances:
            try:
                return await self._start_named(request, sorted(request.targets))
            except RejectedError:
                self._names_instances = False
        return await self._start(request, self._strategy(request))

    async def _start_named(self, request: StartRequest, instances: list[str]) -> StartAnswer:
        """Start exactly these instances, in as many calls as their names need."""
        batches = [instances[at : at + INSTANCES_NAMED] for at in range(0, len(instances), INSTANCES_NAMED)]
        selections = [matching([Expression("instance_id", "In", tuple(batch))]) for batch in batches]
        answers = [await self._start(request, selection) for selection in selections]
        listed = [answer.targets for answer in answers if answer.targets is not None]
        everyone = frozenset().union(*listed) if len(listed) == len(answers) else None
        return replace(answers[-1], targets=everyone)

    async def _clean_displacing(self, request: StartRequest) -> None:
        displacing = self._displacing(request)
        self._cleans_first |= bool(displacing)
        for unit, region in sorted(displacing):
            await self._ens.clean_dist_data(self._app_id, unit.name, unit.version, region or None)

    def _displacing(self, request: StartRequest) -> set[tuple[Unit, str]]:
        """Give the other versions that keep the wanted ones from running, with the regions where they do.

        Only where the start is meant: elsewhere another resource may want them.
        """
        inventory = self._inventory or {}
        targets = members_of(request.scope, inventory) if request.targets is None else request.targets
        if targets is None and not isinstance(request.scope, Everywhere):
            return set()
        found: set[tuple[Unit, str]] = set()
        observation = Observation(self._records)
        for unit in request.units:
            lies_there = self._records.get(unit, {})
            for target, version in running_versions(observation, unit.name).items():
                meant = targets is None or target in targets
                record = lies_there.get(target)
                waiting = record is not None and record.state is RecordState.SUCCEEDED
                if meant and waiting and version != unit.version:
                    found.add((Unit(unit.name, version), inventory.get(target, "")))
        return found

    async def _start(self, request: StartRequest, strategies: str | None) -> StartAnswer:
        self._reads.touched(self._app_id, self._names)
        files = [self._files[unit] for unit in request.units]
        answer = await self._ens.dist_application_data(self._app_id, files, strategies)
        listed = answer.total is None or answer.total == len(answer.instance_ids)
        return StartAnswer(
            targets=frozenset(answer.instance_ids) if listed else None,
            notes={Unit(r.name, r.version): r.description for r in answer.results},
            request_id=answer.request_id,
        )

    def _strategy(self, request: StartRequest) -> str | None:
        """Select by the regions that the targets are in, where they are known, else by the stage's own scope."""
        targets = request.targets
        if targets is None:
            return dist_strategy(request.scope)
        inventory = self._inventory or {}
        regions = {inventory.get(target, "") for target in targets}
        if "" in regions:
            return dist_strategy(request.scope)
        return matching([Expression("region_id", "In", tuple(sorted(regions)))])


class DistRemovalPort:
    """Cleans distributed data files and sees them go.

    Args:
        ens: The client.
        app_id: The application.
        units: What is to go.
        regions: Only there; none for everywhere.
    """

    def __init__(self, ens: Ens, app_id: str, units: tuple[Unit, ...], regions: tuple[str, ...]) -> None:
        self._ens = ens
        self._app_id = app_id
        self._units = units
        self._regions = regions

    async def observe(self) -> Observation:
        """Read DescribeDataDistResult of these units on these regions."""
        groups = self._ens.describe_data_dist_result(
            self._app_id,
            names=sorted({unit.name for unit in self._units}),
            versions=sorted({unit.version for unit in self._units}),
            regions=self._regions,
        )
        return Observation(await fold(groups))

    async def clean(self, unit: Unit) -> None:
        """Call CleanDistData, region by region where it is limited to some."""
        for region in self._regions or (None,):
            await self._ens.clean_dist_data(self._app_id, unit.name, unit.version, region)


def members_of(scope: Scope, inventory: Mapping[str, str]) -> frozenset[str] | None:
    """Give the instances that a scope selects, None where that cannot be known from the inventory."""
    if not inventory:
        return None
    match scope:
        case Everywhere():
            return frozenset(inventory)
        case Matching(expressions):
            if not all(
                expression.key in _KEYS and expression.operator in _OPERATORS for expression in expressions
            ):
                return None
            return frozenset(
                instance
                for instance, region in inventory.items()
                if all(_fulfils(expression, instance, region) for expression in expressions)
            )
        case _:
            return None


def _fulfils(expression: Expression, instance: str, region: str) -> bool:
    value = region if expression.key == "region_id" else instance
    return (value in expression.values) == (expression.operator == "In")


def _by_instance(application: ApplicationInfo | None) -> dict[str, str]:
    if application is None:
        return {}
    return {instance.instance_id: instance.region_id for instance in application.instances}


def limited_to(stages: tuple[Stage, ...]) -> frozenset[str]:
    """Give the regions that all stages together are limited to, none where one is not limited to regions alone."""
    regions: set[str] = set()
    for stage in stages:
        match stage.scope:
            case Matching((Expression("region_id", "In", values),)):
                regions.update(values)
            case _:
                return frozenset()
    return frozenset(regions)
