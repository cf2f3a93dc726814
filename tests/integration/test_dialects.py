"""A stack comes up, is bumped and goes down with the real CLI, however the cloud takes its open points."""

import pytest
from tests.support.declarations import Archives, distribution, placed
from tests.support.emulator import VERSION_IDS, Emulator
from tests.support.readings import EVERY_WAY
from tests.support.sightings import runs, serves
from tests.support.stack import Stack, dist, push, release

pytestmark = pytest.mark.cli


@pytest.mark.parametrize("way", EVERY_WAY, ids="-".join)
def test_a_stack_comes_up_and_goes_down(
    stack: Stack, archives: Archives, emulator: Emulator, way: tuple[str, str]
) -> None:
    emulator.dialect(**dict([way]))
    stack.declare(
        push(archives.push(archives.file("1"))), dist(distribution(placed("1"))), release(VERSION_IDS[1])
    )

    up = stack.up()
    assert up.ok, str(up)
    assert (runs(emulator), serves(emulator)) == ({"1"}, VERSION_IDS[1])

    down = stack.destroy()
    assert down.ok, str(down)
    assert runs(emulator) == set()
