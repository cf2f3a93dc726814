"""The emulator as a command: options, worlds, clocks, files, and what survives its end."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.support.caller import Caller
from tests.support.emulator import APP_ID, CONTAINER_APP_ID, REGIONS, VERSION_IDS, Emulator
from tests.support.rollouts import LONG, deliver, distributed, publish, push, pushed, release_status


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "alicloud_edge_emulator", "--port", "0", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_a_scaled_clock_runs_faster() -> None:
    with Emulator.start(time_scale=36_000) as emulator:
        caller = Caller(emulator)
        push(caller)
        before = emulator.state()["time"]
        deadline = time.monotonic() + 2
        while set(pushed(caller).values()) != {"SUCCESS"}:
            assert time.monotonic() < deadline
        assert emulator.state()["time"] > before


def test_a_rollout_goes_on_over_a_crash(tmp_path: Path) -> None:
    db = tmp_path / "emulator.db"
    with Emulator.start(db=db) as first:
        caller = Caller(first)
        deliver(caller, "1")
        push(caller, "2")
        publish(caller, VERSION_IDS[0])
        first.dialect(paging="targets")
        before = pushed(caller, "2")
        first.kill()
    with Emulator.start(db=db) as second:
        caller = Caller(second)
        assert second.state()["dialect"]["paging"] == "targets"
        assert len(distributed(caller, "1")) == 40
        assert set(pushed(caller, "2")) == set(before)
        second.advance(LONG)
        assert set(pushed(caller, "2").values()) == {"SUCCESS"}
        assert release_status(caller)["DeployedVersion"] == VERSION_IDS[0]


def test_a_reset_begins_the_database_too(tmp_path: Path) -> None:
    db = tmp_path / "emulator.db"
    with Emulator.start(db=db) as first:
        push(Caller(first))
        first.reset()
    with Emulator.start(db=db) as second:
        assert second.app()["pushed"] == []


def test_a_database_of_another_world_is_not_overwritten(tmp_path: Path) -> None:
    db, world = tmp_path / "emulator.db", tmp_path / "world.json"
    Emulator.start(db=db).stop()
    world.write_text("{}")
    refusal = run("--db", str(db), "--world", str(world))
    assert refusal.returncode == 1
    assert "holds another world" in refusal.stderr


def test_a_world_may_begin_with_data_and_releases(caller: Caller, default_world: Any) -> None:
    world = json.loads(json.dumps(default_world))
    world["pushed"] = [{"app_id": APP_ID, "name": "assets", "version": "1"}]
    world["distributed"] = [{"app_id": APP_ID, "name": "assets", "version": "1", "regions": [REGIONS[1]]}]
    world["container_apps"][0]["prod"] = {"version_id": VERSION_IDS[0]}
    world["dialect"] = {"dist_code": "sample"}
    caller.emulator.world(world)
    assert set(pushed(caller).values()) == {"SUCCESS"}
    assert len(distributed(caller)) == 4
    assert release_status(caller)["DeployedVersion"] == VERSION_IDS[0]
    assert caller.emulator.state()["dialect"]["dist_code"] == "sample"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"regions": [{"id": "a"}, {"id": "a"}]}, "regions: a is there twice"),
        ({"regions": [{}]}, "world.regions[0].id: Field required"),
        ({"timing": {"push_seconds": [3, 1]}}, "the first bound is above the second"),
        ({"colour": "red"}, "world.colour: Extra inputs"),
        (
            {"applications": [{"app_id": "a", "name": "n", "instances": {"moon": 1}}]},
            "moon is not in this world",
        ),
        ({"container_apps": [{"app_id": "web", "name": "n"}]}, "world.container_apps[0].app_id"),
        ({"pushed": [{"app_id": "a", "name": "n", "version": "1"}]}, "a is not in this world"),
        ({"dialect": {"clean": "never"}}, "world.dialect.clean"),
    ],
)
def test_a_wrong_world_is_refused_with_its_fault(emulator: Emulator, change: Any, reason: str) -> None:
    refusal = emulator.control("PUT", "/world", json=change)
    assert refusal.status_code == 400
    assert reason in refusal.json()["error"]
    assert len(emulator.state()["applications"]) == 2


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--world", "/nowhere/world.json"), "No such file"),
        (("--time-scale", "-1"), "time scale"),
        (("--port", "70000"), "port"),
        (("--files", "/nowhere"), "no folder"),
    ],
)
def test_wrong_options_are_told_in_a_line(options: tuple[str, ...], reason: str) -> None:
    refusal = run(*options)
    assert refusal.returncode != 0
    assert reason in refusal.stderr
    assert "Traceback" not in refusal.stderr


def test_without_a_host_it_listens_to_this_machine_alone(emulator: Emulator) -> None:
    port = int(emulator.url.rpartition(":")[2])
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
    # This too leads to this machine, but not to a socket that is bound to 127.0.0.1 alone.
    with pytest.raises(OSError, match=r"refused|unreachable|not available|timed out"):
        socket.create_connection(("127.0.0.2", port), timeout=5)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refusal = run("--port", str(taken.getsockname()[1]))
    assert refusal.returncode == 1
    assert "cannot listen on" in refusal.stderr


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/dialect"), ("PUT", "/faults"), ("PUT", "/world"), ("POST", "/drift"), ("POST", "/clock")],
)
def test_a_control_call_that_is_no_json_is_refused(emulator: Emulator, method: str, path: str) -> None:
    refusal = emulator.control(method, path, content=b"{no json")
    assert refusal.status_code == 400
    assert refusal.json()["error"]


@pytest.mark.parametrize("advance", [-1, "a while", None])
def test_the_clock_moves_forward_only(emulator: Emulator, advance: object) -> None:
    assert emulator.control("POST", "/clock", json={"advance": advance}).status_code == 400


def test_health_names_the_clock(emulator: Emulator) -> None:
    assert emulator.control("GET", "/health").json()["status"] == "ok"


def test_the_log_has_one_line_for_each_call(caller: Caller) -> None:
    before = len(caller.emulator.log.splitlines())
    body = caller.ok("DescribeDataPushResult", AppId=APP_ID)
    caller.call("Nonsense")
    first, second = caller.emulator.log.splitlines()[before:]
    assert f"DescribeDataPushResult app={APP_ID} 200 OK request={body['RequestId']}" in first
    assert "Nonsense app=- 404 InvalidAction.NotFound" in second


def test_recorded_calls_can_be_cleared_and_keep_their_count(caller: Caller) -> None:
    caller.ok("ListApplications")
    (before,) = caller.emulator.calls()
    caller.emulator.clear_calls()
    assert caller.emulator.calls() == []
    caller.ok("ListApplications")
    (after,) = caller.emulator.calls("ListApplications")
    assert after["seq"] == before["seq"] + 1


def test_the_state_has_all_of_the_world(emulator: Emulator) -> None:
    assert {app["app_id"] for app in emulator.state()["applications"]} > {APP_ID}
    assert set(emulator.container_app(CONTAINER_APP_ID)["environments"]) == {"staging", "prod"}


def test_a_hundred_thousand_instances_are_answered(caller: Caller) -> None:
    regions = [{"id": f"cn-{number}"} for number in range(100)]
    instances = {region["id"]: 1000 for region in regions}
    app = {"app_id": APP_ID, "name": "fleet", "instances": instances}
    caller.emulator.world(
        {
            "regions": regions,
            "applications": [app],
            "pushed": [{"app_id": APP_ID, "name": "assets", "version": "1"}],
        }
    )
    data = '[{"name":"assets","version":"1","destPath":"/opt"}]'
    assert caller.ok("DistApplicationData", AppId=APP_ID, Data=data)["DistInstanceTotalCount"] == 100_000
    page = caller.ok("DescribeDataDistResult", AppId=APP_ID, EnsRegionIds='["cn-7"]')
    assert page["TotalCount"] == 1
    caller.emulator.state()
