"""A release that fails goes back to the version and the share that the environment had, and never to more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.delivery.released import ROLLBACK, V1, V2, V3, Released, releasing, text
from tests.support.emulator import CONTAINER_APP_ID

BACK = {"on_failure": "rollback", "stall_timeout": "60s", "retries": 0}
TO_STOP = {**BACK, "on_failure": "stop"}
STAGED = {"stages": [{"percentage": 10}, {"percentage": 100}]}


@pytest.fixture
def web() -> Iterator[Released]:
    """A release before an app whose prod serves V1."""
    with releasing(prod={"version_id": V1}) as web:
        yield web


@pytest.fixture(
    params=[{}, {"partial_release": "publishing"}, {"release_fields": "both_stay"}, {"text": "untidy"}],
    ids=str,
)
def any_web(request: pytest.FixtureRequest, web: Released) -> Released:
    if request.param:
        web.dialect(**request.param)
    return web


def _hang(count: int) -> dict[str, Any]:
    effect = {"effect": "target_hang", "targets": ["prod"], "count": count}
    return {"action": "PublishEdgeContainerAppVersion", **effect}


def test_a_version_that_had_a_tenth_comes_back_to_a_tenth_and_not_to_everyone(any_web: Released) -> None:
    any_web.up(V2, percentage=10)
    any_web.hangs(1)
    failed = any_web.up(V3, percentage=10, rollout=BACK)
    assert f"Rolled back (back to {CONTAINER_APP_ID}@{V2} on 10 % of prod)" in text(failed)
    assert any_web.serves == (V2, 10)
    assert not any_web.sent(ROLLBACK), "it would give it the whole"
    assert (failed.outputs["status"], failed.outputs["published_version"]) == ("rolled_back", V2)


def test_a_share_that_could_not_be_raised_goes_back_to_what_it_was(any_web: Released) -> None:
    any_web.up(V2, percentage=10)
    any_web.hangs(1)
    any_web.up(V2, percentage=50, rollout=BACK)
    assert any_web.serves == (V2, 10)


def test_regions_that_could_not_be_widened_are_what_they_were(web: Released) -> None:
    web.up(V2, regions=["zhejiang"])
    web.hangs(1)
    web.up(V2, regions=["zhejiang", "hubei"], rollout=BACK)
    assert (web.serves[0], web.regions) == (V2, ("zhejiang",))


def test_a_version_that_had_some_regions_comes_back_to_these(web: Released) -> None:
    web.up(V2, regions=["zhejiang"])
    web.hangs(1)
    web.up(V3, rollout=BACK)
    assert (web.serves[0], web.regions) == (V2, ("zhejiang",))


def test_a_version_that_had_the_whole_comes_back_to_the_whole(any_web: Released) -> None:
    any_web.hangs(1)
    any_web.up(V2, percentage=10, rollout=BACK)
    assert any_web.serves == (V1, 100)
    assert any_web.sent(ROLLBACK)


def test_a_share_that_the_cloud_does_not_lower_again_is_said_to_stay(web: Released) -> None:
    web.up(V2, percentage=10)
    web.faults({**_hang(1), "count": 1})
    web.dialect(lower_share="ignored")
    message = text(web.up(V2, percentage=50, rollout=BACK))
    assert f"back to {CONTAINER_APP_ID}@{V2} on 10 % of prod" in message
    assert "failed too" in message


def test_an_interrupted_rollout_goes_back_to_what_was_before_its_first_run(any_web: Released) -> None:
    any_web.up(V2, percentage=10)
    any_web.hangs()
    any_web.interrupt_at = any_web.now + 20
    any_web.up(V3, rollout={**STAGED, **BACK})
    assert any_web.outputs is not None
    assert any_web.outputs["status"] == "interrupted"
    any_web.goes_on()
    any_web.hangs(1)
    any_web.up(V3, percentage=30, rollout=BACK)
    assert any_web.serves == (V2, 10)


def test_a_rollout_that_failed_before_goes_back_to_what_was_before_its_first_run(any_web: Released) -> None:
    any_web.up(V2, percentage=10)
    any_web.hangs(1)
    any_web.up(V3, percentage=20, rollout=TO_STOP)
    any_web.hangs(1)
    any_web.up(V3, percentage=30, rollout=BACK)
    assert any_web.serves == (V2, 10)


def test_after_a_rollback_what_it_brought_back_is_the_baseline(web: Released) -> None:
    web.up(V2, percentage=10)
    web.hangs(1)
    web.up(V3, rollout=BACK)
    web.console(V2, 30)
    web.hangs(1)
    web.up(V3, rollout=BACK)
    assert web.serves == (V2, 30)


def test_a_repair_that_fails_goes_back_to_what_it_found(web: Released) -> None:
    web.up(V2, rollout=BACK)
    web.console(V3, 40)
    web.hangs(1)
    failed = web.up(V2, rollout=BACK)
    assert web.serves == (V3, 40)
    assert failed.outputs["baseline_version"] == V3


@pytest.mark.parametrize("later", [0.0, 3.0, 100.0], ids=["at once", "on the way", "in the bake"])
def test_a_run_that_was_killed_goes_back_to_what_was_declared_before(any_web: Released, later: float) -> None:
    web = any_web
    web.up(V2, percentage=10)
    web.publish(V3, 10)
    web.cloud.advance(later)
    web.hangs(1)
    web.up(V3, rollout={**STAGED, **BACK})
    assert web.serves == (V2, 10)


def test_a_killed_run_that_raised_a_share_goes_back_to_what_was_declared_before(web: Released) -> None:
    web.up(V2, percentage=10)
    web.publish(V2, 50)
    web.cloud.advance(3)
    web.hangs(1)
    stages = [{"percentage": 50}, {"percentage": 60}]
    web.up(V2, rollout={"stages": stages, **BACK})
    assert web.serves == (V2, 10)


def test_a_share_that_somebody_lowered_is_not_gone_beyond(web: Released) -> None:
    web.up(V2, percentage=50)
    web.console(V2, 10)
    web.hangs(1)
    web.up(V2, rollout={"stages": [{"percentage": 10}, {"percentage": 60}], **BACK})
    assert web.serves == (V2, 10)


def test_where_nothing_was_served_nothing_is_rolled_back_and_that_is_said() -> None:
    with releasing() as web:
        web.hangs()
        failed = web.up(V1, percentage=10, rollout=BACK)
        assert "Nothing is rolled back: prod served nothing before" in text(failed)
        assert failed.outputs["status"] == "failed"
        assert web.shares == [(V1, 10)]
        web.faults()
        assert web.up(V2, percentage=10, rollout=BACK).error is None


def test_a_rollout_of_what_was_there_restores_nothing(web: Released) -> None:
    web.up(V2, percentage=10)
    web.hangs(1)
    web.up(V3, percentage=20, rollout=TO_STOP)
    web.hangs(1)
    message = text(web.up(V2, percentage=10, rollout=BACK))
    assert f"Nothing is rolled back: prod served {V2} on 10 % before, which is what is declared" in message


@pytest.mark.parametrize(
    "damage", [None, "gone", 7, {}, {"version": 7}, {"version": ""}, {"percentage": 10}], ids=str
)
@pytest.mark.parametrize("before", [V1, V3])
def test_a_state_that_knows_only_the_version_goes_back_to_the_whole_where_that_had_it(
    web: Released, before: str, damage: Any
) -> None:
    _fails_with_a_state_of_an_earlier_release(web, baseline_version=before, damage=damage)
    web.hangs(1)
    message = text(web.up(V2, percentage=30, rollout=BACK))
    if damage == {}:
        assert "prod served nothing before" in message
    elif before == V1:
        assert web.serves == (V1, 100)
    else:
        assert (
            f"Nothing is rolled back: prod served {V3} before, but it is not known on how much of it"
            in message
        )
        assert web.serves[0] == V2


@pytest.mark.parametrize("share", [0, 101, "ten", 10.5, None, True, [10]], ids=str)
def test_a_share_in_the_state_that_cannot_be_is_not_gone_back_to(web: Released, share: Any) -> None:
    damage = {"version": V3, "percentage": share}
    _fails_with_a_state_of_an_earlier_release(web, baseline_version=V3, damage=damage)
    web.hangs(1)
    message = text(web.up(V2, percentage=30, rollout=BACK))
    assert "it is not known on how much of it" in message


def test_a_refresh_keeps_the_baseline(web: Released) -> None:
    web.up(V2, percentage=10)
    web.hangs(1)
    web.up(V3, percentage=20, rollout=TO_STOP)
    web.refresh()
    web.hangs(1)
    web.up(V3, percentage=30, rollout=BACK)
    assert web.serves == (V2, 10)


def test_a_refresh_of_what_converged_changes_nothing(web: Released) -> None:
    web.up(V2, percentage=10)
    before = web.outputs
    web.refresh()
    assert web.outputs == before


def test_the_baseline_comes_back_from_the_state_with_numbers_that_are_floats(web: Released) -> None:
    web.up(V2, percentage=10)
    web.hangs(1)
    web.up(V3, percentage=20, rollout=TO_STOP)
    assert web.outputs is not None
    assert web.outputs["__baseline"] == {"version": V2, "percentage": 10, "rest": V1}
    web.outputs["__baseline"]["percentage"] = 10.0
    web.hangs(1)
    web.up(V3, percentage=30, rollout=BACK)
    assert web.serves == (V2, 10)


def _fails_with_a_state_of_an_earlier_release(web: Released, *, baseline_version: str, damage: Any) -> None:
    """Leave a failed V2 in a state that has the baseline's version, and not its share."""
    web.hangs(1)
    web.up(V2, percentage=20, rollout=TO_STOP)
    assert web.outputs is not None
    del web.outputs["__baseline"]
    web.outputs["baseline_version"] = baseline_version
    if damage is not None:
        web.outputs["__baseline"] = damage


@pytest.mark.parametrize(
    "ways",
    [{}, {"release_fields": "publishing_first"}, {"release_fields": "both_stay"}, {"rollback_env": "both"}],
    ids=str,
)
def test_a_rollback_that_takes_minutes_is_awaited(ways: dict[str, str]) -> None:
    with releasing(prod={"version_id": V1}, seconds=60.0) as web:
        web.dialect(**ways)
        web.faults({**_hang(1), "skip": 1})
        failed = web.up(V2, rollout={**STAGED, **BACK, "stall_timeout": "90s"})
        assert (len(web.sent(ROLLBACK)), failed.outputs["status"]) == (1, "rolled_back"), text(failed)
        assert web.serves == (V1, 100)
