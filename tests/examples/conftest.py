"""Each example before an emulator that is as new, serving the files that `make up` has it serve."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.clouds import emulator, process, world
from tests.support.emulator import Emulator
from tests.support.example import EXAMPLES, Example

__all__ = ["emulator", "process", "world"]


@pytest.fixture(scope="session")
def files() -> Path:
    return EXAMPLES / "quickstart" / "files"


@pytest.fixture
def open_example(tmp_path: Path, emulator: Emulator) -> Callable[[str, str], Example]:
    """Copy an example and give one of its stacks."""

    def open_(example: str, stack: str) -> Example:
        return Example(EXAMPLES / example, tmp_path / example, emulator, stack)

    return open_
