"""The control interface under `/_emulator`: what tests and people ask of the emulator itself."""

import math
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from alicloud_edge_emulator.clock import wire_time
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.drift import drift
from alicloud_edge_emulator.faults import Faults
from alicloud_edge_emulator.inventory import change_inventory
from alicloud_edge_emulator.journal import Journal
from alicloud_edge_emulator.json_text import read_json
from alicloud_edge_emulator.problems import NotKept, Refused
from alicloud_edge_emulator.state import snapshot
from alicloud_edge_emulator.summary import Summary
from alicloud_edge_emulator.world import parse_world

Change = Callable[[bytes], Any]


class Control:
    """The operations on one cloud."""

    def __init__(self, cloud: Cloud, journal: Journal, faults: Faults) -> None:
        self._cloud = cloud
        self._journal = journal
        self._faults = faults
        self._summary = Summary(cloud, journal, faults)

    def routes(self) -> list[Route]:
        """All routes of the control interface."""
        return [
            _reading("/health", self.health),
            _reading("/state", self.state),
            _reading("/summary", self.summary),
            _asking("/instances", self.instances),
            _reading("/calls", self.calls),
            _changing("/calls", "DELETE", self.clear_calls),
            _changing("/reset", "POST", self.reset),
            _changing("/world", "PUT", self.put_world),
            _changing("/dialect", "PUT", self.put_dialect),
            _changing("/clock", "POST", self.move_clock),
            _reading("/faults", self.faults),
            _changing("/faults", "PUT", self.put_faults),
            _changing("/drift", "POST", self.drift),
            _changing("/inventory", "POST", self.inventory),
        ]

    def health(self) -> Any:
        """That it serves, and under which clock."""
        return {"status": "ok", **self._time(), "seed": self._cloud.seed}

    def state(self) -> Any:
        """Everything, as it is now."""
        return snapshot(self._cloud)

    def summary(self) -> Any:
        """Everything by numbers, whose size does not depend on how many instances there are."""
        return self._summary.document()

    def instances(self, question: Mapping[str, str]) -> Any:
        """The instances of one application in one region."""
        return self._summary.instances(question.get("app_id", ""), question.get("region", ""))

    def calls(self) -> Any:
        """The recorded calls, oldest first."""
        return {"calls": self._journal.entries()}

    def clear_calls(self, _body: bytes) -> Any:
        """Forget the recorded calls."""
        self._journal.clear()
        return {}

    def reset(self, _body: bytes) -> Any:
        """Begin the world again: its dialect, no faults, no calls."""
        self._cloud.begin(self._cloud.world)
        self._faults.put([])
        self._journal.clear()
        return self._time()

    def put_world(self, body: bytes) -> Any:
        """Begin another world."""
        self._cloud.begin(parse_world(body))
        return {"applications": len(self._cloud.ens.apps)}

    def put_dialect(self, body: bytes) -> Any:
        """Settle some open points otherwise; the rest stays as it is."""
        self._cloud.settle(self._cloud.dialect.changed(_json(body)))
        return self._cloud.dialect.model_dump(mode="json")

    def move_clock(self, body: bytes) -> Any:
        """Move the emulated time forward by `advance` seconds."""
        request = _json(body)
        seconds = request.get("advance") if isinstance(request, dict) else None
        if not isinstance(seconds, int | float) or not math.isfinite(seconds) or seconds < 0:
            raise Refused('clock: expected {"advance": seconds}, at least 0')
        self._cloud.advance(seconds)
        return self._time()

    def faults(self) -> Any:
        """The fault rules in force, each with the number of calls that met it."""
        return {"faults": self._faults.rules()}

    def put_faults(self, body: bytes) -> Any:
        """Replace the fault rules."""
        return {"faults": self._faults.put(_json(body))}

    def drift(self, body: bytes) -> Any:
        """Change something from outside."""
        drift(self._cloud, _json(body))
        return self._time()

    def inventory(self, body: bytes) -> Any:
        """Add, remove, stop and start instances of an application."""
        added = change_inventory(self._cloud, _json(body))
        return {"added": added, **self._time()}

    def _time(self) -> dict[str, Any]:
        clock = self._cloud.clock
        return {"time": wire_time(clock.now()), "time_scale": clock.scale}


def _json(body: bytes) -> Any:
    try:
        return read_json(body)
    except ValueError as error:
        raise Refused(f"body: no JSON: {error}") from error


def _reading(path: str, answer: Callable[[], Any]) -> Route:
    async def endpoint(_request: Request) -> Response:
        return JSONResponse(answer())

    return Route(path, endpoint, methods=["GET"])


def _asking(path: str, answer: Callable[[Mapping[str, str]], Any]) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(answer(request.query_params))
        except Refused as refusal:
            return JSONResponse({"error": str(refusal)}, 400)

    return Route(path, endpoint, methods=["GET"])


def _changing(path: str, method: str, change: Change) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(change(await request.body()))
        except NotKept as problem:
            return JSONResponse({"error": str(problem)}, HTTPStatus.INSUFFICIENT_STORAGE)
        except Refused as refusal:
            return JSONResponse({"error": str(refusal)}, 400)

    return Route(path, endpoint, methods=[method])
