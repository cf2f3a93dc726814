"""An environment serves as much of a version as is declared: no less, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.delivery.released import V1, V2, Released, releasing, text
from tests.support.emulator import CONTAINER_APP_ID

WAYS = [
    {},
    {"release_fields": "publishing_first"},
    {"release_fields": "both_stay"},
    {"partial_release": "publishing"},
    {"partial_release": "publishing", "release_fields": "both_stay"},
    {"text": "untidy"},
]


@pytest.fixture
def web() -> Iterator[Released]:
    """A release before an app whose prod serves V1."""
    with releasing(prod={"version_id": V1}) as web:
        yield web


@pytest.fixture(params=WAYS, ids=lambda ways: ", ".join(ways.values()) or "as it comes")
def any_web(request: pytest.FixtureRequest, web: Released) -> Released:
    """The same before a cloud that settles open points of the contract one way or the other."""
    if request.param:
        web.dialect(**request.param)
    return web


@pytest.fixture(params=[ways for ways in WAYS if "partial_release" not in ways], ids=str)
def plain_web(request: pytest.FixtureRequest, web: Released) -> Released:
    """The same before clouds that say when a further region of a version has been reached.

    One that calls it ``publishing`` for ever, and counts it as a whole from the start, says that nowhere.
    """
    web.dialect(**request.param)
    return web


def test_a_lowered_share_is_carried_out(any_web: Released) -> None:
    any_web.up(V2, percentage=50)
    lowered = any_web.up(V2, percentage=10)
    assert lowered.error is None
    assert any_web.serves == (V2, 10)
    assert (lowered.outputs["status"], lowered.outputs["publish_percentage"]) == ("converged", 10)


def test_progress_shows_the_share_of_the_environment(any_web: Released) -> None:
    any_web.up(V2, rollout={"stages": [{"percentage": 10, "bake": "5s"}, {}]})
    progress = [line for line in any_web.lines.shown if line.startswith("stage ")]
    assert any(line.startswith("stage 1 of 2: 10 % of prod, baking, ") for line in progress)
    assert progress[-1].startswith("stage 2 of 2: 100 % of prod, ")
    assert not any("targets" in line for line in progress)


@pytest.mark.parametrize("raised", [11, 100])
def test_a_share_that_somebody_raised_is_drift_and_repaired(any_web: Released, raised: int) -> None:
    any_web.up(V2, percentage=10)
    any_web.console(V2, raised)
    any_web.up(V2, percentage=10)
    assert (any_web.done[-1], any_web.serves) == ("update", (V2, 10))
    assert f"drift: {V2} serves {raised} % of prod; declared: 10 %" in any_web.lines.shown


def test_a_share_that_somebody_lowered_is_drift_and_repaired(any_web: Released) -> None:
    any_web.up(V2, percentage=50)
    any_web.console(V2, 10)
    any_web.up(V2, percentage=50)
    assert (any_web.done[-1], any_web.serves) == ("update", (V2, 50))


@pytest.mark.parametrize("before", [["zhejiang", "jiangsu"], ["zhejiang", "jiangsu", "hubei"]])
def test_a_region_that_is_dropped_serves_it_no_more(plain_web: Released, before: list[str]) -> None:
    plain_web.up(V2, regions=before)
    dropped = plain_web.up(V2, regions=["zhejiang"])
    assert dropped.error is None
    assert plain_web.regions == ("zhejiang",)


def test_a_region_that_somebody_added_is_drift_and_repaired(any_web: Released) -> None:
    any_web.up(V2, regions=["zhejiang"])
    any_web.publish(V2, publish_type="region", regions=["zhejiang", "hubei"])
    any_web.cloud.advance(100)
    any_web.up(V2, regions=["zhejiang"])
    assert (any_web.done[-1], any_web.regions) == ("update", ("zhejiang",))
    assert f"drift: {V2} serves hubei, zhejiang of prod; declared: zhejiang" in any_web.lines.shown


def test_regions_that_somebody_replaced_by_the_whole_are_drift_and_repaired(any_web: Released) -> None:
    any_web.up(V2, regions=["zhejiang"])
    any_web.console(V2, 100)
    any_web.up(V2, regions=["zhejiang"])
    assert (any_web.done[-1], any_web.regions) == ("update", ("zhejiang",))


def test_a_share_that_somebody_replaced_by_regions_is_drift_and_repaired(any_web: Released) -> None:
    any_web.up(V2)
    any_web.publish(V2, publish_type="region", regions=["zhejiang"])
    any_web.cloud.advance(100)
    any_web.up(V2)
    assert (any_web.done[-1], any_web.serves, any_web.regions) == ("update", (V2, 100), ())


@pytest.mark.parametrize(
    "declared",
    [
        {},
        {"percentage": 10},
        {"regions": ["zhejiang"]},
        {"regions": ["zhejiang"], "full_release": True},
        {"rollout": {"stages": [{"percentage": 10}, {"percentage": 50}]}},
    ],
    ids=str,
)
def test_nothing_happens_after_a_release_that_converged(any_web: Released, declared: dict[str, Any]) -> None:
    assert any_web.up(V2, **declared).error is None
    any_web.cloud.advance(100)
    sent = len(any_web.sent())
    any_web.up(V2, **declared)
    assert (any_web.done[-1], len(any_web.sent())) == ("same", sent)


def test_nothing_happens_after_stages_by_regions_that_converged(plain_web: Released) -> None:
    declared = {"rollout": {"stages": [{"regions": ["zhejiang"]}, {"regions": ["jiangsu"]}]}}
    assert plain_web.up(V2, **declared).error is None
    plain_web.cloud.advance(100)
    plain_web.up(V2, **declared)
    assert (plain_web.done[-1], len(plain_web.sent())) == ("same", 2)


def test_a_stage_that_is_surpassed_is_not_gone_back_to(any_web: Released) -> None:
    any_web.up(V2, percentage=30)
    any_web.up(V2, rollout={"stages": [{"percentage": 10}, {"percentage": 50}]})
    assert any_web.shares == [(V2, 30), (V2, 50)]


def test_a_stage_by_regions_that_is_surpassed_is_not_gone_back_to(plain_web: Released) -> None:
    plain_web.up(V2, regions=["zhejiang", "jiangsu", "hubei"])
    plain_web.up(V2, rollout={"stages": [{"regions": ["zhejiang"]}, {"regions": ["jiangsu"]}]})
    assert len(plain_web.sent()) == 2
    assert plain_web.regions == ("jiangsu", "zhejiang")


@pytest.mark.parametrize("reached", [0.5, 2.0])
def test_a_release_under_way_that_goes_too_far_is_not_joined(any_web: Released, reached: float) -> None:
    any_web.publish(V2, 100)
    any_web.cloud.advance(reached)
    joined = any_web.up(V2, percentage=10)
    assert joined.error is None
    assert any_web.serves == (V2, 10)


@pytest.mark.parametrize("ways", [ways for ways in WAYS if ways.get("release_fields") != "publishing_first"])
def test_a_release_under_way_to_the_share_declared_is_joined(web: Released, ways: dict[str, str]) -> None:
    web.dialect(**ways)
    web.publish(V2, 50)
    web.cloud.advance(1)
    assert web.up(V2, percentage=50).error is None
    assert web.shares == [(V2, 50)]


def test_the_whole_by_regions_is_what_a_full_release_declares(any_web: Released) -> None:
    any_web.console(V2, 100)
    any_web.cloud.advance(100)
    assert any_web.up(V2, regions=["zhejiang"], full_release=True).error is None
    assert not any_web.sent()


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({"percentage": 50}, {"percentage": 10}, "50 % → 10 % of prod"),
        ({"percentage": 10}, {"percentage": 50}, "10 % → 50 % of prod"),
        (
            {"percentage": 10},
            {"rollout": {"stages": [{"percentage": 5}, {"percentage": 50}, {"percentage": 100}]}},
            "10 % → 50 %, then 100 % of prod",
        ),
        (
            {"regions": ["zhejiang", "jiangsu"]},
            {"regions": ["zhejiang"]},
            "jiangsu, zhejiang → zhejiang of prod",
        ),
    ],
)
def test_a_preview_says_from_which_share_to_which(
    web: Released, before: dict[str, Any], after: dict[str, Any], line: str
) -> None:
    web.up(V2, **before)
    web.up(V2, **after)
    assert f"{V2}: {line}" in web.lines.shown


def test_a_preview_says_from_which_version_to_which(web: Released) -> None:
    web.up(V2, rollout={"stages": [{"percentage": 10}, {"percentage": 100}]})
    assert f"{V1} → {V2}: 10 %, then 100 % of prod" in web.lines.shown


def test_the_drift_of_a_version_names_both(web: Released) -> None:
    web.up(V2)
    web.console(V1, 100)
    web.up(V2)
    assert f"drift: {V1} serves 100 % of prod; declared: {V2} on 100 %" in web.lines.shown


def test_a_refresh_finds_a_raised_share_too(web: Released) -> None:
    web.up(V2, percentage=10)
    web.console(V2, 100)
    web.refresh()
    assert web.outputs is not None
    assert web.outputs["publish_percentage"] == 100
    web.up(V2, percentage=10)
    assert (web.done[-1], web.serves) == ("update", (V2, 10))


def test_a_failed_release_names_what_it_reached(web: Released) -> None:
    web.up(V2, percentage=10)
    web.hangs()
    failed = web.up(V2, percentage=50, rollout={"stall_timeout": "60s", "retries": 0})
    assert "no progress for too long" in text(failed)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (
            {"percentage": 50},
            {"percentage": 10},
            "50 % of prod still has it: the cloud did not lower the share to 10 %",
        ),
        (
            {"regions": ["zhejiang", "jiangsu"]},
            {"regions": ["zhejiang"]},
            "jiangsu, zhejiang of prod still have it: the cloud did not reduce the release to zhejiang",
        ),
    ],
    ids=str,
)
def test_a_cloud_that_does_not_lower_a_share_fails_it_and_is_named(
    web: Released, before: dict[str, Any], after: dict[str, Any], reason: str
) -> None:
    web.up(V2, **before)
    web.dialect(lower_share="ignored")
    failed = web.up(V2, **after, rollout={"retries": 1})
    assert reason in text(failed)
    assert len(web.sent()) == 3
    assert failed.outputs["status"] == "failed"


@pytest.mark.parametrize(
    "declared", [{"percentage": 10}, {"percentage": 10, "rollout": {"on_failure": "rollback"}}]
)
def test_a_cloud_that_refuses_to_lower_a_share_fails_it_at_once(
    web: Released, declared: dict[str, Any]
) -> None:
    web.up(V2, percentage=50)
    web.dialect(lower_share="refused")
    message = text(web.up(V2, **declared))
    assert f"PublishEdgeContainerAppVersion for {CONTAINER_APP_ID} ({V2}: 50 % → 10 % of prod)" in message
    assert "InvalidParameter.Percentage" in message
    assert web.shares == [(V2, 50), (V2, 10)]
    assert web.serves == (V2, 50)


def test_a_share_that_is_raised_during_the_bake_fails_the_release(web: Released) -> None:
    def raised() -> None:
        web.console(V2, 60)

    web.at(5.0 + 20.0, raised)
    failed = web.up(V2, rollout={"stages": [{"percentage": 10, "bake": "60s"}]})
    assert "60 % of prod has it; declared: 10 %" in text(failed)
