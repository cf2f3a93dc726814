from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cloud.scripted import Time

from pulumi_alicloud_edge._cloud.rate_limiter import Gate, RateLimiter

caps = st.floats(min_value=0.1, max_value=500, allow_nan=False)
gaps = st.lists(st.floats(min_value=0, max_value=30) | st.just(0.0), min_size=1, max_size=300)
starts = st.floats(min_value=0, max_value=1e6)


def most_in_any(window: float, calls: list[float]) -> int:
    most = first = 0
    for last, moment in enumerate(calls):
        while moment - calls[first] > window:
            first += 1
        most = max(most, last - first + 1)
    return most


def run(pace: RateLimiter, arrivals: list[float], start: float = 0.0) -> list[float]:
    """Let calls arrive after gaps, each after the one before has gone; gives when they go."""
    now, calls = start, []
    for gap in arrivals:
        now += gap
        while (delay := pace.delay(now)) > 0:
            now += delay
        pace.called(now)
        calls.append(now)
    return calls


@given(cap=caps, arrivals=gaps, start=starts)
def test_no_ten_seconds_see_more_than_the_cap_allows(cap: float, arrivals: list[float], start: float) -> None:
    assert most_in_any(10, run(RateLimiter(cap), arrivals, start)) <= 10 * cap + 1


@given(cap=st.integers(min_value=1, max_value=100))
def test_the_cap_is_used_to_the_full(cap: int) -> None:
    calls = run(RateLimiter(cap), [0.0] * (10 * cap + 1))
    assert calls[-1] - calls[0] == pytest.approx(10)


@given(cap=caps, arrivals=gaps, throttled=st.lists(st.booleans(), min_size=300, max_size=300))
def test_throttling_never_makes_calls_faster_than_the_cap(
    cap: float, arrivals: list[float], throttled: list[bool]
) -> None:
    pace, calls, now = RateLimiter(cap), [], 0.0
    for gap, refused in zip(arrivals, throttled, strict=False):
        (now,) = run(pace, [now + gap])
        calls.append(now)
        if refused:
            pace.throttled(now, called_at=now, retry_after=None)
    assert most_in_any(10, calls) <= 10 * cap + 1


def test_without_a_cap_nothing_waits() -> None:
    assert run(RateLimiter(), [0.0] * 500) == [0.0] * 500


def steady(pace: RateLimiter, rate: float, seconds: float, start: float = 0.0) -> float:
    calls = run(pace, [1 / rate] * int(rate * seconds), start)
    return calls[-1]


def test_a_refusal_halves_the_rate_that_led_to_it() -> None:
    pace = RateLimiter()
    now = steady(pace, rate=20, seconds=3)
    pace.throttled(now, called_at=now, retry_after=None)
    assert pace.rate(now) == pytest.approx(10, rel=0.1)


def test_refusals_of_calls_that_were_under_way_together_count_once() -> None:
    pace = RateLimiter()
    now = steady(pace, rate=20, seconds=3)
    for late in range(8):
        pace.throttled(now + 0.01 * late, called_at=now, retry_after=None)
    assert pace.rate(now) == pytest.approx(10, rel=0.1)


def test_another_refusal_at_the_lower_rate_halves_it_again() -> None:
    pace = RateLimiter()
    now = steady(pace, rate=20, seconds=3)
    pace.throttled(now, called_at=now, retry_after=None)
    now = run(pace, [0.0] * 20, now)[-1]
    pace.throttled(now, called_at=now, retry_after=None)
    rate = pace.rate(now)
    assert rate is not None
    assert 4 < rate < 8


def test_a_hint_pauses_everyone_until_then() -> None:
    pace = RateLimiter()
    pace.called(100.0)
    pace.throttled(100.0, called_at=100.0, retry_after=7.5)
    assert pace.delay(100.0) == 7.5
    assert pace.delay(104.0) == 3.5
    pace.throttled(101.0, called_at=100.0, retry_after=1.0)
    assert pace.delay(101.0) == 6.5


@given(hint=st.none() | st.floats(min_value=0.001, max_value=60), rate=st.floats(min_value=2, max_value=200))
def test_no_burst_follows_a_pause(hint: float | None, rate: float) -> None:
    pace = RateLimiter()
    now = steady(pace, rate, seconds=2)
    pace.throttled(now, called_at=now, retry_after=hint)
    calls = run(pace, [0.0] * 50, now)
    # A second may hold one call more than its rate says, and the lower rate begins to recover at once.
    fastest = max(1.0, (rate + 1) / 2) * 2 ** ((calls[5] - calls[0]) / 30)
    assert all(later - earlier >= 0.999 / fastest for earlier, later in pairwise(calls[:6]))


def test_the_rate_recovers_slowly() -> None:
    pace = RateLimiter()
    now = steady(pace, rate=20, seconds=3)
    pace.throttled(now, called_at=now, retry_after=1.0)
    rates = [pace.rate(now + seconds) or 0 for seconds in range(0, 61, 5)]
    assert rates[0] == pytest.approx(10, rel=0.1)
    assert all(earlier <= later for earlier, later in pairwise(rates))
    assert pace.rate(now + 31) == pytest.approx(20, rel=0.1)


def test_the_rate_never_falls_to_a_standstill() -> None:
    pace, now = RateLimiter(), 0.0
    for _ in range(50):
        (now,) = run(pace, [now])
        pace.throttled(now, called_at=now, retry_after=None)
    assert pace.rate(now) == 1.0


async def test_waiting_calls_go_one_by_one_in_the_order_of_their_coming() -> None:
    time = Time()
    gate = Gate(RateLimiter(2), clock=time.clock, sleep=time.sleep)
    order: list[tuple[int, float]] = []

    async def call(number: int) -> None:
        order.append((number, await gate.enter()))

    await asyncio.gather(*(call(number) for number in range(6)))
    assert order == [(number, 1000 + number / 2) for number in range(6)]


async def test_a_late_wake_up_brings_no_two_calls_together() -> None:
    time = Time()

    async def oversleep(seconds: float) -> None:
        await time.sleep(seconds + 0.9)

    gate = Gate(RateLimiter(1), clock=time.clock, sleep=oversleep)
    calls = [await gate.enter() for _ in range(10)]
    assert all(later - earlier >= 1 for earlier, later in pairwise(calls))


async def test_a_cancelled_call_lets_the_next_one_through() -> None:
    time = Time()
    gate = Gate(RateLimiter(1), clock=time.clock, sleep=lambda _: asyncio.sleep(3600))
    await gate.enter()
    waiting = asyncio.create_task(gate.enter())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    time.now += 1
    assert await gate.enter() == time.now
