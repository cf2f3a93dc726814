"""What `--db` keeps: a rollout over a restart in its middle, and a whole file on a full disk."""

import json
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.caller import Caller
from tests.support.emulator import APP_ID, REGIONS, VERSION_IDS, Emulator
from tests.support.rollouts import (
    LONG,
    deliver,
    dist,
    distributed,
    publish,
    push,
    pushed,
    release_status,
    statuses,
)

FULL_DISK_BYTES = 200_000


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "emulator.db"


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Files of the processes that are started now cannot grow above a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_DISK_BYTES, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def sound(db: Path) -> str:
    with sqlite3.connect(db) as connection:
        answer: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    return answer


def test_the_middle_of_a_rollout_is_the_same_after_a_crash(db: Path) -> None:
    with Emulator.start(db=db, time_scale=0, seed=3) as first:
        caller = Caller(first)
        deliver(caller, "1")
        failing, hanging = sorted(distributed(caller, "1"))[:2]
        push(caller, "2")
        first.advance(LONG)
        first.faults(
            [
                {"effect": "target_fail", "targets": [failing], "description": "no space left on device"},
                {"effect": "target_hang", "targets": [hanging]},
            ]
        )
        dist(caller, "2")
        publish(caller, VERSION_IDS[0])
        first.advance(3.5)
        before = (distributed(caller, "2"), release_status(caller), first.state()["time"])
        assert len(statuses(before[0])) > 1
        first.kill()
    with Emulator.start(db=db, time_scale=0, seed=3) as second:
        caller = Caller(second)
        assert (distributed(caller, "2"), release_status(caller), second.state()["time"]) == before
        assert dist(caller, "2")["DistInstanceTotalCount"] == 40
        second.advance(LONG)
        records = distributed(caller, "2")
        had_failed = before[0][failing]["Status"] == "FAILED"  # then the second call has started it again
        assert records[failing]["Status"] == ("SUCCESS" if had_failed else "FAILED")
        assert records[hanging]["Status"] == "SUCCESS"  # so has it what hangs
        assert {record["Status"] for name, record in records.items() if name not in {failing, hanging}} == {
            "SUCCESS"
        }


def test_it_can_be_killed_again_and_again(db: Path) -> None:
    for version in ("1", "2", "3"):
        with Emulator.start(db=db, time_scale=0) as emulator:
            caller = Caller(emulator)
            push(caller, version)
            emulator.kill()
    with Emulator.start(db=db, time_scale=0) as emulator:
        emulator.advance(LONG)
        for version in ("1", "2", "3"):
            assert pushed(Caller(emulator), version) == dict.fromkeys(REGIONS, "SUCCESS")


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_refuses_what_it_cannot_keep_and_leaves_the_file_whole(db: Path) -> None:
    accepted: list[str] = []
    with Emulator.start(db=db, time_scale=0) as first:
        caller = Caller(first)
        for number in range(500):
            version = f"{number}-{'x' * 5_000}"
            data = json.dumps([{"name": "assets", "version": version}])
            answer = caller.call("PushApplicationData", AppId=APP_ID, Data=data)
            if answer.is_error:
                break
            accepted.append(version)
        assert answer.status_code == 500
        assert answer.json()["Code"] == "InternalError"
        assert "the change has not happened" in answer.json()["Message"]
        assert set(pushed(caller, accepted[-1])) == set(REGIONS)
        assert pushed(caller, version) == {}
        assert "the change has not happened" in first.log
        assert "Traceback" not in first.log
    assert sound(db) == "ok"
    with Emulator.start(db=db, time_scale=0) as second:
        found = {unit["version"] for unit in second.app()["pushed"]}
        assert found == set(accepted)


@pytest.mark.usefixtures("full_disk")
def test_a_world_that_cannot_be_kept_does_not_begin(db: Path) -> None:
    large: dict[str, Any] = {"regions": [{"id": f"{number}-{'x' * 400}"} for number in range(1_000)]}
    with Emulator.start(db=db, time_scale=0) as emulator:
        push(Caller(emulator))
        refusal = emulator.control("PUT", "/world", json=large)
        assert refusal.status_code == 507
        assert "the change has not happened" in refusal.json()["error"]
        assert [unit["version"] for unit in emulator.app()["pushed"]] == ["1"]
        emulator.kill()
    with Emulator.start(db=db, time_scale=0) as again:
        assert [unit["version"] for unit in again.app()["pushed"]] == ["1"]


def test_a_file_that_is_no_database_is_told_and_left_alone(db: Path) -> None:
    db.write_text("my notes, and not a database at all" * 100)
    command = [sys.executable, "-m", "alicloud_edge_emulator", "--port", "0", "--db", str(db)]
    refusal = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert refusal.returncode == 1
    assert "file is not a database" in refusal.stderr
    assert "Traceback" not in refusal.stderr
    assert db.read_text().startswith("my notes")


def test_a_world_that_is_refused_leaves_the_file_as_it_was(db: Path) -> None:
    data = {"app_id": "a", "name": "n", "version": "1", "instances": ["nowhere"]}
    world = {
        "regions": [{"id": "r"}],
        "applications": [{"app_id": "a", "name": "n", "instances": {"r": 1}}],
        "distributed": [data],
    }
    with Emulator.start(db=db, time_scale=0) as emulator:
        assert emulator.control("PUT", "/world", json=world).status_code == 400
        emulator.kill()
    with Emulator.start(db=db, time_scale=0) as again:
        assert again.app()["app_id"] == APP_ID
