"""What counts as drift: anything that is no longer as declared, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

from pulumi_alicloud_edge._model.observation import (
    Artifact,
    Observation,
    Record,
    RecordState,
    running_versions,
)
from pulumi_alicloud_edge._model.outcome import TargetState
from pulumi_alicloud_edge._model.policy import Budget, Everywhere, Expression, InRegions, Matching, Selector
from pulumi_alicloud_edge._reconcile.decisions import Desired
from pulumi_alicloud_edge._reconcile.drift import Drift, find_drift, placements

OURS = Artifact("assets", "1.5")
OLDER = Artifact("assets", "1.4")
OTHER = Artifact("models", "7")
DONE, DELETED = RecordState.SUCCEEDED, RecordState.DELETED
FAILED, MOVING = RecordState.FAILED, RecordState.IN_PROGRESS
SOME = Matching((Expression("label", "In", ("x",)),))


def at(minute: int, state: RecordState = DONE, started: int | None = None) -> Record:
    begun = minute if started is None else started
    return Record(state, f"2026-11-01T10:{minute:02}:00Z", f"2026-11-01T10:{begun:02}:00Z", "out of space")


def drift(
    records: Mapping[Artifact, Mapping[str, Record]],
    targets: frozenset[str] | None = None,
    *artifacts: Artifact,
    selector: Selector = Everywhere(),  # noqa: B008
    budget: Budget = Budget(),  # noqa: B008
    exclusive: bool = True,
    hints: frozenset[str] = frozenset(),
    unserved: frozenset[str] = frozenset(),
) -> Drift:
    observation = Observation(records, (targets,), hints=hints)
    return find_drift(
        Desired(artifacts or (OURS,), exclusive=exclusive), selector, observation, budget, unserved=unserved
    )


BOTH = frozenset({"a", "b"})


def test_what_is_in_place_everywhere_is_no_drift() -> None:
    assert not drift({OURS: {"a": at(1), "b": at(1)}}, BOTH)


def test_what_is_only_on_its_way_is_not_there_yet() -> None:
    """A killed run has started it, say; nobody has seen it arrive."""
    (found,) = drift({OURS: {"a": at(1), "b": at(1, MOVING)}}, BOTH).artifacts
    assert (found.missing, found.under_way) == (frozenset(), {"b"})


def test_a_target_without_the_version_has_drifted() -> None:
    (found,) = drift({OURS: {"a": at(1)}}, BOTH).artifacts
    assert (found.artifact, found.missing, found.total) == (OURS, {"b"}, 2)


def test_a_target_from_which_the_version_was_deleted_has_drifted() -> None:
    (found,) = drift({OURS: {"a": at(1), "b": at(2, DELETED)}}, BOTH).artifacts
    assert found.missing == {"b"}


def test_a_target_that_somebody_gave_another_version_has_drifted_and_it_is_named() -> None:
    (found,) = drift({OURS: {"a": at(1), "b": at(1)}, OLDER: {"b": at(9)}}, BOTH).artifacts
    assert (found.missing, found.others) == ({"b"}, {"1.4"})


def test_a_revert_after_a_half_failed_update_finds_the_targets_that_went_ahead() -> None:
    """The state says 1.4, as does the program; 1.5 has reached one target before the update failed."""
    newer = {OLDER: {"a": at(1), "b": at(1)}, OURS: {"a": at(5), "b": at(6, FAILED)}}
    (found,) = drift(newer, BOTH, OLDER).artifacts
    assert (found.missing, found.others) == ({"a"}, {"1.5"})


def test_a_member_that_joined_the_application_has_drifted() -> None:
    (found,) = drift({OURS: {"a": at(1), "b": at(1)}}, BOTH | {"new"}).artifacts
    assert found.missing == {"new"}


def test_a_listed_target_that_was_not_served_is_neither_drift_nor_failure() -> None:
    assert not drift({OURS: {"a": at(1)}}, BOTH, unserved=frozenset({"b"}))


def test_a_target_that_was_not_served_counts_again_once_it_runs_what_is_declared() -> None:
    three = frozenset({"a", "b", "c"})
    (found,) = drift({OURS: {"a": at(1), "b": at(1)}}, three, unserved=frozenset({"b"})).artifacts
    assert (found.missing, found.total) == ({"c"}, 3)
    for old in (at(2, DELETED), at(2, RecordState.FAILED)):
        (found,) = drift({OURS: {"a": at(1), "b": old}}, three, unserved=frozenset({"b"})).artifacts
        assert (found.missing, found.total) == ({"c"}, 2)


def test_a_new_target_beside_one_that_was_not_served_has_drifted() -> None:
    (found,) = drift({OURS: {"a": at(1)}}, BOTH | {"new"}, unserved=frozenset({"b"})).artifacts
    assert (found.missing, found.total) == ({"new"}, 2)


def test_versions_that_lie_side_by_side_are_no_drift() -> None:
    assert not drift({OURS: {"a": at(1)}, OLDER: {"a": at(9)}}, frozenset({"a"}), exclusive=False)


@pytest.mark.parametrize(
    ("budget", "drifted"),
    [
        (Budget(0), True),
        (Budget(1), False),
        (Budget(percent=Fraction(49)), True),
        (Budget(percent=Fraction(50)), False),
    ],
)
def test_failed_targets_are_drift_beyond_the_budget_only(budget: Budget, drifted: bool) -> None:  # noqa: FBT001
    assert bool(drift({OURS: {"a": at(1), "b": at(2, FAILED)}}, BOTH, budget=budget)) is drifted


def test_a_target_on_which_two_units_have_failed_counts_once() -> None:
    records = {OURS: {"a": at(1), "b": at(2, FAILED)}, OTHER: {"a": at(1), "b": at(2, FAILED)}}
    assert not drift(records, BOTH, OURS, OTHER, budget=Budget(1))


def test_failed_targets_come_with_the_clouds_reason() -> None:
    (found,) = drift({OURS: {"a": at(1), "b": at(2, FAILED)}}, BOTH).artifacts
    assert found.failed == {"b": "out of space"}


def test_a_unit_that_is_nowhere_has_drifted_though_nobody_names_the_targets() -> None:
    one = drift({})
    (found,) = one.artifacts
    assert (bool(one), found.is_nowhere, found.missing) == (True, True, set())


def test_targets_of_another_selection_are_no_drift() -> None:
    """Another resource runs another version of the name elsewhere."""
    assert not drift({OURS: {"a": at(1)}, OLDER: {"b": at(9)}}, selector=SOME)


def test_where_everything_is_selected_a_target_with_another_version_alone_has_drifted() -> None:
    (found,) = drift({OURS: {"a": at(1)}, OLDER: {"a": at(0), "b": at(9)}}).artifacts
    assert found.missing == {"b"}


def test_a_target_that_once_had_another_version_and_is_gone_is_no_drift() -> None:
    assert not drift({OURS: {"a": at(1)}, OLDER: {"a": at(0), "retired": at(9, DELETED)}})


def test_a_region_that_the_inventory_suggests_has_drifted_and_is_counted() -> None:
    (found,) = drift({OURS: {"a": at(1)}}, exclusive=False, hints=frozenset({"a", "b"})).artifacts
    assert (found.missing, found.total) == ({"b"}, 2)


def test_suggested_regions_stand_for_anywhere() -> None:
    (found,) = drift({}, exclusive=False, hints=BOTH).artifacts
    assert (found.missing, found.total) == (BOTH, 2)


def test_the_targets_of_all_stages_count() -> None:
    observation = Observation({OURS: {"a": at(1)}}, (frozenset({"a"}), frozenset({"b"})))
    (found,) = find_drift(Desired((OURS,)), Everywhere(), observation, Budget()).artifacts
    assert (found.missing, found.total) == ({"b"}, 2)


def test_a_named_target_counts_also_beside_a_stage_whose_targets_nobody_names() -> None:
    observation = Observation({OURS: {"b": at(1)}}, (frozenset({"a"}), None))
    (found,) = find_drift(Desired((OURS,), exclusive=False), Everywhere(), observation, Budget()).artifacts
    assert (found.missing, found.total) == ({"a"}, 2)


def test_placements_count_each_target_once_by_where_it_stands() -> None:
    records = {
        OURS: {
            "ok": at(1),
            "bad": at(2, FAILED),
            "busy": at(3, MOVING),
            "gone": at(1, DELETED),
            "old": at(1),
        },
        OLDER: {"old": at(5)},
    }
    targets = frozenset({"ok", "bad", "busy", "gone", "old", "never"})
    (placement,) = placements(Desired((OURS,)), InRegions(()), Observation(records, (targets,)))
    counts = {target_state: placement.count(target_state) for target_state in TargetState}
    assert counts == {
        TargetState.CONVERGED: 1,
        TargetState.FAILED: 1,
        TargetState.IN_PROGRESS: 1,
        TargetState.MISSING: 3,
    }
    assert placement.total == 6
    assert [(failed.target, failed.reason) for failed in placement.failed] == [("bad", "out of space")]


@pytest.mark.parametrize(
    ("ours", "older", "runs"),
    [
        pytest.param(at(5), at(1), "1.5", id="the newer success"),
        pytest.param(at(1), at(5), "1.4", id="whichever version it is"),
        pytest.param(at(5, started=1), at(5, started=2), "1.4", id="equal times: the later start"),
        pytest.param(at(5, started=2), at(5, started=1), "1.5", id="equal times: the later start, other way"),
        pytest.param(at(9, FAILED), at(1), "1.4", id="a failure changes nothing"),
        pytest.param(at(9, MOVING), at(1), "1.4", id="nor what is under way"),
        pytest.param(at(9, DELETED), at(1), "1.4", id="nor what is deleted"),
        pytest.param(at(9, DELETED), at(1, FAILED), None, id="without a success nothing runs"),
    ],
)
def test_a_target_runs_the_newest_success(ours: Record, older: Record, runs: str | None) -> None:
    observation = Observation({OURS: {"a": ours}, OLDER: {"a": older}})
    assert running_versions(observation, "assets").get("a") == runs


def test_other_names_have_no_part_in_what_runs() -> None:
    observation = Observation({OURS: {"a": at(1)}, Artifact("models", "9"): {"a": at(9)}})
    assert running_versions(observation, "assets") == {"a": "1.5"}


def test_whatever_is_not_there_is_drift_of_itself() -> None:
    assert drift({OURS: {"a": at(1)}}, BOTH)
    assert drift({OURS: {"a": at(1), "b": at(1, MOVING)}}, BOTH)


def test_only_what_has_drifted_is_told() -> None:
    records = {OURS: {"a": at(1), "b": at(1)}, OTHER: {"a": at(1)}}
    assert [found.artifact for found in drift(records, BOTH, OURS, OTHER).artifacts] == [OTHER]


def test_what_has_failed_everywhere_has_drifted_whatever_the_budget() -> None:
    assert drift({OURS: {"a": at(1, FAILED), "b": at(2, FAILED)}}, BOTH, budget=Budget(9))


@pytest.mark.parametrize("state", [DELETED, MOVING], ids=["missing", "under way"])
def test_what_the_last_rollout_accepted_as_failed_counts_as_that(state: RecordState) -> None:
    observation = Observation({OURS: {"a": at(1), "b": at(2, state)}}, (BOTH,))
    desired = Desired((OURS,))
    within = find_drift(desired, Everywhere(), observation, Budget(1), accepted={"b"})
    assert not within
    beyond = find_drift(desired, Everywhere(), observation, Budget(0), accepted={"b"})
    (found,) = beyond.artifacts
    assert (bool(beyond), found.missing, found.under_way) == (True, set(), set())
    assert found.failed == {"b": "failed in the last rollout"}


def test_a_failure_without_the_clouds_words_is_told_as_one() -> None:
    (found,) = drift({OURS: {"a": at(1), "b": Record(FAILED)}}, BOTH).artifacts
    assert found.failed == {"b": "failed"}


def test_a_selection_that_has_nobody_has_not_drifted() -> None:
    assert not drift({}, frozenset())


def test_what_is_missing_on_suggested_regions_is_not_called_nowhere() -> None:
    (found,) = drift({}, exclusive=False, hints=BOTH).artifacts
    assert not found.is_nowhere


@pytest.mark.parametrize(
    ("recorded", "nowhere"), [(None, False), (frozenset(), True), (frozenset({"elsewhere"}), False)]
)
def test_records_outside_of_the_selection_do_not_show_that_it_is_somewhere(
    recorded: frozenset[str] | None,
    nowhere: bool,  # noqa: FBT001
) -> None:
    seen = Observation({OURS: {"elsewhere": at(1)}}, (None,), recorded=(recorded,))
    found = find_drift(Desired((OURS,), exclusive=False), SOME, seen, Budget())
    assert bool(found) is nowhere


def test_the_last_stage_decides_whether_it_may_be_elsewhere() -> None:
    seen = Observation({}, (frozenset(), None))
    (found,) = find_drift(Desired((OURS,)), Everywhere(), seen, Budget()).artifacts
    assert found.is_nowhere
