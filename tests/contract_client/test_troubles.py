"""What the client makes of an emulator, or a network, in trouble."""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.cloud.scripted import Time
from tests.support.emulator import APP_ID, CONTAINER_APP_ID, KEY_ID, KEY_SECRET, Emulator

from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.ens_wire import PushFile
from pulumi_alicloud_edge._errors import (
    AuthenticationError,
    ClockSkewError,
    CloudError,
    MalformedResponseError,
    NotFoundError,
    PermissionDeniedError,
    ResponseLostError,
    TransportError,
    UnavailableError,
    UnreachableError,
)

if TYPE_CHECKING:
    from tests.contract_client.conftest import Connect

FILE = PushFile(name="assets", version="1", url="file:///assets.tgz")


@pytest.fixture
def hasty(connect: Connect) -> Cloud:
    """A client that has all its waits behind it at once."""
    passing = Time()
    return connect(clock=passing.clock, sleep=passing.sleep)


@pytest.mark.parametrize(
    "fault",
    [
        {"effect": "error", "status": 500},
        {"effect": "error", "status": 400, "code": "InternalException"},
        {"effect": "error", "status": 503, "code": "ServiceUnavailable"},
        {"effect": "drop_before"},
        {"effect": "drop_after"},
        {"effect": "cut"},
        {"effect": "html"},
        {"effect": "throttle", "status": 429},
    ],
)
async def test_a_read_outlasts_passing_troubles(
    hasty: Cloud, emulator: Emulator, fault: dict[str, object]
) -> None:
    emulator.faults([{**fault, "action": "DescribeApplication", "count": 4}])
    assert (await hasty.ens.describe_application(APP_ID)).app_id == APP_ID


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"effect": "error", "status": 500, "after": True}, UnavailableError),
        ({"effect": "html"}, UnavailableError),
        ({"effect": "drop_before"}, ResponseLostError),
        ({"effect": "drop_after"}, ResponseLostError),
        ({"effect": "cut"}, (ResponseLostError, MalformedResponseError)),
    ],
)
async def test_a_start_with_an_unclear_end_is_sent_once(
    hasty: Cloud,
    emulator: Emulator,
    fault: dict[str, object],
    kind: type[Exception] | tuple[type[Exception], ...],
) -> None:
    emulator.faults([{**fault, "action": "PushApplicationData"}])
    with pytest.raises(kind) as caught:
        await hasty.ens.push_application_data(APP_ID, [FILE])
    assert isinstance(caught.value, CloudError | TransportError)
    assert caught.value.effect_unclear
    assert len(emulator.calls("PushApplicationData")) == 1


async def test_a_throttled_start_waits_as_told(cloud: Cloud, emulator: Emulator) -> None:
    emulator.faults(
        [{"effect": "throttle", "retry_after_ms": 300, "action": "PushApplicationData", "count": 1}]
    )
    began = time.monotonic()
    await cloud.ens.push_application_data(APP_ID, [FILE])
    assert time.monotonic() - began >= 0.3
    assert len(emulator.calls("PushApplicationData")) == 2


@pytest.mark.parametrize("dialect", ["http_400", "http_403"])
async def test_a_denied_permission_is_named(foreign: Emulator, connect: Connect, dialect: str) -> None:
    foreign.world({"keys": [{"id": "reader", "secret": "s", "allow": ["ens:Describe*", "esa:Get*"]}]})
    foreign.dialect(denied=dialect)
    cloud = connect(settings={"endpoint": foreign.url, "access_key_id": "reader", "access_key_secret": "s"})
    with pytest.raises(PermissionDeniedError) as caught:
        await cloud.ens.push_application_data(APP_ID, [FILE])
    assert caught.value.ram_action == "ens:PushApplicationData"
    assert caught.value.request_id


async def test_unknown_applications(cloud: Cloud) -> None:
    with pytest.raises(NotFoundError) as ens:
        await cloud.ens.push_application_data("no-such-app", [FILE])
    assert (ens.value.code, ens.value.subject) == ("InvalidParameter.AppId", "no-such-app")
    unknown = CONTAINER_APP_ID[:-1] + "9"
    with pytest.raises(NotFoundError) as esa:
        await cloud.esa.get_edge_container_app_status(unknown, "prod")
    assert (esa.value.code, esa.value.status) == ("InvalidApp.NotFound", 404)


@pytest.mark.parametrize(("key", "secret"), [(KEY_ID, "wrong"), ("nobody", KEY_SECRET)])
async def test_a_wrong_key(connect: Connect, key: str, secret: str) -> None:
    cloud = connect(settings={"access_key_id": key, "access_key_secret": secret})
    with pytest.raises(AuthenticationError):
        await cloud.ens.describe_application(APP_ID)


async def test_a_temporary_key(foreign: Emulator, connect: Connect) -> None:
    foreign.world({"keys": [{"id": "sts", "secret": "s", "security_token": "token+/="}]})
    key = {"endpoint": foreign.url, "access_key_id": "sts", "access_key_secret": "s"}
    good = connect(settings={**key, "security_token": "token+/="})
    assert await good.ens.list_applications() == ()
    for token in ("other", ""):
        with pytest.raises(AuthenticationError):
            await connect(settings={**key, "security_token": token}).ens.list_applications()


async def test_a_clock_that_is_off(connect: Connect) -> None:
    cloud = connect(now=lambda: datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(ClockSkewError) as caught:
        await cloud.ens.describe_application(APP_ID)
    assert caught.value.server_time is not None
    assert abs(datetime.now(UTC) - caught.value.server_time) < timedelta(minutes=1)


async def test_nobody_listens(connect: Connect) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    passing = Time()
    cloud = connect(settings={"endpoint": f"127.0.0.1:{port}"}, clock=passing.clock, sleep=passing.sleep)
    with pytest.raises(UnreachableError) as caught:
        await cloud.ens.push_application_data(APP_ID, [FILE])
    assert caught.value.endpoint == f"127.0.0.1:{port}"
    assert caught.value.cause == "cannot connect: Connection refused"
    assert not caught.value.effect_unclear


async def test_many_calls_at_once(cloud: Cloud) -> None:
    infos = await asyncio.gather(*(cloud.ens.describe_application(APP_ID) for _ in range(64)))
    assert {info.app_id for info in infos} == {APP_ID}


async def test_a_proxy_in_the_environment_is_not_asked_for_this_machine(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert (await connect().ens.describe_application(APP_ID)).app_id == APP_ID
