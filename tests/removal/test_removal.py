"""A removal cleans, waits until all is gone, cleans again what does not move, and ends."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.removal import Cleaning, Left, LeftBecause
from pulumi_alicloud_edge._reconcile.decisions import CONFIRMED_AFTER
from pulumi_alicloud_edge._reconcile.removal import (
    AwaitRemoval,
    Clean,
    Confirm,
    Removal,
    RemovalDecision,
    Removed,
    StillThere,
)

OLD, NEW = Artifact("assets", "1.4"), Artifact("assets", "1.5")
FOREVER = float("inf")
GONE, THERE = Record(RecordState.DELETED), Record(RecordState.SUCCEEDED)


def cleaning(artifact: Artifact, *targets: str, region: str = "a") -> Cleaning:
    return Cleaning(artifact, region, frozenset(targets))


@dataclass
class Shelf:
    """Units on the targets of a region, each gone so many seconds after it was cleaned; or marked as deleted."""

    takes: dict[Artifact, list[float]]
    vanish: bool = False
    ignores: int = 0
    listed: bool = True
    now: float = 0.0
    cleaned: dict[Artifact, float] = field(default_factory=dict)
    cleans: list[tuple[float, Artifact]] = field(default_factory=list)

    @property
    def cleanings(self) -> tuple[Cleaning, ...]:
        return tuple(
            cleaning(artifact, *(f"i-{index}" for index in range(len(takes))))
            for artifact, takes in self.takes.items()
        )

    def clean(self, artifact: Artifact) -> None:
        self.cleans.append((self.now, artifact))
        if self.ignores:
            self.ignores -= 1
        else:
            self.cleaned.setdefault(artifact, self.now)

    def observe(self) -> Observation:
        records: dict[Artifact, dict[str, Record]] = {}
        for artifact, takes in self.takes.items():
            for index, seconds in enumerate(takes):
                gone = self.now >= self.cleaned.get(artifact, FOREVER) + seconds
                if not (gone and self.vanish):
                    state = RecordState.DELETED if gone else RecordState.SUCCEEDED
                    records.setdefault(artifact, {})[f"i-{index}"] = Record(state)
        most = max(map(len, self.takes.values()), default=0)
        regions = {f"i-{index}": "a" for index in range(most)} if self.listed else {}
        return Observation(records, regions=regions)


def run(shelf: Shelf, *cleanings: Cleaning, within: float = 1800, step: float = 5) -> RemovalDecision:
    removal = Removal(cleanings or shelf.cleanings, shelf.now + within)
    for _ in range(10_000):
        decision = removal.decide(shelf.observe(), shelf.now)
        match decision:
            case Clean(due):
                assert due
                for one in due:
                    shelf.clean(one.artifact)
                    removal.cleaned(one, shelf.now)
            case AwaitRemoval():
                shelf.now += step
            case Confirm(at):
                assert at > shelf.now
                shelf.now = at
            case _:
                return decision
    raise AssertionError("comes to no end")


def test_what_is_not_there_needs_no_cleaning() -> None:
    shelf = Shelf({})
    assert run(shelf, cleaning(OLD, "i-0")) == Removed()
    assert shelf.cleans == []


def test_a_single_empty_answer_is_not_believed() -> None:
    shelf = Shelf({OLD: [0.0]})
    (due,) = shelf.cleanings
    removal = Removal((due,), 100)
    assert removal.decide(Observation({}), 0) == Confirm(1)
    assert removal.decide(shelf.observe(), 1) == Clean((due,))
    removal.cleaned(due, 1)
    assert removal.decide(Observation({}), 2) == Confirm(3)
    assert removal.decide(Observation({}), 3) == Removed()


LISTED = pytest.mark.parametrize("listed", [True, False], ids=["listed", "nothing is listed"])


@LISTED
def test_records_that_say_deleted_are_believed_at_once(listed: bool) -> None:  # noqa: FBT001
    regions = {"i-1": "a"} if listed else {}
    gone = Observation({OLD: {"i-1": GONE}}, regions=regions)
    old, new = cleaning(OLD, "i-1"), cleaning(NEW, "i-1")
    assert Removal((old,), 100).decide(gone, 0) == Removed()
    assert Removal((old, new), 100).decide(gone, 0) == Confirm(1)


@LISTED
def test_a_record_of_another_region_does_not_say_that_one_which_is_lost_was_cleaned(listed: bool) -> None:  # noqa: FBT001
    """A single answer that lacks the records of a region must not end the wait for it."""
    regions = {"i-1": "a", "i-2": "b"} if listed else {}
    partial = Observation({OLD: {"i-2": THERE}}, regions=regions)
    assert Removal((cleaning(OLD, "i-1"),), 100).decide(partial, 0) == Confirm(1)


def test_an_inventory_that_lacks_an_instance_once_does_not_say_that_it_was_cleaned() -> None:
    whole = Observation({OLD: {"i-1": THERE}}, regions={"i-1": "a", "i-2": "b"})
    partial = Observation({OLD: {"i-1": THERE}}, regions={"i-2": "b"})
    due = cleaning(OLD, "i-1")
    removal = Removal((due,), 100)
    assert removal.decide(partial, 0) == Confirm(1)
    assert removal.decide(whole, 1) == Clean((due,))


def test_the_record_of_an_instance_that_no_longer_exists_keeps_nothing_from_ending() -> None:
    due = cleaning(OLD, "i-1", "i-2")
    removal = Removal((due,), 100)
    assert removal.decide(Observation({OLD: {"i-1": THERE, "i-2": THERE}}, regions={"i-1": "a"}), 0) == Clean(
        (due,)
    )
    removal.cleaned(due, 0)
    left = Observation({OLD: {"i-1": GONE, "i-2": THERE}}, regions={"i-1": "a"})
    assert removal.decide(left, 5) == Confirm(6)
    assert removal.decide(left, 6) == Removed()


def test_a_stopped_instance_is_told_to_clean_and_not_awaited() -> None:
    due = cleaning(OLD, "i-1")
    removal = Removal((due,), 100)
    seen = Observation({OLD: {"i-1": THERE}}, regions={"i-1": "a"}, stopped=frozenset({"i-1"}))
    assert removal.decide(seen, 0) == Clean((due,))
    removal.cleaned(due, 0)
    assert removal.decide(seen, 5) == Confirm(6)
    assert removal.decide(seen, 6) == Removed((Left(OLD, LeftBecause.NOT_REACHED, frozenset({"i-1"}), "a"),))


def test_what_others_hold_in_other_regions_is_neither_cleaned_nor_awaited() -> None:
    seen = Observation({OLD: {"i-1": GONE, "i-2": THERE}}, regions={"i-1": "a", "i-2": "b"})
    assert Removal((cleaning(OLD, "i-1"),), 100).decide(seen, 0) == Removed()


def test_each_region_is_cleaned_for_itself() -> None:
    regions = {"i-1": "a", "i-2": "b"}
    one, other = cleaning(OLD, "i-1"), cleaning(OLD, "i-2", region="b")
    removal = Removal((one, other), 100)
    seen = Observation({OLD: {"i-1": THERE, "i-2": THERE}}, regions=regions)
    assert removal.decide(seen, 0) == Clean((one, other))
    removal.cleaned(one, 0)
    assert removal.decide(seen, 0) == Clean((other,))
    removal.cleaned(other, 0)
    assert removal.decide(seen, 5) == AwaitRemoval(2, 2)


@LISTED
@pytest.mark.parametrize("vanish", [True, False], ids=["the records vanish", "the records say deleted"])
@pytest.mark.parametrize("takes", [0.0, 10.0])
def test_each_unit_is_cleaned_once_and_awaited(vanish: bool, takes: float, listed: bool) -> None:  # noqa: FBT001
    shelf = Shelf({OLD: [takes] * 3, NEW: [takes] * 2}, vanish=vanish, listed=listed)
    assert run(shelf) == Removed()
    assert sorted(artifact for _, artifact in shelf.cleans) == [OLD, NEW]


def test_what_says_deleted_already_is_not_cleaned_again() -> None:
    shelf = Shelf({OLD: [0.0], NEW: [0.0]})
    shelf.cleaned[OLD] = -10
    run(shelf)
    assert [artifact for _, artifact in shelf.cleans] == [NEW]


def test_what_shrinks_slowly_is_not_cleaned_again() -> None:
    shelf = Shelf({OLD: [15.0 * n for n in range(1, 12)]})
    assert run(shelf) == Removed()
    assert len(shelf.cleans) == 1


def test_a_clean_that_nothing_came_of_is_made_again() -> None:
    shelf = Shelf({OLD: [3.0]}, ignores=1)
    assert run(shelf) == Removed()
    (first, _), (second, _) = shelf.cleans
    assert second - first >= 20


def test_what_a_cloud_does_not_remove_at_all_is_told_after_three_tries() -> None:
    shelf = Shelf({OLD: [FOREVER, FOREVER], NEW: [1.0]})
    assert run(shelf) == StillThere((OLD,), 2)
    assert len([artifact for _, artifact in shelf.cleans if artifact == OLD]) == 3


def test_what_a_cloud_is_slow_to_begin_with_is_awaited_after_three_tries() -> None:
    shelf = Shelf({OLD: [200.0]})
    assert run(shelf) == Removed()
    assert len(shelf.cleans) == 3


def test_it_ends_at_the_deadline_with_what_is_left() -> None:
    shelf = Shelf({OLD: [12.0 * n for n in range(1, 100)]})
    assert run(shelf, within=60) == StillThere((OLD,), 94)
    assert shelf.now == 60 + CONFIRMED_AFTER


def test_other_versions_of_the_name_are_left_alone() -> None:
    shelf = Shelf({OLD: [0.0], NEW: [0.0]})
    assert run(shelf, cleaning(OLD, "i-0")) == Removed()
    assert [artifact for _, artifact in shelf.cleans] == [OLD]


def test_a_unit_in_distribution_is_still_there() -> None:
    due = cleaning(OLD, "i-1", "i-2")
    removal = Removal((due,), 100)
    busy = Observation({OLD: {"i-1": Record(RecordState.IN_PROGRESS), "i-2": Record(RecordState.FAILED)}})
    assert removal.decide(busy, 0) == Clean((due,))
    removal.cleaned(due, 0)
    assert removal.decide(busy, 1) == AwaitRemoval(2, 2)


@settings(max_examples=60)
@given(
    st.lists(st.one_of(st.floats(0, 300), st.just(FOREVER)), max_size=6),
    st.booleans(),
    st.booleans(),
    st.integers(0, 4),
    st.floats(1, 400),
)
def test_every_removal_ends_in_time_and_tells_the_truth(
    takes: list[float],
    vanish: bool,  # noqa: FBT001
    listed: bool,  # noqa: FBT001
    ignores: int,
    within: float,
) -> None:
    shelf = Shelf({OLD: takes}, vanish=vanish, ignores=ignores, listed=listed)
    decision = run(shelf, within=within)
    held = shelf.observe().of(OLD).values()
    left = sum(record.state is not RecordState.DELETED for record in held)
    assert shelf.now <= within + 5 + CONFIRMED_AFTER
    assert len(shelf.cleans) <= 3
    if isinstance(decision, Removed) and decision.left:
        (unreached,) = decision.left
        assert len(unreached.targets) == left < len(takes), (
            "ends though nothing is cleaned, or with another count"
        )
        assert shelf.now >= 600, "gives up too early"
    else:
        assert decision == (StillThere((OLD,), left) if left else Removed())
