"""An emulator for all tests of this folder, as new for each of them. Its clock moves by `advance` only."""

import json
import os
from collections.abc import Iterator
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import pytest
from tests.support.browser import NAMES, Browser, find
from tests.support.caller import Caller
from tests.support.emulator import Emulator


@pytest.fixture(scope="session")
def default_world() -> Any:
    return json.loads((package_files("alicloud_edge_emulator") / "worlds" / "default.json").read_text())


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="session")
def process(files: Path) -> Iterator[Emulator]:
    with Emulator.start(files=files, time_scale=0) as emulator:
        yield emulator


@pytest.fixture
def emulator(process: Emulator, default_world: Any) -> Emulator:
    process.world(default_world)
    process.reset()
    return process


@pytest.fixture
def caller(emulator: Emulator) -> Caller:
    return Caller(emulator)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless browser; without one the page's tests are skipped, except in CI, where one has to be there."""
    executable = find()
    if executable is None:
        missing = f"no Chromium or Chrome on PATH ({', '.join(NAMES)}): apt install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with Browser(executable) as browser:
        yield browser
