from datetime import UTC, datetime, timedelta

import httpx
import pytest
from tests.support.caller import Caller
from tests.support.emulator import APP_ID, CONTAINER_APP_ID, KEY_SECRET, VERSION_IDS, Emulator

WIRE = "%Y-%m-%dT%H:%M:%SZ"
STS_WORLD = {
    "keys": [
        {"id": "sts", "secret": "s", "security_token": "token"},
        {"id": "old", "secret": "s", "security_token": "token", "expires": "2020-01-01T00:00:00Z"},
    ]
}


def expect(response: httpx.Response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["Code"]) == (status, code)


def test_an_unknown_key_is_not_found(caller: Caller) -> None:
    caller.key_id = "nobody"
    expect(caller.call("ListApplications"), 404, "InvalidAccessKeyId.NotFound")


def test_a_wrong_secret_is_told_with_the_servers_own_calculation(caller: Caller) -> None:
    caller.secret = "guess"
    refusal = caller.call("DescribeDataPushResult", AppId=APP_ID)
    expect(refusal, 400, "SignatureDoesNotMatch")
    message = refusal.json()["Message"]
    assert message.startswith(
        "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\n"
    )
    canonical = message.partition("] server CanonicalRequest is [")[2]
    assert canonical.startswith(f"POST\n/\nAppId={APP_ID}\nhost:{caller.emulator.endpoint}\n")
    assert canonical.endswith("]")


def test_another_signature_algorithm_is_told(caller: Caller) -> None:
    header = f"ACS3-HMAC-SM3 Credential=emulator,SignedHeaders=host,Signature={'0' * 64}"
    refusal = caller.call("ListApplications", unsigned={"Authorization": header})
    expect(refusal, 400, "InvalidSignatureMethod")
    garbled = caller.call("ListApplications", unsigned={"Authorization": "acs emulator:c2lnbmF0dXJl"})
    expect(garbled, 400, "IncompleteSignature")


@pytest.mark.parametrize("action", ["PublishEdgeContainerAppVersion", "RollbackEdgeContainerAppVersion"])
def test_what_changes_a_release_is_not_served_by_get(caller: Caller, action: str) -> None:
    query = {"AppId": CONTAINER_APP_ID, "VersionId": VERSION_IDS[0], "PublishEnv": "prod"}
    expect(caller.call(action, product="esa", method="GET", **query), 403, "UnsupportedHTTPMethod")
    assert caller.call(action, product="esa", **query).is_success


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_reads_are_served_by_either_method(caller: Caller, method: str) -> None:
    for action in ("GetEdgeContainerDeployRegions", "GetEdgeContainerAppStatus"):
        assert caller.call(action, product="esa", method=method, AppId=CONTAINER_APP_ID).is_success
    assert caller.call("DescribeDataDistResult", method=method, AppId=APP_ID).is_success


def test_a_body_that_is_not_the_signed_one_does_not_match(caller: Caller) -> None:
    response = caller.call("ListApplications", headers={"x-acs-content-sha256": "0" * 64})
    expect(response, 400, "SignatureDoesNotMatch")


def test_headers_that_have_to_be_signed_are_told(caller: Caller) -> None:
    response = caller.call("ListApplications", unsigned={"x-acs-trace": "1"})
    expect(response, 400, "SignatureDoesNotMatch")
    assert "x-acs-trace" in response.json()["Message"]


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_clock_that_is_off_is_told(caller: Caller, minutes: int) -> None:
    stamp = (datetime.now(UTC) + timedelta(minutes=minutes)).strftime(WIRE)
    expect(caller.call("ListApplications", headers={"x-acs-date": stamp}), 400, "InvalidTimeStamp.Expired")


def test_emulated_time_has_no_part_in_the_signature(caller: Caller) -> None:
    caller.emulator.advance(86_400)
    caller.ok("ListApplications")


def test_another_form_of_time_is_told(caller: Caller) -> None:
    response = caller.call("ListApplications", headers={"x-acs-date": "Sun, 22 Nov 2026 04:30:53 GMT"})
    expect(response, 400, "InvalidTimeStamp.Format")


def test_a_nonce_serves_once(caller: Caller) -> None:
    caller.headers["x-acs-signature-nonce"] = "the-same"
    caller.ok("ListApplications")
    expect(caller.call("ListApplications"), 400, "SignatureNonceUsed")


def test_an_unsigned_call_is_refused(emulator: Emulator) -> None:
    headers = {"x-acs-action": "ListApplications", "x-acs-version": "2017-11-10"}
    expect(httpx.post(emulator.url, headers=headers), 400, "MissingAccessKeyId")


def test_an_action_that_no_product_has_is_not_found(caller: Caller) -> None:
    expect(caller.call("PushEverything"), 404, "InvalidAction.NotFound")
    expect(caller.call("PushApplicationData", product="esa"), 404, "InvalidAction.NotFound")
    response = caller.call("ListApplications", headers={"x-acs-version": "1999-01-01"})
    expect(response, 404, "InvalidProduct.NotFound")


def test_a_key_may_do_what_it_is_allowed_and_no_more(caller: Caller) -> None:
    caller.key_id, caller.secret = "emulator-readonly", KEY_SECRET
    caller.ok("DescribeDataPushResult", AppId=APP_ID)
    expect(caller.call("PushApplicationData", AppId=APP_ID, Data="[]"), 400, "NoPermission")
    caller.emulator.dialect(denied="http_403")
    expect(caller.call("PushApplicationData", AppId=APP_ID, Data="[]"), 403, "NoPermission")


def test_a_temporary_key_needs_its_token_and_runs_out(caller: Caller) -> None:
    caller.emulator.world(STS_WORLD)
    caller.key_id, caller.secret = "sts", "s"
    expect(caller.call("ListApplications"), 400, "MissingSecurityToken")
    wrong = caller.call("ListApplications", headers={"x-acs-security-token": "other"})
    expect(wrong, 400, "InvalidSecurityToken.MismatchWithAccessKey")
    assert caller.call("ListApplications", headers={"x-acs-security-token": "token"}).is_success
    caller.key_id = "old"
    expired = caller.call("ListApplications", headers={"x-acs-security-token": "token"})
    expect(expired, 400, "InvalidSecurityToken.Expired")


def test_an_error_has_the_gateways_fields(caller: Caller) -> None:
    body = caller.call("DescribeDataPushResult", AppId="unknown").json()
    assert set(body) == {"RequestId", "HostId", "Code", "Message", "Recommend"}
    assert body["Recommend"].endswith(f"?q=InvalidParameter.AppId&product=Ens&requestId={body['RequestId']}")


def test_parameters_count_wherever_they_stand_and_the_record_says_where(caller: Caller) -> None:
    response = caller.call("DescribeDataPushResult", form={"AppId": APP_ID}, PageNumber="1", Unknown="x")
    assert response.is_success
    (call,) = caller.emulator.calls()
    assert {name: param["place"] for name, param in call["params"].items()} == {
        "AppId": "form",
        "PageNumber": "query",
        "Unknown": "query",
    }
    assert (call["app_id"], call["status"]) == (APP_ID, 200)
    assert call["request_id"] == response.json()["RequestId"]


def test_an_empty_body_may_have_any_content_type(caller: Caller) -> None:
    caller.headers["content-type"] = "application/octet-stream"
    caller.ok("ListApplications")


def test_neither_log_nor_record_holds_the_secret_part_of_a_url(caller: Caller) -> None:
    data = '[{"name":"a","version":"1","url":"oss://user:word@bucket/a.tar?Signature=hush"}]'
    caller.ok("PushApplicationData", AppId=APP_ID, Data=data)
    recorded = str(caller.emulator.calls())
    assert "oss://bucket/a.tar" in recorded
    for secret in ("hush", "word@"):
        assert secret not in recorded
        assert secret not in caller.emulator.log
        assert secret not in str(caller.emulator.state())


def test_a_body_without_end_is_cut_short(emulator: Emulator) -> None:
    assert httpx.post(emulator.url, content=b"x" * (17 << 20), timeout=30).status_code == 413
