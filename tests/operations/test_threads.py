"""What belongs to the thread of the loop is read there: a host calls from threads of its own."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from tests.operations.operated import DIST, inputs_of

from pulumi_alicloud_edge._operations import preview
from pulumi_alicloud_edge._operations.context import OperationContext
from pulumi_alicloud_edge._operations.operation import Operation
from pulumi_alicloud_edge._resources.dist import DistHandler
from pulumi_alicloud_edge._runtime import Runtime


class Silent:
    """A cloud, and the way to it, that never answers; notes in which threads it is used."""

    def __init__(self) -> None:
        self.threads: set[threading.Thread] = set()

    async def observe(self, **_: Any) -> None:
        self.threads.add(threading.current_thread())
        await asyncio.sleep(3600)

    def transient_error(self, _subject: str) -> None:
        self.threads.add(threading.current_thread())


class OfSilence(DistHandler):
    """Distributions before a cloud that never answers."""

    def port(self, runtime: Runtime, *_: Any) -> Any:
        return runtime.cloud


def test_why_the_cloud_does_not_answer_is_read_where_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "LOOK_SECONDS", 0.05)
    runtime, cloud, handler = Runtime({}.get), Silent(), OfSilence()
    runtime.__dict__["cloud"] = cloud
    inputs = handler.read(inputs_of(DIST, "1"))
    assert inputs is not None
    look = preview.Preview(Operation(handler, runtime, OperationContext("urn"))).look(inputs, {})
    assert look.unknown == "no response within 0 s"
    assert {thread.name for thread in cloud.threads} == {"alicloud-edge"}
    assert runtime.unreached is not None
