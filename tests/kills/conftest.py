"""A cloud, and a proxy before it that holds calls."""

from collections.abc import Iterator

import pytest
from tests.support.clouds import archives, emulator, files, process, world
from tests.support.emulator import Emulator
from tests.support.holding_proxy import HoldingProxy

__all__ = ["archives", "emulator", "files", "process", "world"]


@pytest.fixture
def proxy(emulator: Emulator) -> Iterator[HoldingProxy]:
    """Stands between the provider and the cloud; what it holds is held until the test is over."""
    with HoldingProxy(emulator) as proxy:
        yield proxy
