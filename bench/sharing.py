"""What waiting costs an account: calls of 20 resources of one application together, and each on its own."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import httpx

from bench.figure import Bars, Figure, Measured
from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.settings import CloudSettings
from pulumi_alicloud_edge._delivery.push import PushPort
from pulumi_alicloud_edge._delivery.reads import Reads
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.policy import InRegions, Stage
from pulumi_alicloud_edge._reconcile.poll_interval import PollInterval, Sample

RESOURCES = 20
ROUND_TRIP = 0.02
SPEED = 0.01
"""Seconds that a second of the rollout takes here."""
ROLLOUT = 60.0
_EMPTY = json.dumps({"RequestId": "R", "TotalCount": 0, "PushResults": {"PushResult": []}}).encode()


def measure(*, quick: bool) -> Measured:  # noqa: ARG001
    """Let 20 resources await a rollout of a minute, with shared reads and without."""
    shared, single = (asyncio.run(_calls(shared=shared)) for shared in (True, False))
    figure = Figure(
        f"status calls of {RESOURCES} resources of one application that wait together",
        shared / single,
        "× each on its own",
        0.1,
        f"{shared} calls, {single} without sharing",
    )
    return Measured((figure,), Bars(("together", "each on its own"), {"calls": [shared, single]}, "calls"))


async def _calls(*, shared: bool) -> int:
    calls: Counter[str] = Counter()

    async def answer(request: httpx.Request) -> httpx.Response:
        calls[request.headers["x-acs-action"]] += 1
        await asyncio.sleep(ROUND_TRIP)
        return httpx.Response(200, content=_EMPTY)

    settings = CloudSettings(endpoint="http://127.0.0.1:1", access_key_id="a", access_key_secret="b")
    cloud = Cloud(settings, transport=httpx.MockTransport(answer))
    reads = Reads(cloud)
    resources = (_wait(cloud, reads if shared else Reads(cloud), number) for number in range(RESOURCES))
    await asyncio.gather(*resources)
    await cloud.aclose()
    return calls.total()


async def _wait(cloud: Cloud, reads: Reads, number: int) -> None:
    """Look as a rollout does, whose progress is steady."""
    unit = Artifact(f"data-{number}", "1")
    stages = (Stage(InRegions(("cn-edge-1",))),)
    port = PushPort(ens=cloud.ens, reads=reads, app_id="app", files={}, units=(unit,), stages=stages)
    cadence, now = PollInterval(), 0.0
    while now < ROLLOUT:
        await port.observe()
        wait = cadence.wait(Sample(now, now / ROLLOUT))
        now += wait
        await asyncio.sleep(wait * SPEED)
