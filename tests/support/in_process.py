"""An emulator within the test's own process: no socket, a world in a millisecond, and every answer at hand."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

import httpx
from tests.support.dynamic_host import eventually
from tests.support.emulator import KEY_ID, KEY_SECRET

from alicloud_edge_emulator.clock import EmulatedClock
from alicloud_edge_emulator.cloud import Cloud as EmulatedCloud
from alicloud_edge_emulator.ledger import Ledger
from alicloud_edge_emulator.server import build
from alicloud_edge_emulator.world import World
from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.settings import CloudSettings
from pulumi_alicloud_edge._runtime import Runtime

SETTINGS = CloudSettings(endpoint="http://127.0.0.1:8787", access_key_id=KEY_ID, access_key_secret=KEY_SECRET)


@contextmanager
def runtime_before(cloud: "InProcess") -> Iterator[Runtime]:
    """A runtime of the provider whose every call goes to an emulator."""
    runtime = Runtime({"alicloud-edge:endpoint": SETTINGS.endpoint}.get)
    runtime.__dict__["cloud"] = cloud.client()
    yield runtime
    runtime.run(runtime.cloud.aclose())
    loop = runtime._running_loop()
    loop.call_soon_threadsafe(loop.stop)
    eventually(lambda: not loop.is_running())
    loop.close()
    cloud.close()


class InProcess(httpx.AsyncBaseTransport):
    """Carries the provider's requests to an emulator of one world. Its clock moves by `advance` only.

    Args:
        world: What a world file would hold.

    Attributes:
        calls: Action and parameters of every call so far.
        answers: The body of each answer.
    """

    def __init__(self, world: Mapping[str, Any]) -> None:
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.answers: list[bytes] = []
        self._ledger = Ledger(None)
        self.begin(world)

    def begin(self, world: Mapping[str, Any]) -> None:
        """Make another world the emulator's."""
        known = World.model_validate(world)
        self.close()
        self._clock, self._ledger = EmulatedClock(scale=0), Ledger(None)
        emulated = EmulatedCloud.new(known, seed=0, clock=self._clock, ledger=self._ledger)
        self._app = httpx.ASGITransport(build(emulated))

    def close(self) -> None:
        """End the emulator."""
        self._ledger._db.close()

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
