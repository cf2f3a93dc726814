"""The vendor's older client, aliyun-python-sdk-core, which signs with RPC V1 and knows no operation by itself."""

import json
from typing import Any

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.auth.credentials import StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import RpcRequest
from tests.support.emulator import APP_ID, CONTAINER_APP_ID, KEY_ID, KEY_SECRET, VERSION_IDS, Emulator

ENS, ESA = "2017-11-10", "2024-09-10"


class RpcClient:
    """Calls by name."""

    def __init__(self, emulator: Emulator, **options: Any) -> None:
        self._endpoint = emulator.endpoint
        options = options or {"ak": KEY_ID, "secret": KEY_SECRET}
        self._client = AcsClient(region_id="cn-hangzhou", auto_retry=False, **options)

    def call(
        self,
        action: str,
        version: str = ENS,
        *,
        method: str = "POST",
        form: dict[str, str] | None = None,
        **query: str,
    ) -> Any:
        request = RpcRequest(None, version, action, protocol="http")
        request.set_endpoint(self._endpoint)
        request.set_method(method)
        for name, value in query.items():
            request.add_query_param(name, value)
        for name, value in (form or {}).items():
            request.add_body_params(name, value)
        try:
            return json.loads(self._client.do_action_with_exception(request))
        finally:
            self._client.session.close()


@pytest.fixture
def rpc(emulator: Emulator) -> RpcClient:
    return RpcClient(emulator)


def test_push_and_describe(rpc: RpcClient, emulator: Emulator) -> None:
    data = json.dumps([{"name": "assets ~*", "version": "1"}])
    assert rpc.call("PushApplicationData", AppId=APP_ID, Data=data)["RequestId"]
    emulator.advance(10)
    for method in ("GET", "POST"):
        body = rpc.call("DescribeDataPushResult", method=method, AppId=APP_ID)
        (result,) = body["PushResults"]["PushResult"]
        (stat,) = result["StatusStatS"]["StatusStat"]
        assert (result["Name"], stat["Status"], stat["RegionIdCount"]) == ("assets ~*", "SUCCESS", 6)


def test_publish_with_parameters_in_query_and_form(rpc: RpcClient, emulator: Emulator) -> None:
    form = {"AppId": CONTAINER_APP_ID, "PublishEnv": "prod", "Percentage": "50", "Remarks": "a & b"}
    rpc.call("PublishEdgeContainerAppVersion", ESA, form=form, VersionId=VERSION_IDS[0])
    emulator.advance(20)
    status = rpc.call("GetEdgeContainerAppStatus", ESA, AppId=CONTAINER_APP_ID)["AppStatus"]
    assert (status["DeployedVersion"], status["PublishPercentage"]) == (VERSION_IDS[0], 50)


def test_a_temporary_key() -> None:
    world = {"keys": [{"id": "sts", "secret": "s", "security_token": "token"}]}
    with Emulator.start(world=world, time_scale=0) as emulator:
        assert RpcClient(emulator, credential=StsTokenCredential("sts", "s", "token")).call(
            "ListApplications"
        )
        with pytest.raises(ServerException) as refusal:
            RpcClient(emulator, credential=StsTokenCredential("sts", "s", "other")).call("ListApplications")
    assert refusal.value.get_error_code() == "InvalidSecurityToken.MismatchWithAccessKey"


def test_the_client_reads_from_a_refusal_that_the_secret_is_wrong(emulator: Emulator) -> None:
    with pytest.raises(ServerException) as refusal:
        RpcClient(emulator, ak=KEY_ID, secret="guess").call("ListApplications")
    assert refusal.value.get_error_code() == "InvalidAccessKeySecret"
    assert refusal.value.get_http_status() == 400


def test_a_refusal_is_the_sdks_server_exception(rpc: RpcClient) -> None:
    with pytest.raises(ServerException) as refusal:
        rpc.call("DescribeDataPushResult", AppId="unknown")
    error = refusal.value
    assert (error.get_error_code(), error.get_http_status()) == ("InvalidParameter.AppId", 400)
    assert error.get_request_id()
