"""A stack for each test, run by the real CLI, before an emulator that is as new for every test."""

from pathlib import Path

import pytest
from support.clouds import archives, emulator, files, process, slow, world
from support.emulator import Emulator
from support.stack import Stack

__all__ = ["archives", "emulator", "files", "process", "slow", "world"]


@pytest.fixture
def stack(tmp_path: Path, emulator: Emulator) -> Stack:
    return Stack(tmp_path / "stack", emulator)
