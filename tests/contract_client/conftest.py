"""The provider's client and the vendor's, side by side on one emulator."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from alibabacloud_ens20171110.client import Client as VendorEns
from alibabacloud_esa20240910.client import Client as VendorEsa
from alibabacloud_tea_openapi.utils_models import Config
from tests.support.emulator import KEY_ID, KEY_SECRET, Emulator

from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.settings import CloudSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping


@pytest.fixture(scope="session")
def process() -> Iterator[Emulator]:
    with Emulator.start() as emulator:
        yield emulator


@pytest.fixture
def emulator(process: Emulator) -> Emulator:
    process.reset()
    return process


@pytest.fixture(scope="session")
def foreign() -> Iterator[Emulator]:
    """A second one, for tests that bring a world of their own."""
    with Emulator.start() as emulator:
        yield emulator


Connect = Callable[..., Cloud]
"""Makes clients that are closed after the test; takes what is other than usual."""


@pytest.fixture
async def connect(emulator: Emulator) -> AsyncIterator[Connect]:
    usual = CloudSettings(endpoint=emulator.url, access_key_id=KEY_ID, access_key_secret=KEY_SECRET)
    made: list[Cloud] = []

    def client(*, settings: Mapping[str, Any] | None = None, **options: Any) -> Cloud:
        made.append(Cloud(dataclasses.replace(usual, **(settings or {})), **options))
        return made[-1]

    yield client
    for cloud in made:
        await cloud.aclose()


@pytest.fixture
def cloud(connect: Connect) -> Cloud:
    return connect()


@pytest.fixture
def config(emulator: Emulator) -> Any:
    return Config(
        access_key_id=KEY_ID, access_key_secret=KEY_SECRET, endpoint=emulator.endpoint, protocol="HTTP"
    )


@pytest.fixture
def vendor_ens(config: Any) -> Any:
    return VendorEns(config)


@pytest.fixture
def vendor_esa(config: Any) -> Any:
    return VendorEsa(config)
