"""What a preview says that a rollout would touch, from one look at the cloud."""

from __future__ import annotations

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.policy import Everywhere, InRegions, RolloutPolicy, Stage
from pulumi_alicloud_edge._reconcile.decisions import Desired
from pulumi_alicloud_edge._reconcile.impact import ArtifactImpact, Impact, find_impact

OURS, OLDER, NEWER = Artifact("assets", "2"), Artifact("assets", "1"), Artifact("assets", "3")
DELETED, FAILED, BUSY = RecordState.DELETED, RecordState.FAILED, RecordState.IN_PROGRESS
Seen = dict[Artifact, dict[str, Record]]


def at(minute: int, state: RecordState = RecordState.SUCCEEDED) -> Record:
    return Record(state, f"{minute:02}", f"{minute:02}")


def impact(
    records: Seen, *stages: str | None, exclusive: bool = True, hints: str = "", wanted: Artifact = OURS
) -> Impact:
    """What rolling out touches; each stage is written as its targets, None where nobody names them."""
    named = tuple(None if stage is None else frozenset(stage.split()) for stage in stages)
    policy = RolloutPolicy((*(Stage(InRegions(())) for _ in named[1:]), Stage(Everywhere())))
    seen = Observation(records, named, hints=frozenset(hints.split()))
    return find_impact(Desired((wanted,), exclusive=exclusive), policy, seen)


def test_what_lacks_a_version_or_has_failed_is_touched_and_what_has_it_or_gets_it_is_not() -> None:
    records = {OURS: {"a": at(1), "b": at(1, BUSY), "c": at(1, FAILED), "d": at(1, DELETED)}}
    found = impact(records, "a b c d e")
    assert found == Impact((ArtifactImpact(OURS, (), changed=3, having=2, failed=frozenset("c")),), 5, (5,))
    assert found


def test_nothing_is_touched_where_all_have_it() -> None:
    found = impact({OURS: {"a": at(1)}}, "a")
    assert found == Impact((), 1, (1,))
    assert not found


def test_the_versions_that_run_where_it_is_to_go_are_named_in_order() -> None:
    records = {OLDER: {"a": at(5), "b": at(1)}, NEWER: {"b": at(5), "c": at(5)}, OURS: {"c": at(9)}}
    (found,) = impact(records, "a b c").artifacts
    assert (found.others, found.changed, found.having) == (("1", "3"), 2, 1)


def test_versions_that_lie_side_by_side_are_not_named() -> None:
    (found,) = impact({OLDER: {"a": at(9)}, OURS: {"b": at(1)}}, "a b", exclusive=False).artifacts
    assert (found.others, found.above) == ((), ())


def test_newer_versions_above_it_are_counted_where_it_is_to_come_back() -> None:
    records = {OURS: {t: at(1) for t in "abx"}, NEWER: {"a": at(5), "x": at(5)}, OLDER: {"b": at(7)}}
    (found,) = impact(records, "a b").artifacts
    assert found.above == ((OLDER, {"b"}), (NEWER, {"a"}))


def test_a_version_that_lies_above_it_only_elsewhere_is_not_counted() -> None:
    records = {OURS: {"x": at(1)}, NEWER: {"x": at(5)}}
    (found,) = impact(records, "a").artifacts
    assert found.above == ()


def test_each_stage_is_counted_with_those_before_it() -> None:
    assert impact({}, "a", "a b c").stages == (1, 3)


def test_after_a_stage_of_unknown_size_no_size_is_told() -> None:
    found = impact({}, "a", None, "c")
    assert (found.total, found.stages) == (None, (1, None, None))


def test_where_nobody_names_the_targets_it_is_touched_unless_some_have_it() -> None:
    (found,) = impact({}, None, exclusive=False).artifacts
    assert (found.changed, found.having) == (0, 0)
    assert impact({OURS: {"a": at(1)}}, None, exclusive=False) == Impact((), None, (None,))


def test_suggested_regions_are_counted_as_the_targets() -> None:
    found = impact({OURS: {"a": at(1)}}, None, exclusive=False, hints="a b")
    assert found == Impact((ArtifactImpact(OURS, (), changed=1, having=1),), 2, (None,))
    assert not impact({OURS: {"a": at(1)}}, None, exclusive=False, hints="a")


def test_where_the_last_stage_is_all_the_rest_records_of_other_versions_show_targets() -> None:
    found = impact({OLDER: {"a": at(1), "b": at(1)}}, "a", None)
    assert found == Impact((ArtifactImpact(OURS, ("1",), changed=2, having=0),), None, (1, None))


def test_a_rollout_to_nobody_touches_nothing() -> None:
    assert impact({}, "") == Impact((), 0, (0,))
