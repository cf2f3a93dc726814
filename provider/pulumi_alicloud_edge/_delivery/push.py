"""The port of data pushes: artifacts are data files, targets the file servers of edge regions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from pulumi_alicloud_edge._delivery.strategies import in_regions, push_strategy
from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._model.policy import Everywhere, InRegions, Stage
from pulumi_alicloud_edge._reconcile.decisions import StartRequest, StartResponse

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.ens import Ens
    from pulumi_alicloud_edge._cloud.ens_wire import PushFile
    from pulumi_alicloud_edge._delivery.preview_reads import StatusReads


class PushCode(IntEnum):
    """ResultCode of PushApplicationData."""

    ACCEPTED = 0
    ALREADY_PUSHED = 100
    UNDER_WAY = 200
    FAILED = 300


class PushPort:
    """Pushes data files of one application to regions.

    Args:
        ens: The client.
        reads: Shared status reads.
        app_id: The application.
        files: What to push, by artifact; only starting needs it, so it may be empty for a mere look.
        stages: The stages whose targets an observation is to tell.
    """

    def __init__(
        self,
        *,
        ens: Ens,
        reads: StatusReads,
        app_id: str,
        files: Mapping[Artifact, PushFile],
        artifacts: tuple[Artifact, ...],
        stages: tuple[Stage, ...],
    ) -> None:
        self._ens = ens
        self._reads = reads
        self._app_id = app_id
        self._files = files
        self._names = frozenset(artifact.name for artifact in artifacts)
        self._stage_targets = tuple(_targets_of(stage) for stage in stages)
        self._wants_hints = any(isinstance(stage.selector, Everywhere) for stage in stages)
        self._looked_up = False
        self._hints: frozenset[str] = frozenset()

    async def observe(self, *, afresh: bool = False) -> Observation:
        """Read DescribeDataPushResult.

        Regions are known in advance only where they are named; else the regions of the application's instances
        (DescribeApplication) hint at them.
        """
        if self._wants_hints and (afresh or not self._looked_up):
            self._hints, self._looked_up = await self._inventory(), True
        read_at = datetime.now(UTC)
        records = await self._reads.push_records(self._app_id, self._names)
        return Observation(records, self._stage_targets, read_at=read_at, hints=self._hints)

    async def _inventory(self) -> frozenset[str]:
        application = await self._reads.inventory(self._app_id)
        instances = application.instances if application else ()
        return frozenset(instance.region_id for instance in instances if instance.region_id)

    async def start(self, request: StartRequest) -> StartResponse:
        """Call PushApplicationData."""
        self._reads.invalidated(self._app_id, self._names)
        targets = request.targets
        strategies = push_strategy(request.selector) if targets is None else in_regions(sorted(targets))
        files = [self._files[artifact] for artifact in request.artifacts]
        answer = await self._ens.push_application_data(self._app_id, files, strategies)
        codes = {Artifact(r.name, r.version): (r.code, r.description) for r in answer.results}
        return StartResponse(
            complete=frozenset(u for u, (code, _) in codes.items() if code == PushCode.ALREADY_PUSHED),
            refused={u: words for u, (code, words) in codes.items() if code == PushCode.FAILED},
            notes={u: words for u, (code, words) in codes.items() if code != PushCode.FAILED},
            request_id=answer.request_id,
        )


def _targets_of(stage: Stage) -> frozenset[str] | None:
    return frozenset(stage.selector.regions) if isinstance(stage.selector, InRegions) else None
