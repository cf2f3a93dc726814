"""When to look again at something under way: rarely while its end is far, closely around the end that it foretells.

From the share that was done at each look follows how fast the rest goes, and so when the end can come at the
earliest. Until then the looks are few; those saved are spent around it. What nothing can be foretold of, since
nothing has moved or nothing is counted, is looked at in proportion to the time already spent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

LEAST = 0.56
"""Shortest wait, seconds."""
MOST = 29.5
"""Longest wait, seconds: with the read itself, nothing goes unnoticed for more than half a minute."""

_SMALLEST_STEP = 1e-9
"""A share that has grown by less has not moved: no fleet has so many targets, and a rate of it would underflow."""
_WINDOW = 0.42
_MIN_SAMPLES = 2
_SLOW_STEPS = 3.9
_STALL_AFTER_STEPS, _STALL_STEPS, _STALL_LOOKS = 10.5, 4.1, 0.37


class Sample(NamedTuple):
    """What a look showed of how far something is.

    Attributes:
        at: When, in seconds of any clock that does not jump.
        share: How much is done, 0 to 1; None where that cannot be told.
        leg: What the share is a share of, such as the index of a stage; another leg begins anew.
    """

    at: float
    share: float | None
    leg: int = 0


@dataclass(frozen=True)
class PollConfig:
    """How patient the polling is. Shares are of the time since the first look.

    Attributes:
        blind: Wait as long as nothing has moved, as a share, and ``blind_most`` seconds at most.
        stalled: The same after something has moved and then ceased to.
        close: Wait around the foretold end, as a share, and ``close_most`` seconds at most.
        stride: Wait before it, as a share of the time left; more than the whole, as the foretold end is the earliest.
        trust: Longest wait, as a share of the time over which the pace was watched.
        free: Looks that are spent around the end whatever went before, and one more for every ``each`` seconds.
        spread: How much of a step's time is to be covered by the looks that are left.
    """

    blind: float = 0.342
    blind_most: float = 29.0
    stalled: float = 0.333
    close: float = 0.0089
    close_most: float = 4.04
    stride: float = 0.904
    trust: float = 0.68
    free: float = 25.4
    each: float = 19.6
    spread: float = 0.512


class PollInterval:
    """The waits between the looks at one thing under way."""

    def __init__(self, config: PollConfig | None = None) -> None:
        self._config = config or PollConfig()
        self._began: float | None = None
        self._looks = 0
        self._last_wait = LEAST
        self._pace: _Pace | None = None

    def wait(self, sample: Sample) -> float:
        """Record a look, and return the seconds to wait until the next one."""
        began = self._began = sample.at if self._began is None else self._began
        self._looks += 1
        self._pace = self._pace.then(sample) if self._pace else _Pace(sample)
        self._last_wait = min(max(self._wait(self._pace, sample.at - began), LEAST), MOST)
        return self._last_wait

    def _wait(self, pace: _Pace, age: float) -> float:
        config = self._config
        blind = min(config.blind * age, config.blind_most)
        if not pace.has_moved:
            return blind
        if pace.is_stalled:
            return min(config.stalled * age, config.blind_most)
        looks_left = max(config.free, age / config.each) - self._looks
        close = max(min(config.close * age, config.close_most), LEAST)
        spread = config.spread * pace.step_seconds / max(looks_left, 1.0)
        close = min(max(close, spread), max(close, blind))
        far = min(config.stride * pace.remaining, config.trust * pace.watched)
        if pace.has_slowed:
            far = min(far, self._last_wait)
        return max(close, far)


class _Pace:
    """How fast the share of one leg grows, and what that says about its end."""

    def __init__(self, sample: Sample) -> None:
        self._samples = [sample]
        self._step = 1.0
        self._last_move: tuple[Sample, Sample] | None = None

    def then(self, sample: Sample) -> _Pace:
        """Record a look; another leg, a share that falls, and movement after a stall begin anew."""
        last = self._samples[-1]
        moved = _share(sample) - _share(last)
        if abs(moved) < _SMALLEST_STEP:
            moved = 0.0
        if sample.leg != last.leg or moved < 0 or sample.at <= last.at:
            return _Pace(sample)
        if moved and self.has_moved and self.is_stalled:
            return _Pace(last).then(sample)
        if moved:
            self._step = min(self._step, moved)
            self._last_move = last, sample
        self._samples.append(sample)
        return self

    @property
    def has_moved(self) -> bool:
        """Whether anything was seen to move."""
        return self._last_move is not None

    @property
    def is_stalled(self) -> bool:
        """Whether nothing has moved for as long as several steps and looks took before."""
        before, moved = self._moving
        steps = (_share(moved) - _share(self._samples[0])) / self._step
        if steps < _STALL_AFTER_STEPS:
            return False
        quiet = self._now.at - moved.at
        step_seconds = (moved.at - self._samples[0].at) / steps
        return quiet > _STALL_STEPS * step_seconds and quiet > _STALL_LOOKS * (moved.at - before.at)

    @property
    def has_slowed(self) -> bool:
        """Whether less has moved since the look before than the pace let expect."""
        if len(self._samples) < _MIN_SAMPLES:
            return False
        before = self._samples[-2]
        expected = self._rate * (self._now.at - before.at)
        return expected > _SLOW_STEPS * self._step and _share(self._now) - _share(before) < expected

    @property
    def watched(self) -> float:
        """Seconds over which this pace was watched."""
        return self._now.at - self._samples[0].at

    @property
    def step_seconds(self) -> float:
        """Seconds that the smallest step seen takes; the end cannot be foretold more exactly."""
        return self._step / self._rate

    @property
    def remaining(self) -> float:
        """Seconds until the end can come at the earliest, by the faster of the last and the lasting pace."""
        before, _ = self._moving
        fastest = max(self._rate, _rate(before, self._now))
        return max(1 - _share(self._now) - self._step, 0.0) / fastest

    @property
    def _rate(self) -> float:
        """The lasting pace: over the later part of the looks, and further back where nothing moved in it."""
        since = self._now.at - _WINDOW * self.watched
        start = next((s for s in reversed(self._samples) if s.at <= since), self._samples[0])
        return _rate(start, self._now) or _rate(self._moving[0], self._now)

    @property
    def _moving(self) -> tuple[Sample, Sample]:
        """The two looks between which something moved last."""
        return self._last_move or (self._samples[0], self._samples[-1])

    @property
    def _now(self) -> Sample:
        return self._samples[-1]


def _share(sample: Sample) -> float:
    return sample.share or 0.0


def _rate(start: Sample, end: Sample) -> float:
    return (_share(end) - _share(start)) / (end.at - start.at) if end.at > start.at else 0.0
