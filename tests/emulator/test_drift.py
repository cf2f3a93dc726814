import pytest
from tests.support.caller import Caller
from tests.support.emulator import APP_ID, CONTAINER_APP_ID, REGIONS, VERSION_IDS
from tests.support.rollouts import deliver, distributed, publish, pushed, release_status

LONG = 60.0


def test_someone_distributes_another_version_to_some_instances(caller: Caller) -> None:
    deliver(caller, "1")
    some = list(distributed(caller, "1"))[:3]
    caller.emulator.drift(app_id=APP_ID, name="assets", version="0", targets=some, state="SUCCESS")
    assert set(distributed(caller, "0")) == set(some)
    assert caller.emulator.app()["running"]["assets"][REGIONS[0]] == {"1": 5, "0": 3}


@pytest.mark.parametrize("state", ["FAILED", "DELETED", "DISTING", "POD_RESTARTING", "SUCCESS"])
def test_an_instance_turns(caller: Caller, state: str) -> None:
    deliver(caller)
    instance = next(iter(distributed(caller)))
    caller.emulator.drift(app_id=APP_ID, name="assets", version="1", targets=[instance], state=state)
    caller.emulator.advance(LONG)
    assert distributed(caller)[instance]["Status"] == state


def test_a_record_goes_away(caller: Caller) -> None:
    deliver(caller)
    instance = next(iter(distributed(caller)))
    caller.emulator.drift(app_id=APP_ID, name="assets", version="1", targets=[instance], state="ABSENT")
    assert instance not in distributed(caller)


def test_pushed_data_fails_later(caller: Caller) -> None:
    deliver(caller)
    caller.emulator.drift(app_id=APP_ID, name="assets", version="1", targets=[REGIONS[0]], state="FAILED")
    assert pushed(caller)[REGIONS[0]] == "FAILED"


def test_an_environment_is_changed_by_hand(caller: Caller) -> None:
    publish(caller, VERSION_IDS[1])
    caller.emulator.advance(LONG)
    caller.emulator.drift(app_id=CONTAINER_APP_ID, env="prod", version=VERSION_IDS[0], rollback=True)
    status = release_status(caller)
    assert (status["DeployedVersion"], status["PublishStatus"]) == (VERSION_IDS[0], "rollbacked")


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ({"app_id": "x", "name": "a", "version": "1", "targets": ["i"], "state": "SUCCESS"}, "drift.app_id"),
        (
            {"app_id": APP_ID, "name": "a", "version": "1", "targets": ["i"], "state": "SUCCESS"},
            "drift.targets",
        ),
        ({"app_id": CONTAINER_APP_ID, "env": "prod", "version": "ver-0"}, "drift.version"),
        ({"app_id": APP_ID}, "drift"),
    ],
)
def test_a_malformed_order_is_refused(caller: Caller, order: dict[str, object], reason: str) -> None:
    refusal = caller.emulator.control("POST", "/drift", json=order)
    assert refusal.status_code == 400
    assert refusal.json()["error"].startswith(reason)
