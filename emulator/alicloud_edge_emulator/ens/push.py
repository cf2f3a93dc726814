"""PushApplicationData and DescribeDataPushResult."""

import asyncio
from enum import IntEnum

from alicloud_edge_emulator.call import Answer, Call
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.dialect import Hung, Repush
from alicloud_edge_emulator.ens import responses
from alicloud_edge_emulator.ens.app_state import AppState
from alicloud_edge_emulator.ens.applications import find_app
from alicloud_edge_emulator.ens.commands import SetPush, SettleSource, StartPush
from alicloud_edge_emulator.ens.files import PushFile, push_files
from alicloud_edge_emulator.ens.paging import cut_page, read_filter, read_page
from alicloud_edge_emulator.ens.records import State, Unit
from alicloud_edge_emulator.ens.strategy import select_regions
from alicloud_edge_emulator.ens.views import see_pushes
from alicloud_edge_emulator.sources import Source

SOURCE_GRACE_SECONDS = 1.0
"""So long an answer waits for small sources, which makes their outcome certain from the first read on."""


class PushCode(IntEnum):
    """PushResult.ResultCode."""

    ACCEPTED = 0
    PUSHED = 100
    PUSHING = 200
    FAILED = 300


async def push_application_data(cloud: Cloud, call: Call) -> Answer:
    """Start to push files to regions; what is there or under way is not started again."""
    app = find_app(cloud, call)
    files = push_files(call)
    regions = select_regions(call.text("PushStrategy"), app.regions, cloud.ens.regions)
    results: list[tuple[Unit, int, str]] = []
    inspections = []
    for file in files:
        code, starting = _take(cloud, app, file.unit, regions, call.now)
        if starting:
            inspections += _start(cloud, app, file, starting, call)
        results.append((file.unit, code, _DESCRIPTIONS[code]))
    if inspections:
        await asyncio.wait(inspections, timeout=SOURCE_GRACE_SECONDS)
    return {"PushResults": {"PushResult": responses.start_results(results, cloud.dialect.text)}}


def describe_data_push_result(cloud: Cloud, call: Call) -> Answer:
    """The regions of each pushed file by status."""
    app = find_app(cloud, call)
    wanted = call.words("RegionIds")
    entries = read_filter(call).apply(
        see_pushes(app, cloud.lens(call)), lambda region: wanted is None or region in wanted
    )
    page = cut_page(entries, read_page(call), cloud.dialect.paging)
    return responses.push_status(page, cloud.dialect.text)


_DESCRIPTIONS = {
    PushCode.ACCEPTED: "Success",
    PushCode.PUSHED: "Success",
    PushCode.PUSHING: "The data is being pushed",
    PushCode.FAILED: "The last push failed, push again",
}


def _take(
    cloud: Cloud, app: AppState, unit: Unit, regions: tuple[str, ...], now: float
) -> tuple[PushCode, tuple[str, ...]]:
    """The answer for one file, and the regions where it begins."""
    records = app.pushes.get(unit, {})
    states = {region: records[region].state(now) if region in records else None for region in regions}
    failed = tuple(region for region, state in states.items() if state is State.FAILED)
    if failed and cloud.dialect.repush is Repush.ANSWERS_300:
        cloud.commit(_forget(app, unit, failed))
        return PushCode.FAILED, ()
    restarts = cloud.dialect.hung is Hung.RESTARTS
    starting = tuple(
        region
        for region, state in states.items()
        if state in {None, State.FAILED} or (restarts and records[region].hangs)
    )
    if starting:
        return PushCode.ACCEPTED, starting
    under_way = any(state is not State.SUCCEEDED for state in states.values())
    return (PushCode.PUSHING if under_way else PushCode.PUSHED), ()


def _forget(app: AppState, unit: Unit, regions: tuple[str, ...]) -> SetPush:
    return SetPush(app_id=app.spec.app_id, name=unit.name, version=unit.version, targets=regions, state=None)


def _start(
    cloud: Cloud, app: AppState, file: PushFile, regions: tuple[str, ...], call: Call
) -> list[asyncio.Task[None]]:
    source = Source(file.url or "", file.md5, file.size)
    awaits_source = cloud.world.fetch_sources and source.is_http
    failures = {region: call.target_faults.failure(region) for region in regions}
    cloud.commit(
        StartPush(
            app_id=app.spec.app_id,
            name=file.name,
            version=file.version,
            targets=regions,
            failing={region: reason for region, reason in failures.items() if reason is not None},
            hanging=tuple(region for region in regions if call.target_faults.hangs(region)),
            awaits_source=awaits_source,
        )
    )
    return [cloud.background(_settle(cloud, app, file, source))] if awaits_source else []


async def _settle(cloud: Cloud, app: AppState, file: PushFile, source: Source) -> None:
    problem = await cloud.inspector.inspect(source)
    if cloud.ens.apps.get(app.spec.app_id) is app:  # else the world was reset meanwhile
        cloud.commit(
            SettleSource(app_id=app.spec.app_id, name=file.name, version=file.version, problem=problem)
        )
