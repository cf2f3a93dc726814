"""The vendor's own clients, pointed at an emulator."""

from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_ens20171110.client import Client as EnsClient
from alibabacloud_esa20240910.client import Client as EsaClient
from alibabacloud_tea_openapi.utils_models import Config
from tests.support.emulator import KEY_ID, KEY_SECRET, Emulator


@pytest.fixture(scope="session")
def process() -> Iterator[Emulator]:
    with Emulator.start(time_scale=0) as emulator:
        yield emulator


@pytest.fixture
def emulator(process: Emulator) -> Emulator:
    process.reset()
    return process


def config(emulator: Emulator) -> Any:
    return Config(
        access_key_id=KEY_ID, access_key_secret=KEY_SECRET, endpoint=emulator.endpoint, protocol="HTTP"
    )


@pytest.fixture
def ens(emulator: Emulator) -> Any:
    return EnsClient(config(emulator))


@pytest.fixture
def esa(emulator: Emulator) -> Any:
    return EsaClient(config(emulator))
