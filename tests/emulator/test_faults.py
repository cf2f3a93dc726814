import time
from contextlib import suppress
from email.utils import parsedate_to_datetime

import httpx
import pytest
from tests.support.caller import Caller
from tests.support.emulator import CONTAINER_APP_ID, REGIONS, SMALL_APP_ID, VERSION_IDS
from tests.support.rollouts import (
    LONG,
    clean,
    deliver,
    dist,
    distributed,
    publish,
    push,
    pushed,
    release_status,
    statuses,
)


def test_an_error_comes_instead_of_the_effect_as_often_as_asked(caller: Caller) -> None:
    caller.emulator.faults(
        [
            {
                "action": "PushApplicationData",
                "count": 2,
                "effect": "error",
                "status": 503,
                "code": "ServiceUnavailable",
            }
        ]
    )
    for _ in range(2):
        response = caller.call("PushApplicationData")
        assert (response.status_code, response.json()["Code"]) == (503, "ServiceUnavailable")
    assert caller.emulator.app()["pushed"] == []
    assert push(caller) == 0


def test_an_error_may_come_after_the_effect(caller: Caller) -> None:
    caller.emulator.faults([{"action": "Push*", "count": 1, "effect": "error", "after": True}])
    data = '[{"name":"assets","version":"1"}]'
    response = caller.call("PushApplicationData", AppId=SMALL_APP_ID, Data=data)
    assert response.status_code == 500
    assert len(caller.emulator.app(SMALL_APP_ID)["pushed"]) == 1


def test_a_rule_may_let_calls_pass_before_it_begins(caller: Caller) -> None:
    caller.emulator.faults([{"effect": "error", "skip": 2, "count": 1}])
    assert [caller.call("ListApplications").status_code for _ in range(4)] == [200, 200, 500, 200]


@pytest.mark.parametrize(
    ("body", "contents"), [({"PushResults": {}}, {"PushResults": {}}), ({}, {}), (None, None)]
)
def test_other_contents_hide_what_a_call_has_done(caller: Caller, body: object, contents: object) -> None:
    caller.emulator.faults([{"action": "Push*", "count": 1, "effect": "answer", "body": body}])
    response = caller.call(
        "PushApplicationData", AppId=SMALL_APP_ID, Data='[{"name":"assets","version":"1"}]'
    )
    assert response.status_code == 200
    assert len(caller.emulator.app(SMALL_APP_ID)["pushed"]) == 1
    if contents is None:
        assert response.content == b""
    else:
        assert {key: value for key, value in response.json().items() if key != "RequestId"} == contents


@pytest.mark.parametrize("seconds", [1000.0, -1000.0])
def test_a_gateway_whose_clock_is_off_refuses_and_tells_its_own_time(caller: Caller, seconds: float) -> None:
    caller.emulator.faults([{"effect": "skew", "seconds": seconds}])
    refused = caller.call("ListApplications")
    assert (refused.status_code, refused.json()["Code"]) == (400, "InvalidTimeStamp.Expired")
    told = parsedate_to_datetime(refused.headers["date"]).timestamp()
    assert told - time.time() == pytest.approx(seconds, abs=5)
    caller.emulator.faults([{"effect": "skew", "seconds": 100}])
    caller.ok("ListApplications")


@pytest.mark.parametrize(
    ("fault", "carried_out"),
    [
        ({"effect": "delay", "seconds": 0}, True),
        ({"effect": "error", "after": True}, True),
        ({"effect": "error"}, False),
        ({"effect": "drop_after"}, True),
        ({"effect": "drop_before"}, False),
        ({"effect": "answer"}, True),
        ({"effect": "html"}, False),
        ({"effect": "skew"}, False),
    ],
    ids=lambda value: value.get("effect") if isinstance(value, dict) else "",
)
def test_the_record_of_calls_says_which_had_their_effect_whatever_the_caller_was_told(
    caller: Caller, fault: dict[str, object], *, carried_out: bool
) -> None:
    caller.emulator.faults([fault])
    with suppress(httpx.TransportError):
        caller.call("PushApplicationData", AppId=SMALL_APP_ID, Data='[{"name":"assets","version":"1"}]')
    (call,) = caller.emulator.calls()
    assert call["carried_out"] is carried_out
    assert bool(caller.emulator.app(SMALL_APP_ID)["pushed"]) is carried_out


@pytest.mark.parametrize(("effect", "done"), [("drop_before", False), ("drop_after", True), ("cut", True)])
def test_a_broken_connection(caller: Caller, effect: str, *, done: bool) -> None:
    caller.emulator.faults([{"action": "PushApplicationData", "count": 1, "effect": effect}])
    with pytest.raises(httpx.TransportError):
        push(caller)
    assert bool(caller.emulator.app()["pushed"]) is done
    (call,) = caller.emulator.calls()
    assert call["status"] is None


def test_a_proxys_page(caller: Caller) -> None:
    caller.emulator.faults([{"effect": "html"}])
    response = caller.call("ListApplications")
    assert response.status_code == 502
    assert response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("hint", [None, 300])
def test_throttling_with_and_without_the_hint(caller: Caller, hint: int | None) -> None:
    caller.emulator.faults([{"effect": "throttle", "retry_after_ms": hint}])
    response = caller.call("ListApplications")
    assert (response.status_code, response.json()["Code"]) == (400, "Throttling.User")
    assert response.headers.get("x-acs-retry-after") == (None if hint is None else str(hint))


def test_a_delay_is_real_time(caller: Caller) -> None:
    caller.emulator.faults([{"effect": "delay", "seconds": 0.2}])
    began = time.perf_counter()
    caller.ok("ListApplications")
    assert time.perf_counter() - began >= 0.2


def test_a_stale_read_shows_what_was(caller: Caller) -> None:
    deliver(caller)
    clean(caller)
    caller.emulator.faults([{"action": "Describe*", "effect": "stale", "seconds": 30, "count": 1}])
    assert statuses(distributed(caller)) == {"SUCCESS"}
    assert statuses(distributed(caller)) == {"DELETED"}


def test_targets_fail_and_hang(caller: Caller) -> None:
    caller.emulator.faults(
        [
            {"effect": "target_fail", "targets": [REGIONS[0]], "description": "disk full"},
            {"effect": "target_hang", "targets": [REGIONS[1]]},
        ]
    )
    push(caller)
    caller.emulator.advance(3600)
    assert pushed(caller) == dict.fromkeys(REGIONS, "SUCCESS") | {REGIONS[0]: "FAILED", REGIONS[1]: "PUSHING"}


def test_a_hanging_instance_stays_disting(caller: Caller) -> None:
    push(caller)
    caller.emulator.advance(LONG)
    caller.emulator.faults([{"action": "DistApplicationData", "effect": "target_hang"}])
    dist(caller)
    caller.emulator.advance(3600)
    assert statuses(distributed(caller)) == {"DISTING"}


def test_a_release_that_fails_or_hangs_never_arrives(caller: Caller) -> None:
    caller.emulator.faults([{"effect": "target_hang", "targets": ["prod"]}])
    publish(caller, VERSION_IDS[0])
    publish(caller, VERSION_IDS[0], "staging")
    caller.emulator.advance(3600)
    assert release_status(caller)["PublishStatus"] == "publishing"
    assert release_status(caller, "staging")["PublishStatus"] == "published"


def test_a_rule_may_be_about_one_application(caller: Caller) -> None:
    caller.emulator.faults([{"app_id": CONTAINER_APP_ID, "effect": "error"}])
    caller.ok("ListApplications")
    refused = caller.call("GetEdgeContainerApp", product="esa", AppId=CONTAINER_APP_ID)
    assert refused.json()["Code"] == "InternalError"


def test_a_probable_fault_repeats_with_the_seed(caller: Caller) -> None:
    def outcomes() -> list[int]:
        caller.emulator.faults([{"effect": "error", "probability": 0.5}])
        return [caller.call("ListApplications").status_code for _ in range(20)]

    first = outcomes()
    assert set(first) == {200, 500}
    assert outcomes() == first


@pytest.mark.parametrize(
    "rules",
    [{}, [{"effect": "explode"}], [{"effect": "error", "status": 200}], [{"effect": "error", "x": 1}]],
)
def test_malformed_rules_are_refused(caller: Caller, rules: object) -> None:
    refusal = caller.emulator.control("PUT", "/faults", json=rules)
    assert refusal.status_code == 400
    assert refusal.json()["error"].startswith("faults")
