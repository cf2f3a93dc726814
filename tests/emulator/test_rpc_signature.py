"""RPC V1, as the vendor's command line and older SDKs sign: parameters in the query, in the form, or in both."""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import httpx
import pytest
from tests.support.caller import Caller
from tests.support.emulator import APP_ID, CONTAINER_APP_ID, KEY_ID, KEY_SECRET, VERSION_IDS, Emulator

from alicloud_edge_emulator.gateway.rpc_signature import sign_rpc

WIRE = "%Y-%m-%dT%H:%M:%SZ"
VECTOR = {
    "Action": "PushApplicationData",
    "Format": "json",
    "Version": "2017-11-10",
    "Timestamp": "2026-01-02T03:04:05Z",
    "SignatureNonce": "d410180a5abf7fe235dd9b74aca91fc0",
    "AppId": "a b",
    "Data": "[]",
    "SignatureMethod": "HMAC-SHA1",
    "SignatureVersion": "1.0",
    "AccessKeyId": "YourAccessKeyId",
}


def test_a_known_request_has_its_known_signature() -> None:
    expected = "I2lBNymE5DebsI8D5qFn2pjeuRc="
    assert sign_rpc("POST", VECTOR.items(), "YourAccessKeySecret") == expected
    signed = [*reversed(VECTOR.items()), ("Signature", expected)]
    assert sign_rpc("POST", signed, "YourAccessKeySecret") == expected


def common(action: str, version: str = "2017-11-10") -> dict[str, str]:
    return {
        "AccessKeyId": KEY_ID,
        "Action": action,
        "Format": "JSON",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": uuid.uuid4().hex,
        "SignatureVersion": "1.0",
        "Timestamp": datetime.now(UTC).strftime(WIRE),
        "Version": version,
    }


def signature(method: str, parameters: Mapping[str, str], secret: str = KEY_SECRET) -> str:
    pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in parameters.items())
    text = f"{method}&%2F&" + quote("&".join(f"{name}={value}" for name, value in pairs), safe="~")
    return base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()).decode()


def send(
    emulator: Emulator,
    query: Mapping[str, str],
    form: Mapping[str, str] | None = None,
    *,
    method: str = "POST",
    secret: str = KEY_SECRET,
) -> httpx.Response:
    signed = {"Signature": signature(method, {**query, **(form or {})}, secret)}
    body = urlencode({**form, **signed}).encode() if form else b""
    headers = {"content-type": "application/x-www-form-urlencoded"} if form else {}
    params = dict(query) if form else {**query, **signed}
    return emulator.http.request(method, emulator.url, params=params, content=body, headers=headers)


def expect(response: httpx.Response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["Code"]) == (status, code)


def test_all_parameters_may_stand_in_the_query(emulator: Emulator) -> None:
    data = '[{"name":"a ~*/é","version":"1"}]'
    response = send(emulator, {**common("PushApplicationData"), "AppId": APP_ID, "Data": data})
    assert response.json()["PushResults"]["PushResult"][0]["Name"] == "a ~*/é"


def test_all_parameters_may_stand_in_the_form(emulator: Emulator) -> None:
    response = send(emulator, {}, {**common("DescribeDataPushResult"), "AppId": APP_ID})
    assert response.json()["TotalCount"] == 0


def test_query_and_form_are_signed_together(emulator: Emulator) -> None:
    query = {**common("PublishEdgeContainerAppVersion", "2024-09-10"), "VersionId": VERSION_IDS[0]}
    form = {"AppId": CONTAINER_APP_ID, "PublishEnv": "prod", "Remarks": "first & last"}
    assert send(emulator, query, form).status_code == 200


def test_reads_may_be_asked_by_get(emulator: Emulator) -> None:
    query = {**common("DescribeDataPushResult"), "AppId": APP_ID}
    assert send(emulator, query, method="GET").json()["TotalCount"] == 0


def test_what_was_changed_after_the_signature_does_not_match(emulator: Emulator) -> None:
    query = {**common("DescribeDataPushResult"), "AppId": APP_ID}
    query["Signature"] = signature("POST", query)
    query["AppId"] = "other"
    expect(emulator.http.post(emulator.url, params=query), 400, "SignatureDoesNotMatch")


def test_a_wrong_secret_is_told_with_the_servers_own_calculation(emulator: Emulator) -> None:
    query = {**common("DescribeDataPushResult"), "AppId": APP_ID}
    refusal = send(emulator, query, secret="guess")
    expect(refusal, 400, "SignatureDoesNotMatch")
    message = refusal.json()["Message"]
    assert message.startswith("Specified signature is not matched with our calculation.")
    assert f"server string to sign is:POST&%2F&AccessKeyId%3D{KEY_ID}%26Action" in message


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"AccessKeyId": "nobody"}, 404, "InvalidAccessKeyId.NotFound"),
        ({"AccessKeyId": None}, 400, "MissingAccessKeyId"),
        ({"SignatureMethod": None}, 400, "MissingSignatureMethod"),
        ({"SignatureMethod": "HMAC-SHA256"}, 400, "InvalidSignatureMethod"),
        ({"SignatureVersion": None}, 400, "MissingSignatureVersion"),
        ({"SignatureVersion": "2.0"}, 400, "IncompleteSignature"),
        ({"SignatureNonce": None}, 400, "MissingSignatureNonce"),
        ({"Timestamp": None}, 400, "MissingTimestamp"),
        ({"Timestamp": "2026-01-02 03:04:05"}, 400, "InvalidTimeStamp.Format"),
        ({"Timestamp": "2020-01-02T03:04:05Z"}, 400, "InvalidTimeStamp.Expired"),
        ({"SecurityToken": "token"}, 400, "InvalidSecurityToken.MismatchWithAccessKey"),
        ({"Action": "Nonsense"}, 404, "InvalidAction.NotFound"),
        ({"Version": "1999-01-01"}, 404, "InvalidProduct.NotFound"),
    ],
)
def test_each_part_has_its_refusal(
    emulator: Emulator, change: dict[str, str | None], status: int, code: str
) -> None:
    query: dict[str, str | None] = {**common("ListApplications"), **change}
    given = {name: value for name, value in query.items() if value is not None}
    expect(send(emulator, given), status, code)


def test_a_signature_is_needed(emulator: Emulator) -> None:
    query = common("ListApplications")
    expect(emulator.http.post(emulator.url, params=query), 400, "MissingSignature")


def test_a_nonce_serves_once_whichever_the_signature(caller: Caller) -> None:
    query = common("ListApplications")
    assert send(caller.emulator, query).is_success
    expect(send(caller.emulator, query), 400, "SignatureNonceUsed")
    reused = caller.call("ListApplications", headers={"x-acs-signature-nonce": query["SignatureNonce"]})
    expect(reused, 400, "SignatureNonceUsed")


def test_a_temporary_key_needs_its_token(emulator: Emulator) -> None:
    emulator.world({"keys": [{"id": KEY_ID, "secret": KEY_SECRET, "security_token": "token"}]})
    expect(send(emulator, common("ListApplications")), 400, "MissingSecurityToken")
    assert send(emulator, {**common("ListApplications"), "SecurityToken": "token"}).is_success
    late = (datetime.now(UTC) - timedelta(minutes=20)).strftime(WIRE)
    expired = send(emulator, {**common("ListApplications"), "SecurityToken": "token", "Timestamp": late})
    expect(expired, 400, "InvalidTimeStamp.Expired")


def test_neither_key_nor_signature_is_recorded(emulator: Emulator) -> None:
    query = {**common("ListApplications"), "SecurityToken": "hush"}
    send(emulator, query)
    recorded = str(emulator.calls()) + emulator.log
    for secret in ("hush", KEY_SECRET, signature("POST", query)):
        assert secret not in recorded
