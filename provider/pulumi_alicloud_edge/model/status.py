"""What programs and scripts can ask of the cloud: how data and releases are now. Small, whatever the fleet's size."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TargetCounts:
    """How many targets (regions of a push, instances of a distribution) are in which state.

    Attributes:
        succeeded: The cloud's SUCCESS.
        in_progress: PUSHING, DISTING, POD_RESTARTING, and whatever it has that is not documented.
        failed: FAILED.
        deleted: DELETED: cleaned, or displaced by another version.
    """

    succeeded: int = 0
    in_progress: int = 0
    failed: int = 0
    deleted: int = 0

    @property
    def total(self) -> int:
        """All targets that the cloud has a record of."""
        return self.succeeded + self.in_progress + self.failed + self.deleted


@dataclass(frozen=True, kw_only=True)
class DataVersionStatus:
    """One version of one data file.

    Attributes:
        name: Name of the data file.
        version: The version.
        push: Regions, by state of the push (DescribeDataPushResult).
        dist: Instances, by state of the distribution (DescribeDataDistResult).
        running: Instances that run this version: those whose newest success among the versions of the name it is.
    """

    name: str
    version: str
    push: TargetCounts
    dist: TargetCounts
    running: int


@dataclass(frozen=True, kw_only=True)
class AppDataStatus:
    """The data files of an application, in all versions that the cloud knows.

    Attributes:
        app_id: The application.
        instances: How many instances it has (DescribeApplication); None where the cloud does not tell.
        data: Sorted by name and version.
    """

    app_id: str
    instances: int | None
    data: tuple[DataVersionStatus, ...]

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

    Texts are empty and numbers None where the cloud says nothing.

    Attributes:
        app_id: The app.
        env: ``staging`` or ``prod``.
        published_version: The version that the environment runs or is moving to; empty before the first release.
        publish_percentage: How much of the environment that version has reached.
        expected_percentage: How much it is to reach.
        publish_status: ``publishing``, ``published``, ``rollbacking``, ``rollbacked`` or ``unknown``; empty
            before the first release.
        complete: Whether the published version serves the whole environment and nothing is under way.
        deployed_version: The version that the cloud calls deployed.
        baseline_version: The version that the cloud calls the baseline.
        publish_time: When it was published, UTC.
        pods_ready: Replicas that are ready (GetEdgeContainerAppResourceStatus).
        pods_total: Replicas that are wanted.
        pod_phase: What the container in staging is at, such as ``Running`` or ``CrashLoopBackOff``
            (GetEdgeContainerStagingDeployStatus); empty for prod.
        pod_restarts: How often it has been restarted.
    """

    app_id: str
    env: str
    published_version: str
    publish_percentage: int
    expected_percentage: int | None
    publish_status: str
    complete: bool
    deployed_version: str
    baseline_version: str
    publish_time: str
    pods_ready: int | None = None
    pods_total: int | None = None
    pod_phase: str = ""
    pod_restarts: int | None = None
