"""Hosts on the oldest and the newest SDK, before an emulator that is as new for every test."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from tests.support.clouds import archives, emulator, files, process, slow, stock, world
from tests.support.dynamic_host import DynamicHost, Start
from tests.support.emulator import Emulator
from tests.support.sdks import Sdk, newest, oldest

__all__ = ["archives", "emulator", "files", "process", "slow", "world"]


@pytest.fixture
def stocked(emulator: Emulator) -> Emulator:
    """A cloud whose file servers hold versions 1 and 2 of the file assets."""
    stock(emulator, "1", "2")
    return emulator


@pytest.fixture(scope="session")
def oldest_sdk() -> Sdk:
    return oldest()


@pytest.fixture(params=["newest", "oldest"])
def sdk(request: pytest.FixtureRequest) -> Sdk:
    """Every SDK that is supported, by its two ends."""
    if request.param == "oldest":
        found: Sdk = request.getfixturevalue("oldest_sdk")
        return found
    return newest()


@pytest.fixture
def start(emulator: Emulator) -> Iterator[Start]:
    """Starts hosts that are stopped when the test is over: `start()`, `start(sdk=..., config=...)`."""
    with ExitStack() as stack:

        def begin(*, sdk: Sdk | None = None, **options: Any) -> DynamicHost:
            options.setdefault("emulator", emulator)
            return stack.enter_context(DynamicHost(sdk=sdk or newest(), **options))

        yield begin


@pytest.fixture
def host(start: Start) -> DynamicHost:
    """A host on the newest SDK."""
    return start()
