"""When a removal waits no longer: what stands still, what no clean reaches, and what the gate lets clean no more."""

from __future__ import annotations

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.removal import Cleaning, Left, LeftBecause
from pulumi_alicloud_edge._reconcile.removal import (
    AwaitRemoval,
    Clean,
    Confirm,
    Removal,
    Removed,
    StillThere,
)

OLD, NEW = Artifact("assets", "1.4"), Artifact("assets", "1.5")
GONE, THERE = Record(RecordState.DELETED), Record(RecordState.SUCCEEDED)
REGIONS = {"i-1": "a", "i-2": "a", "i-3": "b"}
IN_A, IN_B = Cleaning(OLD, "a", frozenset({"i-1", "i-2"})), Cleaning(OLD, "b", frozenset({"i-3"}))
OTHER = Cleaning(NEW, "a", frozenset({"i-1"}))
NOT_REACHED = LeftBecause.NOT_REACHED


def seen(held: str, other: str = "", *, stopped: str = "") -> Observation:
    """What holds the old version, and what the new one; all other records say deleted."""
    records = {
        artifact: {target: THERE if target in targets.split() else GONE for target in REGIONS}
        for artifact, targets in ((OLD, held), (NEW, other))
    }
    return Observation(records, regions=REGIONS, stopped=frozenset(stopped.split()))


def told(*cleanings: Cleaning, times: int = 3, held: str = "i-1 i-2 i-3", other: str = "i-1") -> Removal:
    """A removal that begins at 100 and stalls after 60 seconds, all of it told so often to clean."""
    removal = Removal(cleanings, 10_000, stall_timeout=60)
    assert removal.decide(seen(held, other), 100) == Clean(cleanings)
    for cleaning in cleanings:
        for _ in range(times):
            removal.cleaned(cleaning, 100)
    return removal


def test_what_stands_still_is_given_up_after_the_stall_timeout_and_one_more_look() -> None:
    removal, held = told(IN_A), seen("i-1 i-2")
    assert removal.decide(held, 159) == AwaitRemoval(2, 2)
    assert removal.decide(held, 160) == Confirm(161)
    assert removal.decide(held, 161) == StillThere((OLD,), 2)


def test_whatever_goes_puts_that_off() -> None:
    removal = told(IN_A)
    assert removal.decide(seen("i-1"), 150) == AwaitRemoval(1, 1)
    assert removal.decide(seen("i-1"), 209) == AwaitRemoval(1, 1)
    assert removal.decide(seen("i-1"), 210) == Confirm(211)


def test_how_many_there_were_is_told_with_how_many_are_left() -> None:
    removal = told(IN_A)
    assert removal.decide(seen("i-1 i-2"), 110) == AwaitRemoval(2, 2)
    assert removal.decide(seen("i-1"), 115) == AwaitRemoval(1, 2)


def test_what_moves_again_at_the_last_look_is_awaited_and_doubted_anew() -> None:
    removal = told(IN_A)
    assert removal.decide(seen("i-1 i-2"), 160) == Confirm(161)
    assert removal.decide(seen("i-1"), 161) == AwaitRemoval(1, 1)
    assert removal.decide(seen("i-1"), 221) == Confirm(222)


def test_instances_that_no_clean_reaches_are_named_and_not_waited_for() -> None:
    removal = told(IN_A)
    assert removal.decide(seen("i-1"), 110) == AwaitRemoval(1, 1)
    assert removal.decide(seen("i-1"), 170) == Confirm(171)
    assert removal.decide(seen("i-1"), 171) == Removed((Left(OLD, NOT_REACHED, frozenset({"i-1"}), "a"),))


def test_what_was_not_told_often_enough_may_still_go() -> None:
    removal = told(IN_A, IN_B, times=3)
    assert removal.decide(seen("i-1 i-3"), 110) == AwaitRemoval(2, 2)
    fresh = told(IN_A, IN_B, times=1)
    fresh.cleaned(IN_A, 100)
    fresh.cleaned(IN_A, 100)
    for one, end in ((removal, Removed), (fresh, StillThere)):
        one.decide(seen("i-1 i-3"), 115)
        assert isinstance(one.decide(seen("i-1 i-3"), 300), Confirm)
        assert isinstance(one.decide(seen("i-1 i-3"), 301), end)


def test_an_artifact_that_went_from_nobody_is_still_there_whatever_became_of_another() -> None:
    removal = told(IN_A, OTHER)
    held = seen("i-1", "i-1")
    assert removal.decide(held, 110) == AwaitRemoval(2, 2)
    assert removal.decide(held, 170) == Confirm(171)
    assert removal.decide(held, 171) == StillThere((OLD, NEW), 1)


def test_at_the_deadline_what_still_moves_is_still_there() -> None:
    removal = Removal((IN_A,), 130, stall_timeout=60)
    removal.decide(seen("i-1 i-2"), 100)
    for _ in range(3):
        removal.cleaned(IN_A, 100)
    assert removal.decide(seen("i-1"), 129) == AwaitRemoval(1, 1)
    assert removal.decide(seen("i-1"), 130) == Confirm(131)
    assert removal.decide(seen("i-1"), 131) == StillThere((OLD,), 1)


def test_what_goes_before_it_was_told_to_is_cleaned_all_the_same() -> None:
    removal = Removal((IN_A,), 1000)
    assert removal.decide(seen("i-1 i-2"), 0) == Clean((IN_A,))
    assert removal.decide(seen("i-1"), 5) == Clean((IN_A,))


def test_nothing_is_told_to_clean_again_before_the_cloud_may_have_shown_what_came_of_it() -> None:
    removal = told(IN_A, times=1)
    assert removal.decide(seen("i-1 i-2"), 119) == AwaitRemoval(2, 2)
    assert removal.decide(seen("i-1 i-2"), 120) == Clean((IN_A,))


def test_what_shrinks_gets_the_same_time_again() -> None:
    removal = told(IN_A, times=1)
    assert removal.decide(seen("i-1"), 115) == AwaitRemoval(1, 1)
    assert removal.decide(seen("i-1"), 134) == AwaitRemoval(1, 1)
    assert removal.decide(seen("i-1"), 135) == Clean((IN_A,))


def test_only_a_region_that_was_told_before_is_asked_about_again() -> None:
    removal = Removal((IN_A, IN_B), 1000)
    removal.cleaned(IN_A, 0)
    assert (removal.is_repeated(IN_A), removal.is_repeated(IN_B)) == (True, False)


def test_what_the_gate_lets_clean_no_more_is_awaited_no_longer_and_told_at_the_end() -> None:
    removal = told(IN_A, IN_B)
    kept = Left(OLD, LeftBecause.DECLARED, IN_A.targets, "a", "other")
    removal.refused(IN_A, (kept,))
    assert removal.decide(seen("i-1 i-2 i-3"), 110) == AwaitRemoval(1, 1)
    assert removal.decide(seen("i-1 i-2"), 115) == Removed((kept,))


def test_what_the_gate_kept_is_told_beside_what_no_clean_reaches() -> None:
    removal = told(IN_A, IN_B)
    kept = Left(OLD, LeftBecause.DECLARED, IN_B.targets, "b", "other")
    removal.refused(IN_B, (kept,))
    for now in (110, 170):
        removal.decide(seen("i-1 i-3"), now)
    assert removal.decide(seen("i-1 i-3"), 171) == Removed(
        (kept, Left(OLD, NOT_REACHED, frozenset({"i-1"}), "a"))
    )


UNSERVED = Cleaning(OLD, "a", frozenset({"i-1", "i-2"}))


def unserved(times: int) -> Removal:
    """The same of an instance that was not served before."""
    removal = Removal((UNSERVED,), 10_000, stall_timeout=600, unserved=frozenset({"i-2"}))
    assert removal.decide(seen("i-1 i-2"), 100) == Clean((UNSERVED,))
    for _ in range(times):
        removal.cleaned(UNSERVED, 100)
    return removal


def test_an_instance_that_was_not_served_is_told_three_times_and_awaited_no_longer() -> None:
    left = Left(OLD, NOT_REACHED, frozenset({"i-2"}), "a")
    removal = unserved(3)
    assert removal.decide(seen("i-2"), 119) == AwaitRemoval(1, 1)
    # What has shrunk is given its time again.
    assert removal.decide(seen("i-2"), 138) == AwaitRemoval(1, 1)
    assert removal.decide(seen("i-2"), 139) == Confirm(140)
    assert removal.decide(seen("i-2"), 140) == Removed((left,))


def test_it_is_told_again_before_it_is_given_up() -> None:
    assert unserved(2).decide(seen("i-2"), 200) == AwaitRemoval(1, 1)
    assert unserved(2).decide(seen("i-1 i-2"), 200) == Clean((UNSERVED,))


def test_an_instance_that_was_not_served_and_is_clean_is_not_named() -> None:
    removal = unserved(3)
    assert removal.decide(seen(""), 110) == Removed()


def test_a_stopped_instance_is_named_beside_one_that_is_clean() -> None:
    removal = told(IN_A)
    held = seen("i-2", stopped="i-1 i-2")
    assert removal.decide(held, 110) == Confirm(111)
    assert removal.decide(held, 111) == Removed((Left(OLD, NOT_REACHED, frozenset({"i-2"}), "a"),))


def test_a_stopped_instance_without_a_record_holds_nothing() -> None:
    removal = told(IN_A)
    held = Observation({OLD: {"i-2": GONE}}, regions=REGIONS, stopped=frozenset({"i-1"}))
    assert removal.decide(held, 110) == Confirm(111)
    assert removal.decide(held, 111) == Removed()
