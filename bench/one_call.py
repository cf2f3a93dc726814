"""What one status call costs in CPU: the provider's client, and bare httpx with the same request."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx

from bench.figure import Bars, Figure, Measured
from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.settings import CloudSettings

ROUNDS, CALLS = 9, 300


def measure(*, quick: bool) -> Measured:
    """Take turns; both talk to the same local server, whose cost is in both figures."""
    calls = CALLS // 3 if quick else CALLS
    ours, bare = asyncio.run(_measure(calls))
    figure = Figure(
        "CPU of one status call",
        ours / bare,
        "× bare httpx",
        1.3,
        f"{ours * 1e6:.0f} µs, {bare * 1e6:.0f} µs",
    )
    return Measured((figure,), Bars(("provider", "httpx"), {"one call": [ours * 1e6, bare * 1e6]}, "µs"))


async def _measure(calls: int) -> tuple[float, float]:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    settings = CloudSettings(endpoint=f"{host}:{port}", access_key_id="a", access_key_secret="b")
    cloud = Cloud(settings)
    async with httpx.AsyncClient(trust_env=False) as client:
        ours, bare = [], []
        for _ in range(ROUNDS):
            began = time.process_time()
            for _ in range(calls):
                async for _ in cloud.ens.describe_data_dist_result("app", names=("assets",)):
                    pass
            ours.append((time.process_time() - began) / calls)
            request = _same(f"http://{host}:{port}")
            began = time.process_time()
            for _ in range(calls):
                response = await client.request(**request)
                response.json()
            bare.append((time.process_time() - began) / calls)
    await cloud.aclose()
    await asyncio.sleep(0.05)
    server.close()
    await server.wait_closed()
    return min(ours), min(bare)


def _same(url: str) -> dict[str, Any]:
    """The request that the provider sends, signature and all, made once."""
    headers = {
        "x-acs-action": "DescribeDataDistResult",
        "x-acs-version": "2017-11-10",
        "x-acs-date": "2026-11-28T16:00:00Z",
        "x-acs-signature-nonce": "0" * 32,
        "x-acs-content-sha256": "0" * 64,
        "authorization": "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=" + "0" * 64,
        "accept": "application/json",
    }
    query = {"AppId": "app", "DataNames": "assets", "PageNumber": "1", "PageSize": "100"}
    return {"method": "POST", "url": url + "/", "params": query, "headers": headers}


BODY = b'{"RequestId": "R", "TotalCount": 1, "DistResults": {"DistResult": []}}'
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer whatever comes; costs both contenders the same."""
    try:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(ANSWER)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
