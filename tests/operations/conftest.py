"""Operations in process, before an emulator that is as new for every test and has a time of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.operations.operated import FLEET, Operated
from tests.safety.world import World
from tests.support.clouds import archives, files, stock, world
from tests.support.virtual import VirtualEmulator, VirtualHost

__all__ = ["archives", "files", "world"]

Start = Callable[..., VirtualHost]
"""Begins another process of the provider: it knows nothing of the ones before."""


@pytest.fixture
def emulator(world: dict[str, Any], files: Path) -> Iterator[VirtualEmulator]:
    with VirtualEmulator({**world, "fetch_sources": False}, files=files) as emulator:
        yield emulator


@pytest.fixture
def stocked(emulator: VirtualEmulator) -> VirtualEmulator:
    """A cloud whose file servers hold versions 1 and 2 of the file assets."""
    stock(emulator, "1", "2")
    return emulator


@pytest.fixture
def start(emulator: VirtualEmulator) -> Start:
    return lambda **config: VirtualHost(emulator, config=config)


@pytest.fixture
def host(start: Start) -> VirtualHost:
    return start()


@pytest.fixture
def operated() -> Iterator[Operated]:
    """One host before a fleet of three instances in two regions, with a record of every change."""
    with World(fleet=FLEET) as fleet:
        yield Operated(fleet)
