"""A stage that an earlier run has brought to convergence is not baked anew where the cloud's times show that it has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._reconcile.bake import has_baked

OURS, OTHER = Artifact("assets", "2"), Artifact("models", "7")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
BAKE = 600.0
FAILED, BUSY = RecordState.FAILED, RecordState.IN_PROGRESS


def at(second: float, state: RecordState = RecordState.SUCCEEDED, began: float = 0) -> Record:
    """A record of something that began and ended so many seconds after noon."""
    ended, started = (f"{NOON + timedelta(seconds=after):%Y-%m-%dT%H:%M:%SZ}" for after in (second, began))
    return Record(state, ended, started)


def baked(
    records: dict[str, Record],
    *stages: str,
    read: float | None = None,
    stage: int = 0,
    more: dict[str, Record] | None = None,
) -> bool:
    """Whether a stage has baked; each stage is written as the targets that it selects."""
    seen = Observation(
        {OURS: records, OTHER: more or {}},
        tuple(frozenset(stage.split()) if stage != "?" else None for stage in stages or ("a b",)),
        read_at=None if read is None else NOON + timedelta(seconds=read),
    )
    return has_baked(seen, (OURS, OTHER), stage, BAKE)


@pytest.mark.parametrize(("read", "over"), [(609, False), (610, True), (None, False)])
def test_a_bake_is_over_so_long_after_the_last_target_was_done(read: float | None, over: bool) -> None:  # noqa: FBT001
    assert baked({"a": at(0), "b": at(10)}, read=read) is over


def test_the_last_of_all_artifacts_counts() -> None:
    assert not baked({"a": at(0)}, read=610, more={"a": at(20)})


def test_neither_a_failure_nor_what_is_under_way_says_when_a_stage_was_done() -> None:
    assert baked({"a": at(0), "b": at(100, FAILED)}, read=600)
    assert not baked({"a": at(0, FAILED), "b": at(0, BUSY)}, read=9000)


def test_what_others_have_elsewhere_says_nothing_of_the_stage() -> None:
    assert baked({"a": at(0), "elsewhere": at(100)}, read=600)
    assert not baked({"elsewhere": at(0)}, read=9000)


@pytest.mark.parametrize(("began", "over"), [(599, False), (600, True)])
@pytest.mark.parametrize("state", [RecordState.SUCCEEDED, BUSY])
def test_a_later_stage_that_was_begun_after_the_bake_shows_that_it_was_over(
    began: float,
    over: bool,  # noqa: FBT001
    state: RecordState,
) -> None:
    assert baked({"a": at(0), "b": at(began + 5, state, began)}, "a", "a b") is over


def test_one_target_of_a_later_stage_that_was_begun_after_the_bake_is_enough() -> None:
    """The others may have had the version before."""
    assert baked({"a": at(0), "b": at(1, began=1), "c": at(700, began=650)}, "a", "a b c")


def test_the_next_stage_shows_it_also_where_the_last_one_has_not_begun() -> None:
    assert baked({"a": at(0), "b": at(700, began=650)}, "a", "b", "c")


def test_a_failure_in_a_later_stage_shows_nothing() -> None:
    assert not baked({"a": at(0), "b": at(700, FAILED, 650)}, "a", "a b")


def test_a_target_of_the_stage_itself_that_was_started_again_shows_no_later_stage() -> None:
    assert not baked({"a": at(700, began=650)}, "a", "a b")


def test_the_stages_before_it_have_to_be_done_as_long() -> None:
    assert not baked({"a": at(100), "b": at(0)}, "a", "b", "c", read=650, stage=1)
    assert baked({"a": at(100), "b": at(0)}, "a", "b", "c", read=700, stage=1)


def test_a_later_stage_that_was_begun_stands_for_one_that_holds_nothing() -> None:
    assert baked({"b": at(5)}, "a", "a b")


def test_a_stage_whose_targets_nobody_names_is_passed_over() -> None:
    assert not baked({"a": at(0)}, "?", read=9000)
    assert baked({"a": at(0)}, "a", "?", read=600)


@pytest.mark.parametrize("time", ["", "yesterday"])
def test_a_time_that_cannot_be_read_proves_nothing(time: str) -> None:
    assert not baked({"a": Record(RecordState.SUCCEEDED, time)}, read=9000)
    assert baked({"a": Record(RecordState.SUCCEEDED, time), "b": at(0)}, read=600)
