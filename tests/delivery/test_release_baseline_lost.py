"""A preview says so where there is nothing to roll back to, and looks at what a rollback would really bring back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.delivery.released import V1, V2, V3, Released, releasing, says

from pulumi_alicloud_edge._errors import InputError

BACK = {"on_failure": "rollback", "stall_timeout": "60s", "retries": 0}
TO_STOP = {**BACK, "on_failure": "stop"}


@pytest.fixture
def web() -> Iterator[Released]:
    """A release before an app whose prod serves V1."""
    with releasing(prod={"version_id": V1}) as web:
        yield web


def refusal(web: Released, version: str) -> str:
    with pytest.raises(InputError) as refused:
        web.up(version, rollout=BACK)
    return says(refused.value)


def test_a_first_create_that_failed_is_fixed_by_another_version_though_its_own_is_gone() -> None:
    with releasing() as web:
        web.hangs(1)
        web.up(V1, rollout=BACK)
        web.lose(V1)
        assert web.up(V2, rollout=BACK).error is None


def test_a_version_that_a_failed_run_has_left_half_way_need_not_exist(web: Released) -> None:
    web.up(V1, rollout=BACK)
    web.hangs(1)
    web.up(V2, rollout=TO_STOP)
    web.lose(V2)
    assert web.up(V3, rollout=BACK).error is None


def test_the_version_from_before_a_failed_run_must_still_exist(web: Released) -> None:
    web.up(V1, rollout=BACK)
    web.hangs(1)
    web.up(V2, rollout=TO_STOP)
    web.lose(V1)
    assert f"a rollback would restore app-88068867578379000001@{V1}" in refusal(web, V3)


def test_a_create_over_a_version_that_is_gone_is_refused(web: Released) -> None:
    web.lose(V1)
    assert f"@{V1}, which the cloud no longer has" in refusal(web, V2)


def test_a_repair_over_a_version_that_is_gone_is_refused(web: Released) -> None:
    web.up(V2, rollout=BACK)
    web.console(V3)
    web.lose(V3)
    assert f"@{V3}, which the cloud no longer has" in refusal(web, V2)


def test_a_change_of_a_version_that_is_gone_is_refused(web: Released) -> None:
    web.up(V2, rollout=BACK)
    web.lose(V2)
    assert f"@{V2}, which the cloud no longer has" in refusal(web, V3)


def test_a_rollout_that_stops_does_not_ask(web: Released) -> None:
    web.lose(V1)
    assert web.up(V2, rollout=TO_STOP).error is None


def test_an_unchanged_release_asks_for_no_other_version(web: Released) -> None:
    web.up(V2, rollout=BACK)
    asked = len(web.sent("GetEdgeContainerAppVersion"))
    web.up(V2, rollout=BACK)
    assert web.done[-1] == "same"
    assert len(web.sent("GetEdgeContainerAppVersion")) == asked + 1
