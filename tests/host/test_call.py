"""Which resource a call of the host is about is found in the frames of its thread."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from pulumi_alicloud_edge._adapters.dynamic.call import Call, current_call

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


def struct(**properties: Any) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(properties)
    return made


@pytest.mark.parametrize(
    "message", [provider_pb2.DiffRequest, provider_pb2.UpdateRequest, provider_pb2.DeleteRequest]
)
def test_the_inputs_before_are_known_hidden_ones_too(message: Any) -> None:
    given = {"app_id": "e-1", "data": [{"name": "a", "size": 7.0}], "__sources": {"a@1": "https://b/?c"}}
    request = message(urn=URN, old_inputs=struct(**given))
    assert served(request, object()).old_inputs() == given


def test_secret_inputs_before_are_plain() -> None:
    secret = {rpc._special_sig_key: rpc._special_secret_sig, "value": [{"md5": "0"}]}
    request = SimpleNamespace(urn=URN, old_inputs=struct(app_id="e-1", data=secret))
    assert served(request, object()).old_inputs() == {"app_id": "e-1", "data": [{"md5": "0"}]}


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(None, id="no request"),
        pytest.param(SimpleNamespace(), id="a request without them"),
        pytest.param(SimpleNamespace(old_inputs=None), id="none given"),
        pytest.param(SimpleNamespace(old_inputs=7), id="of another make"),
        pytest.param(SimpleNamespace(old_inputs="x"), id="no properties at all"),
        pytest.param(provider_pb2.DiffRequest(), id="an engine that gives none"),
        pytest.param(provider_pb2.CreateRequest(), id="a call that has none"),
    ],
)
def test_where_inputs_before_cannot_be_had_there_are_none(request_: Any) -> None:
    assert Call("urn", request=request_).old_inputs() == {}


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
