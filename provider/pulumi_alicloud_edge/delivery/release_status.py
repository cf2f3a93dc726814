"""Reads a release's progress out of GetEdgeContainerAppStatus.

The vendor documents the fields, but not which of them changes first. The version that a status is about is the
one being published, as long as the cloud names one, else the deployed one; after a rollback, the deployed one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from pulumi_alicloud_edge.cloud.esa_wire import PublishStatus
from pulumi_alicloud_edge.model.observation import Record, RecordState

if TYPE_CHECKING:
    from pulumi_alicloud_edge.cloud.esa_wire import AppStatus

WHOLE = 100
_UNDER_WAY = (PublishStatus.PUBLISHING, PublishStatus.ROLLBACKING)
_ROLLED_BACK = (PublishStatus.ROLLBACKING, PublishStatus.ROLLBACKED)


def current_version(status: AppStatus) -> str:
    """Give the version that the environment runs or is moving to, empty where there is none."""
    if status.publish_status in _ROLLED_BACK:
        return status.deployed_version
    return status.publishing_version or status.deployed_version


def is_ours(status: AppStatus, version: str) -> bool:
    """Tell whether the status is about this version."""
    return current_version(status) == version


def reached(status: AppStatus, version: str) -> int:
    """Give the percentage of the environment that this version has reached."""
    if not is_ours(status, version):
        return 0
    if status.publish_status is PublishStatus.ROLLBACKED:
        return WHOLE
    if status.publish_status is PublishStatus.PUBLISHED and not status.publish_percentage:
        return WHOLE
    return status.publish_percentage or 0


def part_reached(status: AppStatus, version: str) -> float | None:
    """Give how much of what is being published this version has reached, 0 to 1; None where nothing tells."""
    if status.publish_percentage is None or not is_ours(status, version):
        return None
    return min(reached(status, version) / (status.expect_percentage or WHOLE), 1.0)


def record_of_share(
    status: AppStatus,
    version: str,
    percentage: int,
    asked: int | None = None,
    earlier: Collection[int] = (),
) -> Record | None:
    """Judge a percentage of the environment; None where nothing of it is under way.

    A share below the whole counts as reached even while the status still says publishing; the whole does not.

    Args:
        status: What is shown.
        version: The version to judge.
        percentage: The share of it that is wanted.
        asked: The share that was asked for last, where the cloud does not tell; None where nobody knows. Then
            one that stands at the share of an earlier stage is taken to have been asked for that much.
        earlier: The shares of the stages before.
    """
    if not is_ours(status, version):
        return None
    if _is_undocumented(status):
        return _undocumented(status)
    under_way = status.publish_status in _UNDER_WAY
    have = reached(status, version)
    if have >= percentage and not (under_way and percentage == WHOLE):
        return Record(RecordState.SUCCEEDED, updated=status.publish_time)
    aim = status.expect_percentage or asked or (have if have in earlier else WHOLE)
    if under_way and aim >= percentage:
        return Record(
            RecordState.IN_PROGRESS, updated=status.publish_time, detail=f"{have}% of {percentage}%"
        )
    return None


def record_of_region(status: AppStatus, version: str, region: str) -> Record | None:
    """Judge one region of a release by regions; None where nothing of it is under way."""
    if not is_ours(status, version):
        return None
    whole = status.publish_type != "region" and reached(status, version) >= WHOLE
    if region not in status.regions and not whole:
        return None
    if _is_undocumented(status):
        return _undocumented(status)
    done = status.publish_status in (PublishStatus.PUBLISHED, PublishStatus.ROLLBACKED)
    return Record(RecordState.SUCCEEDED if done else RecordState.IN_PROGRESS, updated=status.publish_time)


def _is_undocumented(status: AppStatus) -> bool:
    told = status.publish_status_text or status.publish_percentage
    return status.publish_status is PublishStatus.UNKNOWN and bool(told)


def _undocumented(status: AppStatus) -> Record:
    """Take a status that the vendor does not document, or none at all, for unfinished, never for success."""
    return Record(
        RecordState.IN_PROGRESS,
        updated=status.publish_time,
        detail=f"unknown status {status.publish_status_text or '(none)'}",
    )
