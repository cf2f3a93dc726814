"""A failed create or update keeps its state where the host lets us, and fails plainly where it does not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from pulumi_alicloud_edge._adapters.dynamic import process
from pulumi_alicloud_edge._adapters.dynamic.call import Call
from pulumi_alicloud_edge._adapters.dynamic.failed_state import keep_state


class Context:
    """A gRPC context that keeps its trailing metadata."""

    def __init__(self) -> None:
        self.trailing: dict[str, bytes] = {}

    def set_trailing_metadata(self, metadata: Any) -> None:
        self.trailing = dict(metadata)


class Engine:
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, text: str, urn: str = "") -> None:
        self.warnings.append(urn + text)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    told = Engine()
    monkeypatch.setattr(process, "_display", told)
    return told


def given(**properties: Any) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(properties)
    return struct


def kept(context: Context) -> tuple[status_pb2.Status, provider_pb2.ErrorResourceInitFailed]:
    status = status_pb2.Status.FromString(context.trailing["grpc-status-details-bin"])
    failed = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(failed)
    return status, failed


@pytest.mark.parametrize("attribute", ["properties", "news"], ids=["create", "update"])
def test_the_state_goes_with_the_failure(engine: Engine, attribute: str) -> None:
    context = Context()
    request = SimpleNamespace(**{attribute: given(__provider="pickled", app_id="e-1")})
    call = Call("urn", request=request, context=context)
    outputs = {"status": "failed", "owned": {"assets": ["1.5"]}, "nothing": None}
    assert keep_state(call, "e-1/assets", outputs, "2 instances failed")
    status, failed = kept(context)
    assert (status.code, status.message) == (2, "2 instances failed")
    assert (failed.id, list(failed.reasons)) == ("e-1/assets", ["2 instances failed"])
    state = rpc.deserialize_properties(failed.properties)
    assert state["owned"] == {"assets": ["1.5"]}
    assert state["__provider"] == "pickled"
    assert engine.warnings == []


class Refusing(Context):
    def set_trailing_metadata(self, metadata: Any) -> None:
        raise RuntimeError(metadata)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(Call(), id="no call found"),
        pytest.param(
            Call("urn", request=SimpleNamespace(), context=Context()), id="a request of another shape"
        ),
        pytest.param(
            Call("urn", request=SimpleNamespace(properties=given(x="y")), context=Context()),
            id="no provider in it",
        ),
        pytest.param(
            Call("urn", request=SimpleNamespace(properties=given(__provider="p")), context=Refusing()),
            id="a context that refuses",
        ),
        pytest.param(
            Call("urn", request=SimpleNamespace(properties=given(__provider="p")), context=object()),
            id="a context of another shape",
        ),
    ],
)
def test_where_the_host_has_changed_the_failure_comes_through_with_a_warning(
    engine: Engine, call: Call
) -> None:
    assert keep_state(call, "id", {"status": "failed"}, "message") is False
    (warning,) = engine.warnings
    assert "could not be saved" in warning


def test_outputs_that_cannot_be_stored_do_not_hide_the_failure(engine: Engine) -> None:
    call = Call("urn", request=SimpleNamespace(properties=given(__provider="p")), context=Context())
    assert keep_state(call, "id", {"odd": object()}, "message") is False
    assert len(engine.warnings) == 1
