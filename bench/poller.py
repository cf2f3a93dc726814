"""When a rollout's end is known, and for how many calls: the cadence against three that others use.

All poll the same invented rollouts under a clock that is a number, so that an hour takes milliseconds.
"""

from __future__ import annotations

import random
import statistics
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

from bench.figure import Bars, Figure, Measured
from pulumi_alicloud_edge._reconcile.poll_interval import PollInterval, Sample

SEEDS = range(2000, 2030)
"""None of these was looked at while the cadence was tuned; to tune it on them would make the table worthless."""
DURATIONS = {"5 s": 5.0, "60 s": 60.0, "10 min": 600.0, "60 min": 3600.0}
FLEETS = (50, 200, 1000)
SOON = {"5 s": (0.5, 10.0), "60 s": (2.0, 25.0)}
"""Most lag in seconds, and most calls."""

Poller = Callable[[Sample], float]
"""Maps what a look showed to the seconds until the next look."""
Shape = Callable[[random.Random, list[float]], list[float]]
"""Bends the times at which targets finish, as shares of the whole time, the last being 1."""


def every_five_seconds() -> Poller:
    """A fixed interval, as scripts have it."""
    return lambda _: 5.0


def state_change_conf() -> Poller:
    """Terraform's StateChangeConf: 0.1 s, doubling to 10 s."""
    return _growing(0.1, 2.0, 10.0)


def api_core() -> Poller:
    """google.api_core's polling: 1 s, times 1.5 to 20 s."""
    return _growing(1.0, 1.5, 20.0)


def _growing(first: float, factor: float, most: float) -> Poller:
    waits = accumulate(range(10_000), lambda wait, _: min(wait * factor, most), initial=first)
    return lambda _: next(waits)


def cadence() -> Poller:
    """The provider's own."""
    return PollInterval().wait


POLLERS: dict[str, Callable[[], Poller]] = {
    "this provider": cadence,
    "every 5 s": every_five_seconds,
    "StateChangeConf": state_change_conf,
    "api_core": api_core,
}


def _steady(_: random.Random, at: list[float]) -> list[float]:
    return at


def _front_loaded(_: random.Random, at: list[float]) -> list[float]:
    return [time * time for time in at]


def _long_tail(chance: random.Random, at: list[float]) -> list[float]:
    """Nine of ten in the first two fifths of the time, the last tenth at random over the rest."""
    late = max(1, len(at) // 10)
    gaps = list(accumulate(chance.expovariate(1) for _ in range(late)))
    return [0.4 * time for time in at[:-late]] + [0.4 + 0.6 * gap / gaps[-1] for gap in gaps]


def _stalled(chance: random.Random, at: list[float]) -> list[float]:
    """Steady, but for a fifth to a half of the time nothing moves at all."""
    begins, lasts = chance.uniform(0.3, 0.7), chance.uniform(0.2, 0.5)
    return [time * (1 - lasts) + (lasts if time > begins else 0) for time in at]


SHAPES: dict[str, Shape] = {
    "steady": _steady,
    "front-loaded": _front_loaded,
    "long tail": _long_tail,
    "stalled": _stalled,
}


def finish_times(shape: Shape, duration: float, chance: random.Random) -> list[float]:
    """Invent a rollout: when each of its targets finishes."""
    fleet = chance.choice(FLEETS)
    evenly = [number + chance.random() for number in range(fleet)]
    lasts = duration * chance.uniform(0.9, 1.1)
    bent = shape(chance, [time / evenly[-1] for time in evenly])
    return [time * lasts for time in bent[:-1]] + [lasts]


@dataclass(frozen=True)
class Watched:
    """How one poller did: seconds between the end and the look that showed it, and the number of looks."""

    lag: float
    calls: int


def watch(poller: Poller, finished: list[float]) -> Watched:
    """Poll one rollout to its end."""
    now, calls = 0.0, 1
    while (done := bisect_right(finished, now)) < len(finished):
        now += poller(Sample(now, done / len(finished)))
        calls += 1
    return Watched(now - finished[-1], calls)


@dataclass(frozen=True)
class Means:
    """Means over all seeds, and the worst lag."""

    lag: float
    calls: float
    worst: float


def means(make: Callable[[], Poller], duration: str, shape: str) -> Means:
    """Watch many rollouts of one duration and shape."""
    watched = []
    for seed in SEEDS:
        chance = random.Random(f"{duration} {shape} {seed}")
        watched.append(watch(make(), finish_times(SHAPES[shape], DURATIONS[duration], chance)))
    lags = [each.lag for each in watched]
    return Means(statistics.mean(lags), statistics.mean(each.calls for each in watched), max(lags))


def measure(*, quick: bool) -> Measured:  # noqa: ARG001
    """Watch invented rollouts with all four pollers."""
    figures: list[Figure] = []
    lags: dict[str, list[float]] = {name: [] for name in POLLERS}
    worst = 0.0
    for duration in DURATIONS:
        for shape in SHAPES:
            results = {name: means(make, duration, shape) for name, make in POLLERS.items()}
            figures += _figures(duration, shape, results)
            worst = max(worst, results["this provider"].worst)
            for name, result in results.items():
                lags[name].append(result.lag)
    figures.append(Figure("longest lag of all rollouts", worst, "s", 30.0))
    cases = [f"{duration} {shape}" for duration in DURATIONS for shape in SHAPES]
    return Measured(tuple(figures), Bars(cases, lags, "mean lag in seconds"))


def _figures(duration: str, shape: str, results: dict[str, Means]) -> list[Figure]:
    ours, terraform = results["this provider"], results["StateChangeConf"]
    others = [result for name, result in results.items() if name != "this provider"]
    seen = ", ".join(f"{name} {result.lag:.1f} s in {result.calls:.0f}" for name, result in results.items())
    if duration in SOON:
        most_lag, most_calls = SOON[duration]
    else:
        steady = shape in ("steady", "front-loaded")
        most_lag = min(result.lag for result in others) if steady else 2 * terraform.lag
        most_calls = terraform.calls / 2
    return [
        Figure(f"rollout of {duration}, {shape}: lag", ours.lag, "s", most_lag, seen),
        Figure(f"rollout of {duration}, {shape}: calls", ours.calls, "calls", most_calls, seen),
    ]
