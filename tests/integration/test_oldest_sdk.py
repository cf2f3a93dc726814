"""The oldest SDK and dependencies that the package admits, with the real CLI."""

from pathlib import Path

import pytest
from support.clouds import INSTANCES
from support.declarations import Archives, distribution
from support.emulator import VERSION_IDS, Emulator
from support.sdks import oldest
from support.sightings import runs, starts
from support.stack import Stack, dist, push, release

pytestmark = pytest.mark.cli


def test_a_rollout_fails_readably_is_mended_and_destroyed(
    tmp_path: Path, archives: Archives, emulator: Emulator
) -> None:
    stack = Stack(tmp_path / "stack", emulator, oldest())
    emulator.faults([{"effect": "target_fail", "action": "DistApplicationData", "targets": [INSTANCES[0]]}])
    stack.declare(push(archives.push()), dist(distribution(rollout={"retries": 0})), release(VERSION_IDS[1]))

    failed = stack.up("--continue-on-error")

    assert not failed.ok
    assert "2/2 regions" in failed.stdout, str(failed)
    assert f"{INSTANCES[0]}: assets@1: transfer failed" in failed.output, str(failed)
    assert "Traceback" not in failed.output
    assert stack.outputs("assets-everywhere")["status"] == "failed"

    emulator.faults([])
    mended = stack.up()

    assert mended.ok, str(mended)
    assert runs(emulator) == {"1"}
    emulator.clear_calls()
    assert stack.up(preview=True).counts() == {"unchanged": 4}
    assert not starts(emulator)
    assert stack.destroy().ok
