"""A stack for each test, run by the real CLI, before an emulator that is as new for every test."""

from pathlib import Path

import pytest
from tests.support.clouds import archives, emulator, files, process, slow, world
from tests.support.emulator import Emulator
from tests.support.sdks import newest, oldest
from tests.support.stack import Stack

__all__ = ["archives", "emulator", "files", "process", "slow", "world"]


@pytest.fixture(params=["newest", "oldest"])
def either(request: pytest.FixtureRequest, tmp_path: Path, emulator: Emulator) -> Stack:
    """A stack on the newest SDK, and one on the oldest that the package admits."""
    return Stack(tmp_path / "stack", emulator, {"newest": newest, "oldest": oldest}[request.param]())


@pytest.fixture
def stack(tmp_path: Path, emulator: Emulator) -> Stack:
    return Stack(tmp_path / "stack", emulator)
