"""Lines beside resources in the engine's display."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

KEPT_LINE_SECONDS = 2.0
"""Seconds to wait until a kept line is sent: the process may end right after it."""
LATE_LINES = 5
"""After so many failed waits, no line is waited for until the engine responds: a rollout loses at most 10 s."""
PASSING_LINE_DEADLINE, KEPT_LINE_DEADLINE = 30.0, 600.0
"""Seconds after which a pending line is dropped, so that a hung engine costs no memory."""
GONE_REFUSALS, GONE_SECONDS = 3, 10.0
"""An engine that refuses so many lines in a row, over so many seconds, is gone."""


class EngineDisplay:
    """Writes lines beside resources in the engine's display. Silent where there is no engine to write to.

    A slow engine shows lines late, and a hung one delays a rollout only briefly. Lines are no longer sent to an engine
    that refuses all connections for a while.

    Args:
        address: The engine's gRPC address.
        wait_seconds: Seconds to wait for a line that is to be kept.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        address: str,
        *,
        wait_seconds: float = KEPT_LINE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = address
        self._wait_seconds = wait_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._stub: Any = None
        self._on_their_way: set[Any] = set()
        self._late = 0
        self._refused = 0
        self._refused_since = 0.0

    def status(self, urn: str, text: str) -> None:
        """Show a passing text on the resource's own line."""
        self._log(urn, text, ephemeral=True)

    def note(self, urn: str, text: str) -> None:
        """Keep a line among the resource's diagnostics."""
        self._log(urn, text, ephemeral=False)

    def warn(self, text: str, urn: str = "") -> None:
        """Keep a warning, for the whole run where no resource is named."""
        self._log(urn, text, ephemeral=False, warning=True)

    def _log(self, urn: str, text: str, *, ephemeral: bool, warning: bool = False) -> None:
        """Send a line; wait for a kept one, since the process may end right after it."""
        if not self._address:
            return
        try:
            stub, engine = self._connect()
        except Exception:  # noqa: BLE001 - whatever has changed in the SDK, a line is never worth a failed rollout
            self._address = ""
            return
        try:
            severity = engine.WARNING if warning else engine.INFO
            line = engine.LogRequest(severity=severity, message=text, urn=urn, ephemeral=ephemeral)
            sent = stub.Log.future(line, timeout=PASSING_LINE_DEADLINE if ephemeral else KEPT_LINE_DEADLINE)
            self._on_their_way.add(sent)  # gRPC cancels a call without a reference to it
            sent.add_done_callback(self._on_their_way.discard)
            if ephemeral or self._late >= LATE_LINES:
                sent.add_done_callback(self._settle)
            else:
                self._await(sent)
        except Exception:  # noqa: BLE001 - a line that cannot be sent is dropped
            return

    def _await(self, sent: Any) -> None:
        import grpc

        try:
            sent.exception(timeout=self._wait_seconds)
        except grpc.FutureTimeoutError:
            with self._lock:
                self._late += 1
            sent.add_done_callback(self._settle)
        else:
            self._settle(sent)

    def _settle(self, sent: Any) -> None:
        """Update whether the engine responds, is late, or is gone, from the result of a line."""
        import grpc

        with self._lock:
            match sent.code():
                case grpc.StatusCode.OK:
                    self._late = self._refused = 0
                case grpc.StatusCode.UNAVAILABLE:
                    now = self._clock()
                    self._refused_since = self._refused_since if self._refused else now
                    self._refused += 1
                    if self._refused >= GONE_REFUSALS and now - self._refused_since >= GONE_SECONDS:
                        self._address = ""

    def _connect(self) -> tuple[Any, Any]:
        import grpc
        from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

        with self._lock:
            if self._stub is None:
                self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(self._address))
            return self._stub, engine_pb2
