"""One cloud and few hosts for all cells of a worker, in a time that runs faster; the cloud is as new for each cell."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.faults.chain import EXPIRED_KEY, KEYS, serve_keys
from tests.faults.hosts import FASTER, Hosts
from tests.support.clouds import archives, files, world
from tests.support.emulator import Emulator

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
def emulator(process: Emulator, quick_world: Mapping[str, Any]) -> Emulator:
    process.world(quick_world)
    process.reset()
    return process


@pytest.fixture(scope="session")
def hosts(process: Emulator) -> Iterator[Hosts]:
    with serve_keys() as chain:
        hosts = Hosts(process, chain)
        try:
            yield hosts
        finally:
            hosts.stop()
