"""The applications by numbers, and the instances of one region: what the page shows of ENS."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from alicloud_edge_emulator.clock import wire_time
from alicloud_edge_emulator.ens.app_state import AppState
from alicloud_edge_emulator.ens.records import Attempt, State
from alicloud_edge_emulator.ens.responses import DIST_WORDS, PUSH_WORDS
from alicloud_edge_emulator.ens.tally import Place, Standing, Tally, standing, versions_by_instance
from alicloud_edge_emulator.journal import without_secrets

MAX_LISTED_INSTANCES = 500
"""A larger region lists those that failed or move before the others."""
MAX_LISTED_FAILURES = 8
"""Different failures of a data file; the counts are complete whatever is listed."""
_URGENCY = {State.FAILED: 0, State.WORKING: 1, State.RESTARTING: 1, State.DELETED: 2, State.SUCCEEDED: 3}


def summarize(app: AppState, tally: Tally, region_names: dict[str, str], now: float) -> dict[str, Any]:
    """An application: its regions, and for each data file who is where with which version."""
    sizes = Counter(app.instances.values())
    stopped = Counter(app.instances[instance] for instance in app.stopped)
    elsewhere = {region for records in app.pushes.values() for region in records} - set(app.regions)
    regions = [*app.regions, *sorted(elsewhere)]
    counts = tally.look(now)
    names = dict.fromkeys(unit.name for units in (app.pushes, app.dists) for unit in units)
    return {
        "app_id": app.spec.app_id,
        "name": app.spec.name,
        "cluster": app.spec.cluster,
        "regions": [
            {
                "id": region,
                "name": region_names.get(region, ""),
                "instances": sizes[region],
                "stopped": stopped[region],
            }
            for region in regions
        ],
        "files": [_file(app, name, regions, counts, now) for name in names],
    }


def list_instances(app: AppState, region: str, now: float) -> dict[str, Any]:
    """One region in detail: every version on its file server, and its instances one by one."""
    members = {instance for instance, where in app.instances.items() if where == region}
    names = dict.fromkeys(unit.name for units in (app.pushes, app.dists) for unit in units)
    return {
        "app_id": app.spec.app_id,
        "region": region,
        "instances": len(members),
        "stopped": sorted(members & app.stopped),
        "pushed": [
            {"name": unit.name, **_pushed(unit.version, records[region], now)}
            for unit, records in app.pushes.items()
            if region in records
        ],
        "files": [{"name": name, **_members(app, name, members, now)} for name in names],
    }


def _file(
    app: AppState, name: str, regions: list[str], counts: Mapping[Place, Counter[Standing]], now: float
) -> dict[str, Any]:
    here = {region: counts.get(Place(name, region), Counter()) for region in regions}
    pushes = {region: newest for region in regions if (newest := _newest_push(app, name, region))}
    versions = dict.fromkeys(
        unit.version for units in (app.pushes, app.dists) for unit in units if unit.name == name
    )
    return {
        "name": name,
        "versions": list(versions),
        "regions": {
            region: {
                "pushed": _pushed(*pushes[region], now) if region in pushes else None,
                "instances": _cells(here[region]),
            }
            for region in regions
            if region in pushes or here[region]
        },
        "failures": _failures(here, pushes, now),
    }


def _cells(standings: Counter[Standing]) -> list[dict[str, Any]]:
    """The counts without the reasons, in an order that does not jump."""
    cells: Counter[tuple[str, State, str]] = Counter()
    for what, count in standings.items():
        cells[what.version, what.state, what.runs] += count
    return [
        {"version": version, "state": DIST_WORDS[state], "runs": runs, "count": count}
        for (version, state, runs), count in sorted(cells.items())
    ]


def _failures(
    here: dict[str, Counter[Standing]], pushes: dict[str, tuple[str, Attempt]], now: float
) -> list[dict[str, Any]]:
    """What failed and why, each reason once with the regions where it did, the most frequent first."""
    found: dict[tuple[str, str, str], Counter[str]] = {}
    for kind, version, reason, region, count in _each_failure(here, pushes, now):
        found.setdefault((kind, version, reason), Counter())[region] += count
    ordered = sorted(found.items(), key=lambda item: (-item[1].total(), item[0]))
    return [
        {
            "kind": kind,
            "version": version,
            "reason": reason,
            "count": regions.total(),
            "regions": dict(regions.most_common(MAX_LISTED_FAILURES)),
        }
        for (kind, version, reason), regions in ordered[:MAX_LISTED_FAILURES]
    ]


def _each_failure(
    here: dict[str, Counter[Standing]], pushes: dict[str, tuple[str, Attempt]], now: float
) -> Iterator[tuple[str, str, str, str, int]]:
    for region, (version, attempt) in pushes.items():
        if attempt.state(now) is State.FAILED:
            yield "push", version, without_secrets(attempt.description(now)), region, 1
    for region, standings in here.items():
        for what, count in standings.items():
            if what.state is State.FAILED:
                yield "dist", what.version, without_secrets(what.reason), region, count


def _newest_push(app: AppState, name: str, region: str) -> tuple[str, Attempt] | None:
    found = [
        (unit.version, records[region])
        for unit, records in app.pushes.items()
        if unit.name == name and region in records
    ]
    return max(found, key=lambda item: item[1].touched, default=None)


def _pushed(version: str, attempt: Attempt, now: float) -> dict[str, Any]:
    state = attempt.state(now)
    reason = without_secrets(attempt.description(now)) if state is State.FAILED else ""
    return {"version": version, "state": PUSH_WORDS[state], "reason": reason}


def _members(app: AppState, name: str, members: Iterable[str], now: float) -> dict[str, Any]:
    records = versions_by_instance(app, name)
    found = sorted(
        ((standing(records[instance], now), instance) for instance in members if instance in records),
        key=lambda item: (_URGENCY[item[0].state], item[1]),
    )
    listed = found[:MAX_LISTED_INSTANCES]
    return {
        "total": len(found),
        "instances": [
            {
                "id": instance,
                "version": what.version,
                "state": DIST_WORDS[what.state],
                "runs": what.runs,
                "reason": without_secrets(what.reason),
                "stopped": instance in app.stopped,
                "since": wire_time(max(attempt.changed(now) for _, attempt in records[instance])),
            }
            for what, instance in sorted(listed, key=lambda item: item[1])
        ],
    }
