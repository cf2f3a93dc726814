"""The numbers that lines, outputs and status answers show."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState, newest_record
from pulumi_alicloud_edge._model.outcome import Progress
from pulumi_alicloud_edge._model.policy import Everywhere, InRegions, RolloutPolicy, Share, Stage
from pulumi_alicloud_edge._model.release import (
    EnvironmentStatus,
    Part,
    Serving,
    same_part,
    seconds_until,
    show_part,
)
from pulumi_alicloud_edge._model.status import AppDataStatus, DataVersionStatus, TargetCounts
from pulumi_alicloud_edge._model.unknown import UNKNOWN, has_unknown


def progress(
    done: int = 0,
    failed: int = 0,
    total: int | None = 8,
    *,
    baking: float | None = None,
    part: float | None = None,
) -> Progress:
    return Progress(0, 1, "all", done, failed, total, 10.0, baking, "", part)


@pytest.mark.parametrize(
    ("one", "share"),
    [
        pytest.param(progress(3, 1), 0.5, id="what failed is done with too"),
        pytest.param(progress(3, 1, None), None, id="nobody knows of how many"),
        pytest.param(progress(0, 0, 0), None, id="of none"),
        pytest.param(progress(3, 1, part=0.25), 0.25, id="the cloud's own word"),
        pytest.param(progress(8, baking=5, part=0.25), None, id="a bake"),
    ],
)
def test_how_much_of_a_stage_is_done(one: Progress, share: float | None) -> None:
    assert one.share == share


def test_suggested_regions_without_a_record_are_counted_for_the_artifact_that_lacks_most() -> None:
    assets, models, record = Artifact("assets", "1"), Artifact("models", "1"), Record(RecordState.SUCCEEDED)
    seen = Observation({assets: {"a": record}, models: {"a": record, "b": record}}, hints=frozenset("abc"))
    assert seen.hints_not_borne_out((assets, models)) == 2
    assert seen.hints_not_borne_out((models,)) == 1
    assert seen.hints_not_borne_out(()) == 0


def test_the_newest_record_of_a_name_is_that_of_any_version() -> None:
    records = {
        Artifact("assets", "1"): {"a": Record(RecordState.SUCCEEDED, "05")},
        Artifact("assets", "2"): {
            "a": Record(RecordState.FAILED, "07"),
            "b": Record(RecordState.FAILED, "06"),
        },
        Artifact("models", "1"): {"a": Record(RecordState.SUCCEEDED, "09")},
    }
    assert newest_record(Observation(records), "assets") == "07"
    assert newest_record(Observation({}), "assets") == ""


def test_stages_select_together_what_each_selects_and_nothing_twice() -> None:
    canary, rest = InRegions(("a",)), Everywhere()
    assert RolloutPolicy((Stage(canary), Stage(rest), Stage(canary))).selection == (canary, rest)


def test_a_status_counts_all_records() -> None:
    assert TargetCounts(succeeded=1, in_progress=20, failed=300, deleted=4000).total == 4321


def version(name: str, number: str, running: int) -> DataVersionStatus:
    none = TargetCounts()
    return DataVersionStatus(name=name, version=number, push=none, dist=none, running=running)


def test_a_status_tells_which_versions_of_a_name_run() -> None:
    data = (version("assets", "1", 2), version("assets", "2", 0), version("models", "7", 5))
    status = AppDataStatus(app_id="e-1", instances=7, data=data)
    assert status.running("assets") == {"1": 2}
    assert status.of("assets", "2") is data[1]
    assert status.of("assets", "3") == version("assets", "3", 0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Share(10), Share(10), True),
        (Share(10), Share(20), False),
        (InRegions(("a", "b")), InRegions(("b", "a"), full=False), True),
        (InRegions(("a",), full=True), InRegions(("a",)), False),
        (InRegions(("a",)), InRegions(("b",)), False),
        (InRegions(("a",), full=True), InRegions(("b",), full=True), False),
        (Share(10), InRegions(("a",)), False),
        (None, None, False),
    ],
)
def test_when_a_release_serves_the_same_part(one: Part | None, other: Part | None, same: bool) -> None:  # noqa: FBT001
    assert same_part(one, other) is same


def test_a_part_of_an_environment_as_text() -> None:
    assert [show_part(part) for part in (Share(10), InRegions(("b", "a")), InRegions(("a",), full=True))] == [
        "10 %",
        "a, b",
        "a in full",
    ]


def test_the_time_until_a_start_is_without_end_where_it_cannot_be_read() -> None:
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert seconds_until("2026-05-01T12:01:30Z", noon) == 90
    assert seconds_until("soon", noon) == float("inf")


@pytest.mark.parametrize(
    ("served", "goes_to", "on_its_way"),
    [
        pytest.param(Serving("2", Share(10)), Share(50), Share(50), id="it is to reach more"),
        pytest.param(Serving("2", Share(50)), Share(50), None, id="it stands"),
        pytest.param(Serving("1", Share(10)), Share(50), None, id="another version is served"),
    ],
)
def test_where_a_release_is_on_its_way_to(served: Serving, goes_to: Part, on_its_way: Part | None) -> None:
    assert EnvironmentStatus("2", 10, served, goes_to, "1").on_its_way_to == on_its_way


def test_a_value_is_known_where_all_parts_of_it_are() -> None:
    assert has_unknown({"a": [{"b": (1, UNKNOWN)}, 2]})
    assert not has_unknown({"a": [{"b": (1, "x")}, None]})
    assert has_unknown(UNKNOWN)
    assert repr(UNKNOWN) == "UNKNOWN"
