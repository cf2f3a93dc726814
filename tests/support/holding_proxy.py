"""A proxy between the provider and the cloud that holds the calls of an application from a boundary on.

While it holds a call, a test can kill whoever has made it, at exactly that point. All bytes pass as they come: the
signature of a call covers the very host and port that it was sent to.
"""

import re
import socket
import socketserver
import threading
from dataclasses import dataclass, field
from enum import Enum
from io import BufferedIOBase
from types import TracebackType
from typing import NoReturn, Self

from tests.support.emulator import Emulator

CLOUD_SECONDS = 30.0


class Moment(Enum):
    """Where, on the way of a call, all comes to a halt."""

    BEFORE_SENDING = "before sending"
    """The cloud never hears of the call."""
    AFTER_SENDING = "after sending"
    """The cloud has taken the call, and its answer does not arrive."""
    AFTER_ANSWER = "after the answer"
    """The answer arrives, and the cloud never hears of the call after it."""


@dataclass(frozen=True)
class Boundary:
    """A point on the way of one call.

    Attributes:
        moment: Where on its way.
        number: Which call of the application, from 1.
        action: Count the calls of this action only; all, where it is empty.
    """

    moment: Moment
    number: int
    action: str = ""


@dataclass
class Lane:
    """The calls of one application.

    Attributes:
        boundary: From where on they are held.
        actions: Those that were begun until then.
        is_closed: Whether the call of the boundary has been begun.
        is_reached: Whether all has come to a halt.
    """

    boundary: Boundary
    actions: list[str] = field(default_factory=list)
    is_closed: bool = False
    is_reached: bool = False

    def take(self, action: str) -> Moment | None:
        """Count a call, and tell where on its way it is to be held."""
        if self.is_closed:
            return Moment.BEFORE_SENDING
        self.actions.append(action)
        of = self.boundary.action
        number = self.actions.count(of) if of else len(self.actions)
        self.is_closed = of in {"", action} and number == self.boundary.number
        return self.boundary.moment if self.is_closed else None


class HoldingProxy(socketserver.ThreadingTCPServer):
    """Passes all calls through but those that it is told to hold. Use it as a context manager.

    Args:
        cloud: Where the calls go.

    Attributes:
        cloud: Where the calls go.
        url: What to give the provider as its endpoint.
        lanes: The applications whose calls are counted.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, cloud: Emulator) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.cloud = cloud
        host, _, port = cloud.endpoint.partition(":")
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.lanes: dict[str, Lane] = {}
        self._address = (host, int(port))
        self._lock = threading.Lock()
        self._over = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def hold(self, app_id: str, boundary: Boundary) -> Lane:
        """Count the calls of an application from now on, and hold them from a boundary on."""
        lane = self.lanes[app_id] = Lane(boundary)
        return lane

    @property
    def reached(self) -> int:
        """How many applications are held by now."""
        return sum(lane.is_reached for lane in self.lanes.values())

    def converse(self, request: bytes, connection: BufferedIOBase) -> None:
        """Have the cloud answer a request, unless it is to be held on its way there or back."""
        lane = self.lanes.get(_app_id(request))
        if lane is None:
            connection.write(self._ask(request))
            return
        with self._lock:
            moment = lane.take(_header(request, "x-acs-action"))
        if moment is Moment.BEFORE_SENDING:
            self._keep_waiting(lane)
        answer = self._ask(request)
        if moment is Moment.AFTER_SENDING:
            self._keep_waiting(lane)
        connection.write(answer)
        lane.is_reached |= moment is Moment.AFTER_ANSWER

    def _keep_waiting(self, lane: Lane) -> NoReturn:
        """Keep whoever waits for an answer waiting until the test is over."""
        lane.is_reached = True
        self._over.wait()
        raise ConnectionAbortedError

    def _ask(self, request: bytes) -> bytes:
        with socket.create_connection(self._address, CLOUD_SECONDS) as cloud, cloud.makefile("rb") as answers:
            cloud.sendall(request)
            return _message(answers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self._over.set()
        self.shutdown()
        self.server_close()


class _Connection(socketserver.StreamRequestHandler):
    """One connection of the provider's, over which it makes call after call."""

    server: HoldingProxy

    def handle(self) -> None:
        try:
            while request := _message(self.rfile):
                self.server.converse(request, self.wfile)
        except ConnectionError:
            return


def _message(stream: BufferedIOBase) -> bytes:
    """Read one request or answer as it is on the wire; empty where the connection has ended."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return b""
        head += line
    return head + stream.read(int(_header(head, "content-length") or 0))


def _header(message: bytes, name: str) -> str:
    head = message.partition(b"\r\n\r\n")[0].decode("latin-1")
    found = re.search(rf"(?im)^{name}:[ \t]*([^\r\n]*)", head)
    return found[1].strip() if found else ""


def _app_id(request: bytes) -> str:
    """Return the application that a call is about, be it named in the query or in the form."""
    found = re.search(rb"[?&\n]AppId=([^&\s]+)", request)
    return found[1].decode() if found else ""
