"""A host before an emulator that takes every open point of the contract in the way under test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.clouds import archives, files, world
from tests.support.readings import WAYS
from tests.support.virtual import VirtualEmulator, VirtualHost

__all__ = ["archives", "files", "world"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test under each way of the dialects that it names."""
    if "way" in metafunc.fixturenames:
        named = [name for marker in metafunc.definition.iter_markers("dialects") for name in marker.args]
        ways = [(dialect, way) for dialect in named for way in WAYS[dialect]]
        metafunc.parametrize("way", ways, ids="-".join)


@pytest.fixture
def emulator(world: dict[str, Any], files: Path) -> Iterator[VirtualEmulator]:
    with VirtualEmulator({**world, "fetch_sources": False}, files=files) as emulator:
        yield emulator


@pytest.fixture
def cloud(emulator: VirtualEmulator, way: tuple[str, str]) -> VirtualEmulator:
    """The emulator in one way of one dialect."""
    emulator.dialect(**dict([way]))
    return emulator


@pytest.fixture
def host(cloud: VirtualEmulator) -> VirtualHost:
    return VirtualHost(cloud)
