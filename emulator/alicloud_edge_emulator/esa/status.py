"""AppStatus: what GetEdgeContainerAppStatus shows, with the dialect's choices each in one place."""

from dataclasses import dataclass

from alicloud_edge_emulator.dialect import Dialect, PartialRelease, ReleaseFields
from alicloud_edge_emulator.esa.release_models import Cause, PublishType, Release, current
from alicloud_edge_emulator.world import Delays


@dataclass(frozen=True, slots=True)
class EnvStatus:
    """The fields of AppStatus, before they are written for the wire. Moments may be unknown."""

    deploy_status: str = "undeploy"
    deployed_version: str = ""
    publishing_version: str = ""
    baseline_version: str = ""
    publish_status: str = ""
    publish_percentage: int = 0
    expect_percentage: int = 0
    publish_type: PublishType = PublishType.PERCENTAGE
    regions: tuple[str, ...] = ()
    full_release: bool = False
    deployed_at: float | None = None
    published_at: float | None = None
    rolled_back_at: float | None = None


def env_status(newest: Release | None, now: float, dialect: Dialect, delays: Delays) -> EnvStatus:
    """The status of an environment at a moment. While a release waits for its StartTime, the former one's."""
    release = current(newest, now)
    if release is None:
        return EnvStatus()
    reads = _Reading(release, now, dialect, delays)
    return EnvStatus(
        deploy_status="deployed" if release.served_before() or release.has_arrived(now) else "deploying",
        deployed_version=reads.deployed_version(),
        publishing_version=reads.publishing_version(),
        baseline_version=release.baseline(),
        publish_status=reads.publish_status(),
        publish_percentage=release.percentage(now),
        expect_percentage=release.scope.percentage,
        publish_type=release.scope.publish_type,
        regions=release.scope.regions,
        full_release=release.scope.full_release,
        deployed_at=_first_arrival(release, now),
        published_at=_last_start(release, Cause.PUBLISH),
        rolled_back_at=_last_start(release, Cause.ROLLBACK),
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """The fields that the contract leaves open."""

    release: Release
    now: float
    dialect: Dialect
    delays: Delays

    def deployed_version(self) -> str:
        """Dialect `release_fields`: may lag behind the arrival."""
        lags = self.dialect.release_fields is ReleaseFields.PUBLISHING_FIRST and not self._is_settled()
        return self.release.version if self._is_done() and not lags else self._served_before()

    def publishing_version(self) -> str:
        """Dialect `release_fields`: empties at the arrival, later, or never."""
        if not self._is_done():
            return self.release.version
        match self.dialect.release_fields:
            case ReleaseFields.DEPLOYED_FIRST:
                return "" if self._is_settled() else self.release.version
            case ReleaseFields.PUBLISHING_FIRST:
                return ""
            case ReleaseFields.BOTH_STAY:
                return self.release.version

    def publish_status(self) -> str:
        """The documented word for the cause and for how far it is."""
        match self.release.cause:
            case Cause.PUBLISH:
                return "published" if self._is_done() else "publishing"
            case Cause.ROLLBACK:
                return "rollbacked" if self._is_done() else "rollbacking"

    def _is_done(self) -> bool:
        """Dialect `partial_release`: whether a part that is reached counts as published."""
        counts = self.release.scope.is_full or self.dialect.partial_release is PartialRelease.PUBLISHED
        return counts and self.release.has_arrived(self.now)

    def _is_settled(self) -> bool:
        return self.now >= self.release.arrives + self.delays.release_fields_seconds

    def _served_before(self) -> str:
        wholly = self.dialect.partial_release is PartialRelease.PUBLISHING
        return self.release.served_before(wholly=wholly)


def _first_arrival(release: Release, now: float) -> float | None:
    arrival, step = None, release
    while True:
        if step.has_arrived(now):
            arrival = step.arrives
        if step.previous is None:
            return arrival
        step = step.previous


def _last_start(release: Release, cause: Cause) -> float | None:
    step: Release | None = release
    while step is not None:
        if step.cause is cause:
            return step.starts
        step = step.previous
    return None
