"""What is kept of who ran what, when a later run selects other targets, or a rollback has restored some of them."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.policy import Everywhere, Expression, InRegions, Matching, Selector
from pulumi_alicloud_edge._model.stored_selection import write_selection
from pulumi_alicloud_edge._reconcile.baseline import (
    Baseline,
    Before,
    Former,
    after_rollback,
    read_baseline,
    stored_baseline,
)

NOTHING, UNKNOWN = Before.NOTHING, Before.UNKNOWN
V4, V5 = Artifact("assets", "1.4"), Artifact("assets", "1.5")
REGIONS = {"i-1": "a", "i-2": "a", "i-3": "b", "i-4": "b"}
IN_A: tuple[Selector, ...] = (InRegions(("a",)),)
IN_B: tuple[Selector, ...] = (InRegions(("b",)),)
ALL: tuple[Selector, ...] = (Everywhere(),)
LABELLED: tuple[Selector, ...] = (Matching((Expression("label", "In", ("x",)),)),)


def entry(
    others: str, *, within: tuple[Selector, ...] = (), rolled_back: tuple[Selector, ...] = (), **more: Any
) -> dict[str, Any]:
    """What a state holds of the name."""
    stored: dict[str, Any] = {"others": {"version": others}, "exceptions": [], "attempted": ["1.5"], **more}
    if within:
        stored["within"] = write_selection(within)
    if rolled_back:
        stored["rolled_back"] = write_selection(rolled_back)
    return {"assets": stored}


def before(baseline: Baseline, *targets: str, regions: dict[str, str] = REGIONS) -> list[Former]:
    return [baseline.before("assets", target, regions) for target in targets]


def test_the_common_answer_is_about_the_targets_that_it_was_stored_for() -> None:
    wider = read_baseline(entry("1.4", within=IN_A), ALL)
    assert before(wider, "i-1", "i-3") == ["1.4", UNKNOWN]
    assert before(read_baseline(entry("1.4", within=ALL), IN_A), "i-1") == ["1.4"]
    assert before(read_baseline(entry("1.4", within=IN_A)), "i-3") == ["1.4"], "where it does not matter"
    assert before(read_baseline(entry("1.4"), ALL), "i-3") == ["1.4"], "an old state does not say for whom"


def test_a_damaged_selection_tells_nothing_of_the_others() -> None:
    damaged = entry("1.4")
    damaged["assets"]["within"] = "everything"
    assert before(read_baseline(damaged, ALL), "i-1") == [UNKNOWN]


def test_what_a_rollback_has_restored_is_not_known_any_more() -> None:
    baseline = read_baseline(entry("1.4", within=ALL, rolled_back=IN_A), ALL)
    assert before(baseline, "i-1", "i-3") == [UNKNOWN, "1.4"]
    damaged = entry("1.4", within=ALL)
    damaged["assets"]["rolled_back"] = "some"
    assert before(read_baseline(damaged, ALL), "i-1", "i-3") == [UNKNOWN, UNKNOWN]


def test_a_later_run_notes_anew_what_a_rollback_has_restored() -> None:
    baseline = read_baseline(entry("1.4", within=ALL, rolled_back=IN_A), ALL)
    records = {
        V4: {"i-1": Record(RecordState.SUCCEEDED, "1")},
        V5: {"i-3": Record(RecordState.SUCCEEDED, "2")},
    }
    baseline.note([V5], ["i-1", "i-2", "i-3"], Observation(records, regions=REGIONS))
    assert before(baseline, "i-1", "i-2", "i-3") == ["1.4", NOTHING, "1.4"]


def test_what_was_stored_for_a_part_stays_about_that_part() -> None:
    stored = stored_baseline(read_baseline(entry("1.4", within=IN_A), ALL), REGIONS, ALL)
    assert stored["assets"]["within"] == write_selection(IN_A)
    assert "within" not in stored_baseline(read_baseline(entry("1.4")), REGIONS)["assets"]


def test_a_target_outside_of_that_part_is_named_though_it_gave_the_same_answer() -> None:
    baseline = read_baseline(entry("1.4", within=IN_A), ALL)
    seen = Observation({V4: {t: Record(RecordState.SUCCEEDED, "1") for t in REGIONS}}, regions=REGIONS)
    baseline.note([V5], ["i-1", "i-3"], seen)
    again = read_baseline(stored_baseline(baseline, REGIONS, ALL), ALL)
    assert before(again, "i-1", "i-2", "i-3", "i-4") == ["1.4", "1.4", "1.4", UNKNOWN]


def test_a_rollback_is_remembered_until_all_that_it_restored_is_known_again() -> None:
    seen = Observation({V4: {t: Record(RecordState.SUCCEEDED, "1") for t in REGIONS}}, regions=REGIONS)
    for targets, kept in ((["i-1"], True), (["i-1", "i-2"], False)):
        baseline = read_baseline(entry("1.3", within=ALL, rolled_back=IN_A), ALL)
        baseline.note([V5], targets, seen)
        assert ("rolled_back" in stored_baseline(baseline, REGIONS, ALL)["assets"]) is kept
        assert "rolled_back" in stored_baseline(baseline, {}, ALL)["assets"], "nobody knows who was in it"


def test_a_complete_rollback_forgets_what_it_has_restored_and_nothing_else() -> None:
    models = {"models": {"others": "nothing", "within": write_selection(ALL)}}
    wide = entry("1.4", within=ALL, exceptions=[{"ran": "nothing", "regions": [], "targets": ["i-1", "i-3"]}])
    left = after_rollback({**wide, **models}, {"assets"}, IN_A, REGIONS)
    assert left["models"] == models["models"]
    assert left["assets"]["exceptions"] == [{"ran": "nothing", "regions": [], "targets": ["i-3"]}]
    assert left["assets"]["rolled_back"] == write_selection(IN_A)
    assert before(read_baseline(left, ALL), "i-1", "i-2", "i-3", "i-4") == [UNKNOWN, UNKNOWN, NOTHING, "1.4"]


def test_a_second_rollback_adds_to_the_first() -> None:
    once = after_rollback(entry("1.4", within=ALL), {"assets"}, IN_A, REGIONS)
    twice = after_rollback(once, {"assets"}, IN_B, REGIONS)
    assert before(read_baseline(twice, ALL), "i-1", "i-3") == [UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    "stored",
    [entry("1.4", within=IN_A), entry("1.4"), {"assets": "damaged"}, "damaged", {}],
    ids=["all of it", "nobody knows for whom", "a damaged entry", "damaged", "nothing"],
)
def test_a_rollback_of_all_that_was_known_leaves_nothing(stored: Any) -> None:
    assert after_rollback(stored, {"assets"}, IN_A, REGIONS) == {}


def test_a_state_without_exceptions_is_read_all_the_same() -> None:
    bare = {"assets": {"others": {"version": "1.4"}, "within": write_selection(ALL)}}
    assert after_rollback(bare, {"assets"}, IN_A, REGIONS)["assets"]["exceptions"] == []


def test_when_the_rollout_began_is_kept_through_all_runs() -> None:
    baseline = Baseline()
    for time in ("05", "09"):
        seen = Observation({V4: {"i-1": Record(RecordState.SUCCEEDED, time)}})
        baseline.note_beside([V5], ["i-1"], seen)
    again = read_baseline(stored_baseline(baseline, {}))
    assert again.since == {"assets": "05"}
    assert read_baseline(entry("1.4", since=7)).since == {}


def test_targets_that_are_known_one_by_one_of_any_name() -> None:
    assert Baseline({"assets": {"i-1": "1"}, "models": {"i-2": NOTHING}}).targets() == {"i-1", "i-2"}
    assert Baseline().targets() == set()


def test_all_versions_that_ran_are_known() -> None:
    baseline = Baseline({"assets": {"i-1": "1", "i-2": NOTHING}}, {"assets": {"a": "2"}}, {"assets": "3"})
    assert baseline.versions("assets") == {"1", "2", "3"}
    assert baseline.versions("models") == set()


def test_where_not_all_are_named_the_others_ran_nothing() -> None:
    baseline, seen = Baseline(), Observation({V4: {"i-1": Record(RecordState.SUCCEEDED, "1")}})
    baseline.note([V5], ["i-1"], seen, all_meant=False)
    assert before(baseline, "i-1", "i-9", regions={}) == ["1.4", NOTHING]


def test_a_failed_start_of_an_earlier_run_tells_of_the_others_answer() -> None:
    """Its record shows the name, and nothing runs: it is one of those that the state is about."""
    baseline = read_baseline(entry("1.4"), ALL)
    baseline.note([V5], ["i-1"], Observation({V5: {"i-1": Record(RecordState.FAILED, "2")}}, regions=REGIONS))
    assert before(baseline, "i-1") == ["1.4"]
    assert baseline.targets() == {"i-1"}, "and is known one by one from then on"


def test_a_start_that_fails_where_a_rollback_had_restored_nothing_leaves_nothing_to_restore() -> None:
    baseline = read_baseline(entry("1.4", within=ALL, rolled_back=IN_A), ALL)
    baseline.note([V5], ["i-1"], Observation({V5: {"i-1": Record(RecordState.FAILED, "2")}}, regions=REGIONS))
    assert before(baseline, "i-1") == [NOTHING]


def test_who_is_selected_still_is_known_though_nobody_lists_the_regions() -> None:
    assert before(read_baseline(entry("1.4", within=IN_A), IN_A), "i-1", regions={}) == ["1.4"]


def test_what_is_too_much_to_keep_leaves_an_empty_list() -> None:
    baseline = Baseline({"assets": {f"i-{number}": str(number) for number in range(400)}})
    assert stored_baseline(baseline, {})["assets"]["exceptions"] == []


def test_what_is_no_target_in_a_damaged_state_is_passed_over() -> None:
    damaged = [{"ran": "nothing", "regions": [{}], "targets": [["i-2"], "i-1", 7]}]
    assert before(read_baseline(entry("1.4", exceptions=damaged)), "i-1", "i-2") == [NOTHING, "1.4"]


def test_a_target_of_no_known_region_may_be_in_one_with_its_own_answer() -> None:
    baseline = Baseline(of_regions={"assets": {"a": "2"}}, of_others={"assets": "1"})
    assert before(baseline, "i-1", "i-3", "i-9") == ["2", "1", UNKNOWN]


def test_a_selection_that_cannot_be_judged_may_have_been_restored() -> None:
    baseline = read_baseline(entry("1.4", within=ALL, rolled_back=LABELLED), ALL)
    assert before(baseline, "i-1") == [UNKNOWN]
