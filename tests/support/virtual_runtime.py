"""The provider's runtime on a loop with a time of its own, and properties as the engine hands them on."""

import asyncio
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar

import httpx
from tests.support.emulator import KEY_ID, KEY_SECRET
from tests.support.virtual_clock import VirtualLoop

from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._runtime import Runtime

ENDPOINT = "http://127.0.0.1:8787"
KEYS = {"endpoint": ENDPOINT, "accessKeyId": KEY_ID, "accessKeySecret": KEY_SECRET}
LATENCY = 0.02
"""Seconds that a call takes."""
T = TypeVar("T")


class VirtualRuntime(Runtime):
    """A runtime that is driven by whoever calls.

    Args:
        loop: What it runs on.
        transport: What carries its calls.
        config: Stack configuration beside the endpoint and the key, without the namespace.
    """

    def __init__(
        self, loop: VirtualLoop, transport: httpx.AsyncBaseTransport, config: Mapping[str, str] | None = None
    ) -> None:
        settings = {f"alicloud-edge:{key}": value for key, value in {**KEYS, **(config or {})}.items()}
        super().__init__(settings.get)
        self._virtual = loop
        self._loop = loop
        self.__dict__["cloud"] = Cloud(
            self.settings.cloud, clock=self.clock, sleep=self.sleep, transport=transport
        )

    def clock(self) -> float:
        """Return the virtual time."""
        return self._virtual.time()

    async def sleep(self, seconds: float) -> None:
        """Wait in virtual time."""
        await asyncio.sleep(seconds)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Drive work to its end here and now."""
        return self._virtual.run_until_complete(self._virtual.create_task(work))

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Drive work to its end, and return the result as a future."""
        future: Future[T] = Future()
        try:
            future.set_result(self.run(work))
        except Exception as error:  # noqa: BLE001 - handed on
            future.set_exception(error)
        return future


def wire_form(value: Any) -> Any:
    """Return properties as they come through the engine: numbers are floats, nothing is shared, no value is empty."""
    match value:
        case bool() | None | str() | float():
            return value
        case int():
            return float(value)
        case Mapping():
            return {key: wire_form(each) for key, each in value.items() if each is not None}
        case list() | tuple():
            return [wire_form(each) for each in value]
        case _:
            raise AssertionError(f"{value!r} does not go through the engine")
