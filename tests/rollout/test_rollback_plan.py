"""A rollback restores what its rollout has changed, target by target, and leaves all else alone."""

from __future__ import annotations

import pytest

from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.policy import Everywhere, Expression, Matching, Selector
from pulumi_alicloud_edge._model.removal import LeftBecause
from pulumi_alicloud_edge._reconcile.baseline import Baseline, Before, Former
from pulumi_alicloud_edge._reconcile.decisions import Desired
from pulumi_alicloud_edge._reconcile.rollback import RestoreStep, RollbackPlan, plan_rollback

NOTHING, UNKNOWN = Before.NOTHING, Before.UNKNOWN
DONE, FAILED = RecordState.SUCCEEDED, RecordState.FAILED
BUSY, DELETED = RecordState.IN_PROGRESS, RecordState.DELETED
OURS = Artifact("assets", "2")
ALL = frozenset({"i-1", "i-2", "i-3", "i-4", "i-5"})


def artifact(version: str, name: str = "assets") -> Artifact:
    return Artifact(name, version)


def at(minute: int, state: RecordState = DONE) -> Record:
    return Record(state, f"{minute:02}", f"{minute:02}")


def plan(
    before: dict[str, Former],
    records: dict[str, Record],
    *,
    attempted: tuple[str, ...] = ("2",),
    target: str = "i-1",
    selected: tuple[str, ...] = ("i-1",),
    regions: dict[str, str] | None = None,
    others: tuple[Claim, ...] = (),
    since: str = "",
) -> RollbackPlan:
    """The plan for a rollout of version 2; ``records`` are those of one target, by version."""
    tried = {"assets": set(attempted)} if attempted else {}
    baseline = Baseline({"assets": before}, attempted=tried, since={"assets": since})
    shown = {artifact(version): {target: record} for version, record in records.items()}
    seen = Observation(shown, regions=regions or {})
    return plan_rollback(Desired((OURS,)), baseline, seen, frozenset(selected), others)


def told(one: RollbackPlan) -> tuple[list[Artifact], list[Artifact], list[LeftBecause]]:
    return (
        [each for step in one.steps for each in step.artifacts],
        [each for each, _ in one.emptied],
        [left.reason for left in one.left],
    )


@pytest.mark.parametrize(
    ("before", "records", "expected"),
    [
        pytest.param("2", {"2": at(1)}, ([], [], []), id="ran the desired version: left alone"),
        pytest.param("2", {"2": at(9, FAILED)}, ([], [], []), id="ran the desired version, a restart failed"),
        pytest.param(
            "2",
            {"2": at(1), "4": at(9)},
            ([], [], []),
            id="ran the desired version, and somebody put 4 there",
        ),
        pytest.param("1", {"1": at(1), "2": at(5)}, ([artifact("1")], [], []), id="ran 1 and runs ours"),
        pytest.param(
            "1", {"1": at(1), "2": at(5, FAILED)}, ([artifact("1")], [], []), id="ran 1, ours has failed"
        ),
        pytest.param(
            "1", {"1": at(1), "2": at(5, BUSY)}, ([artifact("1")], [], []), id="ran 1, ours is under way"
        ),
        pytest.param("1", {"2": at(5)}, ([artifact("1")], [], []), id="ran 1, whose record is gone"),
        pytest.param("1", {}, ([artifact("1")], [], []), id="ran 1, and shows nothing"),
        pytest.param("1", {"1": at(1, DELETED)}, ([artifact("1")], [], []), id="ran 1, which was deleted"),
        pytest.param(NOTHING, {"2": at(5)}, ([], [OURS], []), id="ran nothing and runs ours"),
        pytest.param(NOTHING, {"2": at(5, FAILED)}, ([], [OURS], []), id="ran nothing, ours has failed"),
        pytest.param(NOTHING, {"2": at(5, DELETED)}, ([], [], []), id="ran nothing and holds nothing"),
        pytest.param(NOTHING, {}, ([], [], []), id="ran nothing and shows nothing"),
        pytest.param(
            "1",
            {"1": at(1), "2": at(5), "3": at(8)},
            ([], [], [LeftBecause.CHANGED_SINCE]),
            id="ran 1, and somebody else has put 3 there since",
        ),
        pytest.param(
            NOTHING,
            {"2": at(5), "3": at(8)},
            ([], [], [LeftBecause.CHANGED_SINCE]),
            id="ran nothing, and somebody else has put 3 there since",
        ),
        pytest.param(UNKNOWN, {"2": at(5)}, ([], [], [LeftBecause.BEFORE_UNKNOWN]), id="nobody knows"),
        pytest.param(UNKNOWN, {"1": at(1)}, ([], [], []), id="nobody knows, and ours never came"),
    ],
)
def test_each_target_is_restored_to_what_it_ran(
    before: Former,
    records: dict[str, Record],
    expected: tuple[list[Artifact], list[Artifact], list[LeftBecause]],
) -> None:
    assert told(plan({"i-1": before}, records)) == expected


def test_a_target_that_this_rollout_reached_and_nobody_had_noted_is_left_and_said() -> None:
    one = plan({}, {"2": at(5)})
    assert told(one) == ([], [], [LeftBecause.BEFORE_UNKNOWN])


def test_a_rollout_that_has_started_nothing_takes_nothing_back() -> None:
    assert plan({"i-1": NOTHING}, {"2": at(5)}, attempted=()) == RollbackPlan()


def test_what_earlier_runs_of_the_rollout_have_put_is_ours_too() -> None:
    """It was edited from 3 to 2 after a failure: where nothing was, both are cleaned."""
    one = plan({"i-1": NOTHING}, {"3": at(4), "2": at(5)}, attempted=("2", "3"))
    assert told(one) == ([], [OURS, artifact("3")], [])
    back = plan({"i-1": "1"}, {"3": at(4)}, attempted=("2", "3"))
    assert told(back) == ([artifact("1")], [], [])


def test_what_ran_the_desired_version_and_runs_it_again_is_not_started_anew() -> None:
    """An earlier run of the rollout had tried 3 over it."""
    assert told(plan({"i-1": "2"}, {"3": at(4), "2": at(5)}, attempted=("2", "3"))) == ([], [], [])
    assert told(plan({"i-1": "2"}, {"2": at(4), "3": at(5)}, attempted=("2", "3"))) == ([OURS], [], [])


def test_what_is_desired_is_ours_though_only_an_earlier_version_is_noted_as_started() -> None:
    assert told(plan({"i-1": NOTHING}, {"2": at(5)}, attempted=("3",))) == ([], [OURS], [])


def test_a_name_that_ran_everywhere_is_not_looked_for_below_another() -> None:
    models = artifact("8", "models")
    baseline = Baseline(
        {"assets": {"i-1": NOTHING}, "models": {"i-1": "7"}}, attempted={"assets": {"2"}, "models": {"8"}}
    )
    records = {OURS: {"i-1": at(5)}, models: {"i-1": at(5)}}
    one = plan_rollback(Desired((OURS, models)), baseline, Observation(records), ALL, ())
    assert one.below == ((OURS, frozenset({"i-1"})),)


@pytest.mark.parametrize(
    ("since", "restored"), [("04", []), ("05", [artifact("1")]), ("06", [artifact("1")]), ("", [])]
)
def test_what_a_displacement_has_uncovered_is_nobody_elses(since: str, restored: list[Artifact]) -> None:
    """Version 0 came in minute 5; it has been there before the rollout if that began later."""
    one = plan({"i-1": "1"}, {"0": at(5), "2": at(7, DELETED)}, since=since)
    assert told(one) == (restored, [], [])


def test_without_any_time_nothing_is_known_to_have_been_there_before() -> None:
    assert told(plan({"i-1": "1"}, {"0": Record(DONE), "2": at(7, DELETED)})) == ([], [], [])


def test_an_instance_that_no_longer_exists_is_left_out() -> None:
    assert told(plan({"i-1": "1"}, {"2": at(5)}, regions={"i-9": "a"})) == ([], [], [])
    assert told(plan({"i-1": NOTHING}, {"2": at(5)}, regions={"i-9": "a"})) == ([], [], [])


def claim(selector: Selector, version: str = "2") -> Claim:
    return Claim("other", "e-1", artifact(version), (selector,))


IN_A = Matching((Expression("region_id", "In", ("a",)),))


def test_a_target_on_which_another_resource_declares_the_name_is_left() -> None:
    one = plan({"i-1": "1"}, {"2": at(5)}, regions={"i-1": "a"}, others=(claim(IN_A),))
    assert told(one) == ([], [], [LeftBecause.DECLARED])
    elsewhere = plan({"i-1": "1"}, {"2": at(5)}, regions={"i-1": "b"}, others=(claim(IN_A),))
    assert told(elsewhere) == ([artifact("1")], [], [])
    other_name = Claim("other", "e-1", artifact("7", "models"), (Everywhere(),))
    assert told(plan({"i-1": "1"}, {"2": at(5)}, others=(other_name,))) == ([artifact("1")], [], [])


def test_targets_go_back_each_to_its_own_version() -> None:
    baseline = Baseline(
        {"assets": {"i-1": "1", "i-2": "0", "i-3": NOTHING, "i-4": "2", "i-5": "1"}},
        attempted={"assets": {"2"}},
    )
    records = {OURS: {target: at(5) for target in ("i-1", "i-2", "i-3", "i-4")}}
    one = plan_rollback(Desired((OURS,)), baseline, Observation(records), ALL, ())
    assert set(one.steps) == {
        RestoreStep((artifact("0"),), frozenset({"i-2"})),
        RestoreStep((artifact("1"),), frozenset({"i-1", "i-5"})),
    }
    assert one.emptied == ((OURS, frozenset({"i-3"})),)
    assert one.left == ()


def test_names_that_go_back_on_the_same_targets_share_a_step() -> None:
    models = artifact("8", "models")
    baseline = Baseline(
        {"assets": {"i-1": "1"}, "models": {"i-1": "7"}}, attempted={"assets": {"2"}, "models": {"8"}}
    )
    records = {OURS: {"i-1": at(5)}, models: {"i-1": at(5)}}
    one = plan_rollback(Desired((OURS, models)), baseline, Observation(records), ALL, ())
    assert one.steps == (RestoreStep((artifact("1"), artifact("7", "models")), frozenset({"i-1"})),)


def test_a_name_whose_version_did_not_change_is_left_alone() -> None:
    """Only assets was started; models ran its desired version all the while."""
    models = artifact("7", "models")
    baseline = Baseline({"assets": {"i-1": "1"}}, attempted={"assets": {"2"}})
    records = {OURS: {"i-1": at(5)}, models: {"i-1": at(1)}}
    one = plan_rollback(Desired((OURS, models)), baseline, Observation(records), ALL, ())
    assert told(one) == ([artifact("1")], [], [])


def test_targets_that_only_others_run_are_not_touched() -> None:
    """Another stack's instance runs 3 and never had ours."""
    one = plan({"i-1": "1"}, {"3": at(8)}, target="i-9")
    assert [step.targets for step in one.steps] == [frozenset({"i-1"})]
    assert (one.emptied, one.left) == ((), ())


def test_targets_outside_the_selection_are_not_touched() -> None:
    """Another resource rolls the same version out elsewhere."""
    one = plan({}, {"2": at(5)}, target="i-9")
    assert one == RollbackPlan()
