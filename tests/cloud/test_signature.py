from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest

from pulumi_alicloud_edge._cloud.credentials import Credentials
from pulumi_alicloud_edge._cloud.signature import Acs3Auth, authorization, canonical_query

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NONCE = "d410180a5abf7fe235dd9b74aca91fc0"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
FORM = (
    b"AppId=app-88068867578379&Percentage=50&PublishEnv=prod&Remarks=test+publish+app"
    b"&StartTime=2023-06-05T16%3A00%3A00Z"
)
FORM_HASH = "7ea7c81bb3483264dba89dcffb2256ee2f1e69541778dc446dd5fb00e3fe72b6"
PUSH_QUERY = {
    "AppId": "e76f8985-7965-41fc-925b-9648bb6bf650",
    "Data": '[{"name":"app 01","version":"1.0"}]',
    "Timeout": "1800",
}
PUBLISH_QUERY = {
    "VersionId": "ver-87962637161651",
    "PublishType": "region",
    "Regions": '["jiangsu","zhejiang"]',
    "FullRelease": "True",
}
SDK = {"accept": "application/json", "user-agent": "example-agent/1.0"}
PUSH_HEADERS = {
    "host": "ens.aliyuncs.com",
    "x-acs-action": "PushApplicationData",
    "x-acs-content-sha256": EMPTY,
    "x-acs-date": "2026-01-02T03:04:05Z",
    "x-acs-signature-nonce": NONCE,
    "x-acs-version": "2017-11-10",
}
PUBLISH_HEADERS = {
    **SDK,
    "content-type": "application/x-www-form-urlencoded",
    "host": "esa.cn-hangzhou.aliyuncs.com",
    "x-acs-action": "PublishEdgeContainerAppVersion",
    "x-acs-content-sha256": FORM_HASH,
    "x-acs-credentials-provider": "static_ak",
    "x-acs-date": "2026-01-02T03:04:05Z",
    "x-acs-signature-nonce": NONCE,
    "x-acs-version": "2024-09-10",
}
STS_HEADERS = {
    **PUBLISH_HEADERS,
    "x-acs-credentials-provider": "static_sts",
    "x-acs-accesskey-id": "YourAccessKeyId",
    "x-acs-security-token": "TOKEN-abc",
}
RUN_INSTANCES_HEADERS = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": EMPTY,
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}
RUN_INSTANCES_QUERY = {
    "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
    "RegionId": "cn-shanghai",
}

VECTORS = [
    pytest.param(
        RUN_INSTANCES_QUERY,
        RUN_INSTANCES_HEADERS,
        b"",
        "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version",
        "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
        id="the vendor's page on the signature",
    ),
    pytest.param(
        PUSH_QUERY,
        {**SDK, **PUSH_HEADERS, "x-acs-credentials-provider": "static_ak"},
        b"",
        "accept;host;user-agent;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version",
        "2c30b49668c2adf92b2e9409b7980593791c77276e6396149e77787c85700f86",
        id="ENS, all in the query, the SDK's headers",
    ),
    pytest.param(
        PUBLISH_QUERY,
        PUBLISH_HEADERS,
        FORM,
        "accept;content-type;host;user-agent;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;"
        "x-acs-date;x-acs-signature-nonce;x-acs-version",
        "281e7ee2e3fe7b5bde0668ee652b0aabcb63af40dd33b8144edce681d8cb3158",
        id="ESA, query and form, the SDK's headers",
    ),
    pytest.param(
        PUBLISH_QUERY,
        STS_HEADERS,
        FORM,
        "accept;content-type;host;user-agent;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;"
        "x-acs-credentials-provider;x-acs-date;x-acs-security-token;x-acs-signature-nonce;x-acs-version",
        "0b0159a7f96d69e4931a52c5ad2afb7f4ac5c22bfe395bf4e5380fe1a8679982",
        id="ESA with a temporary key",
    ),
    pytest.param(
        PUSH_QUERY,
        PUSH_HEADERS,
        b"",
        "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version",
        "24b4afabd4b10c9b136e33a4166471812829e5ea7fcb06578fc74d10bdde40e7",
        id="ENS, the fewest headers",
    ),
]


@pytest.mark.parametrize(("query", "headers", "body", "signed", "signature"), VECTORS)
def test_the_vendors_vectors_are_met(
    query: dict[str, str], headers: dict[str, str], body: bytes, signed: str, signature: str
) -> None:
    assert authorization(
        method="POST",
        query=query.items(),
        headers=headers,
        body=body,
        access_key_id="YourAccessKeyId",
        access_key_secret="YourAccessKeySecret",
    ) == (f"ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders={signed},Signature={signature}")


def sign(request: httpx.Request, token: str | None = None, **given: object) -> httpx.Request:
    credentials = Credentials("YourAccessKeyId", "YourAccessKeySecret", token)
    auth = Acs3Auth(credentials, now=lambda: NOW, nonce=lambda: NONCE, **given)  # type: ignore[arg-type]
    return next(auth.sync_auth_flow(request))


def push(**more: str) -> httpx.Request:
    headers = {"x-acs-action": "PushApplicationData", "x-acs-version": "2017-11-10", **more}
    return httpx.Request("POST", "https://ens.aliyuncs.com/", params=PUSH_QUERY, headers=headers)


def test_a_request_is_signed_with_the_fewest_headers() -> None:
    request = sign(push())
    assert request.headers["authorization"].endswith(
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=24b4afabd4b10c9b136e33a4166471812829e5ea7fcb06578fc74d10bdde40e7"
    )


def test_what_a_proxy_may_change_is_not_signed() -> None:
    plain, dressed = sign(push()), sign(push(**{"user-agent": "other", "accept": "text/html"}))
    assert plain.headers["authorization"] == dressed.headers["authorization"]


def test_a_body_brings_its_content_type_under_the_signature() -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    request = sign(httpx.Request("POST", "https://esa.example/", content=FORM, headers=headers))
    assert "SignedHeaders=content-type;host;" in request.headers["authorization"]
    assert request.headers["x-acs-content-sha256"] == FORM_HASH


def test_a_temporary_key_sends_its_token_signed() -> None:
    request = sign(push(), token="TOKEN-abc")
    assert request.headers["x-acs-security-token"] == "TOKEN-abc"
    assert request.headers["x-acs-accesskey-id"] == "YourAccessKeyId"
    assert "x-acs-accesskey-id;" in request.headers["authorization"]
    assert "x-acs-security-token;" in request.headers["authorization"]


def test_the_signed_host_has_the_port_that_is_on_the_wire() -> None:
    at = {port: sign(httpx.Request("GET", f"http://127.0.0.1:{port}/")) for port in (8787, 8788)}
    assert at[8787].headers["host"] == "127.0.0.1:8787"
    assert at[8787].headers["authorization"] != at[8788].headers["authorization"]


def test_the_date_is_utc_wherever_the_machine_is() -> None:
    there = timezone(timedelta(hours=8))
    auth = Acs3Auth(Credentials("k", "s"), now=lambda: NOW.astimezone(there))
    assert next(auth.sync_auth_flow(push())).headers["x-acs-date"] == "2026-01-02T03:04:05Z"


def test_each_request_has_a_nonce_of_its_own() -> None:
    auth = Acs3Auth(Credentials("k", "s"))
    nonces = [next(auth.sync_auth_flow(push())).headers["x-acs-signature-nonce"] for _ in range(50)]
    assert len(set(nonces)) == 50
    assert all(len(nonce) == 32 for nonce in nonces)


def test_the_canonical_query_is_sorted_and_encodes_all_but_the_unreserved() -> None:
    query = [("b", "a b/é~*+"), ("a", ""), ("X.10", "1"), ("X.2", "-_.")]
    for order in itertools.permutations(query):
        assert canonical_query(order) == "X.10=1&X.2=-_.&a=&b=a%20b%2F%C3%A9~%2A%2B"
