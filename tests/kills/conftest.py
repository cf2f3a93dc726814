"""A cloud of many applications, and a proxy before it that holds calls."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.clouds import archives, emulator, files, process, world
from support.declarations import Archives
from support.dynamic_host import Kind
from support.emulator import Emulator
from support.holding_proxy import HoldingProxy
from support.staged import APPS, Scene, many_apps

__all__ = ["archives", "emulator", "files", "process", "world"]


@pytest.fixture
def scenes(kind: Kind, emulator: Emulator, archives: Archives, world: dict[str, Any]) -> list[Scene]:
    """Staged rollouts of one kind."""
    emulator.world(many_apps(world))
    return [Scene(kind, number, archives, emulator) for number in range(APPS)]


@pytest.fixture
def proxy(emulator: Emulator) -> Iterator[HoldingProxy]:
    """Stands between the provider and the cloud; what it holds is held until the test is over."""
    with HoldingProxy(emulator) as proxy:
        yield proxy
