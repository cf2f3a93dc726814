"""Worlds that end with their test."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.safety.scenario import FLEET, Begin
from tests.safety.world import World


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Begin a world, by default with two regions of three instances."""
    worlds: list[World] = []

    def make(**options: Any) -> World:
        world = World(**({"fleet": FLEET} | options))
        worlds.append(world)
        return world

    yield make
    for world in worlds:
        world.close()
