"""A cloud that answers by operation, below the real client: what the ports send and read is what goes over the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx

from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.settings import CloudSettings

Answer = Mapping[str, Any] | httpx.Response | Callable[[dict[str, str]], Any]
SETTINGS = CloudSettings(endpoint="http://127.0.0.1:1", access_key_id="id", access_key_secret="secret")


@dataclass
class Answers(httpx.AsyncBaseTransport):
    """Answers each operation with what stands under its name; a list is answered in turn, its last for ever."""

    by_action: dict[str, Answer | list[Answer]]
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    now: float = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        action = request.headers["x-acs-action"]
        sent = dict(parse_qsl(request.url.query.decode())) | dict(parse_qsl(request.content.decode()))
        self.calls.append((action, sent))
        await asyncio.sleep(0)
        answer = self.by_action.get(action, refused(404, "InvalidAction.NotFound"))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if callable(answer):
            answer = answer(sent)
        if isinstance(answer, httpx.Response):
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        return httpx.Response(200, json={"RequestId": f"REQ-{len(self.calls)}", **answer})

    @property
    def cloud(self) -> Cloud:
        async def sleep(seconds: float) -> None:
            self.now += seconds

        return Cloud(SETTINGS, clock=lambda: self.now, sleep=sleep, transport=self)

    def sent(self, action: str) -> list[dict[str, str]]:
        """What was sent to an operation."""
        return [sent for name, sent in self.calls if name == action]


def refused(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"RequestId": "REQ-0", "Code": code, "Message": "No."})


Row = tuple[str, str, str, str, str]
"""Name, version, status, target, time of update."""


def push_page(*rows: Row, total: int | None = None, page: int = 1) -> dict[str, Any]:
    return _page(("PushResults", "PushResult", "StatusStatS", "RegionIds", "RegionId"), rows, total, page)


def dist_page(*rows: Row, total: int | None = None, page: int = 1) -> dict[str, Any]:
    return _page(("DistResults", "DistResult", "StatusStats", "Instances", "Instance"), rows, total, page)


def dist_results(*rows: Row, places: Mapping[str, str]) -> Answer:
    """Answers with these rows, or those in the regions asked for; ``places`` are the regions of the instances."""

    def answer(sent: dict[str, str]) -> Any:
        asked = json.loads(sent.get("EnsRegionIds", "[]"))
        return dist_page(*(row for row in rows if not asked or places.get(row[3]) in asked))

    return answer


def _page(
    names: tuple[str, str, str, str, str], rows: Iterable[Row], total: int | None, page: int
) -> dict[str, Any]:
    results, result, stats, wrapper, item = names
    rows = list(rows)
    id_key = "RegionId" if item == "RegionId" else "InstanceId"
    groups: dict[tuple[str, str], dict[str, list[dict[str, str]]]] = {}
    for name, version, status, target, updated in rows:
        entry = {id_key: target, "UpdateTime": updated, "StartTime": updated, "StatusDescrip": f"{status}."}
        groups.setdefault((name, version), {}).setdefault(status, []).append(entry)
    return {
        "PageNumber": page,
        "PageSize": 100,
        "TotalCount": len(rows) if total is None else total,
        results: {
            result: [
                {
                    "Name": name,
                    "Version": version,
                    stats: {
                        "StatusStat": [
                            {"Status": status, wrapper: {item: entries}}
                            for status, entries in by_status.items()
                        ]
                    },
                }
                for (name, version), by_status in groups.items()
            ]
        },
    }


def pushed(code: int, words: str = "", name: str = "assets", version: str = "1.5") -> dict[str, Any]:
    result = {"Name": name, "Version": version, "ResultCode": code, "ResultDescrip": words}
    return {"PushResults": {"PushResult": [result]}}


def distributed(*instances: str, total: int | None = None, code: int = 0) -> dict[str, Any]:
    result = {"Name": "assets", "Version": "1.5", "ResultCode": code, "ResultDescrip": "Success"}
    return {
        "DistInstanceIds": {"DistInstanceId": list(instances)},
        "DistInstanceTotalCount": len(instances) if total is None else total,
        "DistResults": {"DistResult": [result]},
    }


def application(**regions: str) -> dict[str, Any]:
    """The application with these instances, each in its region; dashes in the names are underscores here."""
    instances = [
        {"InstanceId": instance.replace("_", "-"), "RegionId": region} for instance, region in regions.items()
    ]
    detail = {
        "InstanceTotalCount": len(instances),
        "AppVersionStat": [{"DistrictStat": [{"InstanceStat": instances}]}],
    }
    return {"Application": json.dumps({"AppMetaData": {"AppId": "e-1"}, "DetailStat": detail})}
