"""The emulator and the provider's operations in one process and in a time of its own, behind the faces of real ones.

`VirtualEmulator` is asked as `Emulator` is, `VirtualHost` is called as `DynamicHost` is. There is no socket, no gRPC
and no second process, and a wait of hours takes no time: a rule is tried in milliseconds.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from tests.support.dynamic_host import CallFailedError, Checked, Diffed, Kept, Kind, Line
from tests.support.emulator import Emulator, World
from tests.support.virtual_clock import VirtualLoop, enter, leave
from tests.support.virtual_runtime import ENDPOINT, LATENCY, VirtualRuntime, wire_form

from alicloud_edge_emulator.clock import EmulatedClock
from alicloud_edge_emulator.cloud import Cloud as EmulatedCloud
from alicloud_edge_emulator.ledger import Ledger
from alicloud_edge_emulator.server import build
from alicloud_edge_emulator.world import World as WorldFile
from pulumi_alicloud_edge._errors import EdgeError, InputError, PartialStateError
from pulumi_alicloud_edge._operations.apply import create, update
from pulumi_alicloud_edge._operations.check import check
from pulumi_alicloud_edge._operations.context import OperationContext
from pulumi_alicloud_edge._operations.delete import delete
from pulumi_alicloud_edge._operations.diff import diff
from pulumi_alicloud_edge._operations.operation import Operation
from pulumi_alicloud_edge._operations.read import read
from pulumi_alicloud_edge._operations.results import Gone
from pulumi_alicloud_edge._resources.handlers import handler_of
from pulumi_alicloud_edge._resources.messages import explain

T = TypeVar("T")


class VirtualEmulator(Emulator):
    """An emulator in this process, whose time is that of its loop. Close it: it holds the provider's clock."""

    def __init__(self, world: World = None, *, seed: int = 0, files: Path | None = None) -> None:
        self.loop = VirtualLoop()
        enter(self.loop)
        self.url = ENDPOINT
        self._ledger = Ledger(None)
        document = world if isinstance(world, Mapping) else json.loads(_built_in())
        cloud = EmulatedCloud.new(
            WorldFile.model_validate(document),
            seed=seed,
            clock=EmulatedClock(real=self.loop.epoch),
            ledger=self._ledger,
        )
        self._app = build(cloud, files=files)

    def control(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Make a raw call of the control interface, also while operations are under way."""
        request = httpx.Request(method, f"{self.url}/_emulator{path}", **options)
        return _stepped(self.answer(request))

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer a request as the server does.

        Raises:
            httpx.ReadError: The connection is reset.
            httpx.RemoteProtocolError: The response ends before its end.
        """
        url, sent = urlsplit(str(request.url)), _Sent()
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "path": url.path or "/",
            "raw_path": request.url.raw_path,
            "root_path": "",
            "scheme": url.scheme,
            "query_string": request.url.query,
            "headers": [(key.lower(), value) for key, value in request.headers.raw],
            "server": (url.hostname, url.port),
            "client": None,
        }
        body = request.content

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, receive, sent)
        if sent.start is None:
            raise httpx.ReadError("[Errno 104] Connection reset by peer", request=request)
        if not sent.is_whole:
            text = "peer closed connection without sending complete message body"
            raise httpx.RemoteProtocolError(text, request=request)
        return httpx.Response(
            sent.start["status"], headers=sent.start["headers"], content=sent.body, request=request
        )

    def stop(self) -> None:
        """End it, and give the provider the real time back."""
        self.loop.drop_tasks()
        self.loop.close()
        self._ledger._db.close()
        leave(self.loop)


@dataclass
class _Sent:
    """What an application has sent."""

    start: Mapping[str, Any] | None = None
    body: bytes = b""
    is_whole: bool = False

    async def __call__(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")
            self.is_whole = not message.get("more_body", False)


class _Wire(httpx.AsyncBaseTransport):
    """Carries the provider's requests to an emulator, and gives up on responses as a real transport does."""

    def __init__(self, emulator: VirtualEmulator) -> None:
        self._emulator = emulator

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(LATENCY)
        seconds = request.extensions["timeout"]["read"]
        try:
            return await asyncio.wait_for(self._emulator.answer(request), seconds)
        except TimeoutError:
            raise httpx.ReadTimeout("", request=request) from None


@dataclass
class _Display:
    """Collects the lines that a user would see; may have something happen at one of them."""

    lines: list[Line] = field(default_factory=list)
    hooks: list[tuple[str, Callable[[], None]]] = field(default_factory=list)

    def status(self, urn: str, text: str) -> None:
        self._show(Line(text, urn, is_warning=False, is_passing=True))

    def note(self, urn: str, text: str) -> None:
        self._show(Line(text, urn, is_warning=False, is_passing=False))

    def warn(self, text: str, urn: str = "") -> None:
        self._show(Line(text, urn, is_warning=True, is_passing=False))

    def _show(self, line: Line) -> None:
        self.lines.append(line)
        for hook in [hook for hook in self.hooks if hook[0] in line.text]:
            self.hooks.remove(hook)
            hook[1]()


class VirtualHost:
    """A process of the provider, as far as its operations go.

    Args:
        emulator: The cloud that it talks to.
        config: Stack configuration, without the namespace.
    """

    def __init__(self, emulator: VirtualEmulator, *, config: Mapping[str, str] | None = None) -> None:
        self._display = _Display()
        self._runtime = VirtualRuntime(emulator.loop, _Wire(emulator), config)
        self._handlers = {kind: handler_of(kind.value) for kind in Kind}

    @property
    def lines(self) -> list[Line]:
        """All that was shown so far."""
        return list(self._display.lines)

    def at_line(self, text: str, happens: Callable[[], None]) -> None:
        """Have something happen, once, when a line that holds a text is shown."""
        self._display.hooks.append((text, happens))

    def check(
        self, kind: Kind, news: Mapping[str, Any], *, olds: Mapping[str, Any] | None = None, name: str = "it"
    ) -> Checked:
        """Have inputs checked."""
        news = wire_form(news)
        try:
            checked = check(self._operation(kind, name), wire_form(olds or {}), _neutral(news))
        except EdgeError as error:
            return Checked(news, tuple(self._text(kind, each) for each in _each(error)))
        return Checked({**news, "impact": checked.impact} if checked.impact else news, ())

    def diff(
        self,
        kind: Kind,
        id_: str,  # noqa: ARG002
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
        *,
        name: str = "it",
        old_inputs: Mapping[str, Any] | None = None,
    ) -> Diffed:
        """Compare stored outputs with new inputs."""
        operation = self._operation(kind, name, old_inputs=old_inputs)
        difference = self._done(kind, lambda: diff(operation, wire_form(olds), _neutral(wire_form(news))))
        return Diffed(difference.changes, difference.replaces)

    def create(
        self, kind: Kind, inputs: Mapping[str, Any], *, name: str = "it", timeout: float = 0.0
    ) -> Kept:
        """Create a resource; `timeout` are customTimeouts."""
        operation = self._operation(kind, name, timeout)
        created = self._done(kind, lambda: create(operation, _neutral(wire_form(inputs))))
        return Kept(created.id, wire_form(created.outputs))

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
        operation = self._operation(kind, name, timeout, old_inputs)
        updated = self._done(kind, lambda: update(operation, id_, wire_form(olds), _neutral(wire_form(news))))
        return Kept(id_, wire_form(updated.outputs))

    def read(self, kind: Kind, id_: str, outputs: Mapping[str, Any], *, name: str = "it") -> Kept:
        """Read a resource; without an id in what comes back it is gone."""
        found = self._done(kind, lambda: read(self._operation(kind, name), wire_form(outputs)))
        return Kept("", {}) if isinstance(found, Gone) else Kept(id_, wire_form(found.outputs))

    def delete(
        self,
        kind: Kind,
        id_: str,  # noqa: ARG002
        outputs: Mapping[str, Any],
        *,
        name: str = "it",
        timeout: float = 0.0,
        old_inputs: Mapping[str, Any] | None = None,
    ) -> None:
        """Delete a resource."""
        operation = self._operation(kind, name, timeout, old_inputs)
        self._done(kind, lambda: delete(operation, wire_form(outputs)))

    def await_line(self, text: str) -> Line:
        """Return the line that holds a text: whatever was done has been shown."""
        found = [line for line in self.lines if text in line.text]
        assert found, f"no line with {text!r} among {[line.text for line in self.lines]}"
        return found[0]

    def _operation(
        self,
        kind: Kind,
        name: str,
        timeout: float = 0.0,
        old_inputs: Mapping[str, Any] | None = None,
    ) -> Operation[Any]:
        context = OperationContext(
            kind.urn(name),
            timeout=timeout or None,
            old_inputs=lambda: wire_form(old_inputs or {}),
            progress=self._display,
            cancellation=self._runtime.interrupt,
        )
        return Operation(self._handlers[kind], self._runtime, context)

    def _done(self, kind: Kind, operation: Callable[[], T]) -> T:
        try:
            return operation()
        except PartialStateError as error:
            text = self._text(kind, error)
            raise CallFailedError(text, Kept(error.id, wire_form(error.outputs), (text,))) from None
        except EdgeError as error:
            raise CallFailedError(self._text(kind, error), None) from None

    def _text(self, kind: Kind, error: EdgeError) -> str:
        return explain(error, self._handlers[kind].label)


def _each(error: EdgeError) -> list[EdgeError]:
    """Return one error for each field error of some inputs."""
    if isinstance(error, InputError):
        return [InputError((field_error,)) for field_error in error.field_errors]
    return [error]


def _neutral(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key != "impact"}


def _stepped(work: Coroutine[Any, Any, T]) -> T:
    """Drive a coroutine that never really waits."""
    try:
        work.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result
    work.close()
    raise AssertionError("it waits for something")


def _built_in() -> str:
    return (package_files("alicloud_edge_emulator") / "worlds" / "default.json").read_text()
