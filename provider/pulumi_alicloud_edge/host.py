"""All that is special to Pulumi's dynamic host, and what it lacks as it comes.

The host calls a provider without telling which resource it is about, runs four operations at a time, ignores
Ctrl-C, loses the state of a failed create, and prints tracebacks. Each of these can be had from the inside of
its process. Every such reach is guarded: where the host has changed, the provider works on without it, and one
warning says what is missing.
"""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from types import FrameType, ModuleType
from typing import Any

WIDTH = 256
"""Operations that may run at a time; they mostly wait. The engine's own ``--parallel`` bounds them further."""
KEPT_LINE_SECONDS = 2.0
"""How long a line that is to be kept is waited for: the process may end right after it."""
LATE_LINES = 5
"""After so many such waits in vain no line is waited for until the engine answers one: a rollout loses 10 s at most."""
PASSING_LINE_DEADLINE, KEPT_LINE_DEADLINE = 30.0, 600.0
"""Seconds for which a line may be on its way; after that it is given up, so that a hung engine costs no memory."""
GONE_REFUSALS, GONE_SECONDS = 3, 10.0
"""An engine that has refused so many lines in a row, over so long, is gone."""
ENGINE_REFUSALS = 2
_SERVICER = "DynamicResourceProviderServicer"


class ProviderFailure(Exception):  # noqa: N818 - it is what the user reads, not an error class to catch
    """A failure whose text is the whole message; the host prints it without a traceback."""


@dataclass(frozen=True)
class Call:
    """The host's call that is under way in this thread.

    Attributes:
        urn: The resource it is about, empty where the host does not let us see.
        timeout: The resource's customTimeouts for this operation in seconds, None without.
        request: The engine's request, None where it cannot be had.
        context: The gRPC context, None where it cannot be had.
    """

    urn: str = ""
    timeout: float | None = None
    request: Any = None
    context: Any = None

    @property
    def name(self) -> str:
        """The resource's name in the stack."""
        return self.urn.rpartition("::")[2]

    @property
    def old_inputs(self) -> dict[str, Any]:
        """The inputs as stored before this call, hidden ones too; empty where they cannot be had.

        The engine gives them to diff, update and delete. Where an edit is no change it stores inputs and no outputs.
        """
        try:
            return _decoded(self.request.old_inputs)
        except Exception:  # noqa: BLE001 - whatever has changed in the host, the call itself must go on
            return {}


def current_call() -> Call:
    """Give the call under way, found in the frames of this thread; an empty one where there is none."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001
    while frame is not None:
        request, context = frame.f_locals.get("request"), frame.f_locals.get("context")
        if context is not None and isinstance(urn := getattr(request, "urn", None), str):
            timeout = getattr(request, "timeout", None)
            return Call(urn, float(timeout) if timeout else None, request, context)
        frame = frame.f_back
    return Call()


def with_hidden(call: Call, field: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Put back properties whose names begin with ``__``: hosts before Pulumi 3.235 do not hand them on.

    Args:
        call: The host's call.
        field: Where in its request the engine has put the properties.
        properties: What of them the host has handed on.
    """
    try:
        given = getattr(call.request, field).fields
        lost = [key for key in given if key.startswith("__") and key not in properties]
        if not lost:
            return properties
        from google.protobuf import struct_pb2

        hidden = struct_pb2.Struct(fields={key: given[key] for key in lost})
        return {**properties, **_decoded(hidden)}
    except Exception:  # noqa: BLE001 - whatever has changed in the host, the call itself must go on
        return properties


def _decoded(properties: Any) -> dict[str, Any]:
    """Read properties of the engine's request as the host does, hidden ones too; secrets plain."""
    from pulumi.runtime import rpc

    read = rpc.deserialize_properties(properties, keep_unknowns=True, keep_internal=True)
    return {key: rpc.unwrap_rpc_secret(value) for key, value in read.items()}


class Reporter:
    """Writes lines beside resources in the engine's display. Silent where there is no engine to write to.

    A slow engine shows its lines late; a hung one holds nobody up for long; only one that refuses all connections for a
    while is written to no more.

    Args:
        address: The engine's gRPC address.
        patience: Seconds for which a line that is to be kept is waited for.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        address: str,
        *,
        patience: float = KEPT_LINE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = address
        self._patience = patience
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
            sent.exception(timeout=self._patience)
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


def engine_address(argv: list[str] | None = None, main: ModuleType | None = None) -> str:
    """Give the engine's address, which the dynamic host got as its last argument; empty anywhere else."""
    argv = sys.argv if argv is None else argv
    if not is_dynamic_host(main) or not argv[1:]:
        return ""
    return _address(argv[-1])


def program_engine_address() -> str:
    """Return the engine's address in the process of a user's program; empty anywhere else, and under mocks.

    The SDK keeps no address, only the stub that it calls the engine by; that knows where it leads. Where it does
    not, the command line of the process tells, which Pulumi's language host has written.
    """
    try:
        from pulumi.runtime.proto.engine_pb2_grpc import EngineStub
        from pulumi.runtime.settings import get_engine

        engine = get_engine()
        if not isinstance(engine, EngineStub):
            return ""
    except ImportError:
        return ""
    try:
        target = engine.Log._channel.target().decode()  # type: ignore[attr-defined]  # noqa: SLF001
    except (AttributeError, TypeError, ValueError):
        target = ""
    return _address(target.rpartition("/")[2]) or _option("--engine", sys.orig_argv)


def _option(name: str, arguments: list[str]) -> str:
    """Return an address that a command line gives for an option; empty where it does not."""
    following = (value for option, value in pairwise(arguments) if option == name)
    return _address(next(following, ""))


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    return text if host and port.isdigit() else ""


def is_dynamic_host(main: ModuleType | None = None) -> bool:
    """Tell whether this process is Pulumi's dynamic host."""
    return hasattr(main or sys.modules.get("__main__"), _SERVICER)


_reporter: Reporter | None = None
_on_cancel: list[Callable[[], None]] = []
_installed = False
_lock = threading.Lock()


def reporter() -> Reporter:
    """Give the reporter of this process."""
    global _reporter  # noqa: PLW0603
    if _reporter is None:
        _reporter = Reporter(engine_address())
    return _reporter


def adapt(on_cancel: Callable[[], None]) -> None:
    """Give the host of this process what it lacks. Does nothing elsewhere, or a second time.

    Args:
        on_cancel: Called when the user presses Ctrl-C, from any thread.
    """
    global _installed  # noqa: PLW0603
    with _lock:
        if _installed or not is_dynamic_host():
            return
        _installed = True
    _on_cancel.append(on_cancel)
    gc.freeze()  # what Pulumi has loaded stays: searching it for garbage takes longer than most calls
    end_with_engine(engine_address())
    main = sys.modules["__main__"]
    for reached, loss in (
        (widen(threading.current_thread()), "only four resources roll out at a time"),
        (hear_cancel(main), "Ctrl-C waits for the rollouts under way"),
        (quieten_tracebacks(main), "errors come with a traceback"),
    ):
        if not reached:
            reporter().warn(f"This version of Pulumi's dynamic host has changed: {loss}. All else works.")


def end_with_engine(address: str, *, check_every: float = 2.0) -> None:
    """End this process soon after its engine is gone.

    After a ``kill -9`` of a run the host lives on, and would go on with a rollout beside the next run's.
    """
    host, _, port = address.rpartition(":")
    if not host:
        return

    def watch() -> None:
        refused = 0
        while refused < ENGINE_REFUSALS:
            time.sleep(check_every)
            try:
                socket.create_connection((host, int(port)), timeout=check_every).close()
            except ConnectionRefusedError:
                refused += 1
            except OSError:
                continue
            else:
                refused = 0
        os._exit(1)

    threading.Thread(target=watch, name="alicloud-edge-engine-watch", daemon=True).start()


class _NeverIdle:
    """Stands in for an executor's count of idle threads: every call that comes gets a thread of its own.

    The count goes wrong while calls queue before the executor is widened (each of them counts as idle when it is
    over), and later calls, Cancel among them, would wait behind rollouts that take hours.
    """

    def acquire(self, *_args: Any, **_kwargs: Any) -> bool:
        """Say that no thread is idle."""
        return False

    def release(self) -> None:
        """Take no note of a thread that is idle now."""


def widen(thread: threading.Thread) -> bool:
    """Let the executor that this worker thread belongs to run more than four operations at a time."""
    try:
        executor = thread._args[0]()  # type: ignore[attr-defined]  # noqa: SLF001
        if not isinstance(executor, ThreadPoolExecutor):
            return False
        _ = executor._idle_semaphore  # noqa: SLF001
        executor._max_workers = max(executor._max_workers, WIDTH)  # noqa: SLF001
        executor._idle_semaphore = _NeverIdle()  # type: ignore[assignment]  # noqa: SLF001
        for _ in range(executor._work_queue.qsize()):  # noqa: SLF001
            executor._adjust_thread_count()  # noqa: SLF001
    except (AttributeError, IndexError, TypeError):
        return False
    return True


def hear_cancel(main: ModuleType) -> bool:
    """Have the host's Cancel, which does nothing, tell us."""
    try:
        cancel = getattr(main, _SERVICER).Cancel
        if cancel.__code__.co_freevars or cancel.__code__.co_argcount != _cancel.__code__.co_argcount:
            return False
        cancel.__code__ = _cancel.__code__
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def _cancel(self: Any, request: Any, context: Any) -> Any:  # noqa: ARG001
    # Runs with the globals of the host's module: everything is imported here.
    from google.protobuf import empty_pb2

    from pulumi_alicloud_edge import host  # noqa: PLW0406

    host.cancelled()
    return empty_pb2.Empty()


def cancelled() -> None:
    """Pass the user's Ctrl-C on."""
    for hear in _on_cancel:
        hear()


class _QuietTraceback:
    """Stands in for the module ``traceback`` in the host: our own failures are their text, no more."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def format_exc(self, *args: Any, **kwargs: Any) -> str:
        """Give the text of the failure being handled."""
        failure = sys.exc_info()[1]
        if isinstance(failure, ProviderFailure):
            return str(failure)
        return str(self._module.format_exc(*args, **kwargs))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def quieten_tracebacks(main: ModuleType) -> bool:
    """Have newer hosts print our failures without the traceback; older ones print none."""
    module = getattr(main, "traceback", None)
    if module is None:
        return True
    if not hasattr(module, "format_exc"):
        return False
    if not isinstance(module, _QuietTraceback):
        main.traceback = _QuietTraceback(module)  # type: ignore[attr-defined]
    return True


def keep_state(call: Call, id_: str, properties: Mapping[str, Any], message: str) -> bool:
    """Have the engine keep a resource whose create or update is about to fail.

    The engine then shows the message as the reason, and updates the resource on the next ``up``.

    Returns:
        Whether the host let us; if not, the failure loses the state, as with any dynamic provider.
    """
    try:
        details = _init_failed(call, id_, properties, message)
        call.context.set_trailing_metadata((("grpc-status-details-bin", details),))
    except Exception:  # noqa: BLE001 - whatever has changed in the host, the failure itself must come through
        reporter().warn(
            "The state of a failed resource could not be kept: the next up starts from the cloud's."
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
