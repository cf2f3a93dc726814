"""What one look at a stage says: who has it, who is awaited, who is to be started, who has failed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.policy import Everywhere
from pulumi_alicloud_edge._model.selection import Certainty, TargetSet
from pulumi_alicloud_edge._reconcile.attempts import VISIBILITY, Attempts
from pulumi_alicloud_edge._reconcile.decisions import Desired, StartRequest, StartResponse
from pulumi_alicloud_edge._reconcile.stage_status import (
    ArtifactStatus,
    RetryWindow,
    StageStatus,
    StageView,
    Unnamed,
    stage_status,
)

OURS, NEWER, MODELS = Artifact("assets", "2"), Artifact("assets", "3"), Artifact("models", "7")
DONE, FAILED = RecordState.SUCCEEDED, RecordState.FAILED
BUSY, DELETED = RecordState.IN_PROGRESS, RecordState.DELETED
BEGAN = 100.0
LATE = BEGAN + VISIBILITY
Seen = Mapping[Artifact, Mapping[str, Record]]


def at(minute: int, state: RecordState = DONE, detail: str = "") -> Record:
    return Record(state, f"{minute:02}", f"{minute:02}", detail)


def started(
    *targets: str,
    seen: Mapping[str, Record] | None = None,
    response: StartResponse | None = None,
    times: int = 1,
    when: float = BEGAN,
) -> Attempts:
    """A start of the whole, or of some targets, that the cloud has answered."""
    attempts = Attempts()
    request = StartRequest(0, Everywhere(), (OURS,), frozenset(targets) or None)
    for _ in range(times):
        attempts.record(request, {OURS: seen or {}}, None, when)
        attempts.answered(request, response or StartResponse())
    return attempts


def look(
    records: Seen,
    targets: str = "",
    *artifacts: Artifact,
    named: bool = False,
    earlier: str = "",
    covered: tuple[Artifact, ...] = (),
    recorded: str | None = None,
    hints: str = "",
    attempts: Attempts | None = None,
    starts: int = 3,
    now: float = BEGAN,
    quiet: float = BEGAN,
) -> StageStatus:
    known = TargetSet(frozenset(targets.split()), Certainty.KNOWN if named else Certainty.OPEN)
    own = None if recorded is None else frozenset(recorded.split())
    return stage_status(
        Desired(artifacts or (OURS,)),
        StageView(known, named, frozenset(earlier.split()), covered, own),
        observation=Observation(records, hints=frozenset(hints.split())),
        attempts=attempts or Attempts(),
        retry_window=RetryWindow(starts, 0, quiet, now),
    )


def one(status: StageStatus) -> ArtifactStatus:
    (only,) = status.artifacts
    return only


A, CHANGED = {OURS: {"a": at(1)}}, {OURS: {"a": at(9)}}


@pytest.mark.parametrize(
    ("records", "options", "expected"),
    [
        pytest.param({}, {}, Unnamed.DUE, id="nothing is known: start it"),
        pytest.param(A, {}, Unnamed.DUE, id="records prove nothing"),
        pytest.param({}, {"starts": 0}, Unnamed.NONE, id="and may not be started"),
        pytest.param(A, {"covered": (OURS,)}, Unnamed.NONE, id="started by an earlier run, and it shows"),
        pytest.param(
            {}, {"covered": (OURS,)}, Unnamed.DUE, id="started by an earlier run, and nothing shows"
        ),
        pytest.param(
            A, {"covered": (OURS,), "earlier": "a"}, Unnamed.DUE, id="what shows is of an earlier stage"
        ),
        pytest.param(A, {"covered": (OURS,), "hints": "a b"}, Unnamed.DUE, id="a suggested one lacks it"),
        pytest.param(A, {"hints": "a"}, Unnamed.NONE, id="all suggested ones have it"),
        pytest.param(A, {"hints": "a", "earlier": "a"}, Unnamed.DUE, id="those are of an earlier stage"),
        pytest.param(
            A, {"covered": (OURS,), "recorded": "a"}, Unnamed.NONE, id="a record that is surely its own"
        ),
        pytest.param(
            A,
            {"covered": (OURS,), "recorded": "", "targets": "a"},
            Unnamed.NONE,
            id="a record of one of its targets",
        ),
        pytest.param(
            A, {"covered": (OURS,), "recorded": "x"}, Unnamed.DUE, id="a record of another selection"
        ),
        pytest.param(
            {OURS: {"a": at(1, BUSY)}}, {"targets": "a", "now": LATE - 1}, Unnamed.AWAITED, id="others move"
        ),
        pytest.param({OURS: {"a": at(1, BUSY)}}, {"targets": "a", "now": LATE}, Unnamed.DUE, id="and hang"),
        pytest.param({}, {"now": LATE - 1}, Unnamed.DUE, id="nobody moves"),
    ],
)
def test_a_stage_whose_targets_nobody_names_before_this_run_has_started_it(
    records: Seen, options: dict[str, object], expected: Unnamed
) -> None:
    assert one(look(records, **options)).unnamed is expected  # type: ignore[arg-type]


COMPLETE = StartResponse(complete=frozenset({OURS}))
REFUSED = StartResponse(refused={OURS: "quota"})


@pytest.mark.parametrize(
    ("records", "attempts", "options", "expected"),
    [
        pytest.param({}, started(), {"now": LATE - 1}, Unnamed.AWAITED, id="too early to show anything"),
        pytest.param({}, started(), {"now": LATE}, Unnamed.DUE, id="nothing has shown"),
        pytest.param({}, started(), {"now": LATE + 9, "quiet": 110}, Unnamed.AWAITED, id="it moved since"),
        pytest.param({}, started(when=110), {"now": LATE + 9}, Unnamed.AWAITED, id="started since"),
        pytest.param({}, started(times=3), {"now": LATE}, Unnamed.FAILED, id="as often as it may be"),
        pytest.param({}, started(response=REFUSED), {}, Unnamed.DUE, id="the cloud did not take it"),
        pytest.param(CHANGED, started(), {}, Unnamed.NONE, id="something has shown"),
        pytest.param(
            CHANGED, started(), {"hints": "a b", "now": LATE - 1}, Unnamed.AWAITED, id="more may follow"
        ),
        pytest.param(CHANGED, started(), {"hints": "a b", "now": LATE}, Unnamed.NONE, id="no more came"),
        pytest.param(
            A, started(seen={"a": at(1)}), {"now": LATE}, Unnamed.DUE, id="what was there before is no sign"
        ),
        pytest.param(
            CHANGED, started(), {"earlier": "a", "now": LATE}, Unnamed.DUE, id="only an earlier stage moved"
        ),
        pytest.param(
            A,
            started(seen={"a": at(1)}, response=COMPLETE),
            {"hints": "a b"},
            Unnamed.NONE,
            id="all have it, says the cloud",
        ),
        pytest.param(
            {}, started(response=COMPLETE), {}, Unnamed.AWAITED, id="all have it, and nothing shows"
        ),
        pytest.param(
            A,
            started(seen={"a": at(1)}),
            {"covered": (OURS,), "hints": "a b", "now": LATE},
            Unnamed.NONE,
            id="an earlier run has brought it",
        ),
        pytest.param(
            {OURS: {"a": at(1, BUSY)}},
            started(seen={"a": at(1, BUSY)}),
            {"targets": "a", "now": LATE + 99},
            Unnamed.AWAITED,
            id="others are on their way",
        ),
    ],
)
def test_a_stage_whose_targets_nobody_names_after_this_run_has_started_it(
    records: Seen, attempts: Attempts, options: dict[str, object], expected: Unnamed
) -> None:
    assert one(look(records, attempts=attempts, **options)).unnamed is expected  # type: ignore[arg-type]


def test_one_artifact_that_has_to_be_started_keeps_a_stage_from_being_finished() -> None:
    status = look({OURS: {"a": at(1)}, MODELS: {}}, "", OURS, MODELS, covered=(OURS,))
    assert [each.unnamed for each in status.artifacts] == [Unnamed.NONE, Unnamed.DUE]
    assert not status.is_finished


def test_one_artifact_that_came_nowhere_fails_a_stage() -> None:
    status = look(
        {MODELS: {"a": at(1)}}, "", OURS, MODELS, covered=(MODELS,), attempts=started(times=3), now=LATE
    )
    assert [each.unnamed for each in status.artifacts] == [Unnamed.FAILED, Unnamed.NONE]
    assert status.has_failed_unnamed
    assert status.is_finished


def named(
    records: Mapping[str, Record], *, targets: str = "a b", newer: Record | None = None, **options: object
) -> ArtifactStatus:
    """A look at a stage whose targets are known; ``newer`` is what there is of the next version on ``a``."""
    above = {NEWER: {"a": newer}} if newer else {}
    return one(look({OURS: records, **above}, targets, named=True, **options))  # type: ignore[arg-type]


def sorted_out(found: ArtifactStatus) -> tuple[int, set[str], set[str], set[str]]:
    return found.converged, found.under_way, found.to_start, set(found.failed)


def test_targets_are_sorted_by_what_their_records_say() -> None:
    records = {"a": at(1), "b": at(1, BUSY), "c": at(1, FAILED), "d": at(1, DELETED)}
    found = named(records, targets="a b c d", now=LATE)
    assert sorted_out(found) == (1, {"b"}, {"c", "d"}, set())


def test_a_stage_counts_as_done_what_neither_failed_nor_is_awaited() -> None:
    status = look({OURS: {"a": at(1), "b": at(1, FAILED), "c": at(1, BUSY)}}, "a b c", named=True, starts=0)
    assert (status.failed_targets, status.unfinished_targets, status.done) == ({"b"}, {"c"}, 1)


def test_another_version_on_its_way_is_let_arrive_and_started_over_where_it_hangs() -> None:
    newer = at(5, BUSY)
    assert sorted_out(named({"a": at(1)}, targets="a", newer=newer, now=LATE - 1)) == (0, {"a"}, set(), set())
    assert sorted_out(named({"a": at(1)}, targets="a", newer=newer, now=LATE)) == (0, set(), {"a"}, set())


def test_what_has_failed_below_another_that_is_on_its_way_is_started() -> None:
    found = named({"a": at(1, FAILED)}, targets="a", newer=at(5, BUSY))
    assert sorted_out(found) == (0, set(), {"a"}, set())


def test_where_others_move_one_without_a_record_waits_for_its_turn() -> None:
    busy = {"b": at(1, BUSY)}
    assert sorted_out(named(busy, now=LATE - 1)) == (0, {"a", "b"}, set(), set())
    assert sorted_out(named(busy, now=LATE)) == (0, {"b"}, {"a"}, set())
    gone = {**busy, "a": at(1, DELETED)}
    assert sorted_out(named(gone, now=LATE - 1)) == (0, {"b"}, {"a"}, set())


@pytest.mark.parametrize(
    ("records", "newer", "reason"),
    [
        pytest.param({}, None, "its record is gone", id="gone"),
        pytest.param({"a": at(1, FAILED, "disk full")}, None, "disk full", id="the cloud's words"),
        pytest.param({"a": at(1, FAILED)}, at(5), "failed", id="without words"),
        pytest.param({"a": at(1)}, at(5), "3 runs there", id="displaced"),
        pytest.param({"a": at(1, DELETED)}, None, "deleted", id="deleted"),
        pytest.param({"a": at(1, DELETED, "by hand")}, None, "by hand", id="deleted, with words"),
        pytest.param({"a": at(1)}, at(5, BUSY), "another version is on its way there", id="contested"),
    ],
)
def test_in_a_bake_nothing_is_started_and_the_failure_says_what_happened(
    records: Mapping[str, Record], newer: Record | None, reason: str
) -> None:
    found = named(records, targets="a", newer=newer, starts=0, now=LATE)
    assert (found.failed, found.to_start) == ({"a": reason}, set())


def test_a_target_that_was_started_is_given_the_time_to_show_it() -> None:
    attempts = started("a")
    for records in ({}, {"a": at(2, DELETED)}):
        early = named(records, targets="a", attempts=attempts, now=LATE - 1)
        assert sorted_out(early) == (0, {"a"}, set(), set())
        late = named(records, targets="a", attempts=attempts, now=LATE)
        assert sorted_out(late) == (0, set(), {"a"}, set())


def test_a_target_that_has_failed_since_it_was_started_is_started_again_at_once() -> None:
    old, new = {"a": at(1, FAILED)}, {"a": at(2, FAILED)}
    attempts = started("a", seen=old)
    assert named(old, targets="a", attempts=attempts).under_way == {"a"}
    assert named(new, targets="a", attempts=attempts).to_start == {"a"}


@pytest.mark.parametrize(
    ("records", "newer", "response", "reason"),
    [
        pytest.param(
            {}, None, StartResponse(), "accepted, but the cloud shows no record of it", id="never shown"
        ),
        pytest.param(
            {},
            None,
            StartResponse(notes={OURS: "busy"}),
            "accepted, but the cloud shows no record of it; its message: busy",
            id="with words",
        ),
        pytest.param(
            {},
            at(5),
            StartResponse(),
            "accepted, but the cloud shows no record of it; 3 runs there",
            id="another runs there",
        ),
        pytest.param({}, None, REFUSED, "not started: quota", id="refused"),
        pytest.param({"a": at(9, FAILED, "full")}, None, StartResponse(), "full", id="the cloud's words"),
        pytest.param({"a": at(9, FAILED, "full")}, None, REFUSED, "full", id="its record says more"),
        pytest.param({"a": at(9, FAILED, "full")}, at(5), StartResponse(), "full", id="failed over another"),
        pytest.param(
            {"a": at(9, FAILED)}, None, StartResponse(notes={OURS: "busy"}), "busy", id="those to the start"
        ),
        pytest.param({"a": at(9, FAILED)}, None, StartResponse(), "failed", id="none at all"),
        pytest.param({"a": at(1)}, at(5), StartResponse(), "3 runs there", id="below a newer one"),
        pytest.param({"a": at(9, DELETED)}, at(5), StartResponse(), "3 runs there", id="deleted below it"),
        pytest.param({"a": at(9, DELETED)}, None, StartResponse(), "deleted", id="deleted"),
    ],
)
def test_a_target_that_was_started_as_often_as_it_may_be_fails_with_what_is_known(
    records: Mapping[str, Record], newer: Record | None, response: StartResponse, reason: str
) -> None:
    attempts = started("a", response=response, times=3)
    found = named(records, targets="a", newer=newer, attempts=attempts, now=LATE)
    assert (found.failed, found.to_start) == ({"a": reason}, set())


@pytest.mark.parametrize("below", [at(1), at(9, DELETED)], ids=["a success", "deleted"])
def test_what_lies_below_another_version_is_started_a_second_time_in_any_case(below: Record) -> None:
    for times, again in ((1, {"a"}), (2, set())):
        attempts = started("a", times=times)
        found = named({"a": below}, targets="a", newer=at(5), attempts=attempts, starts=1, now=LATE)
        assert found.to_start == again
    once = named({"a": at(9, DELETED)}, targets="a", attempts=started("a"), starts=1, now=LATE)
    assert (once.to_start, set(once.failed)) == (set(), {"a"})


def test_what_never_shows_is_not_started_more_often_than_it_may_be() -> None:
    once = named({}, targets="a", attempts=started("a"), starts=1, now=LATE)
    assert (once.to_start, set(once.failed)) == (set(), {"a"})


def test_what_was_refused_and_may_not_be_started_in_a_bake_is_gone() -> None:
    found = named({}, targets="a", attempts=started("a", response=REFUSED), starts=0, now=LATE)
    assert found.failed == {"a": "its record is gone"}
