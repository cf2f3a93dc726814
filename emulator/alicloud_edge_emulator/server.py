"""The HTTP face: the cloud API and the page on `/`, files for pushes to fetch, and the control interface."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alicloud_edge_emulator.chance import Dice
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.control import Control
from alicloud_edge_emulator.ens.product import ENS
from alicloud_edge_emulator.esa.product import ESA
from alicloud_edge_emulator.faults import Faults
from alicloud_edge_emulator.gateway.endpoint import Gateway, is_api_call
from alicloud_edge_emulator.journal import Journal
from alicloud_edge_emulator.page import page, parts

MAX_BODY_BYTES = 16 << 20
PATIENCE = 8
"""How many times the limit is read, and thrown away, before the connection is closed on a client."""


def build(cloud: Cloud, *, files: Path | None = None) -> ASGIApp:
    """The application that serves a cloud, and the files of a folder under `/files`."""
    journal = Journal()
    faults = Faults(Dice(cloud.seed))
    gateway = Gateway(cloud, journal, faults, (ENS, ESA))

    async def root(request: Request) -> Response:
        return await (gateway.serve(request) if is_api_call(request) else page(request))

    routes: list[BaseRoute] = [
        Route("/", root, methods=["GET", "POST"]),
        Mount("/_emulator/page", routes=parts()),
        Mount("/_emulator", routes=Control(cloud, journal, faults).routes()),
    ]
    if files is not None:
        routes.append(Mount("/files", StaticFiles(directory=files)))
    return BodyLimit(Starlette(routes=routes), MAX_BODY_BYTES)


class BodyLimit:
    """Refuses bodies above a size before they are held in memory."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as long as it stays small."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        messages: list[Message] = []
        size = 0
        more = True
        while more and size <= self._limit * PATIENCE:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
            # What is too much is read on for a while: most clients see an answer only when all is sent.
            if size <= self._limit:
                messages.append(message)
            else:
                messages.clear()
        if size > self._limit:
            refusal = PlainTextResponse(f"the body is above {self._limit} bytes\n", 413)
            await refusal(scope, receive, send)
            return
        pending = iter(messages)

        async def replay() -> Message:
            return next(pending, None) or await receive()

        await self._app(scope, replay, send)
