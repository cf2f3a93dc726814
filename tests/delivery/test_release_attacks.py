"""What a rollback of a release must not do: restore more than there was, or what no run of it has changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.delivery.released import ROLLBACK, V1, V2, V3, Released, releasing, text
from tests.support.emulator import CONTAINER_APP_ID

BACK = {"on_failure": "rollback", "stall_timeout": "60s", "retries": 0}
STATUS = "GetEdgeContainerAppStatus"
DIALECTS: list[dict[str, str]] = [
    {},
    {"release_fields": "publishing_first"},
    {"release_fields": "both_stay"},
    {"partial_release": "publishing"},
]


@pytest.fixture
def web() -> Iterator[Released]:
    """A release before an app whose prod serves V1."""
    with releasing(prod={"version_id": V1}) as web:
        yield web


@pytest.fixture(params=DIALECTS, ids=str)
def slow(request: pytest.FixtureRequest) -> Iterator[Released]:
    """The same in each dialect, where a release takes a minute."""
    with releasing(prod={"version_id": V1}, seconds=60.0) as web:
        web.dialect(**request.param)
        yield web


def roll_back_by_hand(web: Released, version: str) -> None:
    """Have somebody else roll prod back."""
    esa = web._runtime.cloud.esa
    web._runtime.run(esa.rollback_edge_container_app_version(CONTAINER_APP_ID, version))


def build(web: Released, version: str, status: str) -> None:
    """Have the cloud show that a version is being built, or could not be; empty for what it really is."""
    esa = web._runtime.cloud.esa
    known = type(esa).get_edge_container_app_version

    async def get(app_id: str, version_id: str) -> Any:
        found = await known(esa, app_id, version_id)
        is_meant = status and version_id == version
        return found.model_copy(update={"status_text": status}) if is_meant else found

    vars(esa)["get_edge_container_app_version"] = get


def misread(web: Released, nth: int, **shown: Any) -> None:
    """Have the status that is read as the nth from now show something else."""
    esa = web._runtime.cloud.esa
    read = type(esa).get_edge_container_app_status
    count = 0

    async def get(app_id: str, env: str) -> Any:
        nonlocal count
        count += 1
        status = await read(esa, app_id, env)
        return status.model_copy(update=shown) if count == nth else status

    vars(esa)["get_edge_container_app_status"] = get


# While the cloud rolls back, what it serves is not known


@pytest.mark.parametrize("version", [V2, V3])
def test_a_version_that_is_being_rolled_back_does_not_come_back_to_more(slow: Released, version: str) -> None:
    slow.publish(V2, 10)
    slow.cloud.advance(100)
    roll_back_by_hand(slow, V1)
    slow.cloud.advance(43)
    slow.hangs(1)
    slow.up(version, rollout={**BACK, "stall_timeout": "90s"})
    assert slow.serves in ((V1, 100), (V2, 10))


def test_a_release_that_begins_during_a_rollback_goes_by_all_its_stages(slow: Released) -> None:
    slow.publish(V2, 10)
    slow.cloud.advance(100)
    roll_back_by_hand(slow, V1)
    slow.cloud.advance(20)
    before = len(slow.shares)
    slow.up(V2, rollout={"stages": [{"percentage": 10, "bake": "30s"}, {"percentage": 100}]})
    assert slow.shares[before:] == [(V2, 10), (V2, 100)]


@pytest.mark.parametrize("into", [35.0, 15.0])
def test_after_an_interrupted_rollback_the_next_run_goes_by_all_stages_again(
    slow: Released, into: float
) -> None:
    slow.faults(
        {
            "action": "PublishEdgeContainerAppVersion",
            "effect": "target_hang",
            "targets": ["prod"],
            "count": 1,
            "skip": 1,
        }
    )
    rollout = {"stages": [{"percentage": 10}, {"percentage": 100}], **BACK, "stall_timeout": "90s"}
    esa = slow._runtime.cloud.esa
    operation = type(esa).rollback_edge_container_app_version

    async def roll_back(*args: Any, **more: Any) -> str:
        slow.interrupt_at = slow.now + into
        return await operation(esa, *args, **more)

    vars(esa)["rollback_edge_container_app_version"] = roll_back
    assert slow.up(V2, rollout=rollout).outputs["status"] == "interrupted"
    slow.goes_on()
    slow.faults()
    before = len(slow.shares)
    slow.up(V2, rollout=rollout)
    assert slow.shares[before:] == [(V2, 10), (V2, 100)]


def test_a_rollback_whose_response_is_lost_is_not_asked_for_twice(slow: Released) -> None:
    lost = {"action": ROLLBACK, "effect": "error", "count": 1, "after": True, "status": 500}
    slow.hangs(1)
    slow.control(
        "PUT",
        "/faults",
        body=[
            {
                "action": "PublishEdgeContainerAppVersion",
                "effect": "target_hang",
                "targets": ["prod"],
                "count": 1,
                "skip": 1,
            },
            lost,
        ],
    )
    stages = [{"percentage": 10}, {"percentage": 100}]
    slow.up(V2, rollout={"stages": stages, **BACK, "stall_timeout": "90s"})
    assert slow.serves == (V1, 100)
    assert len(slow.sent(ROLLBACK)) == 1


# What no run has started is not rolled back, and is no baseline


def test_a_run_that_has_started_nothing_leaves_nothing_to_roll_back(web: Released) -> None:
    web.up(V2, percentage=10)
    build(web, V3, "failed")
    web.up(V3, rollout=BACK)
    web.console(V1, 100)
    web.up(V3, rollout=BACK)
    assert web.serves == (V1, 100)
    assert web.shares == [(V2, 10)]


@pytest.mark.parametrize("built", ["failed", "creating"])
def test_the_baseline_is_what_is_there_before_the_first_start(web: Released, built: str) -> None:
    web.up(V2, percentage=50)
    build(web, V3, built)
    web.interrupt_at = web.now + 20 if built == "creating" else None
    web.up(V3, percentage=20, rollout=BACK)
    web.goes_on()
    web.console(V2, 10)
    build(web, V3, "")
    web.hangs(1)
    web.up(V3, percentage=20, rollout=BACK)
    assert web.serves == (V2, 10)


@pytest.mark.parametrize("nth", [2, 3, 4, 5])
@pytest.mark.parametrize(
    "shown",
    [
        {"publish_percentage": 50, "expect_percentage": 50},
        {
            "publish_status_text": "",
            "publishing_version": "",
            "deployed_version": "",
            "baseline_version": "",
            "publish_percentage": 0,
            "expect_percentage": 0,
        },
    ],
    ids=["stale", "empty"],
)
def test_one_look_that_errs_does_not_tell_what_was_there(
    web: Released, shown: dict[str, Any], nth: int
) -> None:
    web.up(V2, percentage=50)
    web.up(V2, percentage=10)
    misread(web, nth, **shown)
    web.hangs(1)
    web.up(V3, rollout=BACK)
    assert web.serves == (V2, 10)


# Never more, of whatever kind the parts are


def test_a_whole_that_was_reduced_to_a_region_does_not_come_back_whole(web: Released) -> None:
    web.up(V2)
    web.publish(V2, publish_type="region", regions=["zhejiang"])
    web.cloud.advance(100)
    web.hangs(1)
    web.up(V2, rollout={"stages": [{"regions": ["zhejiang"]}, {"regions": ["jiangsu"]}], **BACK})
    assert web.regions == ("zhejiang",)


def test_a_full_release_that_was_reduced_does_not_come_back_in_full(web: Released) -> None:
    web.up(V2, regions=["zhejiang"], full_release=True)
    web.publish(V2, publish_type="region", regions=["zhejiang"])
    web.cloud.advance(100)
    web.hangs(1)
    stages = [{"regions": ["zhejiang"]}, {"regions": ["jiangsu"]}]
    web.up(V2, rollout={"stages": stages, **BACK})
    assert not web._status().full_release


@pytest.mark.parametrize("part", [{"percentage": 10}, {"regions": ["zhejiang"]}], ids=str)
def test_the_rest_comes_back_too_once_the_new_version_had_it(web: Released, part: dict[str, Any]) -> None:
    web.up(V2, **part)
    stages = [{"percentage": 100, "bake": "60s"}]
    failed = web.up(V3, timeout=40.0, rollout={**BACK, "stages": stages})
    assert web.serves[0] == V2
    assert web._status().baseline_version == V1
    assert f"back to {CONTAINER_APP_ID}@{V1} on 100 % of prod" in text(failed)
    assert failed.outputs["status"] == "rolled_back"


# What the cloud is yet to begin


def test_a_scheduled_release_that_is_reverted_is_told_of(web: Released) -> None:
    web.up(V2, percentage=50)
    at = (datetime.now(UTC) + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
    web.interrupt_at = web.now + 20
    web.up(V3, start_time=at, rollout=BACK)
    web.goes_on()
    web.up(V2, percentage=50)
    assert any(f"{V3} is still ordered for {at}" in line for line in web.lines.shown)


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
@pytest.mark.parametrize("key", ["__hints", "percentage"])
def test_a_number_without_end_in_a_state_is_read_as_nothing(web: Released, key: str, number: float) -> None:
    web.up(V2, percentage=10)
    assert web.outputs is not None
    web.outputs = {**web.outputs, key: number}
    web.refresh()
    web.up(V2, percentage=10)
