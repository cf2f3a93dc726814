"""The staged rollout: a bad version comes back from the canary, a good one goes everywhere."""

from collections import Counter
from collections.abc import Callable

import pytest
from tests.support.emulator import APP_ID, Emulator
from tests.support.example import EXAMPLES, Example
from tests.support.sightings import starts

CANARY = "cn-xiangyang-19"
FAULT = {
    "effect": "target_fail",
    "count": 1,
    "action": "DistApplicationData",
    "description": "checksum of the unpacked files is wrong",
}


def running(emulator: Emulator) -> Counter[str]:
    """How many instances run which version."""
    by_region = emulator.app(APP_ID)["running"].get("assets", {})
    return sum((Counter(versions) for versions in by_region.values()), Counter[str]())


@pytest.mark.cli
def test_a_version_that_fails_on_the_canary_comes_back_and_goes_everywhere_once_it_is_fixed(
    open_example: Callable[[str, str], Example], emulator: Emulator
) -> None:
    example = open_example("staged-rollout", "dev")
    first = example.up()
    assert first.ok, first
    assert "stage 3 of 3 (all): 40/40 instances" in first.stdout
    assert running(emulator) == {"2026.11.1": 40}

    emulator.faults([FAULT])
    emulator.clear_calls()
    assert example.run("config", "set", "version", "2026.11.2").ok
    preview = example.preview()
    assert "assets 2026.11.1 → 2026.11.2: 40 instances in 3 stages (4, 18, all)" in preview.output, preview
    assert not starts(emulator)
    failed = example.up()

    assert not failed.ok
    assert "stage 1 of 3 (canary)" in failed.output, failed
    assert "assets@2026.11.2: checksum of the unpacked files is wrong" in failed.output
    assert "Rolled back (back to assets@2026.11.1): 4/4 instances" in failed.output, failed.output
    assert "Traceback" not in failed.output
    assert example.outputs("assets")["status"] == "rolled_back"
    emulator.advance(60)
    assert running(emulator) == {"2026.11.1": 40}

    fixed = example.up()

    assert fixed.ok, fixed
    assert running(emulator) == {"2026.11.2": 40}
    assert example.stack_outputs()["status"] == "converged"
    assert example.destroy().ok
    assert not running(emulator)


def test_the_readme_injects_the_fault_that_is_tested() -> None:
    readme = " ".join((EXAMPLES / "staged-rollout" / "README.md").read_text().split())
    assert '"effect": "target_fail", "count": 1, "action": "DistApplicationData"' in readme
    assert FAULT["description"] in readme
