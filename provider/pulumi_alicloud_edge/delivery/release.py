"""The port of container releases: one unit, a version of an app; its targets are shares of one environment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pulumi_alicloud_edge.cloud.esa_wire import BuildStatus, PodPhase
from pulumi_alicloud_edge.delivery.release_status import (
    current_version,
    is_ours,
    part_reached,
    reached,
    record_of_region,
    record_of_share,
)
from pulumi_alicloud_edge.errors import DeniedError, NotFoundError, RejectedError
from pulumi_alicloud_edge.model.observation import Observation, Record, RecordState, Unit
from pulumi_alicloud_edge.model.policy import InRegions, Share, Stage
from pulumi_alicloud_edge.reconcile.decisions import StartAnswer, StartRequest

if TYPE_CHECKING:
    from pulumi_alicloud_edge.cloud.esa import Esa
    from pulumi_alicloud_edge.cloud.esa_wire import AppStatus, StagingStatus

PODS_BROKEN = frozenset({PodPhase.CRASH_LOOP_BACK_OFF, PodPhase.IMAGE_PULL_BACK_OFF, PodPhase.FAILED})


@dataclass(frozen=True)
class ReleaseOrder:
    """What goes with every publish call of a release.

    Attributes:
        publish_type: ``percentage`` or ``region``, None to let the selection say.
        start_time: When the cloud is to begin, the vendor's ISO 8601 in UTC; None for now.
        remarks: Free text.
        is_rollback: Whether this brings a former version back.
    """

    publish_type: str | None = None
    start_time: str | None = None
    remarks: str | None = None
    is_rollback: bool = False


@dataclass(frozen=True)
class Shown:
    """What the environment showed when it was read last.

    Attributes:
        version: The version that it runs or is moving to.
        percentage: How much of it that version has reached.
        found: The version that was there at the first look, where it was another one than ours.
    """

    version: str
    percentage: int
    found: str


class ReleasePort:
    """Releases one version of an edge container app to one environment.

    Args:
        esa: The client.
        app_id: The app.
        env: ``prod`` or ``staging``.
        unit: The app's id as name, and the version.
        stages: Shares or regions, in order.
        order: What goes with every publish call.
    """

    def __init__(
        self, *, esa: Esa, app_id: str, env: str, unit: Unit, stages: tuple[Stage, ...], order: ReleaseOrder
    ) -> None:
        self._esa = esa
        self._app_id = app_id
        self._env = env
        self._unit = unit
        self._stages = stages
        self._order = order
        self._built = False
        self._broken_before = False
        self._asked: int | None = None
        self.shown: Shown | None = None

    async def observe(self, *, afresh: bool = False) -> Observation:  # noqa: ARG002 - it has no inventory
        """Read GetEdgeContainerAppStatus; while our version is under way, also how its pods do."""
        waiting, trouble = await self._build_state()
        if waiting is not None or trouble:
            pending = dict.fromkeys(self._targets(), waiting) if waiting else {}
            return self._observation(pending, (), trouble)
        status = await self._esa.get_edge_container_app_status(self._app_id, self._env)
        self.shown = self._show(status)
        records: dict[str, Record] = {}
        for stage in self._stages:
            for target in self._members(stage):
                record = self._record(stage, target, status)
                if record is not None:
                    records[target] = record
        if not any(record.state is RecordState.IN_PROGRESS for record in records.values()):
            self._broken_before = False
            return self._observation(records, (), "")
        seen = self._observation(records, await self._mark(status), await self._pod_trouble(status))
        return replace(seen, part=part_reached(status, self._unit.version))

    async def start(self, request: StartRequest) -> StartAnswer:
        """Call PublishEdgeContainerAppVersion, or RollbackEdgeContainerAppVersion where that is safe."""
        scope = request.scope
        by_region = isinstance(scope, InRegions)
        if self._order.is_rollback and await self._rolls_back_by_operation():
            request_id = await self._esa.rollback_edge_container_app_version(
                self._app_id, self._unit.version, remarks=self._order.remarks
            )
            return StartAnswer(request_id=request_id)
        self._asked = scope.percentage if isinstance(scope, Share) else None
        request_id = await self._esa.publish_edge_container_app_version(
            app_id=self._app_id,
            version_id=self._unit.version,
            env=self._env,
            publish_type=self._order.publish_type or ("region" if by_region else None),
            percentage=scope.percentage if isinstance(scope, Share) else None,
            regions=scope.regions if isinstance(scope, InRegions) else (),
            full_release=scope.full if isinstance(scope, InRegions) else None,
            start_time=self._order.start_time,
            remarks=self._order.remarks,
        )
        return StartAnswer(request_id=request_id)

    def _show(self, status: AppStatus) -> Shown:
        version = current_version(status)
        found = version if version != self._unit.version else ""
        return Shown(version, reached(status, version), self.shown.found if self.shown else found)

    def _observation(self, records: dict[str, Record], mark: tuple[object, ...], trouble: str) -> Observation:
        members = tuple(frozenset(self._members(stage)) for stage in self._stages)
        troubles = {self._unit: trouble} if trouble else {}
        units = {self._unit: records}
        if self.shown is not None and self.shown.version not in ("", self._unit.version):
            other = Record(RecordState.SUCCEEDED)
            units[Unit(self._unit.name, self.shown.version)] = dict.fromkeys(self._targets(), other)
        return Observation(units, members, mark, trouble=troubles)

    async def _build_state(self) -> tuple[Record | None, str]:
        """See that the version is built: it cannot be published before, and never if its build failed."""
        if self._built:
            return None, ""
        version = await self._esa.get_edge_container_app_version(self._app_id, self._unit.version)
        if version.status is BuildStatus.CREATING:
            return Record(RecordState.IN_PROGRESS, detail="the version is still being created"), ""
        if version.status is BuildStatus.FAILED:
            return None, "the creation of this version has failed; create another one"
        self._built = True
        return None, ""

    async def _rolls_back_by_operation(self) -> bool:
        """Decide how a former version comes back: by the rollback operation, or by publishing it again.

        The operation names no environment: it may act on prod, on what was published last, or on both. All of
        that means prod alone as long as staging has no release, and only then it is used.
        """
        if self._env != "prod":
            return False
        try:
            staging = await self._esa.get_edge_container_app_status(self._app_id, "staging")
        except NotFoundError:
            return True
        except (DeniedError, RejectedError):
            return False
        return not current_version(staging)

    def _members(self, stage: Stage) -> tuple[str, ...]:
        match stage.scope:
            case InRegions(regions):
                return tuple(f"{self._env} {region}" for region in regions)
            case Share(percentage):
                return (f"{self._env} {percentage}%",)
            case _:
                raise TypeError(f"a release is not selected by {stage.scope}")

    def _targets(self) -> set[str]:
        return {target for stage in self._stages for target in self._members(stage)}

    def _record(self, stage: Stage, target: str, status: AppStatus) -> Record | None:
        if isinstance(stage.scope, Share):
            share = stage.scope.percentage
            earlier = [
                other.scope.percentage
                for other in self._stages
                if isinstance(other.scope, Share) and other.scope.percentage < share
            ]
            return record_of_share(status, self._unit.version, share, self._asked, earlier)
        return record_of_region(status, self._unit.version, target.removeprefix(f"{self._env} "))

    async def _mark(self, status: AppStatus) -> tuple[object, ...]:
        """Give the share reached and, where the cloud shows them, the pods that are ready."""
        share = f"{status.publish_percentage or 0}%"
        try:
            regions = await self._esa.get_edge_container_app_resource_status(self._app_id)
        except (DeniedError, NotFoundError, RejectedError):
            return (share,)
        ours = [region for region in regions if bool(region.is_staging) == (self._env == "staging")]
        return (share, f"{sum(r.ready for r in ours)}/{sum(r.total for r in ours)} pods ready")

    async def _pod_trouble(self, status: AppStatus) -> str:
        """Tell why the pods of our version cannot come up; the cloud shows that for staging alone.

        What is seen once may still be the former version's pods, so it counts when it is seen again.
        """
        if self._env != "staging" or not is_ours(status, self._unit.version):
            return ""
        try:
            pods = await self._esa.get_edge_container_staging_deploy_status(self._app_id)
        except (DeniedError, NotFoundError, RejectedError):
            return ""
        broken = pods.phase in PODS_BROKEN
        seen_before, self._broken_before = self._broken_before, broken
        return _pod_words(pods) if broken and seen_before else ""


def _pod_words(pods: StagingStatus) -> str:
    words = f"the pods are in {pods.phase.value}"
    if pods.restart_count:
        words += f", restarted {pods.restart_count} times"
    if pods.last_terminated_reason:
        words += f", last ended by {pods.last_terminated_reason}"
    return words
