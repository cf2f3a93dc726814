"""Reads a release's progress out of GetEdgeContainerAppStatus.

The vendor documents the fields, but not which of them changes first. The version that a status is about is the
one being published, as long as the cloud names one, else the deployed one; after a rollback, the deployed one.

While the cloud rolls back, nothing documents which version either field names, nor which one the percentage counts. So
what is served is not known until that is over, and whatever is asked for waits for it.

What a stage needs of the environment, given that the status is about our version:

- A stage before the last has converged where the environment stands at its part or beyond it. A release under way
  is joined if it goes to the stage's part or further, but not beyond what is declared.
- The last stage has converged where the environment stands at exactly its part. A release under way is joined if it
  goes to exactly that part. Whatever is more than that, or on its way to more, is to be published over: `beyond`.
- Anything else is to be published.

The whole environment has converged once the status says so; a share of it as soon as it is reached, since the cloud
may show ``publishing`` indefinitely.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi_alicloud_edge._cloud.esa_wire import PublishStatus
from pulumi_alicloud_edge._model.observation import Record, RecordState
from pulumi_alicloud_edge._model.policy import InRegions, Share
from pulumi_alicloud_edge._model.release import WHOLE, Part, Serving

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.esa_wire import AppStatus

_UNDER_WAY = (PublishStatus.PUBLISHING, PublishStatus.ROLLBACKING)
_ROLLED_BACK = (PublishStatus.ROLLBACKING, PublishStatus.ROLLBACKED)
_STANDING = (PublishStatus.PUBLISHED, PublishStatus.ROLLBACKED)


@dataclass(frozen=True)
class Context:
    """What a run knows beside the status.

    Attributes:
        most: The part that is declared, that of the last stage.
        is_last: Whether the part to judge is that of the last stage.
        asked: The share that this run has asked for last; None where it has not asked for any.
        stops: The shares at which a release may rest: those of the stages so far.
        has_moved: Whether this run has seen the release to these very regions short of its end.
    """

    most: Part | None = None
    is_last: bool = True
    asked: int | None = None
    stops: Collection[int] = ()
    has_moved: bool = False


def current_version(status: AppStatus) -> str:
    """Return the version that the environment runs or is moving to, empty where there is none."""
    if status.publish_status in _ROLLED_BACK:
        return status.deployed_version
    return status.publishing_version or status.deployed_version


def is_ours(status: AppStatus, version: str) -> bool:
    """Return whether the status is about this version."""
    return current_version(status) == version


def is_rolling_back(status: AppStatus) -> bool:
    """Return whether a rollback is on its way, whoever has asked for it."""
    return status.publish_status is PublishStatus.ROLLBACKING


def is_under_way(status: AppStatus) -> bool:
    """Return whether the cloud says that something is on its way."""
    return status.publish_status in _UNDER_WAY


def reached(status: AppStatus, version: str) -> int:
    """Return the percentage of the environment that this version has reached, as the cloud counts it."""
    if not is_ours(status, version) or is_rolling_back(status):
        return 0
    if status.publish_status is PublishStatus.ROLLBACKED:
        return WHOLE
    if status.publish_status is PublishStatus.PUBLISHED and not status.publish_percentage:
        return status.expect_percentage or WHOLE
    return status.publish_percentage or 0


def serving(status: AppStatus) -> Serving:
    """Return what the environment serves, and no more than that: what a rollback would have to restore."""
    version = current_version(status)
    if not version:
        return Serving()
    if is_rolling_back(status):
        return Serving(version)
    if not is_under_way(status) or reached(status, version):
        part = _part(status, version)
        return Serving(version, part, "" if part == Share(WHOLE) else status.baseline_version)
    # Nothing of it has arrived: the environment serves what was there before.
    others = (status.deployed_version, status.publishing_version, status.baseline_version)
    return Serving(next((other for other in others if other not in ("", version)), ""))


def destination(status: AppStatus) -> Part | None:
    """Return the part that the environment's version is to reach; None where that is unknown."""
    if is_rolling_back(status):
        return None
    if is_by_region(status):
        return InRegions(status.regions, bool(status.full_release))
    if status.expect_percentage and is_under_way(status):
        return Share(status.expect_percentage)
    return _part(status, current_version(status))


def is_by_region(status: AppStatus) -> bool:
    """Return whether the environment's version was released to regions and not to a share."""
    return status.publish_type == "region" or (not status.publish_type and bool(status.regions))


def part_reached(status: AppStatus, version: str, origin: int = 0) -> float | None:
    """Return how much of what is being published this version has reached, 0 to 1; None where that is unknown.

    Args:
        status: What is shown.
        version: The version.
        origin: The share from which it went, where that is more than it goes to.
    """
    if status.publish_percentage is None or not is_ours(status, version):
        return None
    have, aim = reached(status, version), status.expect_percentage or WHOLE
    if origin > aim:
        return min(max((origin - have) / (origin - aim), 0.0), 1.0)
    return min(have / aim, 1.0)


def record_of_share(
    status: AppStatus, version: str, percentage: int, context: Context | None = None
) -> Record | None:
    """Judge a percentage of the environment; None where it is to be published.

    Args:
        status: What is shown.
        version: The version to judge.
        percentage: The desired share.
        context: What is known beside the status; None to judge this share alone.
    """
    context = context or Context()
    if is_rolling_back(status):
        return _rolling_back(status)
    if not is_ours(status, version):
        return None
    return _record_of_ours(status, version, percentage, context)


def _record_of_ours(status: AppStatus, version: str, percentage: int, context: Context) -> Record | None:
    """Judge a percentage of an environment that is about the version to judge."""
    if _is_undocumented(status):
        return _undocumented(status)
    most = context.most.percentage if isinstance(context.most, Share) else percentage
    if is_by_region(status):
        if not status.full_release:
            return beyond(status) if context.is_last else None
        have, aim = (0 if is_under_way(status) else WHOLE), WHOLE
    else:
        have = reached(status, version)
        aim = _aim(status, have, percentage, context)
    going_on = is_under_way(status) and (have != aim or percentage == WHOLE)
    if not context.is_last:
        falls = is_under_way(status) and aim < min(have, percentage)
        if have >= percentage and not falls:
            return _record(RecordState.SUCCEEDED, status)
        return _on_its_way(status, have, percentage) if going_on and percentage <= aim <= most else None
    if going_on:
        if aim == percentage:
            return _on_its_way(status, have, percentage)
        return beyond(status) if aim > percentage else None
    if have == percentage or _says_no_share(status):
        return _record(RecordState.SUCCEEDED, status)
    return beyond(status) if have > percentage else None


def record_of_region(
    status: AppStatus, version: str, region: str, part: InRegions, context: Context | None = None
) -> Record | None:
    """Judge one region of a release by regions; None where it is to be published.

    Args:
        status: What is shown.
        version: The version to judge.
        region: The region.
        part: The stage's regions, this one among them.
        context: What is known beside the status; None to judge this stage alone.
    """
    context = context or Context()
    if is_rolling_back(status):
        return _rolling_back(status)
    if not is_ours(status, version):
        return None
    if not is_by_region(status):
        return _region_of_a_share(status, version, part, context)
    if region not in status.regions and not status.full_release:
        return None
    if _is_undocumented(status):
        return _undocumented(status)
    most = context.most if isinstance(context.most, InRegions) else part
    goes_beyond = _is_beyond(status, most)
    done = status.publish_status in _STANDING or (context.has_moved and is_at_its_end(status))
    if goes_beyond and (context.is_last or not done):
        return beyond(status) if context.is_last else None
    if context.is_last and most.full and status.full_release is False:
        return None
    return _record(RecordState.SUCCEEDED if done else RecordState.IN_PROGRESS, status)


def beyond(status: AppStatus) -> Record:
    """Return the record of an environment that serves our version, and more or another part than is declared.

    Nothing is on its way to what is declared, so it counts as deleted and is published again.
    """
    return _record(RecordState.DELETED, status)


def _region_of_a_share(status: AppStatus, version: str, part: InRegions, context: Context) -> Record | None:
    """Judge a region where the version was released to a share of the whole environment."""
    if _is_undocumented(status):
        return _undocumented(status) if reached(status, version) >= WHOLE else None
    is_whole = reached(status, version) >= WHOLE and not is_under_way(status)
    if is_whole and (part.full or not context.is_last):
        return _record(RecordState.SUCCEEDED, status)
    if part.full and is_under_way(status) and (status.expect_percentage or WHOLE) >= WHOLE:
        return _record(RecordState.IN_PROGRESS, status)
    return beyond(status) if context.is_last else None


def _part(status: AppStatus, version: str) -> Part | None:
    """Return the part that a version stands at; None where the cloud does not say."""
    if is_by_region(status):
        if status.full_release and not status.regions:
            return Share(WHOLE)
        return InRegions(status.regions, bool(status.full_release)) if status.regions else None
    if _says_no_share(status):
        return None
    share = reached(status, version)
    return Share(share) if share else None


def _aim(status: AppStatus, have: int, percentage: int, context: Context) -> int:
    """Return the share to which a release goes.

    Where neither the cloud nor this run knows, a release at the share of a stage rests there.
    """
    rests = have in (*context.stops, percentage)
    return status.expect_percentage or context.asked or (have if rests else WHOLE)


def is_at_its_end(status: AppStatus) -> bool:
    """Return whether a release to some regions counts as much as it expects.

    A further region of a version in place shows the same from the start: it proves an arrival only to a run that has
    seen it move.
    """
    expected = status.expect_percentage or 0
    return not status.full_release and 0 < expected <= (status.publish_percentage or 0)


def _is_beyond(status: AppStatus, most: InRegions) -> bool:
    """Return whether a release reaches regions that are not declared."""
    whole = bool(status.full_release) and not most.full
    return whole or not set(status.regions).issubset(most.regions)


def _says_no_share(status: AppStatus) -> bool:
    return status.publish_status is PublishStatus.PUBLISHED and not (
        status.publish_percentage or status.expect_percentage
    )


def _rolling_back(status: AppStatus) -> Record:
    return _record(RecordState.IN_PROGRESS, status)._replace(detail="the cloud is rolling back")


def _on_its_way(status: AppStatus, have: int, percentage: int) -> Record:
    return _record(RecordState.IN_PROGRESS, status)._replace(detail=f"{have} %, on its way to {percentage} %")


def _record(state: RecordState, status: AppStatus) -> Record:
    return Record(state, updated=status.publish_time)


def _is_undocumented(status: AppStatus) -> bool:
    has_content = status.publish_status_text or status.publish_percentage
    return status.publish_status is PublishStatus.UNKNOWN and bool(has_content)


def _undocumented(status: AppStatus) -> Record:
    """Treat a status that the vendor does not document, or none at all, as unfinished, never as success."""
    return Record(
        RecordState.IN_PROGRESS,
        updated=status.publish_time,
        detail=f"unknown status {status.publish_status_text or '(none)'}",
    )
