"""Lines beside resources in the engine's display."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

KEPT_LINE_SECONDS = 2.0
"""How long a line that is to be kept is waited for: the process may end right after it."""
LATE_LINES = 5
"""After so many such waits in vain no line is waited for until the engine answers one: a rollout loses 10 s at most."""
PASSING_LINE_DEADLINE, KEPT_LINE_DEADLINE = 30.0, 600.0
"""Seconds for which a line may be on its way; after that it is given up, so that a hung engine costs no memory."""
GONE_REFUSALS, GONE_SECONDS = 3, 10.0
"""An engine that has refused so many lines in a row, over so long, is gone."""


class EngineDisplay:
    """Writes lines beside resources in the engine's display. Silent where there is no engine to write to.

    A slow engine shows its lines late; a hung one holds nobody up for long; only one that refuses all connections for a
    while is written to no more.

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
        """Send a line. What is to be kept is awaited, since the process may end right after it."""
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
            self._on_their_way.add(sent)  # gRPC cancels a call that nobody holds any more
            sent.add_done_callback(self._on_their_way.discard)
            if ephemeral or self._late >= LATE_LINES:
                sent.add_done_callback(self._settle)
            else:
                self._await(sent)
        except Exception:  # noqa: BLE001 - what cannot be sent is lost, and nothing else with it
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
        """Learn from how a line ended whether the engine answers, is late, or is gone."""
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
