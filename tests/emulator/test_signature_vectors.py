import pytest

from alicloud_edge_emulator.gateway.signature import SignedRequest, parse_authorization, sign

SECRET = "YourAccessKeySecret"
NONCE = "d410180a5abf7fe235dd9b74aca91fc0"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
PUSH_QUERY = (
    "AppId=e76f8985-7965-41fc-925b-9648bb6bf650"
    "&Data=%5B%7B%22name%22%3A%22app+01%22%2C%22version%22%3A%221.0%22%7D%5D&Timeout=1800"
)
PUSH = {
    "host": "ens.aliyuncs.com",
    "x-acs-action": "PushApplicationData",
    "x-acs-content-sha256": EMPTY,
    "x-acs-date": "2026-01-02T03:04:05Z",
    "x-acs-signature-nonce": NONCE,
    "x-acs-version": "2017-11-10",
}
SDK = {"accept": "application/json", "user-agent": "example-agent/1.0"}
PUBLISH_QUERY = (
    "FullRelease=True&PublishType=region"
    "&Regions=%5B%22jiangsu%22%2C%22zhejiang%22%5D&VersionId=ver-87962637161651"
)
PUBLISH_BODY = (
    b"AppId=app-88068867578379&Percentage=50&PublishEnv=prod"
    b"&Remarks=test+publish+app&StartTime=2023-06-05T16%3A00%3A00Z"
)
PUBLISH = {
    **SDK,
    "content-type": "application/x-www-form-urlencoded",
    "host": "esa.cn-hangzhou.aliyuncs.com",
    "x-acs-action": "PublishEdgeContainerAppVersion",
    "x-acs-content-sha256": "7ea7c81bb3483264dba89dcffb2256ee2f1e69541778dc446dd5fb00e3fe72b6",
    "x-acs-credentials-provider": "static_ak",
    "x-acs-date": "2026-01-02T03:04:05Z",
    "x-acs-signature-nonce": NONCE,
    "x-acs-version": "2024-09-10",
}
RUN_INSTANCES = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": EMPTY,
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}

VECTORS = {
    "the vendor's documented example": (
        "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai",
        RUN_INSTANCES,
        b"",
        "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
    ),
    "all in the query, with the headers of the vendor's SDK": (
        PUSH_QUERY,
        PUSH | SDK | {"x-acs-credentials-provider": "static_ak"},
        b"",
        "2c30b49668c2adf92b2e9409b7980593791c77276e6396149e77787c85700f86",
    ),
    "query and form": (
        PUBLISH_QUERY,
        PUBLISH,
        PUBLISH_BODY,
        "281e7ee2e3fe7b5bde0668ee652b0aabcb63af40dd33b8144edce681d8cb3158",
    ),
    "query and form with a security token": (
        PUBLISH_QUERY,
        PUBLISH
        | {
            "x-acs-accesskey-id": "YourAccessKeyId",
            "x-acs-credentials-provider": "static_sts",
            "x-acs-security-token": "TOKEN-abc",
        },
        PUBLISH_BODY,
        "0b0159a7f96d69e4931a52c5ad2afb7f4ac5c22bfe395bf4e5380fe1a8679982",
    ),
    "the fewest headers": (
        PUSH_QUERY,
        PUSH,
        b"",
        "24b4afabd4b10c9b136e33a4166471812829e5ea7fcb06578fc74d10bdde40e7",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_a_known_request_has_its_known_signature(name: str) -> None:
    query, headers, body, signature = VECTORS[name]
    request = SignedRequest("POST", "/", query, headers, body)
    assert sign(request, tuple(sorted(headers)), SECRET) == signature


def test_a_space_is_a_space_whichever_way_it_is_encoded() -> None:
    names = tuple(sorted(PUSH))
    plus = SignedRequest("POST", "/", PUSH_QUERY, PUSH, b"")
    percent = SignedRequest("POST", "/", PUSH_QUERY.replace("+", "%20"), PUSH, b"")
    assert sign(plus, names, SECRET) == sign(percent, names, SECRET)


def test_the_authorization_header_is_taken_apart() -> None:
    header = f"ACS3-HMAC-SHA256 Credential=AK,SignedHeaders=host;x-acs-date,Signature={'0' * 64}"
    authorization = parse_authorization(header)
    assert authorization is not None
    assert (authorization.key_id, authorization.signed_headers) == ("AK", ("host", "x-acs-date"))
    assert parse_authorization("acs AK:c2lnbmF0dXJl") is None
