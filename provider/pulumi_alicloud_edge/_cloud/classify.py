"""Classifies responses and lost responses: one error class for each thing that a caller may do about it.

The cloud's codes and HTTP's statuses disagree: ENS denies with 400, ESA reports its internal errors with
400 (``InternalException``), and a 404 may mean an unknown application, a host that lacks the operation, or anything
else. The code decides first, then the status.
"""

from __future__ import annotations

import errno
import os
import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pydantic_core

from pulumi_alicloud_edge._cloud.operation import Effect, Product
from pulumi_alicloud_edge._cloud.redaction import redact
from pulumi_alicloud_edge._errors import (
    AuthenticationError,
    ClockSkewError,
    CloudError,
    MalformedResponseError,
    NotFoundError,
    PermissionDeniedError,
    RejectedError,
    ResponseLostError,
    ThrottledError,
    TransportError,
    UnavailableError,
    UnreachableError,
    UnsupportedOperationError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pulumi_alicloud_edge._cloud.operation import Operation

_FIRST_OTHER, _FIRST_ERROR, _FIRST_SERVER_ERROR = 300, 400, 500
_UNAUTHORIZED, _FORBIDDEN, _REQUEST_TIMEOUT, _TOO_MANY = 401, 403, 408, 429

# All compared in lower case: the products do not agree on capitals.
_THROTTLED = ("throttling", "rejected.throttling", "toomanyrequests")
_UNAVAILABLE = (
    "serviceunavailable",
    "site.servicebusy",
    "systembusy",
    "lockfailed",
    "internalerror",
    "internalexception",
    # It may also be a rejection without a reason; the limits of all retries hold for it too.
    "ens.interface.error",
    "callinterface",
    # Every attempt has a nonce of its own, so a proxy sent this request twice; the first copy may have been
    # carried out.
    "signaturenonceused",
)
_CLOCK_SKEW = ("invalidtimestamp.expired",)
_AUTHENTICATION = (
    "invalidaccesskeyid",
    "invalidaccesskeysecret",
    "missingaccesskeyid",
    "signaturedoesnotmatch",
    "incompletesignature",
    "invalidsecuritytoken",
    "missingsecuritytoken",
    "forbidden.accesskeydisabled",
)
_DENIED = ("nopermission", "forbidden", "accessdenied", "unauthorized")
_NO_APPLICATION = {Product.ENS: "invalidparameter.appid", Product.ESA: "invalidapp.notfound"}
"""The one code of each product for an application that does not exist. No other code counts as "gone".

ESA has the code of ENS too, for an id that is missing or is not of its form.
"""
# The operation or the host is not found, not the application.
_UNSUPPORTED = ("invalidaction.", "invalidapi.", "invalidproduct.", "invalidprotocol.", "invalidversion")
_SUCCESS_CODES = frozenset({"", "0", "200", "ok", "success"})
_TIME_LEFT = re.compile(r"\bTimeLeft:(\d+)", re.ASCII)
_DELAY = re.compile(r"\d{1,15}", re.ASCII)
"""Milliseconds in a header; a number with more digits is not a delay."""


@dataclass(frozen=True)
class RawResponse:
    """What came back over HTTP. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def read_document(
    operation: Operation, response: RawResponse, *, subject: str, secrets: Iterable[str]
) -> dict[str, Any]:
    """Return the response's JSON object.

    Raises:
        CloudError: The response is a refusal or is not in the contract; `effect_unclear` is set where the call
            may have taken effect all the same.
    """
    document = _json_object(response.body)
    if response.status < _FIRST_OTHER and document is not None and not _refuses(document):
        return document
    raise classify(operation, response, document, subject=subject, secrets=secrets)


def classify(
    operation: Operation,
    response: RawResponse,
    document: dict[str, Any] | None,
    *,
    subject: str = "",
    secrets: Iterable[str] = (),
) -> CloudError:
    """Make the error for a response that cannot be used.

    Args:
        operation: What was called.
        response: What came back.
        document: The JSON object in its body, None where there is none.
        subject: The application's id that the call was about.
        secrets: Texts that the error must not repeat.
    """
    code = _text(document, "Code")
    hint = _milliseconds([response.headers.get("x-acs-retry-after", "")])
    kind = _class_of(operation.product, response.status, code, hinted=hint is not None)
    error = kind(
        action=operation.action,
        code=code or f"HTTP{response.status}",
        message=redact(_text(document, "Message"), secrets)
        or ("no message" if code else _describe(response)),
        status=response.status,
        request_id=_text(document, "RequestId"),
        subject=subject,
    )
    error.retry_after = hint
    if isinstance(error, ThrottledError) and hint is None:
        error.retry_after = _time_left(response.headers)
    # A page of HTML that refuses (a proxy's, say) started nothing; a success that cannot be read may have.
    unreadable_success = kind is MalformedResponseError and response.status < _FIRST_OTHER
    error.effect_unclear = operation.effect is Effect.START and (
        kind is UnavailableError or unreadable_success
    )
    if isinstance(error, PermissionDeniedError):
        error.ram_action = _denied_action(document) or operation.ram_action
    if isinstance(error, ClockSkewError):
        error.server_time = _server_time(response.headers)
    return error


def classify_transport_error(
    operation: Operation, raised: httpx.RequestError, *, endpoint: str, subject: str
) -> TransportError:
    """Make the error for a call without a response, from what the HTTP library raised.

    The library's message is not passed on: it may quote headers.
    """
    match raised:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout() | httpx.ProxyError():
            kind: type[TransportError] = UnreachableError
        case httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
            kind = UnreachableError
        case _:
            kind = ResponseLostError
    error = kind(action=operation.action, endpoint=endpoint, cause=_cause(raised), subject=subject)
    error.effect_unclear = kind is ResponseLostError and operation.effect is Effect.START
    return error


def may_repeat(operation: Operation, error: BaseException) -> bool:
    """Return whether the same call may be repeated without reading the state first.

    A start whose effect is unclear may not: the first call may have begun what the second would begin again.
    """
    match error:
        case ThrottledError() | UnreachableError():
            return True
        case UnavailableError() | ResponseLostError():
            return operation.effect is Effect.READ
        case MalformedResponseError():
            # A truncated success may be complete the second time; a proxy's page will not.
            return operation.effect is Effect.READ and error.status < _FIRST_OTHER
        case _:
            return False


def _class_of(product: Product, status: int, code: str, *, hinted: bool) -> type[CloudError]:
    name = code.lower()
    if name.startswith(_THROTTLED) or status == _TOO_MANY:
        return ThrottledError
    if name.startswith(_CLOCK_SKEW):
        return ClockSkewError
    if name.startswith(_AUTHENTICATION):
        return AuthenticationError
    if name.startswith(_UNAVAILABLE) or status >= _FIRST_SERVER_ERROR or status == _REQUEST_TIMEOUT:
        return UnavailableError
    if not code:
        return MalformedResponseError
    if name.startswith(_DENIED) or status == _FORBIDDEN:
        return PermissionDeniedError
    if name.startswith(_UNSUPPORTED):
        return UnsupportedOperationError
    if name == _NO_APPLICATION[product]:
        return NotFoundError
    if status == _UNAUTHORIZED:
        return AuthenticationError
    # The vendor's clients treat any refusal with a retry hint as throttling, whatever its code.
    return ThrottledError if hinted else RejectedError


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        document = pydantic_core.from_json(body, allow_inf_nan=False)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _refuses(document: dict[str, Any]) -> bool:
    """Return whether a 200 is a refusal: some gateways send one with a code and a message."""
    code, message = _text(document, "Code"), _text(document, "Message")
    return bool(message) and code.lower() not in _SUCCESS_CODES


def _text(document: dict[str, Any] | None, key: str) -> str:
    """Read a field of an error's body; both capitals of its first letter occur."""
    if document is None:
        return ""
    value = document.get(key, document.get(key[0].lower() + key[1:]))
    return str(value).strip() if isinstance(value, str | int) else ""


def _describe(response: RawResponse) -> str:
    if not response.body:
        return "an empty body in place of the documented JSON"
    kind = response.headers.get("content-type", "unknown type").split(";")[0]
    return f"{len(response.body)} bytes of {kind} in place of the documented JSON"


def _time_left(headers: Mapping[str, str]) -> float | None:
    """Read the older rate limit headers, such as ``Limit:100,TimeLeft:300``; good answers have them too."""
    names = ("x-ratelimit-user-api", "x-ratelimit-user")
    return _milliseconds([left for name in names for left in _TIME_LEFT.findall(headers.get(name, ""))])


def _milliseconds(hints: list[str]) -> float | None:
    """Return the longest of some delays in seconds; an empty, zero or unreadable one is none."""
    longest = max((int(hint) for hint in hints if _DELAY.fullmatch(hint)), default=0)
    return longest / 1000 if longest > 0 else None


def _denied_action(document: dict[str, Any] | None) -> str:
    detail = (document or {}).get("AccessDeniedDetail")
    action = detail.get("AuthAction") if isinstance(detail, dict) else None
    return action if isinstance(action, str) else ""


def _server_time(headers: Mapping[str, str]) -> datetime | None:
    try:
        time = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, OverflowError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _cause(error: httpx.RequestError) -> str:
    reason = _system_reason(error)
    match error:
        case httpx.ConnectTimeout():
            return "no connection within the time allowed"
        case httpx.ConnectError():
            return f"cannot connect{reason}"
        case httpx.ProxyError():
            return "the proxy refused the connection"
        case httpx.TimeoutException():
            return "no response within the time allowed"
        case httpx.RemoteProtocolError() | httpx.ReadError() | httpx.WriteError() | httpx.CloseError():
            return f"the connection ended before the response{reason}"
        case _:
            return f"the request failed ({type(error).__name__}){reason}"


def _system_reason(error: BaseException) -> str:
    """Find the operating system's message behind the library's error, such as ``Connection refused``."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return f": certificate not accepted ({seen.verify_message})"
        if isinstance(seen, OSError) and seen.strerror and len(seen.args) > 1:
            # asyncio replaces the system's message by its own; that of a name look-up is kept.
            named = seen.errno is not None and seen.errno in errno.errorcode
            return f": {os.strerror(seen.errno or 0) if named else seen.strerror}"
        if isinstance(seen, BaseExceptionGroup) and seen.exceptions:
            seen = seen.exceptions[0]
        else:
            seen = seen.__cause__ or seen.__context__
    return ""
