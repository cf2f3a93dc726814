"""The oldest SDK and dependencies that the package admits, with the real CLI: what the others try on the newest.

Ctrl-C is tried on both in `test_interruptions`.
"""

from pathlib import Path

import pytest
from tests.support.clouds import INSTANCES
from tests.support.declarations import Archives, distribution, placed
from tests.support.emulator import SMALL_APP_ID, VERSION_IDS, Emulator
from tests.support.sdks import oldest
from tests.support.sightings import runs, serves, starts
from tests.support.stack import Stack, dist, push, release

pytestmark = pytest.mark.cli


def test_a_stack_fails_readably_is_fixed_changed_repaired_and_destroyed(
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
    fixed = stack.up()

    assert fixed.ok, str(fixed)
    assert runs(emulator) == {"1"}
    emulator.clear_calls()
    assert stack.up(preview=True).counts() == {"unchanged": 4}
    assert not starts(emulator)

    stack.declare(
        push(archives.push(archives.file("2"))), dist(distribution(placed("2"))), release(VERSION_IDS[0])
    )
    changed = stack.up()
    assert changed.counts() == {"updated": 3, "unchanged": 1}, str(changed)
    assert (runs(emulator), serves(emulator)) == ({"2"}, VERSION_IDS[0])
    told = emulator.calls("PushApplicationData")[-1]["params"]["Data"]["value"]
    assert f"{emulator.url}/files/assets-2" in told

    emulator.drift(
        app_id=SMALL_APP_ID, name="assets", version="2", targets=[INSTANCES[0]], state="FAILED", reason="x"
    )
    repaired = stack.up()
    assert repaired.counts() == {"updated": 1, "unchanged": 3}, str(repaired)
    assert runs(emulator) == {"2"}
    assert stack.refresh().ok

    destroyed = stack.destroy()
    assert destroyed.ok, str(destroyed)
    assert runs(emulator) == set()
