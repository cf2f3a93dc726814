"""A cloud that answers by script, and a time that tests move."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx

from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.settings import CloudSettings

KEY = "LTAItestkeytestkey"
SECRET = "SecretSecretSecret"
URL = "http://127.0.0.1:8787"
SETTINGS = CloudSettings(endpoint=URL, access_key_id=KEY, access_key_secret=SECRET)


def sample(name: str) -> dict[str, Any]:
    """The vendor's sample answer of an operation."""
    document: dict[str, Any] = json.loads((Path(__file__).parent / "samples" / f"{name}.json").read_text())
    return document


def refusal(status: int, code: str, message: str = "No.", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"RequestId": "REQ-1", "HostId": "ens.aliyuncs.com", "Code": code, "Message": message}
    return httpx.Response(status, json=body, headers=named)


@dataclass
class Time:
    """Seconds that pass only when somebody sleeps."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


Step = httpx.Response | Exception | dict[str, Any]


class Script(httpx.AsyncBaseTransport):
    """Answers requests in turn; the last answer goes on for ever."""

    def __init__(self, *steps: Step) -> None:
        self._steps = list(steps) or [{"RequestId": "REQ-0"}]
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        # Requests of several attempts may be one object: keep what was sent, not what is changed later.
        self.requests.append(
            httpx.Request(
                request.method, request.url, headers=request.headers.copy(), content=request.content
            )
        )
        step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        match step:
            case Exception():
                raise step
            case dict():
                return httpx.Response(200, json=step)
            case _:
                return httpx.Response(step.status_code, headers=step.headers, content=step.content)

    @property
    def actions(self) -> list[str]:
        return [request.headers["x-acs-action"] for request in self.requests]

    @property
    def queries(self) -> list[dict[str, str]]:
        return [dict(parse_qsl(request.url.query.decode())) for request in self.requests]

    @property
    def forms(self) -> list[dict[str, str]]:
        return [dict(parse_qsl(request.content.decode())) for request in self.requests]


def scripted(
    *steps: Step, settings: CloudSettings = SETTINGS, time: Time | None = None
) -> tuple[Cloud, Script, Time]:
    script, passing = Script(*steps), time or Time()
    cloud = Cloud(settings, clock=passing.clock, sleep=passing.sleep, transport=script)
    return cloud, script, passing
