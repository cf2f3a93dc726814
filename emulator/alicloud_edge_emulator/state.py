"""The state of everything at this moment, as plain JSON for the page and for tests."""

from collections import Counter, defaultdict
from typing import Any

from alicloud_edge_emulator.clock import wire_time
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.dialect import Dialect, Text
from alicloud_edge_emulator.ens.app_state import AppState
from alicloud_edge_emulator.ens.records import State
from alicloud_edge_emulator.ens.responses import DIST_WORDS, PUSH_WORDS
from alicloud_edge_emulator.esa.release_models import Env
from alicloud_edge_emulator.esa.responses import app_status
from alicloud_edge_emulator.esa.status import env_status
from alicloud_edge_emulator.esa.store import ContainerAppState

MAX_LISTED_INSTANCES = 2_000
"""Larger applications are told by counts alone."""


def snapshot(cloud: Cloud) -> dict[str, Any]:
    """What is true now, whatever the dialect lets readers see of it."""
    now = cloud.clock.now()
    return {
        "time": wire_time(now),
        "time_scale": cloud.clock.scale,
        "seed": cloud.seed,
        "dialect": cloud.dialect.model_dump(mode="json"),
        "applications": [_application(app, now) for app in cloud.ens.apps.values()],
        "container_apps": [_container_app(app, cloud, now) for app in cloud.esa.apps.values()],
    }


def _container_app(app: ContainerAppState, cloud: Cloud, now: float) -> dict[str, Any]:
    environments = {
        env.value: app_status(
            env, env_status(app.releases.get(env), now, Dialect(), cloud.world.delays), Text.CLEAN
        )
        for env in Env
    }
    return {"app_id": app.spec.app_id, "name": app.spec.name, "environments": environments}


def _application(app: AppState, now: float) -> dict[str, Any]:
    return {
        "app_id": app.spec.app_id,
        "name": app.spec.name,
        "cluster": app.spec.cluster,
        "regions": dict(Counter(app.instances.values())),
        "stopped": sorted(app.stopped),
        "removed": dict(app.removed),
        "pushed": [
            {
                "name": unit.name,
                "version": unit.version,
                "regions": {region: PUSH_WORDS[attempt.state(now)] for region, attempt in records.items()},
            }
            for unit, records in app.pushes.items()
            if records
        ],
        "distributed": [
            _distributed(app, unit.name, unit.version, records, now)
            for unit, records in app.dists.items()
            if records
        ],
        "running": _running(app, now),
    }


def _distributed(app: AppState, name: str, version: str, records: Any, now: float) -> dict[str, Any]:
    states = {instance: DIST_WORDS[attempt.state(now)] for instance, attempt in records.items()}
    regions: dict[str, Counter[str]] = defaultdict(Counter)
    for instance, state in states.items():
        if instance in app.instances:
            regions[app.instances[instance]][state] += 1
    listed = {"instances": states} if len(states) <= MAX_LISTED_INSTANCES else {}
    return {"name": name, "version": version, "regions": regions, **listed}


def _running(app: AppState, now: float) -> dict[str, dict[str, dict[str, int]]]:
    """For each data file and region, the number of instances, stopped ones too, by the version that they run."""
    newest: dict[tuple[str, str], tuple[float, float, str]] = {}
    for unit, records in app.dists.items():
        for instance, attempt in records.items():
            if instance in app.instances and attempt.state(now) is State.SUCCEEDED:
                key = (unit.name, instance)
                arrival = (attempt.finished, attempt.started, unit.version)
                newest[key] = max(newest.get(key, arrival), arrival)
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for (name, instance), (_, _, version) in newest.items():
        by_version = counts.setdefault(name, {}).setdefault(app.instances[instance], {})
        by_version[version] = by_version.get(version, 0) + 1
    return counts
