"""Connections that can be broken off, which HTTP frameworks leave no way to do."""

import asyncio
from typing import ClassVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_Peer = tuple[str, int]


class BreakableProtocol(H11Protocol):
    """The server's HTTP protocol, which remembers the transport of every open connection."""

    transports: ClassVar[dict[_Peer, asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember a new connection."""
        super().connection_made(transport)
        if self.client is not None:
            self.transports[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a closed one."""
        if self.client is not None:
            self.transports.pop(self.client, None)
        super().connection_lost(exc)


def _transport(scope: Scope) -> asyncio.Transport | None:
    return BreakableProtocol.transports.get(tuple(scope["client"] or ()))


class Dropped(Response):
    """No answer: the connection is reset."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Break the connection off."""
        del receive, send
        transport = _transport(scope)
        if transport is not None:
            transport.abort()
        await asyncio.sleep(0)


class Cut(Response):
    """Half of an answer that promised more."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send half, then close."""
        del receive
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        transport = _transport(scope)
        if transport is not None:
            transport.close()
        await asyncio.sleep(0)
