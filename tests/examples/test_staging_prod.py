"""The promotion from staging to prod: the very versions that staging runs, and only while it runs them well."""

from collections.abc import Callable

import pytest
from tests.support.emulator import (
    APP_ID,
    CONTAINER_APP_ID,
    CRASHING_VERSION_ID,
    SMALL_APP_ID,
    VERSION_IDS,
    Emulator,
)
from tests.support.example import Example
from tests.support.sightings import serves, starts

CONFIG = "Pulumi.staging.yaml"
pytestmark = pytest.mark.cli


def runs(emulator: Emulator, app_id: str, name: str) -> set[str]:
    running = emulator.app(app_id)["running"].get(name, {})
    return {version for versions in running.values() for version in versions}


@pytest.fixture
def stacks(open_example: Callable[[str, str], Example]) -> tuple[Example, Example]:
    return open_example("staging-prod", "staging"), open_example("staging-prod", "prod")


def test_prod_takes_what_staging_runs_and_refuses_what_it_does_not(
    stacks: tuple[Example, Example], emulator: Emulator
) -> None:
    staging, prod = stacks
    too_early = prod.preview()
    assert not too_early.ok
    assert "Nothing to promote: deploy the stack staging first." in too_early.output
    assert "Traceback" not in too_early.output

    deployed = staging.up()
    assert deployed.ok, deployed
    assert not emulator.app(APP_ID)["running"]
    promoted = prod.up()
    assert promoted.ok, promoted
    assert serves(emulator) == serves(emulator, "staging") == VERSION_IDS[0]
    assert runs(emulator, APP_ID, "assets") == runs(emulator, SMALL_APP_ID, "assets") == {"2026.11.1"}

    emulator.drift(app_id=CONTAINER_APP_ID, version=VERSION_IDS[1], env="staging")
    emulator.clear_calls()
    refused = prod.up()
    assert not refused.ok
    expected = (
        f"{VERSION_IDS[0]} is not promoted to prod: staging serves {VERSION_IDS[1]} (100%, pod Running)."
    )
    assert expected in refused.output, refused
    assert "Traceback" not in refused.output
    assert not starts(emulator)


def test_a_version_that_crashes_in_staging_never_reaches_prod(
    stacks: tuple[Example, Example], emulator: Emulator
) -> None:
    staging, prod = stacks
    assert staging.up().ok
    assert prod.up().ok
    staging.edit(CONFIG, VERSION_IDS[0], CRASHING_VERSION_ID)
    staging.edit(CONFIG, "assets: 2026.11.1", "assets: 2026.11.2")

    crashed = staging.up()
    assert not crashed.ok
    assert "CrashLoopBackOff" in crashed.output, crashed
    assert serves(emulator, "staging") == VERSION_IDS[0]
    unchanged = prod.up()
    assert unchanged.ok, unchanged
    assert unchanged.counts() == {"unchanged": 5}
    assert serves(emulator) == VERSION_IDS[0]
    assert runs(emulator, APP_ID, "assets") == {"2026.11.1"}

    staging.edit(CONFIG, CRASHING_VERSION_ID, VERSION_IDS[1])
    assert staging.up().ok
    promoted = prod.up()
    assert promoted.ok, promoted
    assert serves(emulator) == VERSION_IDS[1]
    assert runs(emulator, APP_ID, "assets") == {"2026.11.2"}
