"""Which resource a call of the host is about is found in the frames of its thread."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from pulumi_alicloud_edge.host import Call, current_call

URN = "urn:pulumi:staging::shop::pulumi-python:dynamic:Resource::assets"


def served(request: Any, context: Any) -> Call:
    """A handler of the host: it has these two names, and calls the provider somewhere below."""
    assert context is context  # noqa: PLR0124
    return below(request)


def below(_: Any) -> Call:
    return current_call()


def test_the_resource_its_request_and_context_are_found() -> None:
    request, context = SimpleNamespace(urn=URN, timeout=90.0), object()
    call = served(request, context)
    assert (call.urn, call.name, call.timeout) == (URN, "assets", 90.0)
    assert call.request is request
    assert call.context is context


@pytest.mark.parametrize("timeout", [0, 0.0, None])
def test_no_custom_timeout_is_none(timeout: Any) -> None:
    assert served(SimpleNamespace(urn=URN, timeout=timeout), object()).timeout is None


def test_a_request_without_timeouts_has_none() -> None:
    assert served(SimpleNamespace(urn=URN), object()).timeout is None


@pytest.mark.parametrize(
    ("request_", "context"),
    [
        pytest.param(SimpleNamespace(urn=URN), None, id="no context"),
        pytest.param(SimpleNamespace(), object(), id="a request about no resource"),
        pytest.param(SimpleNamespace(urn=7), object(), id="a urn that is no text"),
        pytest.param(None, object(), id="no request"),
    ],
)
def test_where_the_host_has_changed_the_call_is_empty(request_: Any, context: Any) -> None:
    assert served(request_, context) == Call()


def test_outside_the_host_the_call_is_empty() -> None:
    assert current_call() == Call()
    assert Call().name == ""


def test_the_innermost_call_counts() -> None:
    inner = SimpleNamespace(urn=f"{URN}-inner")

    def outer(request: Any, context: Any) -> Call:
        assert request is not inner
        return served(inner, context)

    assert outer(SimpleNamespace(urn=URN), object()).name == "assets-inner"


def test_calls_of_other_threads_are_not_seen() -> None:
    found: list[Call] = []

    def host_thread(request: Any, context: Any) -> None:
        assert (request, context) != (None, None)
        other = threading.Thread(target=lambda: found.append(current_call()))
        other.start()
        other.join()

    host_thread(SimpleNamespace(urn=URN), object())
    assert found == [Call()]


def test_a_loop_in_the_handlers_thread_still_sees_it() -> None:
    async def work() -> Call:
        return current_call()

    def handler(request: Any, context: Any) -> Call:
        assert (request, context) != (None, None)
        return asyncio.run(work())

    assert handler(SimpleNamespace(urn=URN), object()).name == "assets"
