"""What programs and scripts can read from the cloud: the status of data and releases, at any size of the fleet.

A docstring after a field describes it, also in `docs/reference.md`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TargetCounts:
    """How many targets (regions of a push, instances of a distribution) are in which state."""

    succeeded: int = 0
    """The cloud's SUCCESS."""
    in_progress: int = 0
    """PUSHING, DISTING, POD_RESTARTING, and any status that is not documented."""
    failed: int = 0
    """FAILED."""
    deleted: int = 0
    """DELETED: cleaned, or displaced by another version."""

    @property
    def total(self) -> int:
        """All targets that the cloud has a record of."""
        return self.succeeded + self.in_progress + self.failed + self.deleted


@dataclass(frozen=True, kw_only=True)
class DataVersionStatus:
    """One version of one data file."""

    name: str
    """Name of the data file."""
    version: str
    """The version."""
    push: TargetCounts
    """Regions, by state of the push (DescribeDataPushResult)."""
    dist: TargetCounts
    """Instances, by state of the distribution (DescribeDataDistResult)."""
    running: int
    """Instances that run this version: it is their newest success among the versions of the name."""


@dataclass(frozen=True, kw_only=True)
class AppDataStatus:
    """The data files of an application, in all versions that the cloud knows."""

    app_id: str
    """The application."""
    instances: int | None
    """How many instances it has (DescribeApplication); None where the cloud does not show it."""
    data: tuple[DataVersionStatus, ...]
    """Sorted by name and version."""

    def running(self, name: str) -> dict[str, int]:
        """Return which versions of a name run, each with its number of instances."""
        return {item.version: item.running for item in self.data if item.name == name and item.running}

    def of(self, name: str, version: str) -> DataVersionStatus:
        """Return the status of one version; all zero where the cloud does not know it."""
        for item in self.data:
            if (item.name, item.version) == (name, version):
                return item
        none = TargetCounts()
        return DataVersionStatus(name=name, version=version, push=none, dist=none, running=0)


@dataclass(frozen=True, kw_only=True)
class ContainerAppStatus:
    """How an edge container app is released in one environment (GetEdgeContainerAppStatus).

    Texts are empty and numbers None where the cloud returns nothing.
    """

    app_id: str
    """The app."""
    env: str
    """``staging`` or ``prod``."""
    published_version: str
    """The version that the environment runs or is moving to; empty before the first release."""
    publish_percentage: int
    """How much of the environment that version has reached."""
    expected_percentage: int | None
    """How much it is to reach."""
    publish_status: str
    """``publishing``, ``published``, ``rollbacking``, ``rollbacked`` or ``unknown``; empty before the first release."""
    complete: bool
    """Whether the published version serves the whole environment and nothing is under way."""
    deployed_version: str
    """The version that the cloud calls deployed."""
    baseline_version: str
    """The version that the cloud calls the baseline."""
    publish_time: str
    """When it was published, UTC."""
    pods_ready: int | None = None
    """Replicas that are ready (GetEdgeContainerAppResourceStatus)."""
    pods_total: int | None = None
    """Desired replicas."""
    pod_phase: str = ""
    """The state of the container in staging, such as ``Running`` or ``CrashLoopBackOff``; empty for prod.

    From GetEdgeContainerStagingDeployStatus.
    """
    pod_restarts: int | None = None
    """How often it has been restarted."""
