"""A cloud of many applications, and the provider's processes of several stacks before it."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from tests.support.clouds import archives, emulator, files, process, world
from tests.support.declarations import Archives
from tests.support.dynamic_host import DynamicHost, Kind, Start
from tests.support.emulator import Emulator
from tests.support.sdks import newest
from tests.support.staged import Scene, many_apps

__all__ = ["archives", "emulator", "files", "process", "world"]
OF_EACH_KIND = 8


@pytest.fixture
def scenes(emulator: Emulator, archives: Archives, world: dict[str, Any]) -> list[Scene]:
    """Many distributions and releases: that of which only one version can run at a place."""
    emulator.world(many_apps(world))
    return [
        Scene(kind, number, archives, emulator)
        for kind in (Kind.DIST, Kind.RELEASE)
        for number in range(OF_EACH_KIND)
    ]


@pytest.fixture
def start(emulator: Emulator) -> Iterator[Start]:
    """Starts hosts that are stopped when the test is over."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(DynamicHost(emulator, newest()))
