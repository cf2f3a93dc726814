"""States that earlier releases have stored: this one still reads, updates and destroys them.

`states/0.1.0.json` is what `pulumi stack export` gave of a push, a distribution and a release of that version.
A release that changes the shape of the state adds a file; no file ever changes.
"""

from pathlib import Path

import pytest
from support.clouds import INSTANCES, REGIONS
from support.declarations import Archives, distribution
from support.emulator import CONTAINER_APP_ID, SMALL_APP_ID, VERSION_IDS, Emulator
from support.sightings import cleaned_in, placed_on, starts
from support.stack import Stack, dist, push, release

pytestmark = pytest.mark.cli
STATES = sorted(Path(__file__).parent.joinpath("states").glob("*.json"))


@pytest.fixture(params=STATES, ids=lambda path: path.stem)
def restored(request: pytest.FixtureRequest, stack: Stack, emulator: Emulator) -> Stack:
    """A stack with an old state, and the cloud as it was when that was stored."""
    data = {"app_id": SMALL_APP_ID, "name": "assets", "version": "1", "state": "SUCCESS"}
    emulator.drift(**data, targets=REGIONS)
    emulator.drift(**data, targets=INSTANCES)
    emulator.drift(app_id=CONTAINER_APP_ID, env="prod", version=VERSION_IDS[1])
    imported = stack.import_(request.param)
    assert imported.ok, str(imported)
    return stack


def test_an_old_state_can_be_destroyed_without_its_program(restored: Stack, emulator: Emulator) -> None:
    destroyed = restored.destroy()

    assert destroyed.ok, str(destroyed)
    assert cleaned_in(emulator) == sorted(("assets", "1", region) for region in REGIONS)
    assert set(placed_on(emulator).values()) == {"DELETED"}
    assert not restored.resources


def test_an_old_state_is_refreshed_and_needs_no_change(
    restored: Stack, archives: Archives, emulator: Emulator
) -> None:
    restored.declare(push(archives.push()), dist(distribution()), release(VERSION_IDS[1]))

    refreshed, up = restored.refresh(), restored.up()

    assert refreshed.ok, str(refreshed)
    assert up.counts() == {"unchanged": 4}, str(up)
    assert not starts(emulator)
