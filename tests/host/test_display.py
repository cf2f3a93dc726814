"""Lines go to the engine that is there, however slow; without one, or when it is gone for good, there is silence."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc
from tests.support.dynamic_host import eventually

from pulumi_alicloud_edge._adapters.dynamic.display import (
    GONE_REFUSALS,
    GONE_SECONDS,
    LATE_LINES,
    EngineDisplay,
)


class Engine(engine_pb2_grpc.EngineServicer):
    """Keeps the lines it gets. While it hangs, it takes lines and answers none."""

    def __init__(self) -> None:
        self.lines: list[Any] = []
        self.arrived = threading.Semaphore(0)
        self.answers = threading.Event()
        self.answers.set()

    def Log(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        self.lines.append(request)
        self.arrived.release()
        self.answers.wait()
        return empty_pb2.Empty()

    @property
    def texts(self) -> list[str]:
        return [line.message for line in self.lines]


def serve(one: Engine, address: str = "127.0.0.1:0") -> tuple[grpc.Server, str]:
    server = grpc.server(futures.ThreadPoolExecutor(64))
    engine_pb2_grpc.add_EngineServicer_to_server(one, server)
    port = server.add_insecure_port(address)
    server.start()
    return server, f"127.0.0.1:{port}"


@pytest.fixture
def engine() -> Iterator[tuple[Engine, str]]:
    one = Engine()
    server, address = serve(one)
    yield one, address
    one.answers.set()
    server.stop(0).wait()


def test_lines_that_stay_have_arrived_when_the_call_returns(engine: tuple[Engine, str]) -> None:
    one, address = engine
    display = EngineDisplay(address)
    display.note("urn", "stays")
    display.warn("for the whole run")
    display.warn("for one", "urn")
    shown = [(line.urn, line.message, line.severity, line.ephemeral) for line in one.lines]
    assert shown == [
        ("urn", "stays", engine_pb2.INFO, False),
        ("", "for the whole run", engine_pb2.WARNING, False),
        ("urn", "for one", engine_pb2.WARNING, False),
    ]


def test_a_passing_line_is_marked_as_passing(engine: tuple[Engine, str]) -> None:
    one, address = engine
    display = EngineDisplay(address)
    display.status("urn", "4/6 regions")
    assert one.arrived.acquire(timeout=10)
    shown = [(line.message, line.severity, line.ephemeral) for line in one.lines]
    assert shown == [("4/6 regions", engine_pb2.INFO, True)]


def test_without_an_engine_there_is_silence() -> None:
    display = EngineDisplay("")
    display.status("urn", "x")
    display.note("urn", "x")
    display.warn("x")


def test_a_line_that_the_engine_answers_late_silences_none_of_the_later_ones(
    engine: tuple[Engine, str],
) -> None:
    one, address = engine
    display = EngineDisplay(address, wait_seconds=0.05)
    one.answers.clear()
    display.note("urn", "late")
    one.answers.set()
    display.status("urn", "4/6 regions")
    display.warn("later")
    assert all(one.arrived.acquire(timeout=10) for _ in range(3))
    assert sorted(one.texts) == ["4/6 regions", "late", "later"]


def test_an_engine_that_hangs_holds_up_a_rollout_for_a_few_lines_only(engine: tuple[Engine, str]) -> None:
    one, address = engine
    display = EngineDisplay(address, wait_seconds=0.05)
    one.answers.clear()
    for number in range(20):
        display.note("urn", str(number))
    assert display._late == LATE_LINES, "after that, lines are sent and not waited for"
    assert all(one.arrived.acquire(timeout=10) for _ in range(20)), "and all are sent"

    one.answers.set()
    eventually(lambda: display._late == 0)
    display._patience = 60.0
    display.note("urn", "waited for again")
    assert one.texts[-1] == "waited for again"


def test_an_engine_that_is_refused_again_and_again_is_gone() -> None:
    now = [100.0]
    display = EngineDisplay("127.0.0.1:1", clock=lambda: now[0])
    for _ in range(2 * GONE_REFUSALS):
        display.note("urn", "x")
    assert display._address, "that may be a moment"
    now[0] += GONE_SECONDS
    display.note("urn", "x")
    assert not display._address
    display.note("urn", "x")


def test_one_refusal_long_after_another_does_not_end_it() -> None:
    now = [100.0]
    display = EngineDisplay("127.0.0.1:1", clock=lambda: now[0])
    for _ in range(GONE_REFUSALS - 1):
        display.note("urn", "x")
        now[0] += GONE_SECONDS
    assert display._address


def test_an_engine_that_comes_back_is_written_to_again() -> None:
    server, address = serve(Engine())
    display = EngineDisplay(address)
    display.note("urn", "before")
    server.stop(0).wait()
    for _ in range(GONE_REFUSALS):
        display.note("urn", "lost")
    one = Engine()
    server, _ = serve(one, address)

    def arrives() -> bool:
        display.note("urn", "after")
        return bool(one.lines)

    eventually(arrives)
    assert display._refused == 0
    server.stop(0).wait()


def test_a_text_that_cannot_be_sent_costs_that_line_alone(engine: tuple[Engine, str]) -> None:
    one, address = engine
    display = EngineDisplay(address)
    display.note("urn", "half a sign \ud800")
    display.note("urn", "after")
    assert one.texts == ["after"]


def test_an_engine_that_cannot_be_reached_at_all_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grpc, "insecure_channel", lambda _: 1 / 0)
    display = EngineDisplay("127.0.0.1:4711")
    display.status("urn", "x")
    assert display._address == ""
