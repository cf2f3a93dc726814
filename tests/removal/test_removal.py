"""A removal cleans, waits until all is gone, cleans again what does not move, and ends."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_alicloud_edge.model.observation import Observation, Record, RecordState, Unit
from pulumi_alicloud_edge.reconcile.removal import (
    AwaitRemoval,
    Clean,
    Confirm,
    Removal,
    RemovalDecision,
    Removed,
    StillThere,
)

OLD, NEW = Unit("assets", "1.4"), Unit("assets", "1.5")
FOREVER = float("inf")


@dataclass
class Shelf:
    """Units on targets, each gone so many seconds after it was cleaned; or marked as deleted."""

    takes: dict[Unit, list[float]]
    vanish: bool = False
    ignores: int = 0
    now: float = 0.0
    cleaned: dict[Unit, float] = field(default_factory=dict)
    cleans: list[tuple[float, Unit]] = field(default_factory=list)

    def clean(self, unit: Unit) -> None:
        self.cleans.append((self.now, unit))
        if self.ignores:
            self.ignores -= 1
        else:
            self.cleaned.setdefault(unit, self.now)

    def observe(self) -> Observation:
        records: dict[Unit, dict[str, Record]] = {}
        for unit, takes in self.takes.items():
            for index, seconds in enumerate(takes):
                gone = self.now >= self.cleaned.get(unit, FOREVER) + seconds
                if not (gone and self.vanish):
                    state = RecordState.DELETED if gone else RecordState.SUCCEEDED
                    records.setdefault(unit, {})[f"i-{index}"] = Record(state)
        return Observation(records)


def run(shelf: Shelf, *units: Unit, within: float = 1800, step: float = 5) -> RemovalDecision:
    removal = Removal(units or tuple(shelf.takes), shelf.now + within)
    for _ in range(10_000):
        decision = removal.decide(shelf.observe(), shelf.now)
        match decision:
            case Clean(due):
                assert due
                for unit in due:
                    shelf.clean(unit)
                    removal.cleaned(unit, shelf.now)
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
    assert run(shelf, OLD) == Removed()
    assert shelf.cleans == []


def test_a_single_empty_answer_is_not_believed() -> None:
    shelf = Shelf({OLD: [0.0]})
    removal = Removal((OLD,), 100)
    assert removal.decide(Observation({}), 0) == Confirm(1)
    assert removal.decide(shelf.observe(), 1) == Clean((OLD,))
    removal.cleaned(OLD, 1)
    assert removal.decide(Observation({}), 2) == Confirm(3)
    assert removal.decide(Observation({}), 3) == Removed()


def test_records_that_say_deleted_are_believed_at_once() -> None:
    gone = Observation({OLD: {"i-1": Record(RecordState.DELETED)}})
    assert Removal((OLD,), 100).decide(gone, 0) == Removed()
    assert Removal((OLD, NEW), 100).decide(gone, 0) == Confirm(1)


@pytest.mark.parametrize("vanish", [True, False], ids=["the records vanish", "the records say deleted"])
@pytest.mark.parametrize("takes", [0.0, 10.0])
def test_each_unit_is_cleaned_once_and_awaited(vanish: bool, takes: float) -> None:  # noqa: FBT001
    shelf = Shelf({OLD: [takes] * 3, NEW: [takes] * 2}, vanish=vanish)
    assert run(shelf) == Removed()
    assert sorted(unit for _, unit in shelf.cleans) == [OLD, NEW]


def test_what_says_deleted_already_is_not_cleaned_again() -> None:
    shelf = Shelf({OLD: [0.0], NEW: [0.0]})
    shelf.cleaned[OLD] = -10
    run(shelf)
    assert [unit for _, unit in shelf.cleans] == [NEW]


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
    assert len([unit for _, unit in shelf.cleans if unit == OLD]) == 3


def test_what_a_cloud_is_slow_to_begin_with_is_awaited_after_three_tries() -> None:
    shelf = Shelf({OLD: [200.0]})
    assert run(shelf) == Removed()
    assert len(shelf.cleans) == 3


def test_it_ends_at_the_deadline_with_what_is_left() -> None:
    shelf = Shelf({OLD: [12.0 * n for n in range(1, 100)]})
    assert run(shelf, within=60) == StillThere((OLD,), 94)
    assert shelf.now == 60


def test_other_versions_of_the_name_are_left_alone() -> None:
    shelf = Shelf({OLD: [0.0], NEW: [0.0]})
    assert run(shelf, OLD) == Removed()
    assert [unit for _, unit in shelf.cleans] == [OLD]


def test_a_unit_in_distribution_is_still_there() -> None:
    removal = Removal((OLD,), 100)
    busy = Observation({OLD: {"i-1": Record(RecordState.IN_PROGRESS), "i-2": Record(RecordState.FAILED)}})
    assert removal.decide(busy, 0) == Clean((OLD,))
    removal.cleaned(OLD, 0)
    assert removal.decide(busy, 1) == AwaitRemoval(2, 2)


@settings(max_examples=60)
@given(
    st.lists(st.one_of(st.floats(0, 300), st.just(FOREVER)), max_size=6),
    st.booleans(),
    st.integers(0, 4),
    st.floats(1, 400),
)
def test_every_removal_ends_in_time_and_tells_the_truth(
    takes: list[float],
    vanish: bool,  # noqa: FBT001
    ignores: int,
    within: float,
) -> None:
    shelf = Shelf({OLD: takes}, vanish=vanish, ignores=ignores)
    decision = run(shelf, within=within)
    held = shelf.observe().of(OLD).values()
    left = sum(record.state is not RecordState.DELETED for record in held)
    assert shelf.now <= within + 5
    assert len(shelf.cleans) <= 3
    assert decision == (StillThere((OLD,), left) if left else Removed())
