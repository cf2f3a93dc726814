"""A host before an emulator that takes every open point of the contract in the way under test."""

from collections.abc import Iterator

import pytest
from tests.support.clouds import archives, emulator, files, process, world
from tests.support.dynamic_host import DynamicHost
from tests.support.emulator import Emulator
from tests.support.readings import WAYS
from tests.support.sdks import newest

__all__ = ["archives", "emulator", "files", "process", "world"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test under each way of the dialects that it names."""
    if "way" in metafunc.fixturenames:
        named = [name for marker in metafunc.definition.iter_markers("dialects") for name in marker.args]
        ways = [(dialect, way) for dialect in named for way in WAYS[dialect]]
        metafunc.parametrize("way", ways, ids="-".join)


@pytest.fixture
def cloud(emulator: Emulator, way: tuple[str, str]) -> Emulator:
    """The emulator in one way of one dialect."""
    emulator.dialect(**dict([way]))
    return emulator


@pytest.fixture
def host(cloud: Emulator) -> Iterator[DynamicHost]:
    with DynamicHost(cloud, newest()) as host:
        yield host
