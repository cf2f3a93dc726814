"""What the host is given that it lacks; and where it has changed, that all goes on without."""

from __future__ import annotations

import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from google.protobuf import empty_pb2
from tests.host.hosts import host

from pulumi_alicloud_edge._adapters.dynamic import cancellation, process
from pulumi_alicloud_edge._adapters.dynamic.cancellation import forward_cancel
from pulumi_alicloud_edge._adapters.dynamic.engine import engine_address
from pulumi_alicloud_edge._adapters.dynamic.executor import WIDTH, raise_worker_limit
from pulumi_alicloud_edge._adapters.dynamic.tracebacks import ProviderFailure, quieten_tracebacks


def in_worker(work: Any, workers: int = 4) -> tuple[Any, ThreadPoolExecutor]:
    executor = ThreadPoolExecutor(workers)
    try:
        return executor.submit(work).result(), executor
    finally:
        executor.shutdown()


def test_a_worker_widens_the_executor_it_belongs_to() -> None:
    reached, executor = in_worker(lambda: raise_worker_limit(threading.current_thread()))
    assert reached
    assert executor._max_workers == WIDTH


def test_widened_an_executor_runs_more_at_a_time() -> None:
    together = threading.Barrier(8)
    with ThreadPoolExecutor(4) as executor:
        assert executor.submit(lambda: raise_worker_limit(threading.current_thread())).result()
        waiting = [executor.submit(together.wait, 10) for _ in range(8)]
        assert sorted(one.result() for one in waiting) == list(range(8))


def test_a_wider_executor_is_not_narrowed() -> None:
    _, executor = in_worker(lambda: raise_worker_limit(threading.current_thread()), workers=1000)
    assert executor._max_workers == 1000


@pytest.mark.parametrize(
    "thread",
    [
        pytest.param(threading.main_thread(), id="no worker at all"),
        pytest.param(SimpleNamespace(), id="no arguments"),
        pytest.param(SimpleNamespace(_args=()), id="empty arguments"),
        pytest.param(SimpleNamespace(_args=("x",)), id="no reference"),
        pytest.param(SimpleNamespace(_args=(lambda: None,)), id="an executor that is gone"),
        pytest.param(SimpleNamespace(_args=(lambda: object(),)), id="another executor"),  # noqa: PLW0108
    ],
)
def test_a_thread_of_another_make_is_left_alone(thread: Any) -> None:
    assert raise_worker_limit(thread) is False


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is told of Ctrl-C."""
    calls: list[str] = []
    monkeypatch.setattr(cancellation, "_on_cancel", [lambda: calls.append("cancelled")])
    return calls


def test_a_cancel_of_the_host_is_heard_by_servicers_that_exist_already(heard: list[str]) -> None:
    main = host()
    servicer = main.DynamicResourceProviderServicer()
    assert forward_cancel(main)
    assert servicer.Cancel(None, None) == empty_pb2.Empty()
    assert heard == ["cancelled"]


def test_a_cancel_bound_before_is_heard_too(heard: list[str]) -> None:
    main = host()
    bound = main.DynamicResourceProviderServicer().Cancel
    forward_cancel(main)
    bound(None, None)
    assert heard == ["cancelled"]


def _closure() -> Any:
    kept = object()

    def cancel(self: Any, request: Any, context: Any) -> Any:  # noqa: ARG001
        return kept

    return cancel


@pytest.mark.parametrize(
    "cancel",
    [
        pytest.param(lambda self: None, id="other parameters"),  # noqa: ARG005
        pytest.param(_closure(), id="wrapped"),
        pytest.param("text", id="no function"),
        pytest.param(print, id="a builtin"),
    ],
)
def test_a_cancel_of_another_make_is_left_alone(cancel: Any) -> None:
    main = host()
    main.DynamicResourceProviderServicer.Cancel = cancel
    assert forward_cancel(main) is False
    assert main.DynamicResourceProviderServicer.Cancel is cancel


def test_a_host_without_a_servicer_is_left_alone() -> None:
    assert forward_cancel(ModuleType("__main__")) is False


def printed(main: ModuleType, error: Exception) -> str:
    """What the host prints of an error that a provider raises."""

    def provider() -> None:
        raise error

    try:
        provider()
    except Exception:  # noqa: BLE001
        return str(main.traceback.format_exc())
    return ""


def test_our_own_failures_are_their_text_alone() -> None:
    main = host(traceback=traceback)
    assert quieten_tracebacks(main)
    assert printed(main, ProviderFailure("2 instances failed")) == "2 instances failed"


def test_other_errors_keep_their_traceback() -> None:
    main = host(traceback=traceback)
    quieten_tracebacks(main)
    assert "Traceback" in printed(main, ValueError("odd"))
    assert main.traceback.format_tb is traceback.format_tb


def test_tracebacks_are_quietened_once() -> None:
    main = host(traceback=traceback)
    quieten_tracebacks(main)
    once = main.traceback
    assert quieten_tracebacks(main)
    assert main.traceback is once
    assert "format_exc" in vars(traceback), "the module itself is not touched"


def test_an_older_host_prints_no_tracebacks_and_needs_nothing() -> None:
    assert quieten_tracebacks(host())


def test_a_host_that_prints_by_other_means_is_left_alone() -> None:
    other = ModuleType("traceback")
    main = host(traceback=other)
    assert quieten_tracebacks(main) is False
    assert main.traceback is other


@pytest.mark.parametrize(
    ("argv", "address"),
    [
        (["main.py", "127.0.0.1:4711"], "127.0.0.1:4711"),
        (["main.py", "--flag", "[::1]:4711"], "[::1]:4711"),
        (["main.py"], ""),
        (["main.py", "here"], ""),
        (["main.py", ":4711"], ""),
        (["main.py", "127.0.0.1:port"], ""),
        ([], ""),
    ],
)
def test_the_engines_address_is_the_hosts_last_argument(argv: list[str], address: str) -> None:
    assert engine_address(argv, host()) == address


def test_no_other_program_has_an_engine() -> None:
    assert engine_address(["pytest", "127.0.0.1:4711"], ModuleType("__main__")) == ""
    assert engine_address(["pytest", "127.0.0.1:4711"]) == ""


class Engine:
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, text: str, urn: str = "") -> None:
        self.warnings.append(urn + text)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    told = Engine()
    monkeypatch.setattr(process, "_display", told)
    monkeypatch.setattr(process, "_adapted", False)
    monkeypatch.setattr(cancellation, "_on_cancel", [])
    return told


def test_a_host_is_given_all_that_it_lacks_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    main, calls = host(traceback=traceback), []
    monkeypatch.setitem(sys.modules, "__main__", main)
    in_worker(lambda: [process.adapt(lambda: calls.append("cancelled")) for _ in range(2)])
    assert engine.warnings == []
    main.DynamicResourceProviderServicer().Cancel(None, None)
    assert calls == ["cancelled"]


def test_what_a_changed_host_does_not_let_us_is_one_warning_each(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = host(traceback=ModuleType("traceback"))
    main.DynamicResourceProviderServicer.Cancel = None
    monkeypatch.setitem(sys.modules, "__main__", main)
    process.adapt(lambda: None)
    assert len(engine.warnings) == 3
    assert all(text.endswith("Everything else works.") for text in engine.warnings)


def test_outside_the_host_nothing_is_touched(engine: Engine) -> None:
    process.adapt(lambda: None)
    assert engine.warnings == []
    assert cancellation._on_cancel == []
