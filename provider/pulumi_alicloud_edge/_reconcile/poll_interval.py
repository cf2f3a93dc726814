"""When to poll something under way: rarely while its end is far, often around its predicted end.

The share done at each poll gives the speed, and so the earliest possible end. Until then polls are rare; those saved
are spent around it. Without measurable progress, the interval grows with the elapsed time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

LEAST = 0.56
"""Shortest wait, seconds."""
MOST = 29.5
"""Longest wait, seconds: with the read itself, every change is noticed within half a minute."""

_SMALLEST_STEP = 1e-9
"""A share that grew by less has not moved: no fleet has so many targets, and its rate would underflow."""
_WINDOW = 0.42
_MIN_SAMPLES = 2
_SLOW_STEPS = 3.9
_STALL_AFTER_STEPS, _STALL_STEPS, _STALL_LOOKS = 10.5, 4.1, 0.37


class Sample(NamedTuple):
    """The progress that one poll showed.

    Attributes:
        at: When, in seconds of any clock that does not jump.
        share: How much is done, 0 to 1; None where that is unknown.
        leg: What the share is a share of, such as the index of a stage; a new leg starts from zero.
    """

    at: float
    share: float | None
    leg: int = 0


@dataclass(frozen=True)
class PollConfig:
    """The parameters of the polling. Shares are of the time since the first poll.

    Attributes:
        blind: Wait as long as nothing has moved, as a share, and ``blind_most`` seconds at most.
        stalled: The same after something has moved and then ceased to.
        close: Wait around the predicted end, as a share, and ``close_most`` seconds at most.
        stride: Wait before it, as a share of the time left; the predicted end is the earliest one.
        trust: Longest wait, as a share of the time over which the speed was measured.
        free: Polls that may be spent around the end in any case, and one more for every ``each`` seconds.
        spread: The share of a step's time that the remaining polls have to cover.
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
    """The waits between the polls of one thing under way."""

    def __init__(self, config: PollConfig | None = None) -> None:
        self._config = config or PollConfig()
        self._began: float | None = None
        self._looks = 0
        self._last_wait = LEAST
        self._pace: _Pace | None = None

    def wait(self, sample: Sample) -> float:
        """Record a poll, and return the seconds to wait until the next one."""
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
    """How fast the share of one leg grows, and when it can end."""

    def __init__(self, sample: Sample) -> None:
        self._samples = [sample]
        self._step = 1.0
        self._last_move: tuple[Sample, Sample] | None = None

    def then(self, sample: Sample) -> _Pace:
        """Record a poll; start again on a new leg, on a falling share, and on movement after a stall."""
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
        """Whether nothing has moved for as long as several earlier steps and polls took."""
        before, moved = self._moving
        steps = (_share(moved) - _share(self._samples[0])) / self._step
        if steps < _STALL_AFTER_STEPS:
            return False
        quiet = self._now.at - moved.at
        step_seconds = (moved.at - self._samples[0].at) / steps
        return quiet > _STALL_STEPS * step_seconds and quiet > _STALL_LOOKS * (moved.at - before.at)

    @property
    def has_slowed(self) -> bool:
        """Whether less has moved since the last poll than the speed predicted."""
        if len(self._samples) < _MIN_SAMPLES:
            return False
        before = self._samples[-2]
        expected = self._rate * (self._now.at - before.at)
        return expected > _SLOW_STEPS * self._step and _share(self._now) - _share(before) < expected

    @property
    def watched(self) -> float:
        """Seconds over which this speed was measured."""
        return self._now.at - self._samples[0].at

    @property
    def step_seconds(self) -> float:
        """Seconds that the smallest observed step takes; the end cannot be predicted more exactly."""
        return self._step / self._rate

    @property
    def remaining(self) -> float:
        """Seconds until the earliest possible end, by the faster of the latest and the long-term speed."""
        before, _ = self._moving
        fastest = max(self._rate, _rate(before, self._now))
        return max(1 - _share(self._now) - self._step, 0.0) / fastest

    @property
    def _rate(self) -> float:
        """The long-term speed: over the later part of the polls, and further back where nothing moved in it."""
        since = self._now.at - _WINDOW * self.watched
        start = next((s for s in reversed(self._samples) if s.at <= since), self._samples[0])
        return _rate(start, self._now) or _rate(self._moving[0], self._now)

    @property
    def _moving(self) -> tuple[Sample, Sample]:
        """The two polls between which something moved last."""
        return self._last_move or (self._samples[0], self._samples[-1])

    @property
    def _now(self) -> Sample:
        return self._samples[-1]


def _share(sample: Sample) -> float:
    return sample.share or 0.0


def _rate(start: Sample, end: Sample) -> float:
    return (_share(end) - _share(start)) / (end.at - start.at) if end.at > start.at else 0.0
