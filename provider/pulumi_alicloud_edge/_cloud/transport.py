"""Makes calls: signed, rate-limited and retried where that is safe; returns a document or raises a typed error."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx
from tenacity import AsyncRetrying, RetryCallState, wait_exponential, wait_random

from pulumi_alicloud_edge._cloud.classify import (
    RawResponse,
    classify_transport_error,
    may_repeat,
    read_document,
)
from pulumi_alicloud_edge._cloud.endpoints import is_loopback
from pulumi_alicloud_edge._cloud.parameters import LONGEST_QUERY, encoded
from pulumi_alicloud_edge._cloud.rate_limiter import LONGEST_PAUSE, Gate, RateLimiter
from pulumi_alicloud_edge._cloud.redaction import hide_queries_in_log
from pulumi_alicloud_edge._cloud.response import Response
from pulumi_alicloud_edge._cloud.signature import Acs3Auth, utc_now
from pulumi_alicloud_edge._errors import (
    AuthenticationError,
    CloudError,
    EdgeError,
    FieldError,
    InputError,
    ThrottledError,
    TransportError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from pulumi_alicloud_edge._cloud.credentials import Credentials, CredentialsSource
    from pulumi_alicloud_edge._cloud.operation import Operation

_ATTEMPTS = 5
_ATTEMPTS_WHEN_THROTTLED = 10
_CONCURRENT_CALLS = 64
_TIMEOUT = httpx.Timeout(30.0, connect=5.0, pool=None)
_backoff = wait_exponential(multiplier=0.5, max=15) + wait_random(0, 0.5)


@dataclass(frozen=True)
class _Call:
    operation: Operation
    query: Mapping[str, str] = field(repr=False)
    form: Mapping[str, str] = field(repr=False)
    subject: str


class Transport:
    """One product's endpoint, and everything that all calls to it share.

    Args:
        url: The endpoint, without a trailing slash.
        credentials: Who calls.
        rate_limiter: How fast.
        clock: Monotonic seconds.
        now: The time that signatures carry.
        sleep: Waits for a number of seconds.
        transport: Replaces the network, for tests.

    Attributes:
        transient_error: What ended the last attempt of a call that is still being retried, or that its caller
            gave up.
    """

    def __init__(
        self,
        url: str,
        credentials: CredentialsSource,
        *,
        rate_limiter: RateLimiter | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = httpx.URL(url)
        self._credentials = credentials
        self._gate = Gate(rate_limiter or RateLimiter(), clock=clock, sleep=sleep)
        self._now = now
        self._sleep = sleep
        self._transport = transport
        self.transient_error: CloudError | TransportError | None = None

    async def call(
        self,
        operation: Operation,
        query: Mapping[str, str],
        form: Mapping[str, str] | None = None,
        *,
        subject: str = "",
    ) -> Response:
        """Make a call, and retry it where it failed without changing anything.

        Args:
            operation: What to call.
            query: Parameters that the operation takes in the query.
            form: Parameters that it takes in the body.
            subject: The application's id that the call is about, for errors.

        Raises:
            CloudError: The cloud refused, or its response cannot be used.
            TransportError: There was no response.
            SettingsError: There are no credentials.
        """
        retrying = AsyncRetrying(
            sleep=self._sleep,
            wait=_wait,
            stop=_is_enough,
            retry=lambda state: state.outcome is not None and _failed_harmlessly(operation, state),
            before_sleep=self._note_transient_error,
            reraise=True,
        )
        try:
            response: Response = await retrying(self._attempt, _Call(operation, query, form or {}, subject))
        except EdgeError:
            self.transient_error = None
            raise
        self.transient_error = None
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        if "_client" in self.__dict__:
            await self._client.aclose()

    def _note_transient_error(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self.transient_error = error if isinstance(error, CloudError | TransportError) else None

    async def _attempt(self, call: _Call) -> Response:
        """Call once, and once more with fresh credentials where the first call shows that they have expired."""
        credentials = await self._credentials.get()
        try:
            return await self._send(call, credentials)
        except AuthenticationError as error:
            if not error.has_expired:
                raise
            fresh = await self._credentials.refresh(credentials)
            if fresh == credentials:
                raise
        return await self._send(call, fresh)

    async def _send(self, call: _Call, credentials: Credentials) -> Response:
        request = self._request(call)
        called_at = await self._gate.enter()
        try:
            received = await self._client.send(request, auth=Acs3Auth(credentials, now=self._now))
        except httpx.RequestError as error:
            raise classify_transport_error(
                call.operation, error, endpoint=self._place, subject=call.subject
            ) from None
        response = RawResponse(received.status_code, received.headers, received.content)
        secrets = [credentials.access_key_secret, *filter(None, [credentials.security_token])]
        try:
            document = read_document(call.operation, response, subject=call.subject, secrets=secrets)
        except ThrottledError as error:
            self._gate.throttled(called_at, error.retry_after)
            raise
        return Response(call.operation, call.subject, response.status, document)

    def _request(self, call: _Call) -> httpx.Request:
        headers = {"x-acs-action": call.operation.action, "x-acs-version": call.operation.product.api_version}
        if call.form:
            headers["content-type"] = "application/x-www-form-urlencoded"
        query = encoded(call.query)
        if len(query) > LONGEST_QUERY:
            reason = f"is too long for one call of {call.operation.action} ({len(query)} bytes)"
            raise InputError((FieldError("data", reason),))
        target = self._url.copy_with(path="/", query=query.encode())
        content = urlencode(call.form).encode() if call.form else None
        return self._client.build_request(call.operation.method, target, headers=headers, content=content)

    @property
    def _place(self) -> str:
        return self._url.netloc.decode()

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        # Made at the first call: reading the trust store is slow, and many runs use one product only.
        hide_queries_in_log("httpx")
        return httpx.AsyncClient(
            timeout=_TIMEOUT,
            limits=httpx.Limits(
                max_connections=_CONCURRENT_CALLS, max_keepalive_connections=_CONCURRENT_CALLS
            ),
            headers={"user-agent": f"pulumi-alicloud-edge/{_version()}", "accept": "application/json"},
            # Loading the trusted certificates takes longer than many a run has calls.
            verify=self._url.scheme == "https",
            # A proxy cannot reach this machine's own loopback.
            trust_env=not is_loopback(self._url.host),
            transport=self._transport,
        )


def _failed_harmlessly(operation: Operation, state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome else None
    return error is not None and may_repeat(operation, error)


def _is_enough(state: RetryCallState) -> bool:
    """Limit the attempts; more are made while throttled, which is sure to end."""
    error = state.outcome.exception() if state.outcome else None
    limit = _ATTEMPTS_WHEN_THROTTLED if isinstance(error, ThrottledError) else _ATTEMPTS
    return state.attempt_number >= limit


def _wait(state: RetryCallState) -> float:
    """Wait as long as the cloud asks for, else a random time that grows with each attempt."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, CloudError) and error.retry_after is not None:
        return min(error.retry_after, LONGEST_PAUSE)
    return _backoff(state)


def _version() -> str:
    try:
        return version("pulumi-alicloud-edge")
    except PackageNotFoundError:
        return "0"
