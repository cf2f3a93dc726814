"""How much the emulator bears: 30,000 signed status requests over 64 connections that are kept open."""

from __future__ import annotations

import asyncio
import json
import time
from urllib.parse import quote, urlencode

import httpx
from support.emulator import APP_ID, KEY_ID, KEY_SECRET, Emulator

from bench.figure import Bars, Figure, Measured
from pulumi_alicloud_edge._cloud.credentials import Credentials
from pulumi_alicloud_edge._cloud.signature import Acs3Auth

REQUESTS, CONNECTIONS = 30_000, 64
QUERY = {"AppId": APP_ID, "DataNames": "assets", "PageNumber": "1", "PageSize": "100"}
HEADERS = {
    "x-acs-action": "DescribeDataDistResult",
    "x-acs-version": "2017-11-10",
    "accept": "application/json",
}


def measure(*, quick: bool) -> Measured:
    """Send them all; every answer must be a success."""
    requests = REQUESTS // 10 if quick else REQUESTS
    with Emulator.start() as emulator:
        began = time.monotonic()
        failed = asyncio.run(_send_all(emulator, requests))
        rate = requests / (time.monotonic() - began)
    figure = Figure(
        f"{requests:,} requests to the emulator over {CONNECTIONS} connections: failed",
        failed,
        "requests",
        0,
        f"{rate:,.0f} a second",
    )
    return Measured((figure,), Bars(("emulator",), {"requests a second": [rate]}, "requests a second"))


async def _send_all(emulator: Emulator, requests: int) -> int:
    each = -(-requests // CONNECTIONS)
    return sum(await asyncio.gather(*(_send(emulator.endpoint, each) for _ in range(CONNECTIONS))))


async def _send(endpoint: str, count: int) -> int:
    """Send so many over one connection, one after the other; return how many failed."""
    host, _, port = endpoint.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    failed = 0
    for _ in range(count):
        writer.write(_request(endpoint))
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        )
        answer = json.loads(await reader.readexactly(length))
        failed += not head.startswith(b"HTTP/1.1 200 ") or "DistResults" not in answer
    writer.close()
    await writer.wait_closed()
    return failed


def _request(endpoint: str) -> bytes:
    """A request as the vendor's SDK sends it: all parameters in the query, and the version 3 signature."""
    target = "/?" + urlencode(QUERY, quote_via=quote)
    request = httpx.Request("POST", f"http://{endpoint}{target}", headers=HEADERS)
    signed = next(Acs3Auth(Credentials(KEY_ID, KEY_SECRET)).auth_flow(request))
    headers = "".join(f"{name}: {value}\r\n" for name, value in signed.headers.items())
    return f"POST {target} HTTP/1.1\r\n{headers}\r\n".encode()
