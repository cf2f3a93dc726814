"""States that earlier releases have stored: this one still reads, updates and destroys them.

Each file in `states/` is what `pulumi stack export` gave of a push, a distribution and a release. A release that
changes the shape of the state adds files; no file ever changes.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.clouds import INSTANCES, REGIONS
from tests.support.declarations import Archives, distribution, placed
from tests.support.emulator import CONTAINER_APP_ID, SMALL_APP_ID, VERSION_IDS, Emulator
from tests.support.sightings import cleaned_in, placed_on, runs, starts
from tests.support.stack import Declared, Stack, dist, push, release

pytestmark = pytest.mark.cli
STATES = Path(__file__).parent / "states"


@dataclass(frozen=True)
class Stored:
    """A state, and the cloud as it was when that was stored.

    Attributes:
        name: The file's name, with the release that has stored it.
        versions: What has been distributed, the newest last.
        failed: The instances on which the newest has failed.
    """

    name: str
    versions: tuple[str, ...]
    failed: tuple[str, ...] = ()

    def declared(self, archives: Archives, **rollout: object) -> tuple[Declared, ...]:
        """What the program declared, and declares."""
        version = self.versions[-1]
        files = push(archives.push(archives.file(version)))
        return (
            files,
            dist(
                distribution(placed(version), rollout=rollout) if rollout else distribution(placed(version))
            ),
            release(VERSION_IDS[1]),
        )

    def cleans(self) -> list[tuple[str, str, str]]:
        """What a destroy cleans: all that it owns, in each region."""
        return sorted(("assets", version, region) for version in self.versions for region in REGIONS)


IN_PLACE = (Stored("0.1.0", ("1",)), Stored("0.1.0-bumped", ("1", "2")))
FAILED = Stored("0.1.0-failed", ("1", "2"), failed=INSTANCES[:1])


def restore(stored: Stored, stack: Stack, emulator: Emulator) -> None:
    """Bring the cloud to where it was, and import the state."""
    for version in stored.versions:
        data = {"app_id": SMALL_APP_ID, "name": "assets", "version": version}
        emulator.drift(**data, targets=REGIONS, state="SUCCESS")
        failed = stored.failed if version == stored.versions[-1] else ()
        emulator.drift(**data, targets=[i for i in INSTANCES if i not in failed], state="SUCCESS")
        if failed:
            emulator.drift(**data, targets=failed, state="FAILED", reason="no space left on device")
        emulator.advance(60)
    emulator.drift(app_id=CONTAINER_APP_ID, env="prod", version=VERSION_IDS[1])
    imported = stack.import_(STATES / f"{stored.name}.json")
    assert imported.ok, str(imported)


def test_every_stored_state_is_tried() -> None:
    assert {path.stem for path in STATES.glob("*.json")} == {stored.name for stored in (*IN_PLACE, FAILED)}


@pytest.mark.parametrize("stored", [*IN_PLACE, FAILED], ids=lambda stored: stored.name)
def test_an_old_state_can_be_destroyed_without_its_program(
    stored: Stored, stack: Stack, emulator: Emulator
) -> None:
    restore(stored, stack, emulator)

    destroyed = stack.destroy()

    assert destroyed.ok, str(destroyed)
    assert cleaned_in(emulator) == stored.cleans()
    for version in stored.versions:
        assert "SUCCESS" not in placed_on(emulator, version).values()
    assert not runs(emulator)
    assert not stack.resources


@pytest.mark.parametrize("stored", IN_PLACE, ids=lambda stored: stored.name)
def test_an_old_state_is_refreshed_and_needs_no_change(
    stored: Stored, stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    restore(stored, stack, emulator)
    stack.declare(*stored.declared(archives))

    refreshed, up = stack.refresh(), stack.up()

    assert refreshed.ok, str(refreshed)
    assert up.counts() == {"unchanged": 4}, str(up)
    assert not starts(emulator)


@pytest.mark.parametrize("refreshed", [True, False], ids=["refreshed", "as it is"])
def test_an_old_state_that_has_failed_is_gone_on_with(
    stack: Stack, archives: Archives, emulator: Emulator, *, refreshed: bool
) -> None:
    restore(FAILED, stack, emulator)
    stack.declare(*FAILED.declared(archives, retries=0))
    if refreshed:
        read = stack.refresh()
        assert read.ok, str(read)
        assert stack.outputs("assets-everywhere")["status"] == "failed"

    up = stack.up()

    assert up.ok, str(up)
    assert starts(emulator) == ["DistApplicationData"]
    (call,) = emulator.calls("DistApplicationData")
    strategy = call["params"]["DistStrategy"]["value"]
    assert [instance for instance in INSTANCES if instance in strategy] == list(FAILED.failed)
    assert runs(emulator) == {"2"}
    assert not cleaned_in(emulator)
    assert stack.up().counts() == {"unchanged": 4}
    destroyed = stack.destroy()
    assert destroyed.ok, str(destroyed)
    assert cleaned_in(emulator) == FAILED.cleans()


def test_an_old_state_that_fails_again_is_rolled_back_to_what_it_names(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    restore(FAILED, stack, emulator)
    stack.declare(*FAILED.declared(archives, retries=0, on_failure="rollback"))
    hopeless = {"effect": "target_fail", "targets": list(FAILED.failed), "count": 1}
    emulator.faults([{**hopeless, "action": "DistApplicationData"}])

    up = stack.up()

    assert not up.ok
    assert "back to assets@1" in up.output, str(up)
    assert runs(emulator) == {"1"}
    assert not cleaned_in(emulator)
    assert stack.outputs("assets-everywhere")["status"] == "rolled_back"
