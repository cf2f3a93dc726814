"""Whatever happens in the life of a program, the next runs bring about what it declares, and nothing piles up."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest
from tests.soak.life import Life
from tests.soak.mischief import instance_id
from tests.support.clouds import world
from tests.support.dynamic_host import DynamicHost
from tests.support.emulator import Emulator
from tests.support.sdks import newest

__all__ = ["world"]

FAST = 60.0
HOURS = float(os.environ.get("SOAK_HOURS", "0.3"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
MOST_GROWTH = 1.2


@pytest.fixture
def named(world: dict[str, Any]) -> dict[str, Any]:
    """The built-in world, with names for all instances."""
    applications = [
        {
            **app,
            "instances": {
                region: [instance_id(region, number) for number in range(_count(found))]
                for region, found in app["instances"].items()
            },
        }
        for app in world["applications"]
    ]
    return {**world, "applications": applications}


def _count(instances: int | Sequence[str]) -> int:
    return instances if isinstance(instances, int) else len(instances)


@pytest.fixture
def life(named: dict[str, Any]) -> Iterator[Life]:
    with ExitStack() as stack:
        emulator = stack.enter_context(Emulator.start(world=named, time_scale=FAST, seed=SEED))

        start = partial(DynamicHost, emulator, newest())
        yield Life(SEED, emulator, start, steady=stack.enter_context(start()))


@pytest.mark.timeout(0)
def test_a_life_ends_as_declared(life: Life) -> None:
    while life.story.emulated < HOURS * 3600:
        life.step()
    print(f"\nseed {SEED}: {life.story.summary()}")  # noqa: T201 - what `make soak` is run for
    assert life.wrong() == []
    assert life.is_at_rest()
    warm = life.story.memory[len(life.story.memory) // 4]
    assert max(life.story.memory) <= MOST_GROWTH * warm
