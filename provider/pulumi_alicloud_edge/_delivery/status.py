"""Reads how an application's data and an app's release are now, and folds that into counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable
from typing import TYPE_CHECKING, TypeVar

from pulumi_alicloud_edge._delivery.records import FoldedCounts, FoldedRecords, count, fold
from pulumi_alicloud_edge._delivery.release_status import current_version, reached, record_of_share
from pulumi_alicloud_edge._errors import NotFoundError, PermissionDeniedError, RejectedError
from pulumi_alicloud_edge._model.observation import NO_RECORDS, Observation, RecordState, running_versions
from pulumi_alicloud_edge._model.release import WHOLE
from pulumi_alicloud_edge._model.status import (
    AppDataStatus,
    ContainerAppStatus,
    DataVersionStatus,
    TargetCounts,
)

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.client import Cloud
    from pulumi_alicloud_edge._cloud.esa_wire import AppStatus

STAGING = "staging"
_NOT_SHOWN = (PermissionDeniedError, NotFoundError, RejectedError)
"""The errors where the cloud does not have this part of a status, or not for this identity."""

T = TypeVar("T")


async def read_app_data(cloud: Cloud, app_id: str, names: tuple[str, ...] = ()) -> AppDataStatus:
    """Read the status of an application's data files; of all without names."""
    ens = cloud.ens
    pushed = await count(ens.describe_data_push_result(app_id, names=names))
    distributed = await fold(ens.describe_data_dist_result(app_id, names=names))
    application = await _if_shown(ens.describe_application(app_id))
    return AppDataStatus(
        app_id=app_id,
        instances=(len(application.instances) or application.instance_count) if application else None,
        data=_by_version(pushed, distributed),
    )


def _by_version(pushed: FoldedCounts, distributed: FoldedRecords) -> tuple[DataVersionStatus, ...]:
    artifacts = sorted({*pushed, *distributed}, key=lambda artifact: (artifact.name, artifact.version))
    observation = Observation(distributed)
    running = {
        name: Counter(running_versions(observation, name).values())
        for name in {artifact.name for artifact in artifacts}
    }
    return tuple(
        DataVersionStatus(
            name=artifact.name,
            version=artifact.version,
            push=_counts(pushed.get(artifact, Counter())),
            dist=_counts(Counter(record.state for record in distributed.get(artifact, NO_RECORDS).values())),
            running=running[artifact.name][artifact.version],
        )
        for artifact in artifacts
    )


def _counts(states: Counter[RecordState]) -> TargetCounts:
    return TargetCounts(
        succeeded=states[RecordState.SUCCEEDED],
        in_progress=states[RecordState.IN_PROGRESS],
        failed=states[RecordState.FAILED],
        deleted=states[RecordState.DELETED],
    )


async def read_container_app(cloud: Cloud, app_id: str, env: str) -> ContainerAppStatus:
    """Read the status of a release, and how its pods are where the cloud shows that."""
    esa = cloud.esa
    status = await esa.get_edge_container_app_status(app_id, env)
    regions = await _if_shown(esa.get_edge_container_app_resource_status(app_id)) or ()
    ours = [region for region in regions if bool(region.is_staging) == (env == STAGING)]
    pod = await _if_shown(esa.get_edge_container_staging_deploy_status(app_id)) if env == STAGING else None
    version = current_version(status)
    return ContainerAppStatus(
        app_id=app_id,
        env=env,
        published_version=version,
        publish_percentage=reached(status, version) if version else 0,
        expected_percentage=status.expect_percentage,
        publish_status=status.publish_status.value if status.publish_status_text else "",
        complete=bool(version) and _serves_all(status, version),
        deployed_version=status.deployed_version,
        baseline_version=status.baseline_version,
        publish_time=status.publish_time,
        pods_ready=sum(region.ready for region in ours) if ours else None,
        pods_total=sum(region.total for region in ours) if ours else None,
        pod_phase=pod.phase.value if pod and pod.phase_text else "",
        pod_restarts=pod.restart_count if pod else None,
    )


def _serves_all(status: AppStatus, version: str) -> bool:
    record = record_of_share(status, version, WHOLE)
    return record is not None and record.state is RecordState.SUCCEEDED


async def _if_shown(read: Awaitable[T]) -> T | None:
    try:
        return await read
    except _NOT_SHOWN:
        return None
