"""The state of a create or update that fails, which the host would lose."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from pulumi_alicloud_edge._adapters.dynamic.call import Call
from pulumi_alicloud_edge._adapters.dynamic.process import display


def keep_state(call: Call, id_: str, properties: Mapping[str, Any], message: str) -> bool:
    """Make the engine keep a resource whose create or update is about to fail.

    The engine then shows the message as the reason, and updates the resource on the next ``up``.

    Returns:
        Whether that worked; if not, the state is lost, as with any dynamic provider.
    """
    try:
        details = _init_failed(call, id_, properties, message)
        call.context.set_trailing_metadata((("grpc-status-details-bin", details),))
    except Exception:  # noqa: BLE001 - even if the host has changed, the failure itself must be reported
        display().warn(
            "The state of a failed resource could not be saved: the next `pulumi up` starts from what the cloud shows."
        )
        return False
    return True


def _init_failed(call: Call, id_: str, properties: Mapping[str, Any], message: str) -> bytes:
    from google.protobuf import any_pb2
    from pulumi.runtime import rpc
    from pulumi.runtime.proto import provider_pb2, status_pb2

    given = call.request.news if hasattr(call.request, "news") else call.request.properties
    outputs = {**properties, "__provider": given["__provider"]}
    loop = asyncio.new_event_loop()
    try:
        struct = loop.run_until_complete(rpc.serialize_properties(outputs, {}))
    finally:
        loop.close()
    failed = provider_pb2.ErrorResourceInitFailed(id=id_, properties=struct, reasons=[message])
    packed = any_pb2.Any()
    packed.Pack(failed)
    status = status_pb2.Status(code=2, message=message, details=[packed])
    return bytes(status.SerializeToString())
