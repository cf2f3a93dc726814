from datetime import UTC, datetime, timedelta

from tests.support.caller import Caller
from tests.support.emulator import CRASHING_VERSION_ID, UNPULLABLE_VERSION_ID, VERSION_IDS
from tests.support.rollouts import LONG, publish, release_status, rollback

FIRST, SECOND, THIRD = VERSION_IDS


def test_a_release_moves_evenly_to_what_is_asked(caller: Caller) -> None:
    publish(caller, FIRST, Percentage="80")
    shares = [release_status(caller)["PublishPercentage"]]
    while shares[-1] < 80:
        caller.emulator.advance(0.5)
        shares.append(release_status(caller)["PublishPercentage"])
    assert shares == sorted(shares)
    assert len(set(shares)) > 5
    assert release_status(caller)["PublishStatus"] == "published"


def test_a_further_step_of_a_version_goes_on_from_where_it_was(caller: Caller) -> None:
    publish(caller, FIRST)
    caller.emulator.advance(LONG)
    publish(caller, SECOND, Percentage="40")
    caller.emulator.advance(LONG)
    publish(caller, SECOND, Percentage="100")
    status = release_status(caller)
    assert 40 <= status["PublishPercentage"] < 60
    assert status["BaseLineVersion"] == FIRST


def test_a_scheduled_release_waits_for_its_time(caller: Caller) -> None:
    publish(caller, FIRST)
    caller.emulator.advance(LONG)
    now = datetime.fromisoformat(caller.emulator.state()["time"])
    start = (now + timedelta(hours=1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    publish(caller, SECOND, StartTime=start)
    caller.emulator.advance(3000)
    assert release_status(caller)["DeployedVersion"] == FIRST
    assert release_status(caller)["PublishStatus"] == "published"
    caller.emulator.advance(603)
    assert release_status(caller)["PublishingVersion"] == SECOND
    caller.emulator.advance(LONG)
    assert release_status(caller)["DeployedVersion"] == SECOND
    assert release_status(caller)["PublishTime"] == start


def test_environments_are_apart(caller: Caller) -> None:
    publish(caller, FIRST, "staging")
    publish(caller, SECOND, "prod")
    caller.emulator.advance(LONG)
    assert release_status(caller, "staging")["DeployedVersion"] == FIRST
    assert release_status(caller, "prod")["DeployedVersion"] == SECOND


def test_pods_that_do_not_come_up_never_finish_and_the_former_version_stays(caller: Caller) -> None:
    publish(caller, FIRST)
    caller.emulator.advance(LONG)
    for version in (CRASHING_VERSION_ID, UNPULLABLE_VERSION_ID):
        publish(caller, version)
        caller.emulator.advance(3600)
        status = release_status(caller)
        assert (status["PublishStatus"], status["PublishingVersion"]) == ("publishing", version)
        assert (status["DeployedVersion"], status["BaseLineVersion"]) == (FIRST, FIRST)


def test_a_rollback_falls_back_on_the_version_before_a_part_release(caller: Caller) -> None:
    publish(caller, FIRST)
    caller.emulator.advance(LONG)
    publish(caller, SECOND, Percentage="10")
    caller.emulator.advance(LONG)
    assert release_status(caller)["BaseLineVersion"] == FIRST
    rollback(caller, FIRST)
    assert release_status(caller)["PublishStatus"] == "rollbacking"
    caller.emulator.advance(LONG)
    status = release_status(caller)
    assert (status["PublishStatus"], status["DeployedVersion"]) == ("rollbacked", FIRST)
    assert status["PublishPercentage"] == 100
    publish(caller, THIRD)
    caller.emulator.advance(LONG)
    assert release_status(caller)["PublishStatus"] == "published"
