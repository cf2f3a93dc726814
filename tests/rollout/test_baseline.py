"""What each target ran before is known through all runs of a rollout, stays small, and is never guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rollout.world import SimulatedCloud, fleet, policy, rollout, steps

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._reconcile.baseline import (
    EXCEPTIONS_KEPT,
    Baseline,
    Before,
    Former,
    read_baseline,
    stored_baseline,
)

NOTHING, UNKNOWN = Before.NOTHING, Before.UNKNOWN
V3, V4, V5 = (Artifact("assets", version) for version in ("1.3", "1.4", "1.5"))
DONE, FAILED = Record(RecordState.SUCCEEDED, "1", "1"), Record(RecordState.FAILED, "2", "2")


def stored(baseline: Baseline, regions: dict[str, str] | None = None) -> Any:
    """The baseline as it comes out of the state."""
    return json.loads(json.dumps(stored_baseline(baseline, regions or {})))


def seen(regions: dict[str, str] | None = None, **versions: str) -> Observation:
    """What targets run: ``i_1="1.4"``; dashes are underscores here."""
    records: dict[Artifact, dict[str, Record]] = {}
    for target, version in versions.items():
        records.setdefault(Artifact("assets", version), {})[target.replace("_", "-")] = DONE
    return Observation(records, regions=regions or {})


def noted(observation: Observation, *targets: str, before: Baseline | None = None) -> Baseline:
    baseline = before or Baseline()
    baseline.note([V5], targets, observation)
    baseline.note_started([V5])
    return baseline


def of(baseline: Baseline, *targets: str, regions: dict[str, str] | None = None) -> list[Former]:
    return [baseline.before("assets", target, regions or {}) for target in targets]


def test_each_target_is_noted_with_what_it_ran() -> None:
    one = noted(seen(i_1="1.4", i_2="1.3", i_3="1.5"), "i-1", "i-2", "i-3", "i-4")
    assert of(one, "i-1", "i-2", "i-3", "i-4") == ["1.4", "1.3", "1.5", NOTHING]
    assert one.versions("assets") == {"1.3", "1.4", "1.5"}


def test_a_target_that_was_not_meant_is_not_known() -> None:
    assert of(noted(seen(i_1="1.4"), "i-1"), "i-9") == [UNKNOWN]
    assert of(Baseline(), "i-1") == [UNKNOWN]
    assert not Baseline()


def test_what_is_noted_first_stands() -> None:
    """After a start the target runs ours: that is not what ran before."""
    one = noted(seen(i_1="1.4"), "i-1")
    assert of(noted(seen(i_1="1.5"), "i-1", before=one), "i-1") == ["1.4"]


def test_a_failed_version_is_not_what_ran() -> None:
    records = {V4: {"i-1": DONE}, V5: {"i-1": FAILED, "i-2": FAILED}}
    assert of(noted(Observation(records), "i-1", "i-2"), "i-1", "i-2") == ["1.4", NOTHING]


def test_what_is_known_survives_the_state() -> None:
    one = noted(seen(i_1="1.4", i_2="1.4", i_3="1.3"), "i-1", "i-2", "i-3", "i-4")
    again = read_baseline(stored(one))
    assert of(again, "i-1", "i-2", "i-3", "i-4") == ["1.4", "1.4", "1.3", NOTHING]
    assert again.attempted == {"assets": {"1.5"}}
    assert again


def test_a_newcomer_of_a_later_run_ran_nothing_whatever_the_others_ran() -> None:
    """It has no record of any version: a rollback must not give it the version of the others."""
    later = read_baseline(stored(noted(seen(i_1="1.4", i_2="1.4"), "i-1", "i-2")))
    noted(seen(i_1="1.5", i_2="1.5"), "i-1", "i-2", "new", before=later)
    assert of(later, "i-1", "i-2", "new") == ["1.4", "1.4", NOTHING]


def test_a_later_run_does_not_take_what_the_first_has_put_there_for_what_ran_before() -> None:
    later = read_baseline(stored(noted(seen(i_1="1.4", i_2="1.4"), "i-1", "i-2")))
    noted(seen(i_1="1.5", i_2="1.4"), "i-1", "i-2", before=later)
    assert of(later, "i-1", "i-2") == ["1.4", "1.4"]


def test_a_target_that_only_a_later_run_reaches_goes_back_to_its_own_version() -> None:
    """The first run began the canary alone, and its version says nothing about the rest."""
    later = read_baseline(stored(noted(seen(i_1="1.4"), "i-1")))
    noted(seen(i_1="1.5", i_2="1.3"), "i-2", before=later)
    assert of(later, "i-1", "i-2") == ["1.4", "1.3"]


def test_a_target_that_ran_the_desired_version_from_the_first_is_known_through_all_runs() -> None:
    """It is not started, and a later run must not take it for one that this rollout has changed."""
    cloud = SimulatedCloud(fleet(3)).has(V4, "t00", "t01").has(V5, "t02")
    first = rollout(cloud)
    driven = steps(first, cloud, policy())
    while not cloud.requests:
        next(driven)
    next(driven)
    again = read_baseline(stored(first.baseline))
    assert of(again, "t00", "t01", "t02") == ["1.4", "1.4", "1.5"]


def test_whole_regions_share_a_word() -> None:
    regions = {f"i-{number}": f"r-{number % 10}" for number in range(5000)}
    versions = {t.replace("-", "_"): "1.3" if r == "r-7" else "1.4" for t, r in regions.items()}
    one = stored_baseline(noted(seen(regions, **versions), *regions), regions)
    assert len(json.dumps(one)) < 300
    again = read_baseline(one)
    assert of(again, "i-7", "i-8", regions=regions) == ["1.3", "1.4"]


def test_two_hundred_exceptions_are_kept() -> None:
    versions = {f"i_{n}": "1.3" if n < EXCEPTIONS_KEPT else "1.4" for n in range(1000)}
    targets = [target.replace("_", "-") for target in versions]
    again = read_baseline(stored(noted(seen(**versions), *targets)))
    assert of(again, "i-0", "i-199", "i-200", "i-999") == ["1.3", "1.3", "1.4", "1.4"]


def test_what_is_too_much_to_keep_is_not_known_rather_than_wrong() -> None:
    versions = {f"i_{n}": "1.3" if n <= EXCEPTIONS_KEPT else "1.4" for n in range(1000)}
    targets = [target.replace("_", "-") for target in versions]
    shown = stored(noted(seen(**versions), *targets))
    assert len(json.dumps(shown)) < 200
    assert set(of(read_baseline(shown), *targets)) == {UNKNOWN}
    assert read_baseline(shown).attempted == {"assets": {"1.5"}}


def test_what_was_stored_by_region_stays_so_when_a_later_run_notes_nothing_there() -> None:
    regions = {"i-1": "a", "i-2": "a", "i-3": "b", "i-4": "b", "i-5": "b"}
    first = noted(seen(regions, i_1="1.3", i_2="1.3", i_3="1.4", i_4="1.4", i_5="1.4"), *regions)
    later = read_baseline(stored(read_baseline(stored(first, regions)), regions))
    assert of(later, "i-1", "i-3", regions=regions) == ["1.3", "1.4"]


def test_a_later_run_that_notes_one_target_of_a_region_keeps_what_the_others_ran() -> None:
    """The first run has noted region a as one; the second one starts an instance that has joined it."""
    regions = {"i-1": "a", "i-2": "a", "i-3": "b", "i-4": "b", "i-5": "b"}
    first = noted(seen(regions, i_1="1.3", i_2="1.3", i_3="1.4", i_4="1.4", i_5="1.4"), *regions)
    joined = {**regions, "new": "a"}
    later = read_baseline(stored(first, regions))
    noted(seen(joined, i_1="1.5", i_2="1.3", i_3="1.4", i_4="1.4", i_5="1.4"), "new", before=later)
    again = read_baseline(stored(later, joined))
    assert of(again, "new", regions=joined) == [NOTHING]
    assert of(again, "i-1", "i-2", regions=joined) == ["1.3", "1.3"]
    assert of(again, "i-3", regions=joined) == ["1.4"]


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        [],
        "text",
        {"assets": None},
        {"assets": {}},
        {"assets": {"others": "1.4", "exceptions": []}},
        {"assets": {"others": {"version": 4}, "exceptions": []}},
        {"assets": {"others": {"version": "1.4"}}},
        {"assets": {"others": {"version": "1.4"}, "exceptions": "text"}},
        {"assets": {"others": {"version": "1.4"}, "exceptions": [{"ran": "nothing", "targets": ["i-9"]}, 1]}},
    ],
)
def test_what_is_damaged_is_not_known(damaged: Any) -> None:
    """Where the exceptions are lost, the common answer is not known to hold for anyone."""
    assert of(read_baseline(damaged), "i-1") == [UNKNOWN]


def test_a_damaged_exception_is_not_known_and_the_others_stand() -> None:
    entry = {
        "others": {"version": "1.4"},
        "exceptions": [
            {"ran": 7, "targets": ["i-1"]},
            {"ran": "nothing", "targets": ["i-2"], "regions": None},
        ],
        "attempted": None,
    }
    assert of(read_baseline({"assets": entry}), "i-1", "i-2", "i-3") == [UNKNOWN, NOTHING, "1.4"]


FORMERS = st.one_of(st.sampled_from(["1.3", "1.4"]), st.sampled_from([NOTHING, UNKNOWN]))
TARGETS = st.dictionaries(
    st.integers(0, 30).map(lambda n: f"i-{n}"), st.tuples(FORMERS, st.sampled_from(["a", "b", "c", ""]))
)


@given(TARGETS)
def test_the_state_never_changes_what_a_target_ran(targets: dict[str, tuple[Former, str]]) -> None:
    regions = {target: region for target, (_, region) in targets.items() if region}
    known = Baseline({"assets": {target: former for target, (former, _) in targets.items()}})
    again = read_baseline(stored(known, regions))
    twice = read_baseline(stored(again, regions))
    for target, (former, _) in targets.items():
        assert again.before("assets", target, regions) == former
        assert twice.before("assets", target, regions) == former
