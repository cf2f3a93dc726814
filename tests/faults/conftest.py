"""A cloud and hosts in this process for each cell; real ones, in a faster time, for those that need a process."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.faults.chain import EXPIRED_KEY, KEYS, serve_keys
from tests.faults.hosts import FASTER, RealHosts, VirtualHosts
from tests.support.clouds import archives, files, world
from tests.support.emulator import Emulator
from tests.support.virtual import VirtualEmulator

__all__ = ["archives", "files", "world"]
SOON = [0.5, 2.0]


@pytest.fixture(scope="session")
def process(files: Path) -> Iterator[Emulator]:
    with Emulator.start(files=files, time_scale=FASTER) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def quick_world(world: Mapping[str, Any]) -> dict[str, Any]:
    """The world of the tests with work that ends soon, without downloads, and with temporary keys."""
    timings = ("push_seconds", "dist_seconds", "publish_seconds")
    return {
        **world,
        "timing": dict.fromkeys(timings, SOON),
        "fetch_sources": False,
        "keys": [*world["keys"], *KEYS, EXPIRED_KEY],
    }


@pytest.fixture
def emulator(quick_world: Mapping[str, Any], files: Path) -> Iterator[VirtualEmulator]:
    emulator = VirtualEmulator(quick_world, files=files)
    try:
        yield emulator
    finally:
        emulator.stop()


@pytest.fixture
def hosts(emulator: VirtualEmulator) -> VirtualHosts:
    return VirtualHosts(emulator)


@pytest.fixture
def real_emulator(process: Emulator, quick_world: Mapping[str, Any]) -> Emulator:
    process.world(quick_world)
    process.reset()
    return process


@pytest.fixture(scope="session")
def real_hosts(process: Emulator) -> Iterator[RealHosts]:
    with serve_keys() as chain:
        hosts = RealHosts(process, chain)
        try:
            yield hosts
        finally:
            hosts.stop()
