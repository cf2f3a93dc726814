"""The user's Ctrl-C, which the host receives and ignores."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from pulumi_alicloud_edge._adapters.dynamic.engine import SERVICER

_on_cancel: list[Callable[[], None]] = []


def on_cancel(callback: Callable[[], None]) -> None:
    """Register a callback for Ctrl-C; it is called from any thread."""
    _on_cancel.append(callback)


def forward_cancel(main: ModuleType) -> bool:
    """Make the host's Cancel, which does nothing, call `cancelled`; return whether that worked."""
    try:
        cancel = getattr(main, SERVICER).Cancel
        if cancel.__code__.co_freevars or cancel.__code__.co_argcount != _cancel.__code__.co_argcount:
            return False
        cancel.__code__ = _cancel.__code__
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def _cancel(self: Any, request: Any, context: Any) -> Any:  # noqa: ARG001
    # Runs with the globals of the host's module: everything is imported here.
    from google.protobuf import empty_pb2

    from pulumi_alicloud_edge._adapters.dynamic import cancellation  # noqa: PLW0406

    cancellation.cancelled()
    return empty_pb2.Empty()


def cancelled() -> None:
    """Pass the user's Ctrl-C on."""
    for callback in _on_cancel:
        callback()
