from __future__ import annotations

import ssl
from datetime import UTC, datetime

import httpx
import pydantic_core
import pytest

from pulumi_alicloud_edge._cloud import ens, esa
from pulumi_alicloud_edge._cloud.classify import (
    RawResponse,
    classify_transport_error,
    may_repeat,
    read_document,
)
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

READ, START = ens.PUSH_RESULT, ens.PUSH


def refused(
    status: int,
    body: object = None,
    operation: ens.Operation = READ,
    headers: dict[str, str] | None = None,
    secrets: tuple[str, ...] = (),
) -> CloudError:
    content = body if isinstance(body, bytes) else pydantic_core.to_json(body)
    with pytest.raises(CloudError) as caught:
        read_document(
            operation, RawResponse(status, headers or {}, content), subject="app-1", secrets=secrets
        )
    return caught.value


def coded(code: str, message: str = "No.") -> dict[str, str]:
    return {"Code": code, "Message": message, "RequestId": "REQ-1"}


CODES = [
    # status, code, error, may a read be repeated, may a start be repeated, may a start have taken effect
    (400, "Throttling", ThrottledError, True, True, False),
    (400, "Throttling.User", ThrottledError, True, True, False),
    (429, "Throttling.Api", ThrottledError, True, True, False),
    (429, "Whatever", ThrottledError, True, True, False),
    (503, "Throttling", ThrottledError, True, True, False),
    (400, "Rejected.Throttling", ThrottledError, True, True, False),
    (503, "Rejected.Throttling", ThrottledError, True, True, False),
    (400, "TooManyRequests", ThrottledError, True, True, False),
    (400, "Site.ServiceBusy", UnavailableError, True, False, True),
    (400, "LockFailed", UnavailableError, True, False, True),
    (403, "LockFailed", UnavailableError, True, False, True),
    (400, "SystemBusy", UnavailableError, True, False, True),
    (400, "ServiceUnavailable", UnavailableError, True, False, True),
    (503, "ServiceUnavailable", UnavailableError, True, False, True),
    (503, "ServiceUnavailableTemporary", UnavailableError, True, False, True),
    (500, "InternalError", UnavailableError, True, False, True),
    (400, "InternalError", UnavailableError, True, False, True),
    (400, "InternalException", UnavailableError, True, False, True),
    (400, "ens.interface.error", UnavailableError, True, False, True),
    (400, "CallInterface", UnavailableError, True, False, True),
    (502, "Whatever", UnavailableError, True, False, True),
    (504, "Whatever", UnavailableError, True, False, True),
    (408, "Whatever", UnavailableError, True, False, True),
    (400, "SignatureNonceUsed", UnavailableError, True, False, True),
    (400, "NoPermission", PermissionDeniedError, False, False, False),
    (403, "NoPermission", PermissionDeniedError, False, False, False),
    (403, "Forbidden.RAM", PermissionDeniedError, False, False, False),
    (403, "Whatever", PermissionDeniedError, False, False, False),
    (404, "Whatever", RejectedError, False, False, False),
    (404, "InvalidRegion.NotFound", RejectedError, False, False, False),
    (404, "NoSuchVersion", RejectedError, False, False, False),
    (404, "InvalidAction.NotFound", UnsupportedOperationError, False, False, False),
    (404, "InvalidApi.NotFound", UnsupportedOperationError, False, False, False),
    (404, "InvalidProduct.NotFound", UnsupportedOperationError, False, False, False),
    (404, "InvalidProtocol.NeedSsl", UnsupportedOperationError, False, False, False),
    (400, "InvalidParameter", RejectedError, False, False, False),
    (400, "InvalidParameter.Data", RejectedError, False, False, False),
    (400, "MissingParameter", RejectedError, False, False, False),
    (400, "LimitExceeded.SecurityGroup", RejectedError, False, False, False),
    (400, "InvalidTimeStamp.Format", RejectedError, False, False, False),
    (400, "InvalidTimeStamp.Expired", ClockSkewError, False, False, False),
    (400, "Forbidden.AccessKeyDisabled", AuthenticationError, False, False, False),
    (403, "Forbidden.AccessKeyDisabled", AuthenticationError, False, False, False),
    (403, "Forbidden", PermissionDeniedError, False, False, False),
    (404, "InvalidAccessKeyId.NotFound", AuthenticationError, False, False, False),
    (403, "InvalidAccessKeyId.Inactive", AuthenticationError, False, False, False),
    (400, "SignatureDoesNotMatch", AuthenticationError, False, False, False),
    (400, "InvalidSecurityToken.Expired", AuthenticationError, False, False, False),
    (403, "InvalidSecurityToken.MismatchWithAccessKey", AuthenticationError, False, False, False),
    (401, "Whatever", AuthenticationError, False, False, False),
]


@pytest.mark.parametrize(("status", "code", "kind", "read", "start", "unclear"), CODES)
def test_each_code_says_what_to_do(
    status: int, code: str, kind: type[CloudError], *, read: bool, start: bool, unclear: bool
) -> None:
    of_read, of_start = refused(status, coded(code)), refused(status, coded(code), START)
    assert (type(of_read), type(of_start)) == (kind, kind)
    assert (may_repeat(READ, of_read), may_repeat(START, of_start)) == (read, start)
    assert (of_read.effect_unclear, of_start.effect_unclear) == (False, unclear)


@pytest.mark.parametrize(
    ("operation", "status", "code", "kind"),
    [
        (ens.DIST_RESULT, 400, "InvalidParameter.AppId", NotFoundError),
        (ens.CLEAN, 400, "invalidparameter.appid", NotFoundError),
        (esa.APP_STATUS, 404, "InvalidApp.NotFound", NotFoundError),
        (esa.APP_STATUS, 400, "invalidapp.notfound", NotFoundError),
        # ESA answers so where the id is missing or is not of its form.
        (esa.APP_STATUS, 400, "InvalidParameter.appid", RejectedError),
        (ens.DIST_RESULT, 404, "InvalidApp.NotFound", RejectedError),
        (ens.DIST_RESULT, 404, "InvalidInstance.NotFound", RejectedError),
        (esa.APP_STATUS, 404, "InvalidAppVersion.NotFound", RejectedError),
        (ens.CLEAN, 404, "InvalidAction.NotFound", UnsupportedOperationError),
        (esa.APP_STATUS, 404, "invalidaction.notfound", UnsupportedOperationError),
    ],
)
def test_only_a_code_that_names_a_missing_application_means_gone(
    operation: ens.Operation, status: int, code: str, kind: type[CloudError]
) -> None:
    assert type(refused(status, coded(code), operation)) is kind


def test_an_error_carries_the_clouds_own_facts() -> None:
    error = refused(400, coded("InvalidParameter.Data", "The specified field Data invalid."))
    assert error.action == "DescribeDataPushResult"
    assert (error.code, error.message) == ("InvalidParameter.Data", "The specified field Data invalid.")
    assert (error.status, error.request_id, error.subject) == (400, "REQ-1", "app-1")


def test_small_first_letters_are_read_too() -> None:
    error = refused(400, {"code": "NoPermission", "message": "Permission denied.", "requestId": "R"})
    assert isinstance(error, PermissionDeniedError)
    assert (error.message, error.request_id) == ("Permission denied.", "R")


@pytest.mark.parametrize(
    ("status", "body", "kind", "unclear"),
    [
        (200, b"", MalformedResponseError, True),
        (200, b'{"PushResults": {"Pu', MalformedResponseError, True),
        (200, b"<html>Hello</html>", MalformedResponseError, True),
        (200, b"[]", MalformedResponseError, True),
        (200, b'"text"', MalformedResponseError, True),
        (200, b'{"RequestId": NaN}', MalformedResponseError, True),
        (200, b"\xff\xfe{", MalformedResponseError, True),
        (302, b"", MalformedResponseError, False),
        (404, b"<html>Not here</html>", MalformedResponseError, False),
        (403, b"<html>The proxy says no</html>", MalformedResponseError, False),
        (400, b"{}", MalformedResponseError, False),
        (429, b"slow down", ThrottledError, False),
        (502, b"<html>Bad Gateway</html>", UnavailableError, True),
        (503, b"", UnavailableError, True),
        (500, b'{"Code": "Intern', UnavailableError, True),
    ],
)
def test_answers_that_are_no_json_of_the_contract_have_types_too(
    status: int, body: bytes, kind: type[CloudError], *, unclear: bool
) -> None:
    error = refused(status, body, START)
    assert type(error) is kind
    assert error.code == f"HTTP{status}"
    assert error.effect_unclear is unclear


def test_a_garbled_success_of_a_read_is_worth_another_try_and_a_proxys_page_is_not() -> None:
    assert may_repeat(READ, refused(200, b'{"cut'))
    assert not may_repeat(READ, refused(404, b"<html>"))
    assert not may_repeat(START, refused(200, b'{"cut', START))


def test_a_page_of_html_is_described_and_not_repeated() -> None:
    page = b"<html>POST /?Data=%22url%22%3Ahttp://x/?Signature=hunter2</html>"
    error = refused(502, page, headers={"content-type": "text/html; charset=utf-8"})
    assert "hunter2" not in str(error)
    assert "text/html" in error.message


def test_a_refusal_in_a_success_is_a_refusal() -> None:
    assert isinstance(refused(200, coded("NoPermission")), PermissionDeniedError)
    assert isinstance(refused(200, coded("InvalidParameter.Data")), RejectedError)


@pytest.mark.parametrize("code", [0, "0", "200", 200, "Success", "OK"])
def test_a_code_that_says_success_is_none(code: object) -> None:
    body = {"Code": code, "Message": "success", "RequestId": "R"}
    answer = RawResponse(200, {}, pydantic_core.to_json(body))
    assert read_document(READ, answer, subject="", secrets=()) == body


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-acs-retry-after": "1500"}, 1.5),
        ({"x-ratelimit-user-api": "Limit:100,TimeLeft:300"}, 0.3),
        ({"x-ratelimit-user": "TimeLeft:200", "x-ratelimit-user-api": "TimeLeft:900"}, 0.9),
        ({"x-acs-retry-after": "100", "x-ratelimit-user": "TimeLeft:900"}, 0.1),
        ({"x-acs-retry-after": "0"}, None),
        ({"x-acs-retry-after": "-5"}, None),
        ({"x-acs-retry-after": "soon"}, None),
        ({"x-acs-retry-after": "²"}, None),
        ({"x-acs-retry-after": "9" * 400}, None),
        ({"x-acs-retry-after": "9" * 5000}, None),
        ({"x-ratelimit-user": "TimeLeft:" + "9" * 5000}, None),
        ({"retry-after": "3"}, None),
        ({}, None),
    ],
)
def test_the_hint_when_to_come_back_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert refused(429, coded("Throttling.User"), headers=headers).retry_after == seconds


def test_a_hint_makes_throttling_of_a_refusal_without_a_better_meaning() -> None:
    hint = {"x-acs-retry-after": "1000"}
    assert isinstance(refused(400, coded("Busy.Today"), headers=hint), ThrottledError)
    assert isinstance(refused(400, coded("NoPermission"), headers=hint), PermissionDeniedError)
    unavailable = refused(503, coded("ServiceUnavailable"), START, headers=hint)
    assert isinstance(unavailable, UnavailableError)
    assert (unavailable.retry_after, unavailable.effect_unclear) == (1.0, True)


def test_rate_limit_headers_alone_do_not_make_throttling() -> None:
    headers = {"x-ratelimit-user-api": "Limit:100,TimeLeft:300"}
    assert type(refused(400, coded("InvalidParameter"), headers=headers)) is RejectedError


def test_denied_names_the_permission() -> None:
    plain = refused(400, coded("NoPermission"), START)
    assert isinstance(plain, PermissionDeniedError)
    assert plain.ram_action == "ens:PushApplicationData"
    detailed = refused(
        403, {**coded("Forbidden.RAM"), "AccessDeniedDetail": {"AuthAction": "esa:Publish"}}, esa.PUBLISH
    )
    assert isinstance(detailed, PermissionDeniedError)
    assert detailed.ram_action == "esa:Publish"


def test_a_clock_that_is_off_is_told_the_clouds_time() -> None:
    error = refused(400, coded("InvalidTimeStamp.Expired"), headers={"date": "Fri, 02 Jan 2026 03:04:05 GMT"})
    assert isinstance(error, ClockSkewError)
    assert error.server_time == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    for date in ("yesterday", "", "Fri, 02 Jan 99999999999 03:04:05 GMT"):
        error = refused(400, coded("InvalidTimeStamp.Expired"), headers={"date": date})
        assert isinstance(error, ClockSkewError)
        assert error.server_time is None


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (httpx.ConnectError("x"), UnreachableError),
        (httpx.ConnectTimeout("x"), UnreachableError),
        (httpx.PoolTimeout("x"), UnreachableError),
        (httpx.ProxyError("x"), UnreachableError),
        (httpx.ReadTimeout("x"), ResponseLostError),
        (httpx.WriteTimeout("x"), ResponseLostError),
        (httpx.ReadError("x"), ResponseLostError),
        (httpx.WriteError("x"), ResponseLostError),
        (httpx.CloseError("x"), ResponseLostError),
        (httpx.RemoteProtocolError("x"), ResponseLostError),
        (httpx.DecodingError("x"), ResponseLostError),
    ],
)
def test_no_answer_tells_whether_the_request_went_out(
    fault: httpx.RequestError, kind: type[TransportError]
) -> None:
    error = classify_transport_error(START, fault, endpoint="ens.example", subject="app-1")
    lost = kind is ResponseLostError
    assert type(error) is kind
    assert error.effect_unclear is lost
    assert may_repeat(START, error) is not lost
    assert may_repeat(READ, classify_transport_error(READ, fault, endpoint="ens.example", subject=""))
    assert not classify_transport_error(READ, fault, endpoint="ens.example", subject="").effect_unclear
    assert (error.action, error.endpoint, error.subject) == ("PushApplicationData", "ens.example", "app-1")


def test_the_libraries_words_are_not_passed_on() -> None:
    fault = httpx.LocalProtocolError("Illegal header value b'hunter2'")
    assert "hunter2" not in str(classify_transport_error(READ, fault, endpoint="ens.example", subject=""))


def test_the_systems_reason_is_passed_on() -> None:
    fault = httpx.ConnectError("All connection attempts failed")
    fault.__cause__ = ExceptionGroup("attempts", [OSError(111, "Connect call failed ('::1', 80)")])
    assert (
        classify_transport_error(READ, fault, endpoint="e", subject="").cause
        == "cannot connect: Connection refused"
    )
    refusal = ssl.SSLCertVerificationError(1, "certificate verify failed")
    refusal.verify_message = "self-signed certificate"
    fault.__cause__ = refusal
    assert "self-signed certificate" in classify_transport_error(READ, fault, endpoint="e", subject="").cause
