"""An emulator within the test's own process: no socket, a world in a millisecond, and every answer at hand."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import httpx

from alicloud_edge_emulator.clock import EmulatedClock
from alicloud_edge_emulator.cloud import Cloud as EmulatedCloud
from alicloud_edge_emulator.ledger import Ledger
from alicloud_edge_emulator.server import build
from alicloud_edge_emulator.world import World
from pulumi_alicloud_edge.cloud.session import Cloud
from pulumi_alicloud_edge.cloud.settings import CloudSettings
from support.emulator import KEY_ID, KEY_SECRET

SETTINGS = CloudSettings(endpoint="http://127.0.0.1:8787", access_key_id=KEY_ID, access_key_secret=KEY_SECRET)


class InProcess(httpx.AsyncBaseTransport):
    """Carries the provider's requests to an emulator of one world. Its clock moves by `advance` only.

    Attributes:
        calls: Action and parameters of every call so far.
        answers: The body of each answer.
    """

    def __init__(self, world: Mapping[str, Any]) -> None:
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.answers: list[bytes] = []
        self.begin(world)

    def begin(self, world: Mapping[str, Any]) -> None:
        """Make another world the emulator's."""
        clock, known = EmulatedClock(scale=0), World.model_validate(world)
        self._clock = clock
        emulated = EmulatedCloud.new(known, seed=0, clock=clock, ledger=Ledger(None))
        self._app = httpx.ASGITransport(build(emulated))

    def advance(self, seconds: float) -> None:
        """Move the emulated time forward."""
        self._clock.advance(seconds)

    def client(self, **options: Any) -> Cloud:
        """The provider's client, before this emulator."""
        return Cloud(SETTINGS, transport=self, **options)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand a request to the emulator, and keep both."""
        sent = dict(parse_qsl(request.url.query.decode()) + parse_qsl(request.content.decode()))
        self.calls.append((request.headers["x-acs-action"], sent))
        answer = await self._app.handle_async_request(request)
        self.answers.append(await answer.aread())
        return answer
