"""Properties that a host keeps to itself are taken from the engine's request, where that can be had."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from google.protobuf import struct_pb2
from pulumi.output import Unknown
from pulumi.runtime import rpc

from pulumi_alicloud_edge._adapters.dynamic.call import Call, with_hidden

HANDED_ON = {"app_id": "e-1", "__provider": "pickled"}
HIDDEN = {"__sources": {"assets@1": "https://bucket/a?b=c"}, "__hints": 2.0, "__list": [1.0, None, "x"]}


def requested(**properties: Any) -> Call:
    struct = struct_pb2.Struct()
    struct.update(properties)
    return Call("urn", request=SimpleNamespace(news=struct))


def test_what_the_host_left_out_is_put_back() -> None:
    call = requested(**HANDED_ON, **HIDDEN)
    assert with_hidden(call, "news", HANDED_ON) == HANDED_ON | HIDDEN


def test_what_the_host_handed_on_stays_as_it_is() -> None:
    call = requested(**HANDED_ON, **HIDDEN, shown="dropped by the host for a reason")
    whole = HANDED_ON | HIDDEN
    assert with_hidden(call, "news", whole) is whole


def test_what_is_not_known_yet_comes_back_as_such() -> None:
    restored = with_hidden(requested(**HANDED_ON, __sources=rpc.UNKNOWN), "news", HANDED_ON)
    assert isinstance(restored["__sources"], Unknown)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(Call(), id="no call found"),
        pytest.param(Call("urn", request=SimpleNamespace()), id="a request without properties"),
        pytest.param(Call("urn", request=SimpleNamespace(news={"__x": 1})), id="properties of another make"),
        pytest.param(
            Call("urn", request=SimpleNamespace(news=SimpleNamespace(fields={"__x": 1}))),
            id="fields of another make",
        ),
    ],
)
def test_where_the_request_has_changed_the_call_goes_on_without(call: Call) -> None:
    assert with_hidden(call, "news", HANDED_ON) == HANDED_ON
