"""Pulumi's dynamic host as a process of its own, called as the engine calls it. No CLI, no stack: milliseconds a call.

`DynamicHost` offers the single operations. `Managed` is one resource over several runs, and decides between
create, update and nothing as the engine does.
"""

import json
import os
import re
import select
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.dynamic import dynamic
from pulumi.runtime import rpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2
from tests.support.emulator import KEY_ID, KEY_SECRET, Emulator
from tests.support.sdks import Sdk

from pulumi_alicloud_edge import provider

if TYPE_CHECKING:
    from tests.support.virtual import VirtualHost

UNKNOWN = rpc.UNKNOWN
"""Stands in properties for what is not known yet, as in a preview."""
NAMESPACE = "alicloud-edge"
START_SECONDS = 30.0
CALL_SECONDS = 180.0
STACK = "urn:pulumi:test::edge::"
T = TypeVar("T")


class Kind(Enum):
    """The three resources, by the name of their type."""

    PUSH = "AppDataPush"
    DIST = "AppDataDist"
    RELEASE = "ContainerAppRelease"

    def urn(self, name: str) -> str:
        """The URN of a resource of this kind."""
        return f"{STACK}pulumi-python:dynamic/{NAMESPACE}:{self.value}::{name}"

    @property
    def pickle(self) -> str:
        """What the SDK stores as `__provider` for this kind."""
        return _pickle(self)


@cache
def _pickle(kind: Kind) -> str:
    pickled: str = dynamic.serialize_provider(getattr(provider, f"{kind.value}Provider")())
    return pickled


@dataclass(frozen=True)
class Line:
    """A line that the provider sent to the engine's display."""

    text: str
    urn: str
    is_warning: bool
    is_passing: bool
    """Shown on the resource's own line until the next one, not kept."""


@dataclass(frozen=True)
class Checked:
    """Inputs as the provider took them, and why it did not."""

    inputs: dict[str, Any]
    failures: tuple[str, ...]


@dataclass(frozen=True)
class Diffed:
    """Whether something is to be done, and which inputs demand another resource."""

    changes: bool
    replaces: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """A resource as the engine stores it: with reasons if its create or update failed half-way."""

    id: str
    outputs: dict[str, Any]
    reasons: tuple[str, ...] = ()


class CallFailedError(Exception):
    """The host answered a call with an error.

    Attributes:
        message: What the engine prints.
        kept: What the engine stores in spite of it, if anything.
    """

    def __init__(self, message: str, kept: Kept | None) -> None:
        super().__init__(message)
        self.message = message
        self.kept = kept


class _Engine(engine_pb2_grpc.EngineServicer):
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.heard = threading.Condition()

    def Log(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: ARG002, N802
        is_warning = request.severity == engine_pb2.WARNING
        line = Line(request.message, request.urn, is_warning, request.ephemeral)
        with self.heard:
            self.lines.append(line)
            self.heard.notify_all()
        return empty_pb2.Empty()


class DynamicHost:
    """One running host. Use it as a context manager.

    Args:
        emulator: The cloud that it talks to; None for a cloud that nobody serves.
        sdk: The environment that it runs in.
        config: Stack configuration, without the namespace.
        environment: Variables beside those that lead to the emulator.
        edits: Changes of the host's own source, old text to new, to try how the provider does without what it
            holds on to there. Each must hit.
        with_engine: Whether the host is told an engine's address.
        faster: How many times faster its clock runs: so many times sooner every wait of it ends.
    """

    def __init__(
        self,
        emulator: Emulator | None,
        sdk: Sdk,
        *,
        config: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        edits: Mapping[str, str] | None = None,
        with_engine: bool = True,
        faster: float = 1.0,
    ) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="dynamic-host-")
        self._engine = _Engine()
        self._server = grpc.server(ThreadPoolExecutor(4))
        engine_pb2_grpc.add_EngineServicer_to_server(self._engine, self._server)
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self._log = (Path(self._scratch.name) / "log").open("w+")
        endpoint = emulator.url if emulator else "http://127.0.0.1:9"
        command = [str(sdk.python), "-u", *_program(edits or {}, faster)]
        self.process = subprocess.Popen(
            [*command, f"127.0.0.1:{port}" if with_engine else "nowhere"],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**clean_environment(endpoint, Path(self._scratch.name), sdk), **(environment or {})},
        )
        self._workers = ThreadPoolExecutor(64)
        self._channel: grpc.Channel | None = None
        try:
            self._channel = grpc.insecure_channel(f"127.0.0.1:{self._bound_port()}")
            self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
            settings = {f"{NAMESPACE}:{key}": value for key, value in (config or {}).items()}
            self._stub.Configure(provider_pb2.ConfigureRequest(args=_struct(settings)), timeout=CALL_SECONDS)
        except BaseException:
            self.stop()
            raise

    @property
    def lines(self) -> list[Line]:
        """All that was sent to the display so far."""
        return list(self._engine.lines)

    @property
    def stderr(self) -> str:
        """What the process has written, which the engine would show too."""
        self._log.flush()
        return Path(self._log.name).read_text()

    def await_line(self, text: str, *, timeout: float = 30.0) -> Line:
        """Wait for a line that holds a text."""
        with self._engine.heard:
            found = self._engine.heard.wait_for(lambda: self._with(text), timeout)
        assert found, f"no line with {text!r} among {[line.text for line in self.lines]}"
        return found[0]

    def _with(self, text: str) -> list[Line]:
        return [line for line in self._engine.lines if text in line.text]

    def check(
        self, kind: Kind, news: Mapping[str, Any], *, olds: Mapping[str, Any] | None = None, name: str = "it"
    ) -> Checked:
        """Have inputs checked."""
        before = None if olds is None else _struct(_with_provider(kind, olds))
        request = provider_pb2.CheckRequest(
            urn=kind.urn(name), olds=before, news=_struct(_with_provider(kind, news))
        )
        answer = self._call(self._stub.Check, request)
        assert not any(failure.property for failure in answer.failures), "Pulumi would print its value"
        return Checked(_plain(answer.inputs), tuple(failure.reason for failure in answer.failures))

    def diff(
        self,
        kind: Kind,
        id_: str,
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
        *,
        name: str = "it",
        old_inputs: Mapping[str, Any] | None = None,
    ) -> Diffed:
        """Compare stored outputs with new inputs."""
        before, after = _struct(_with_provider(kind, olds)), _struct(_with_provider(kind, news))
        request = provider_pb2.DiffRequest(
            id=id_, urn=kind.urn(name), olds=before, news=after, old_inputs=_inputs(kind, old_inputs)
        )
        answer = self._call(self._stub.Diff, request)
        assert answer.changes != provider_pb2.DiffResponse.DIFF_UNKNOWN
        return Diffed(answer.changes == provider_pb2.DiffResponse.DIFF_SOME, tuple(answer.replaces))

    def create(
        self, kind: Kind, inputs: Mapping[str, Any], *, name: str = "it", timeout: float = 0.0
    ) -> Kept:
        """Create a resource; `timeout` are customTimeouts."""
        properties = _struct(_with_provider(kind, inputs))
        request = provider_pb2.CreateRequest(urn=kind.urn(name), properties=properties, timeout=timeout)
        answer = self._call(self._stub.Create, request)
        return Kept(answer.id, _plain(answer.properties))

    def update(
        self,
        kind: Kind,
        id_: str,
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
        *,
        name: str = "it",
        timeout: float = 0.0,
        old_inputs: Mapping[str, Any] | None = None,
    ) -> Kept:
        """Update a resource."""
        before, after = _struct(_with_provider(kind, olds)), _struct(_with_provider(kind, news))
        request = provider_pb2.UpdateRequest(
            id=id_,
            urn=kind.urn(name),
            olds=before,
            news=after,
            timeout=timeout,
            old_inputs=_inputs(kind, old_inputs),
        )
        answer = self._call(self._stub.Update, request)
        return Kept(id_, _plain(answer.properties))

    def read(self, kind: Kind, id_: str, outputs: Mapping[str, Any], *, name: str = "it") -> Kept:
        """Read a resource; without an id in what comes back it is gone."""
        properties = _struct(_with_provider(kind, outputs))
        request = provider_pb2.ReadRequest(id=id_, urn=kind.urn(name), properties=properties)
        answer = self._call(self._stub.Read, request)
        assert not answer.HasField("inputs"), "the inputs are the program's"
        return Kept(answer.id, _plain(answer.properties))

    def delete(
        self,
        kind: Kind,
        id_: str,
        outputs: Mapping[str, Any],
        *,
        name: str = "it",
        timeout: float = 0.0,
        old_inputs: Mapping[str, Any] | None = None,
    ) -> None:
        """Delete a resource."""
        properties = _struct(_with_provider(kind, outputs))
        request = provider_pb2.DeleteRequest(
            id=id_,
            urn=kind.urn(name),
            properties=properties,
            timeout=timeout,
            old_inputs=_inputs(kind, old_inputs),
        )
        self._call(self._stub.Delete, request)

    def cancel(self) -> None:
        """Send what the engine sends at a Ctrl-C."""
        self._stub.Cancel(empty_pb2.Empty(), timeout=CALL_SECONDS)

    def begin(self, operation: Callable[[], T]) -> Future[T]:
        """Run an operation beside others: `host.begin(lambda: host.create(...))`."""
        return self._workers.submit(operation)

    def lose_engine(self) -> None:
        """Stop serving as the engine, as a killed run does."""
        self._server.stop(None).wait()

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()
        if self._channel is not None:
            self._channel.close()
        self._server.stop(None).wait()
        self._workers.shutdown()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._log.close()
        self._scratch.cleanup()

    def _call(self, method: Callable[..., Any], request: Any) -> Any:
        try:
            return method(request, timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            raise _failure(error) from None

    def _bound_port(self) -> int:
        stdout = self.process.stdout
        assert stdout is not None
        if not select.select([stdout], [], [], START_SECONDS)[0]:
            raise RuntimeError(f"the host did not start: {self.stderr}")
        line = stdout.readline()
        if not line.strip().isdigit():
            raise RuntimeError(f"the host did not start: {line} {self.stderr}")
        return int(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


Start = Callable[..., DynamicHost]
"""Starts a host that is stopped when the test is over: `start()`, `start(sdk=..., config=...)`."""


@dataclass
class Managed:
    """One resource of a program, over several runs, each with a host of its own or the same."""

    host: "DynamicHost | VirtualHost"
    kind: Kind
    name: str = "it"
    inputs: dict[str, Any] | None = None
    state: Kept | None = None
    done: list[str] = field(default_factory=list)
    """What each `up` did: ``create``, ``update`` or ``same``."""

    def up(self, inputs: Mapping[str, Any], *, timeout: float = 0.0) -> Kept:
        """Run what `pulumi up` runs for a resource of the program.

        Raises:
            CallFailedError: As the engine would print it; what it kept is the state from now on.
        """
        checked = self.host.check(self.kind, inputs, olds=self.inputs, name=self.name)
        if checked.failures:
            raise CallFailedError("\n".join(checked.failures), None)
        if self.state is None:
            action, run = "create", self._create
        elif self.state.reasons or self._differs(checked.inputs):
            action, run = "update", self._update
        else:
            self.done.append("same")
            self.inputs = checked.inputs
            return self.state
        self.done.append(action)
        try:
            self.state = run(checked.inputs, timeout)
        except CallFailedError as failure:
            if failure.kept is not None:
                self.state = failure.kept
                self.inputs = checked.inputs if action == "create" else self.inputs
            raise
        self.inputs = checked.inputs
        return self.state

    def refresh(self) -> Kept | None:
        """Run what `pulumi refresh` runs."""
        state = self._known()
        read = self.host.read(self.kind, state.id, state.outputs, name=self.name)
        self.state = read if read.id else None
        return self.state

    def destroy(self) -> None:
        """Run what `pulumi destroy` runs."""
        state = self._known()
        self.host.delete(self.kind, state.id, state.outputs, name=self.name, old_inputs=self.inputs)
        self.state = self.inputs = None

    def _create(self, inputs: dict[str, Any], timeout: float) -> Kept:
        return self.host.create(self.kind, inputs, name=self.name, timeout=timeout)

    def _update(self, inputs: dict[str, Any], timeout: float) -> Kept:
        state = self._known()
        return self.host.update(
            self.kind,
            state.id,
            state.outputs,
            inputs,
            name=self.name,
            timeout=timeout,
            old_inputs=self.inputs,
        )

    def _differs(self, inputs: dict[str, Any]) -> bool:
        state = self._known()
        return self.host.diff(
            self.kind, state.id, state.outputs, inputs, name=self.name, old_inputs=self.inputs
        ).changes

    def _known(self) -> Kept:
        assert self.state is not None, f"{self.name} does not exist"
        return self.state


def clean_environment(endpoint: str, home: Path, sdk: Sdk) -> dict[str, str]:
    """An environment that leads to an emulator and knows no other account of the person who runs the tests."""
    strange = ("ALIBABA", "ALICLOUD_", "PULUMI_", "PYTHON", "VIRTUAL_ENV")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(strange)}
    return {
        **kept,
        "HOME": str(home),
        "PATH": os.pathsep.join([str(sdk.bin), kept.get("PATH", os.defpath)]),
        "no_proxy": "127.0.0.1,localhost",
        "NO_PROXY": "127.0.0.1,localhost",
        "ALICLOUD_EDGE_ENDPOINT": endpoint,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": KEY_ID,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": KEY_SECRET,
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
        **dict(sdk.environment),
    }


def eventually(condition: Callable[[], T], *, timeout: float = 15.0) -> T:
    """Wait until something is true; give what made it so."""
    deadline = time.monotonic() + timeout
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)
    return found


_EDITED = """
import importlib.util, json, sys
path = importlib.util.find_spec("pulumi.dynamic.__main__").origin
source = open(path).read()
for old, new in json.loads({edits!r}).items():
    if old not in source:
        sys.exit(f"the host has no {{old!r}}")
    source = source.replace(old, new)
exec(compile(source, path, "exec"))
"""


_HASTENED = """
import selectors, time
real, Real = time.monotonic, selectors.DefaultSelector
class Selector(Real):
    def select(self, timeout=None):
        return super().select(timeout if timeout is None else timeout / {faster})
time.monotonic, selectors.DefaultSelector = lambda: real() * {faster}, Selector
"""
"""What asyncio takes the time from, and how it waits."""


def _program(edits: Mapping[str, str], faster: float) -> Iterable[str]:
    if not edits and faster == 1.0:
        return ("-m", "pulumi.dynamic")
    hastened = "" if faster == 1.0 else _HASTENED.format(faster=faster)
    return ("-c", hastened + _EDITED.format(edits=json.dumps(edits)))


def _with_provider(kind: Kind, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {**properties, "__provider": kind.pickle}


def _inputs(kind: Kind, inputs: Mapping[str, Any] | None) -> struct_pb2.Struct | None:
    return None if inputs is None else _struct(_with_provider(kind, inputs))


def _struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    json_format.ParseDict({key: value for key, value in properties.items() if value is not None}, struct)
    return struct


def _plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    plain: dict[str, Any] = json_format.MessageToDict(struct)
    plain.pop("__provider", None)
    return plain


def _failure(error: grpc.RpcError) -> CallFailedError:
    call: Any = error
    details = dict(call.trailing_metadata() or ()).get("grpc-status-details-bin")
    # Hosts of older SDKs leave it to gRPC to report an exception; the CLI prints those very words.
    message = re.sub(r"^Exception calling application: ", "", call.details() or "")
    return CallFailedError(message, _kept(details) if isinstance(details, bytes) else None)


def _kept(details: bytes) -> Kept | None:
    for detail in status_pb2.Status.FromString(details).details:
        failed = provider_pb2.ErrorResourceInitFailed()
        if detail.Unpack(failed):
            return Kept(failed.id, _plain(failed.properties), tuple(failed.reasons))
    return None
