"""The host's call that is under way, found in its own process."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import FrameType
from typing import Any


@dataclass(frozen=True)
class Call:
    """The host's call that is under way in this thread.

    Attributes:
        urn: The resource it is about, empty where the host does not show it.
        timeout: The resource's customTimeouts for this operation in seconds, None without.
        request: The engine's request, None where it is not available.
        context: The gRPC context, None where it is not available.
    """

    urn: str = ""
    timeout: float | None = None
    request: Any = None
    context: Any = None

    @property
    def name(self) -> str:
        """The resource's name in the stack."""
        return self.urn.rpartition("::")[2]

    def old_inputs(self) -> dict[str, Any]:
        """Return the inputs as stored before this call, hidden ones too; empty where they are not available.

        The engine passes them to diff, update and delete. For an edit without a change it stores only inputs.
        """
        try:
            return _decoded(self.request.old_inputs)
        except Exception:  # noqa: BLE001 - even if the host has changed, the call itself must continue
            return {}


def current_call() -> Call:
    """Return the call under way, found in the frames of this thread; an empty one where there is none."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001
    while frame is not None:
        request, context = frame.f_locals.get("request"), frame.f_locals.get("context")
        if context is not None and isinstance(urn := getattr(request, "urn", None), str):
            timeout = getattr(request, "timeout", None)
            return Call(urn, float(timeout) if timeout else None, request, context)
        frame = frame.f_back
    return Call()


def with_hidden(call: Call, field: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Put back properties whose names begin with ``__``: hosts before Pulumi 3.235 do not pass them on.

    Args:
        call: The host's call.
        field: The field of the request that holds the properties.
        properties: Those that the host has passed on.
    """
    try:
        given = getattr(call.request, field).fields
        lost = [key for key in given if key.startswith("__") and key not in properties]
        if not lost:
            return properties
        from google.protobuf import struct_pb2

        hidden = struct_pb2.Struct(fields={key: given[key] for key in lost})
        return {**properties, **_decoded(hidden)}
    except Exception:  # noqa: BLE001 - even if the host has changed, the call itself must continue
        return properties


def _decoded(properties: Any) -> dict[str, Any]:
    """Read properties of the engine's request as the host does, hidden ones too; secrets plain."""
    from pulumi.runtime import rpc

    read = rpc.deserialize_properties(properties, keep_unknowns=True, keep_internal=True)
    return {key: rpc.unwrap_rpc_secret(value) for key, value in read.items()}
