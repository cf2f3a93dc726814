"""Whatever a rollout does, the waits between two looks at it keep to these laws."""

import itertools
import math
from bisect import bisect_right
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from pulumi_alicloud_edge._reconcile.poll_interval import LEAST, MOST, PollInterval, Sample

shares = st.one_of(st.none(), st.floats(0, 1))
samples = st.lists(st.tuples(st.floats(0, 400), shares, st.integers(0, 2)), min_size=1, max_size=60)
finishes = st.lists(st.floats(0, 4 * 3600), min_size=1, max_size=60).map(sorted)


def looks(finished: list[float]) -> Iterator[Sample]:
    """Look at a rollout until all of it is done, as often as the cadence says."""
    poll_interval, now = PollInterval(), 0.0
    while True:
        sample = Sample(now, bisect_right(finished, now) / len(finished))
        yield sample
        if sample.share == 1:
            return
        now += poll_interval.wait(sample)


@given(samples)
def test_a_wait_is_never_too_short_nor_too_long(seen: list[tuple[float, float | None, int]]) -> None:
    poll_interval, now = PollInterval(), 0.0
    for pause, share, leg in seen:
        now += pause
        wait = poll_interval.wait(Sample(now, share, leg))
        assert math.isfinite(wait)
        assert LEAST <= wait <= MOST <= 30


@given(finishes)
def test_the_end_is_noticed_within_half_a_minute(finished: list[float]) -> None:
    assert list(looks(finished))[-1].at - finished[-1] <= 30


@given(finishes)
def test_looking_goes_on_and_time_with_it(finished: list[float]) -> None:
    times = [sample.at for sample in looks(finished)]
    assert all(later >= sooner + LEAST for sooner, later in itertools.pairwise(times))


@given(finishes)
def test_a_short_rollout_is_noticed_in_proportion_to_its_length(finished: list[float]) -> None:
    """Nobody waits longer for the news than the rollout took."""
    assert list(looks(finished))[-1].at <= 2 * finished[-1] + LEAST


@given(finishes)
def test_the_same_sights_give_the_same_waits(finished: list[float]) -> None:
    assert list(looks(finished)) == list(looks(finished))


@given(finishes, st.floats(0, 1e6))
def test_only_differences_of_time_count(finished: list[float], began: float) -> None:
    here, there = PollInterval(), PollInterval()
    for sample in looks(finished):
        wait = here.wait(sample)
        assert math.isclose(wait, there.wait(sample._replace(at=sample.at + began)), rel_tol=0.02)


@given(st.floats(60, 4 * 3600), st.integers(20, 2000))
def test_looks_are_few_while_the_end_is_far(duration: float, targets: int) -> None:
    seen = list(looks([duration * (n + 1) / targets for n in range(targets)]))
    assert len(seen) <= 50 + duration / 20


def test_another_leg_begins_with_close_looks_again() -> None:
    poll_interval, now = PollInterval(), 0.0
    for step in range(60):
        wait = poll_interval.wait(Sample(now, step / 1000))
        now += wait
    assert wait > 20
    poll_interval.wait(Sample(now, 0.0, leg=1))
    again = poll_interval.wait(Sample(now + 1, 0.1, leg=1))
    assert again < 5


def test_looks_draw_together_around_the_foretold_end() -> None:
    seen = list(looks([3 * n for n in range(1, 201)]))
    waits = [later.at - sooner.at for sooner, later in itertools.pairwise(seen)]
    assert max(waits[:-5]) > 20
    assert seen[-1].at - 600 < 5
