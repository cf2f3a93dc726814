"""Replicas and pods: what GetEdgeContainerAppResourceStatus and …StagingDeployStatus show of a release."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from alicloud_edge_emulator.esa.release_models import PublishType, Release, current
from alicloud_edge_emulator.world import Behaviour, ContainerApp, DeployRegion

PENDING_SHARE, CREATING_SHARE = 0.1, 0.5
"""The parts of a staging release after which its pod leaves Pending, and ContainerCreating."""
CRASH_EVERY_SECONDS = 10.0


class Phase(StrEnum):
    """The documented phases of the staging pod that the emulator passes through."""

    NO_CONTAINER = "NoContainer"
    PENDING = "Pending"
    CONTAINER_CREATING = "ContainerCreating"
    RUNNING = "Running"
    IMAGE_PULL_BACK_OFF = "ImagePullBackOff"
    CRASH_LOOP_BACK_OFF = "CrashLoopBackOff"


@dataclass(frozen=True, slots=True)
class StagingPod:
    """The staging pod at a moment."""

    phase: Phase
    created: float | None = None
    restarts: int = 0
    last_terminated: str = ""


@dataclass(frozen=True, slots=True)
class Replicas:
    """Replicas of an app in one region."""

    region: str
    isp: str
    staging: bool
    ready: int
    total: int


def staging_pod(newest: Release | None, now: float) -> StagingPod:
    """The pod of the staging environment."""
    release = current(newest, now)
    if release is None:
        return StagingPod(Phase.NO_CONTAINER)
    seconds = release.due - release.starts
    age = now - release.starts
    if not release.has_arrived(now) and age < seconds * PENDING_SHARE:
        return StagingPod(Phase.PENDING)
    if not release.has_arrived(now) and (release.hangs or age < seconds * CREATING_SHARE):
        return StagingPod(Phase.CONTAINER_CREATING, release.starts)
    match release.behaviour:
        case Behaviour.HEALTHY:
            return StagingPod(Phase.RUNNING, release.starts)
        case Behaviour.CRASH_LOOP:
            crashing = age - seconds * CREATING_SHARE
            restarts = 1 + int(crashing / CRASH_EVERY_SECONDS)
            return StagingPod(Phase.CRASH_LOOP_BACK_OFF, release.starts, restarts, "Error")
        case Behaviour.IMAGE_PULL_FAILURE:
            return StagingPod(Phase.IMAGE_PULL_BACK_OFF, release.starts)


def prod_replicas(app: ContainerApp, newest: Release | None, now: float) -> list[Replicas]:
    """Ready and total replicas of production by region; none before the first release."""
    release = current(newest, now)
    if release is None:
        return []
    return [_in_region(region, release, now) for region in app.regions]


def staging_replicas(app: ContainerApp, newest: Release | None, now: float) -> list[Replicas]:
    """The staging environment: one replica in the app's first region."""
    if current(newest, now) is None or not app.regions:
        return []
    ready = int(staging_pod(newest, now).phase is Phase.RUNNING)
    return [Replicas(app.regions[0].region, app.regions[0].isp, staging=True, ready=ready, total=1)]


def _in_region(region: DeployRegion, release: Release, now: float) -> Replicas:
    """A rolling replacement takes one replica away at a time; pods that do not come up take all of theirs."""
    replaced = ceil(region.replicas * _share(region, release))
    behind = 0 if release.has_arrived(now) else replaced - int(replaced * _progress(release, now))
    if not release.served_before():
        total, ready = replaced, replaced - behind
    elif release.behaviour is Behaviour.HEALTHY:
        total, ready = region.replicas, region.replicas - min(behind, 1)
    else:
        total, ready = region.replicas, region.replicas - behind
    return Replicas(region.region, region.isp, staging=False, ready=ready, total=total)


def _share(region: DeployRegion, release: Release) -> float:
    """The part of a region's replicas that a release replaces."""
    match release.scope.publish_type:
        case PublishType.PERCENTAGE:
            return release.scope.percentage / 100
        case PublishType.REGION:
            here = region.published_to
            return (
                1.0
                if release.scope.full_release
                else sum(p in release.scope.regions for p in here) / len(here)
            )


def _progress(release: Release, now: float) -> float:
    return min(1.0, release.percentage(now) / release.scope.percentage)
