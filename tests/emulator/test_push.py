import hashlib
from pathlib import Path
from typing import Any

import pytest
from tests.support.caller import Caller
from tests.support.emulator import APP_ID, REGIONS
from tests.support.rollouts import LONG, push, push_reasons, pushed

CONTENT = b"real data of the edge"
MD5 = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture
def url(caller: Caller, files: Path) -> str:
    (files / "assets.tar").write_bytes(CONTENT)
    return f"{caller.emulator.url}/files/assets.tar?Signature=hush"


def test_a_push_reaches_every_region_of_the_application(caller: Caller) -> None:
    assert push(caller) == 0
    assert pushed(caller) == dict.fromkeys(REGIONS, "PUSHING")
    caller.emulator.advance(LONG)
    assert pushed(caller) == dict.fromkeys(REGIONS, "SUCCESS")


def test_a_repeated_push_says_what_it_repeats_and_starts_only_what_is_new(caller: Caller) -> None:
    assert push(caller, regions=REGIONS[:2]) == 0
    assert push(caller, regions=REGIONS[:2]) == 200
    caller.emulator.advance(LONG)
    assert push(caller, regions=REGIONS[:2]) == 100
    assert push(caller, regions=REGIONS[:3]) == 0
    assert pushed(caller) == {REGIONS[0]: "SUCCESS", REGIONS[1]: "SUCCESS", REGIONS[2]: "PUSHING"}


def test_regions_have_their_own_pace(caller: Caller) -> None:
    push(caller)
    caller.emulator.advance(4)
    assert set(pushed(caller).values()) == {"SUCCESS", "PUSHING"}


def test_a_source_that_is_as_declared_arrives(caller: Caller, url: str) -> None:
    push(caller, url=url, md5=MD5.upper(), size=len(CONTENT))
    caller.emulator.advance(LONG)
    assert set(pushed(caller).values()) == {"SUCCESS"}


def test_a_wrong_checksum_fails_until_it_is_right(caller: Caller, url: str) -> None:
    wrong = "0" * 32
    push(caller, url=url, md5=wrong)
    caller.emulator.advance(LONG)
    assert set(pushed(caller).values()) == {"FAILED"}
    assert push_reasons(caller) == {f"md5 mismatch: expected {wrong}, got {MD5}"}
    assert push(caller, url=url, md5=MD5) == 0
    caller.emulator.advance(LONG)
    assert set(pushed(caller).values()) == {"SUCCESS"}


def test_a_wrong_size_fails(caller: Caller, url: str) -> None:
    push(caller, url=url, size=1)
    caller.emulator.advance(LONG)
    assert push_reasons(caller) == {f"size mismatch: expected 1, got {len(CONTENT)}"}


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("http://127.0.0.1:9/assets.tar?Signature=hush", "connection refused or host unknown"),
        ("{url}/files/nothing.tar?Signature=hush", "HTTP 404"),
    ],
)
def test_a_source_that_cannot_be_had_fails(caller: Caller, place: str, reason: str) -> None:
    push(caller, url=place.format(url=caller.emulator.url))
    caller.emulator.advance(LONG)
    assert push_reasons(caller) == {f"download failed: {reason}"}
    assert "hush" not in caller.emulator.log


def test_other_schemes_are_taken_on_trust(caller: Caller) -> None:
    push(caller, url="oss://bucket/assets.tar", md5="0" * 32)
    caller.emulator.advance(LONG)
    assert set(pushed(caller).values()) == {"SUCCESS"}


def test_filters_narrow_the_answer(caller: Caller) -> None:
    push(caller, "1")
    push(caller, "2", name="other")
    assert set(pushed(caller, RegionIds=f"{REGIONS[0]},{REGIONS[3]}")) == {REGIONS[0], REGIONS[3]}
    assert pushed(caller, DataNames="other") == {}
    assert pushed(caller, DataVersions="2") == {}
    assert pushed(caller, MaxDate="2020-01-01") == {}
    assert len(pushed(caller, MinDate="2020-01-01", MaxDate="2999-01-01")) == 6


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "MissingParameter"),
        ({"AppId": "unknown", "Data": "[]"}, "InvalidParameter.AppId"),
        ({"AppId": APP_ID}, "MissingParameter"),
        ({"AppId": APP_ID, "Data": "no json"}, "InvalidParameter.Data"),
        ({"AppId": APP_ID, "Data": "[]"}, "InvalidParameter.Data"),
        ({"AppId": APP_ID, "Data": '[{"name":"a"}]'}, "InvalidParameter.Data"),
        (
            {"AppId": APP_ID, "Data": '[{"name":"a","version":"1"}]', "PushStrategy": "{}"},
            "InvalidParameter.PushStrategy",
        ),
        (
            {
                "AppId": APP_ID,
                "Data": '[{"name":"a","version":"1"}]',
                "PushStrategy": '{"name":"ScheduleToRegionId","parameters":{"operator":"In","values":["moon"]}}',
            },
            "InvalidParameter.PushStrategy",
        ),
    ],
)
def test_bad_parameters_have_documented_codes(caller: Caller, parameters: Any, code: str) -> None:
    response = caller.call("PushApplicationData", **parameters)
    assert (response.status_code, response.json()["Code"]) == (400, code)
    assert caller.emulator.app()["pushed"] == []
