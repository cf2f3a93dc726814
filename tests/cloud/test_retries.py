from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest
from tests.cloud.scripted import KEY, SECRET, URL, Script, Step, Time, refusal, scripted

from pulumi_alicloud_edge._cloud.credentials import Credentials, StaticCredentials
from pulumi_alicloud_edge._cloud.ens import Ens
from pulumi_alicloud_edge._cloud.ens_wire import PushFile
from pulumi_alicloud_edge._cloud.settings import CloudSettings
from pulumi_alicloud_edge._cloud.transport import Transport
from pulumi_alicloud_edge._errors import (
    AuthenticationError,
    CloudError,
    EdgeError,
    InputError,
    MalformedResponseError,
    RejectedError,
    ResponseLostError,
    ThrottledError,
    TransportError,
    UnavailableError,
    UnreachableError,
)

OK: dict[str, Any] = {"PushResults": {"PushResult": []}, "RequestId": "R"}
FILE = PushFile(name="assets", version="1", url="http://x/")
PASSING: list[Step] = [
    refusal(429, "Throttling.User"),
    refusal(400, "Throttling"),
    refusal(500, "InternalError"),
    refusal(400, "InternalException"),
    refusal(400, "ens.interface.error"),
    refusal(400, "CallInterface"),
    refusal(400, "Rejected.Throttling"),
    refusal(400, "TooManyRequests"),
    refusal(400, "Site.ServiceBusy"),
    refusal(400, "LockFailed"),
    refusal(400, "SystemBusy"),
    refusal(400, "ServiceUnavailable"),
    refusal(503, "ServiceUnavailableTemporary"),
    httpx.Response(502, text="<html>"),
    httpx.Response(200, text='{"PushResults": {'),
    httpx.ConnectError("x"),
    httpx.ReadTimeout("x"),
    httpx.RemoteProtocolError("x"),
]


@pytest.mark.parametrize("trouble", PASSING)
async def test_a_read_outlasts_four_passing_troubles(trouble: Step) -> None:
    cloud, script, time = scripted(trouble, trouble, trouble, trouble, {**OK, "TotalCount": 0})
    assert [group async for group in cloud.ens.describe_data_push_result("app")] == []
    assert len(script.requests) == 5
    assert time.slept


async def test_why_a_call_is_being_repeated_is_known_meanwhile_and_forgotten_after() -> None:
    meanwhile: list[str] = []

    class Watched(Time):
        async def sleep(self, seconds: float) -> None:
            meanwhile.append(str(cloud.transient_error("app")))
            assert cloud.transient_error("another") is None
            await super().sleep(seconds)

    cloud, _, _ = scripted(refusal(503, "ServiceUnavailable"), {**OK, "TotalCount": 0}, time=Watched())
    assert [group async for group in cloud.ens.describe_data_push_result("app")] == []
    assert meanwhile == ["DescribeDataPushResult: ServiceUnavailable: No."]
    assert cloud.transient_error("app") is None


async def test_why_a_call_was_repeated_is_forgotten_once_it_has_failed() -> None:
    cloud, _, _ = scripted(refusal(503, "ServiceUnavailable"))
    with pytest.raises(UnavailableError):
        await cloud.ens.describe_application("app")
    assert cloud.transient_error("app") is None


@pytest.mark.parametrize("trouble", PASSING)
async def test_a_read_gives_up_in_the_end_and_says_what_was_wrong_last(trouble: Step) -> None:
    cloud, script, _ = scripted(trouble)
    with pytest.raises((CloudError, TransportError)) as caught:
        await cloud.ens.describe_application("app")
    assert len(script.requests) == (10 if isinstance(caught.value, ThrottledError) else 5)


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (refusal(500, "InternalError"), UnavailableError),
        (refusal(400, "InternalException"), UnavailableError),
        (refusal(503, "ServiceUnavailable", x_acs_retry_after="10"), UnavailableError),
        (httpx.Response(504, text="<html>"), UnavailableError),
        (httpx.ReadTimeout("x"), ResponseLostError),
        (httpx.RemoteProtocolError("x"), ResponseLostError),
        (httpx.Response(200, text='{"PushResults": {'), MalformedResponseError),
        ({"PushResults": [], "RequestId": "R"}, MalformedResponseError),
    ],
)
async def test_a_start_that_may_have_worked_is_not_repeated(trouble: Step, kind: type[EdgeError]) -> None:
    cloud, script, time = scripted(trouble, OK)
    with pytest.raises(kind) as caught:
        await cloud.ens.push_application_data("app", [FILE])
    assert isinstance(caught.value, CloudError | TransportError)
    assert caught.value.effect_unclear
    assert len(script.requests) == 1
    assert time.slept == []


@pytest.mark.parametrize(
    "trouble", [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), refusal(429, "Throttling.User")]
)
async def test_a_start_that_surely_did_nothing_is_repeated(trouble: Step) -> None:
    cloud, script, _ = scripted(trouble, trouble, trouble, trouble, OK)
    assert (await cloud.ens.push_application_data("app", [FILE])).request_id == "R"
    assert len(script.requests) == 5


@pytest.mark.parametrize("code", ["InvalidParameter.AppId", "NoPermission", "InvalidApp.NotFound"])
async def test_a_refusal_that_stays_one_is_not_repeated(code: str) -> None:
    cloud, script, time = scripted(refusal(400, code))
    with pytest.raises(CloudError):
        await cloud.ens.describe_application("app")
    assert (len(script.requests), time.slept) == (1, [])


async def test_waits_grow_and_differ() -> None:
    waits = []
    for _ in range(5):
        cloud, _, time = scripted(httpx.ConnectError("x"))
        with pytest.raises(UnreachableError):
            await cloud.ens.describe_application("app")
        assert [int(wait * 2) / 2 for wait in time.slept] == pytest.approx([0.5, 1, 2, 4], abs=0.5)
        assert all(earlier < later for earlier, later in pairwise(time.slept))
        waits.append(tuple(time.slept))
    assert len(set(waits)) == 5


async def test_the_clouds_hint_is_obeyed_to_the_millisecond() -> None:
    throttled = refusal(429, "Throttling.User", x_acs_retry_after="2750")
    cloud, _, time = scripted(throttled, {"Application": "{}"})
    await cloud.ens.describe_application("app")
    assert sum(time.slept) == 2.75


async def test_an_absurd_hint_does_not_hold_a_call_for_hours() -> None:
    throttled = refusal(429, "Throttling.User", x_acs_retry_after="86400000")
    cloud, _, time = scripted(throttled, {"Application": "{}"})
    await cloud.ens.describe_application("app")
    assert time.now - 1000 <= 120


async def test_each_attempt_has_a_new_nonce_and_date() -> None:
    script, time = Script(httpx.ConnectError("x"), httpx.ConnectError("x"), {"Application": "{}"}), Time()
    credentials = StaticCredentials(Credentials(KEY, SECRET))
    caller = Transport(
        URL,
        credentials,
        clock=time.clock,
        now=lambda: datetime.fromtimestamp(time.now * 100, UTC),
        sleep=time.sleep,
        transport=script,
    )
    await Ens(caller).describe_application("app")
    for header in ("x-acs-signature-nonce", "x-acs-date", "authorization"):
        assert len({request.headers[header] for request in script.requests}) == 3


class Renewing:
    """A source whose first credentials are stale."""

    def __init__(self, *credentials: Credentials) -> None:
        self._credentials = list(credentials)

    async def get(self) -> Credentials:
        return self._credentials[0]

    async def refresh(self, stale: Credentials) -> Credentials:
        if len(self._credentials) > 1 and self._credentials[0] == stale:
            self._credentials.pop(0)
        return self._credentials[0]


def renewing(*steps: Step, tokens: tuple[str | None, ...]) -> tuple[Ens, Script, Time]:
    script, time = Script(*steps), Time()
    source = Renewing(*(Credentials(KEY, SECRET, token) for token in tokens))
    return Ens(Transport(URL, source, clock=time.clock, sleep=time.sleep, transport=script)), script, time


EXPIRED = refusal(400, "InvalidSecurityToken.Expired")


async def test_an_expired_token_is_renewed_once_and_at_once() -> None:
    ens, script, time = renewing(EXPIRED, OK, tokens=("old", "new"))
    await ens.push_application_data("app", [FILE])
    assert [request.headers["x-acs-security-token"] for request in script.requests] == ["old", "new"]
    assert time.slept == []


async def test_a_lasting_key_after_a_temporary_one_sends_no_old_token() -> None:
    ens, script, _ = renewing(EXPIRED, OK, tokens=("old", None))
    await ens.push_application_data("app", [FILE])
    assert "x-acs-security-token" not in script.requests[1].headers


async def test_a_token_that_stays_expired_is_an_error() -> None:
    for tokens, calls in ((("old", "new"), 2), (("old",), 1)):
        ens, script, _ = renewing(EXPIRED, tokens=tokens)
        with pytest.raises(AuthenticationError):
            await ens.push_application_data("app", [FILE])
        assert len(script.requests) == calls


async def test_other_identity_errors_do_not_renew() -> None:
    ens, script, _ = renewing(refusal(400, "SignatureDoesNotMatch"), tokens=("old", "new"))
    with pytest.raises(AuthenticationError):
        await ens.push_application_data("app", [FILE])
    assert len(script.requests) == 1


async def test_a_call_too_long_for_a_url_is_bad_input() -> None:
    cloud, script, _ = scripted()
    files = [FILE.model_copy(update={"name": f"file-{number:0100}"}) for number in range(1000)]
    with pytest.raises(InputError) as caught:
        await cloud.ens.push_application_data("app", files)
    assert caught.value.field_errors[0].path == "data"
    assert script.requests == []


async def test_a_cap_from_the_settings_spaces_calls() -> None:
    settings = CloudSettings(endpoint=URL, access_key_id=KEY, access_key_secret=SECRET, calls_per_second=4)
    cloud, _, time = scripted({"Application": "{}"}, settings=settings)
    for _ in range(9):
        await cloud.ens.describe_application("app")
    assert time.now - 1000 == pytest.approx(2.0)


async def test_products_have_a_pace_each() -> None:
    settings = CloudSettings(endpoint=URL, access_key_id=KEY, access_key_secret=SECRET, calls_per_second=1)
    cloud, _, time = scripted({"Application": "{}", "AppStatus": {}}, settings=settings)
    await cloud.ens.describe_application("app")
    await cloud.esa.get_edge_container_app_status("app-1", "prod")
    assert time.slept == []


async def test_one_throttled_call_holds_back_the_others() -> None:
    throttled = refusal(429, "Throttling.User", x_acs_retry_after="3000")
    rejected = refusal(400, "InvalidParameter")
    cloud, _, time = scripted(throttled, rejected)
    with pytest.raises(RejectedError):
        await cloud.ens.describe_application("one")
    before = time.now
    with pytest.raises(RejectedError):
        await cloud.ens.describe_application("two")
    assert time.now > before
