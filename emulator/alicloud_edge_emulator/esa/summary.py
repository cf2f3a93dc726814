"""The container apps in short: what the page shows of ESA."""

from typing import Any

from alicloud_edge_emulator.dialect import Dialect
from alicloud_edge_emulator.esa.pods import Phase, Replicas, prod_replicas, staging_pod, staging_replicas
from alicloud_edge_emulator.esa.release_models import Env, Release, current
from alicloud_edge_emulator.esa.status import env_status
from alicloud_edge_emulator.esa.store import ContainerAppState
from alicloud_edge_emulator.world import Behaviour, Delays


def summarize(app: ContainerAppState, delays: Delays, now: float) -> dict[str, Any]:
    """A container app: for each environment the versions, how far a release is, and the pods."""
    return {
        "app_id": app.spec.app_id,
        "name": app.spec.name,
        "environments": {env.value: _environment(app, env, delays, now) for env in Env},
    }


def _environment(app: ContainerAppState, env: Env, delays: Delays, now: float) -> dict[str, Any]:
    newest = app.releases.get(env)
    status = env_status(newest, now, Dialect(), delays)
    release = current(newest, now)
    arrived = release is not None and release.has_arrived(now)
    return {
        "deployed": _version(app, status.deployed_version),
        "publishing": None if arrived else _version(app, status.publishing_version),
        "status": status.publish_status,
        "percentage": status.publish_percentage,
        "expected": status.expect_percentage,
        "regions": list(status.regions),
        "trouble": "" if release is None or arrived else _trouble(release),
        "pods": [
            {"region": part.region, "isp": part.isp, "ready": part.ready, "total": part.total}
            for part in _replicas(app, env, newest, now)
        ],
        "phase": _phase(env, newest, now),
    }


def _replicas(app: ContainerAppState, env: Env, newest: Release | None, now: float) -> list[Replicas]:
    match env:
        case Env.STAGING:
            return staging_replicas(app.spec, newest, now)
        case Env.PROD:
            return prod_replicas(app.spec, newest, now)


def _phase(env: Env, newest: Release | None, now: float) -> str:
    """The phase of the staging pod, the only one that the service shows, while it is not simply there."""
    pod = staging_pod(newest, now) if env is Env.STAGING else None
    return "" if pod is None or pod.phase in {Phase.NO_CONTAINER, Phase.RUNNING} else pod.phase.value


def _version(app: ContainerAppState, version_id: str) -> dict[str, str] | None:
    if not version_id:
        return None
    spec = app.versions.get(version_id)
    return {"id": version_id, "name": spec.name if spec else ""}


def _trouble(release: Release) -> str:
    """Why a release does not arrive."""
    if release.hangs:
        return "it was told never to finish"
    match release.behaviour:
        case Behaviour.HEALTHY:
            return ""
        case Behaviour.CRASH_LOOP:
            return "its pods crash again and again"
        case Behaviour.IMAGE_PULL_FAILURE:
            return "its image cannot be pulled"
