"""Lines go to the engine that is there; without one, or when it goes away, there is silence and no error."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from pulumi_alicloud_edge.host import Reporter


class Engine(engine_pb2_grpc.EngineServicer):
    """Keeps the lines it gets."""

    def __init__(self) -> None:
        self.lines: list[Any] = []
        self.arrived = threading.Semaphore(0)

    def Log(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        self.lines.append(request)
        self.arrived.release()
        return empty_pb2.Empty()


@pytest.fixture
def engine() -> Iterator[tuple[Engine, str]]:
    one, server = Engine(), grpc.server(futures.ThreadPoolExecutor(2))
    engine_pb2_grpc.add_EngineServicer_to_server(one, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield one, f"127.0.0.1:{port}"
    server.stop(0).wait()


def test_lines_that_stay_have_arrived_when_the_call_returns(engine: tuple[Engine, str]) -> None:
    one, address = engine
    reporter = Reporter(address)
    reporter.note("urn", "stays")
    reporter.warn("for the whole run")
    reporter.warn("for one", "urn")
    shown = [(line.urn, line.message, line.severity, line.ephemeral) for line in one.lines]
    assert shown == [
        ("urn", "stays", engine_pb2.INFO, False),
        ("", "for the whole run", engine_pb2.WARNING, False),
        ("urn", "for one", engine_pb2.WARNING, False),
    ]


def test_a_passing_line_is_marked_as_passing(engine: tuple[Engine, str]) -> None:
    one, address = engine
    reporter = Reporter(address)
    reporter.status("urn", "4/6 regions")
    assert one.arrived.acquire(timeout=10)
    shown = [(line.message, line.severity, line.ephemeral) for line in one.lines]
    assert shown == [("4/6 regions", engine_pb2.INFO, True)]


def test_without_an_engine_there_is_silence() -> None:
    reporter = Reporter("")
    reporter.status("urn", "x")
    reporter.note("urn", "x")
    reporter.warn("x")


def test_an_engine_that_is_gone_is_asked_once() -> None:
    reporter = Reporter("127.0.0.1:1")
    reporter.note("urn", "x")
    assert reporter._address == ""
    reporter.note("urn", "x")


def test_an_engine_that_cannot_be_reached_at_all_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grpc, "insecure_channel", lambda _: 1 / 0)
    reporter = Reporter("127.0.0.1:4711")
    reporter.status("urn", "x")
    assert reporter._address == ""
