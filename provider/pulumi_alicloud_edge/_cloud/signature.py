"""The vendor's request signature, version 3 (ACS3-HMAC-SHA256)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    from pulumi_alicloud_edge._cloud.credentials import Credentials

ALGORITHM = "ACS3-HMAC-SHA256"


def utc_now() -> datetime:
    """Return the time as signatures need it."""
    return datetime.now(UTC)


def new_nonce() -> str:
    """Make a number that no other request has."""
    return secrets.token_hex(16)


def canonical_query(query: Iterable[tuple[str, str]]) -> str:
    """Write a query as it is signed: sorted by key, and all but ``A-Za-z0-9-_.~`` percent-encoded."""
    return "&".join(f"{quote(key, safe='~')}={quote(value, safe='~')}" for key, value in sorted(query))


def authorization(
    *,
    method: str,
    query: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    body: bytes,
    access_key_id: str,
    access_key_secret: str,
) -> str:
    """Compute the ``Authorization`` header for a request to ``/``.

    Args:
        method: HTTP method.
        query: Decoded parameters of the query.
        headers: Every header to be signed; ``host`` and ``x-acs-content-sha256`` among them.
        body: The bytes that are sent.
        access_key_id: Whose signature.
        access_key_secret: What is signed with.
    """
    signed = sorted((name.lower(), value.strip()) for name, value in headers.items())
    names = ";".join(name for name, _ in signed)
    canonical_request = "\n".join(
        (
            method,
            "/",
            canonical_query(query),
            "".join(f"{name}:{value}\n" for name, value in signed),
            names,
            _sha256(body),
        )
    )
    string_to_sign = f"{ALGORITHM}\n{_sha256(canonical_request.encode())}"
    signature = hmac.new(access_key_secret.encode(), string_to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={access_key_id},SignedHeaders={names},Signature={signature}"


class Acs3Auth(httpx.Auth):
    """Signs each request that passes through it, with a time and a nonce of its own.

    Signed are ``host``, ``content-type`` where there is a body, and every ``x-acs-*`` header: what the
    protocol demands. Other headers stay free for the transport to set.
    """

    requires_request_body = True

    def __init__(
        self,
        credentials: Credentials,
        *,
        now: Callable[[], datetime] = utc_now,
        nonce: Callable[[], str] = new_nonce,
    ) -> None:
        self._credentials = credentials
        self._now = now
        self._nonce = nonce

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the signature's headers on the request."""
        request.headers["x-acs-date"] = self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        request.headers["x-acs-signature-nonce"] = self._nonce()
        request.headers["x-acs-content-sha256"] = _sha256(request.content)
        if self._credentials.security_token:
            request.headers["x-acs-accesskey-id"] = self._credentials.access_key_id
            request.headers["x-acs-security-token"] = self._credentials.security_token
        request.headers["authorization"] = authorization(
            method=request.method,
            query=parse_qsl(request.url.query.decode(), keep_blank_values=True),
            headers={name: value for name, value in request.headers.items() if _is_signed(name, request)},
            body=request.content,
            access_key_id=self._credentials.access_key_id,
            access_key_secret=self._credentials.access_key_secret,
        )
        yield request


def _is_signed(name: str, request: httpx.Request) -> bool:
    return name == "host" or name.startswith("x-acs-") or (name == "content-type" and bool(request.content))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
