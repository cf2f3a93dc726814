"""Fixtures of an emulator that is as new for every test, one process for each worker."""

import json
from collections.abc import Iterator
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import pytest
from tests.support.declarations import Archives
from tests.support.emulator import SMALL_APP_ID, Emulator

FAST = 20.0
HOURS = 1e6


INSTANCES = ("i-wuxi", "i-shanghai-1", "i-shanghai-2")
REGIONS = ("cn-wuxi-5", "cn-shanghai-cmcc-4")
"""The small application's instances and regions in the tests' world."""


@pytest.fixture(scope="session")
def world() -> dict[str, Any]:
    """The built-in world, with names for the instances of its small application."""
    built_in = package_files("alicloud_edge_emulator") / "worlds" / "default.json"
    world: dict[str, Any] = json.loads(built_in.read_text())
    small = next(app for app in world["applications"] if app["app_id"] == SMALL_APP_ID)
    small["instances"] = {REGIONS[0]: INSTANCES[:1], REGIONS[1]: INSTANCES[1:]}
    return world


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="session")
def process(files: Path) -> Iterator[Emulator]:
    with Emulator.start(files=files, time_scale=FAST) as emulator:
        yield emulator


@pytest.fixture
def emulator(process: Emulator, world: dict[str, Any]) -> Emulator:
    process.world(world)
    process.reset()
    return process


@pytest.fixture
def slow(emulator: Emulator, world: dict[str, Any]) -> Emulator:
    """A cloud in which everything takes hours, unless its clock is moved."""
    timings = ("push_seconds", "dist_seconds", "restart_seconds", "publish_seconds")
    hours = {timing: [HOURS, HOURS] for timing in timings}
    emulator.world({**world, "timing": hours})
    return emulator


@pytest.fixture
def archives(files: Path, emulator: Emulator) -> Archives:
    return Archives(files, emulator)


def stock(emulator: Emulator, *versions: str, name: str = "assets") -> None:
    """Have versions of a file on the file servers already, for tests of what comes after a push."""
    for version in versions:
        emulator.drift(
            app_id=SMALL_APP_ID, name=name, version=version, targets=list(REGIONS), state="SUCCESS"
        )
