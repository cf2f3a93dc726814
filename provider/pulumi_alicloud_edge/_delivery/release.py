"""The port of container releases: one artifact, a version of an app; its targets are shares of one environment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pulumi_alicloud_edge._cloud.esa_wire import BuildStatus, PodPhase
from pulumi_alicloud_edge._delivery.release_status import (
    Context,
    current_version,
    destination,
    is_at_its_end,
    is_by_region,
    is_ours,
    is_under_way,
    part_reached,
    reached,
    record_of_region,
    record_of_share,
    serving,
)
from pulumi_alicloud_edge._errors import NotFoundError, PermissionDeniedError, RejectedError
from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.policy import InRegions, Selector, Share, Stage
from pulumi_alicloud_edge._model.release import (
    WHOLE,
    Environment,
    EnvironmentStatus,
    seconds_until,
    show_part,
)
from pulumi_alicloud_edge._reconcile.decisions import StartRequest, StartResponse

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.esa import Esa
    from pulumi_alicloud_edge._cloud.esa_wire import AppStatus, StagingStatus

PODS_BROKEN = frozenset({PodPhase.CRASH_LOOP_BACK_OFF, PodPhase.IMAGE_PULL_BACK_OFF, PodPhase.FAILED})


@dataclass(frozen=True)
class ReleaseOrder:
    """What goes with every publish call of a release.

    Attributes:
        publish_type: ``percentage`` or ``region``, None to let the selection say.
        start_time: When the cloud is to begin, the vendor's ISO 8601 in UTC; None for now. Sent as long as it
            lies ahead.
        remarks: Free text.
        is_rollback: Whether this brings a former version back.
    """

    publish_type: str | None = None
    start_time: str | None = None
    remarks: str | None = None
    is_rollback: bool = False


def utc_now() -> datetime:
    """Return the time of day."""
    return datetime.now(UTC)


class ReleasePort:
    """Releases one version of an edge container app to one environment.

    Args:
        esa: The client.
        app_id: The app.
        env: ``prod`` or ``staging``.
        artifact: The app's id as name, and the version.
        stages: Shares or regions, in order.
        order: What goes with every publish call.
        clock: Gives the time of day, against which a start time is held.
    """

    def __init__(
        self,
        *,
        esa: Esa,
        app_id: str,
        env: str,
        artifact: Artifact,
        stages: tuple[Stage, ...],
        order: ReleaseOrder,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._esa = esa
        self._app_id = app_id
        self._env = env
        self._artifact = artifact
        self._stages = stages
        self._order = order
        self._clock = clock
        self._built = False
        self._broken_before = False
        self._asked: int | None = None
        self._lowering: EnvironmentStatus | None = None
        self._moving: tuple[str, ...] = ()
        self._has_started = False
        self._first: EnvironmentStatus | None = None
        self._shown: EnvironmentStatus | None = None

    async def observe(self, *, afresh: bool = False) -> Observation:  # noqa: ARG002 - it has no inventory
        """Read GetEdgeContainerAppStatus; while our version is under way, also how its pods do."""
        waiting, obstacle = await self._build_state()
        if waiting is not None or obstacle:
            pending = dict.fromkeys(self._targets(), waiting) if waiting else {}
            return self._observation(pending, (), obstacle)
        status = await self._esa.get_edge_container_app_status(self._app_id, self._env)
        self._shown = _show(status)
        self._first = self._first or self._shown
        records = self._records(status)
        if not any(record.state is RecordState.IN_PROGRESS for record in records.values()):
            self._broken_before = False
            return self._observation(records, self._standing(status), "")
        seen = self._observation(records, await self._mark(status), await self._pod_trouble(status))
        return replace(seen, part=part_reached(status, self._artifact.version, self._origin()))

    async def start(self, request: StartRequest) -> StartResponse:
        """Call PublishEdgeContainerAppVersion, or RollbackEdgeContainerAppVersion where that is safe."""
        self._note_before()
        selector = request.selector
        if self._order.is_rollback and await self._rolls_back_by_operation(selector):
            request_id = await self._esa.rollback_edge_container_app_version(
                self._app_id, self._artifact.version, remarks=self._order.remarks
            )
            return StartResponse(request_id=request_id)
        self._asked = selector.percentage if isinstance(selector, Share) else None
        self._lowering = self._shown if self._shown and self._has_more_than(selector) else None
        try:
            return StartResponse(request_id=await self._publish(selector))
        except RejectedError as error:
            if self._lowering is not None and isinstance(selector, (Share, InRegions)):
                what = f"{_held(self._lowering)} → {show_part(selector)}"
                error.subject = f"{self._app_id} ({self._artifact.version}: {what} of {self._env})"
            raise

    def _note_before(self) -> None:
        """Let the last look before the first start tell what was there: a second look has borne it out (S3).

        Where our version has come into view meanwhile, a start of an earlier run has arrived: the first look counts.
        """
        first, shown, ours = self._first, self._shown, self._artifact.version
        if self._has_started or first is None or shown is None:
            return
        self._has_started = True
        has_arrived = shown.version == ours and (first.version != ours or first.moves)
        if not has_arrived:
            self._first = shown

    async def _publish(self, selector: Selector) -> str:
        by_region = isinstance(selector, InRegions)
        return await self._esa.publish_edge_container_app_version(
            app_id=self._app_id,
            version_id=self._artifact.version,
            env=self._env,
            publish_type=self._order.publish_type or ("region" if by_region else None),
            percentage=selector.percentage if isinstance(selector, Share) else None,
            regions=selector.regions if isinstance(selector, InRegions) else (),
            full_release=selector.full if isinstance(selector, InRegions) else None,
            start_time=self._order.start_time if self._begins_later() else None,
            remarks=self._order.remarks,
        )

    def _begins_later(self) -> bool:
        """Return whether the start time still lies ahead; the publish of a later stage would carry a passed one."""
        start_time = self._order.start_time
        return start_time is not None and seconds_until(start_time, self._clock()) > 0

    def _observation(
        self, records: dict[str, Record], progress_token: tuple[object, ...], obstacle: str
    ) -> Observation:
        targets = tuple(frozenset(self._targets_of(stage)) for stage in self._stages)
        obstacles = {self._artifact: obstacle} if obstacle else {}
        artifacts = {self._artifact: records}
        first, shown = self._first, self._shown
        environment = Environment(first, shown) if first and shown else None
        if shown and shown.version not in ("", self._artifact.version):
            other = Record(RecordState.SUCCEEDED)
            artifacts[Artifact(self._artifact.name, shown.version)] = dict.fromkeys(self._targets(), other)
        return Observation(artifacts, targets, progress_token, obstacles=obstacles, environment=environment)

    async def _build_state(self) -> tuple[Record | None, str]:
        """See that the version is built: it cannot be published before, and never if its build failed."""
        if self._built:
            return None, ""
        version = await self._esa.get_edge_container_app_version(self._app_id, self._artifact.version)
        if version.status is BuildStatus.CREATING:
            return Record(RecordState.IN_PROGRESS, detail="the version is still being created"), ""
        if version.status is BuildStatus.FAILED:
            return None, "creating this version failed; create another one"
        self._built = True
        return None, ""

    async def _rolls_back_by_operation(self, selector: Selector) -> bool:
        """Return whether a former version comes back by the rollback operation, and not by publishing it again.

        The operation gives a version the whole of an environment, and names none: it may act on prod, on what was
        published last, or on both. All of that means prod alone as long as staging has no release, and only then
        it is used.
        """
        is_back = self._shown is not None and self._shown.version == self._artifact.version
        if self._env != "prod" or selector != Share(WHOLE) or is_back:
            return False
        try:
            staging = await self._esa.get_edge_container_app_status(self._app_id, "staging")
        except NotFoundError:
            return True
        except (PermissionDeniedError, RejectedError):
            return False
        return not current_version(staging)

    def _targets_of(self, stage: Stage) -> tuple[str, ...]:
        match stage.selector:
            case InRegions(regions):
                return tuple(f"{self._env} {region}" for region in regions)
            case Share(percentage):
                return (f"{self._env} {percentage}%",)
            case _:
                raise TypeError(f"a release is not selected by {stage.selector}")

    def _targets(self) -> set[str]:
        return {target for stage in self._stages for target in self._targets_of(stage)}

    def _records(self, status: AppStatus) -> dict[str, Record]:
        """Judge each target by the first stage that it belongs to: only what the last one adds is held to its end."""
        if is_by_region(status) and is_under_way(status) and not is_at_its_end(status):
            self._moving = status.regions
        records: dict[str, Record] = {}
        judged: set[str] = set()
        for index, stage in enumerate(self._stages):
            context = self._context(index, status)
            for target in self._targets_of(stage):
                if target in judged:
                    continue
                judged.add(target)
                record = self._record(stage.selector, target, status, context)
                if record is not None:
                    records[target] = self._explained(record, stage.selector)
        return records

    def _context(self, index: int, status: AppStatus) -> Context:
        most = self._stages[-1].selector
        stages = self._stages[: index + 1]
        return Context(
            most=most if isinstance(most, (Share, InRegions)) else None,
            is_last=index == len(self._stages) - 1,
            asked=self._asked,
            stops=[stage.selector.percentage for stage in stages if isinstance(stage.selector, Share)],
            has_moved=bool(self._moving) and self._moving == status.regions,
        )

    def _record(self, selector: Selector, target: str, status: AppStatus, context: Context) -> Record | None:
        match selector:
            case Share(percentage):
                return record_of_share(status, self._artifact.version, percentage, context)
            case InRegions():
                region = target.removeprefix(f"{self._env} ")
                return record_of_region(status, self._artifact.version, region, selector, context)
            case _:
                return None

    def _explained(self, record: Record, selector: Selector) -> Record:
        """Describe of an environment that has more than is declared what it has, and of whose making that is."""
        if record.state is RecordState.SUCCEEDED:
            self._lowering = None
        if record.state is not RecordState.DELETED or self._shown is None:
            return record
        part = show_part(selector) if isinstance(selector, (Share, InRegions)) else ""
        held = _held(self._shown)
        has = "has" if isinstance(self._shown.serves.part, Share) else "have"
        if self._lowering is None:
            return record._replace(detail=f"{held} of {self._env} {has} it; declared: {part}")
        what = "lower the share" if isinstance(selector, Share) else "reduce the release"
        return record._replace(
            detail=f"{held} of {self._env} still {has} it: the cloud did not {what} to {part}"
        )

    def _has_more_than(self, selector: Selector) -> bool:
        """Return whether the environment serves our version to more, or to others, than is about to be asked for."""
        shown = self._shown
        if shown is None or shown.serves.version != self._artifact.version:
            return False
        match shown.serves.part, selector:
            case Share(have), Share(percentage):
                return have > percentage
            case InRegions(regions), InRegions(asked):
                return not set(regions).issubset(asked)
            case Share(have), InRegions(_, full):
                return have >= WHOLE and not full
            case _:
                return False

    def _origin(self) -> int:
        """Return the share from which our version is being lowered; 0 where it is not."""
        before = self._lowering.serves.part if self._lowering else None
        return before.percentage if isinstance(before, Share) else 0

    def _standing(self, status: AppStatus) -> tuple[object, ...]:
        """Return the share that our version stands at; empty where anything moves, has regions, or is not known.

        What moves without us must not look like progress of ours: it would postpone a repeated publish and a stall.
        """
        if is_under_way(status) and not is_at_its_end(status):
            return ()
        if not is_ours(status, self._artifact.version):
            by_region = any(isinstance(stage.selector, InRegions) for stage in self._stages)
            may_serve = self._artifact.version in {status.deployed_version, status.baseline_version}
            return () if by_region or may_serve else (f"0 % of {self._env}",)
        part = serving(status).part
        return (f"{show_part(part)} of {self._env}",) if isinstance(part, Share) else ()

    async def _mark(self, status: AppStatus) -> tuple[object, ...]:
        """Return the share reached and, where the cloud shows them, the pods that are ready."""
        share = f"{status.publish_percentage or 0} %"
        share += "" if is_by_region(status) else f" of {self._env}"
        try:
            regions = await self._esa.get_edge_container_app_resource_status(self._app_id)
        except (PermissionDeniedError, NotFoundError, RejectedError):
            return (share,)
        ours = [region for region in regions if bool(region.is_staging) == (self._env == "staging")]
        return (share, f"{sum(r.ready for r in ours)}/{sum(r.total for r in ours)} pods ready")

    async def _pod_trouble(self, status: AppStatus) -> str:
        """Return why the pods of our version cannot come up; the cloud shows that for staging alone.

        What is seen once may still be the former version's pods, so it counts when it is seen again.
        """
        if self._env != "staging" or not is_ours(status, self._artifact.version):
            return ""
        try:
            pods = await self._esa.get_edge_container_staging_deploy_status(self._app_id)
        except (PermissionDeniedError, NotFoundError, RejectedError):
            return ""
        broken = pods.phase in PODS_BROKEN
        seen_before, self._broken_before = self._broken_before, broken
        return _pod_words(pods) if broken and seen_before else ""


def _show(status: AppStatus) -> EnvironmentStatus:
    version = current_version(status)
    return EnvironmentStatus(
        version=version,
        percentage=reached(status, version),
        serves=serving(status),
        goes_to=destination(status),
        whole_before=status.baseline_version,
    )


def _held(shown: EnvironmentStatus) -> str:
    """Return the part that an environment shows for its version, as text."""
    return show_part(shown.serves.part) if shown.serves.part is not None else f"{shown.percentage} %"


def _pod_words(pods: StagingStatus) -> str:
    words = f"the pods are in {pods.phase.value}"
    if pods.restart_count:
        words += f", restarted {pods.restart_count} time{'' if pods.restart_count == 1 else 's'}"
    if pods.last_terminated_reason:
        words += f", last termination: {pods.last_terminated_reason}"
    return words
