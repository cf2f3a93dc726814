"""Limits how fast one account calls one product: by a cap where one is set, and by the cloud's throttling.

Calls are spaced evenly, and unused time earns no credit, so that no burst follows a pause. A throttled call halves
the measured rate; from there it doubles every half minute until the next throttled call.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_MEASURED_SECONDS = 1.0
_MEASURED_CALLS = 1000
_SLOWEST = 1.0
_DECREASE = 0.5
_DOUBLING_SECONDS = 30.0
_MOST_DOUBLINGS = 20.0
LONGEST_PAUSE = 120.0
"""Seconds; a longer hint is cut to this, as in the vendor's own clients."""


@dataclass
class RateLimiter:
    """Decides when the next call may be sent. Arithmetic only: the time is passed in.

    Attributes:
        cap: Calls a second that are never exceeded, None for no cap.
    """

    cap: float | None = None
    _recent: deque[float] = field(default_factory=lambda: deque(maxlen=_MEASURED_CALLS), repr=False)
    _throttled_rate: float | None = None
    _throttled_at: float = float("-inf")
    _paused_until: float = float("-inf")

    def delay(self, now: float) -> float:
        """Return how many seconds the next call has to wait."""
        earliest = self._paused_until
        rate = self.rate(now)
        if rate is not None and self._recent:
            earliest = max(earliest, self._recent[-1] + 1 / rate)
        return max(0.0, earliest - now)

    def called(self, now: float) -> None:
        """Record that a call is sent now."""
        self._recent.append(now)

    def throttled(self, now: float, *, called_at: float, retry_after: float | None) -> None:
        """Record that the cloud refused a call.

        Args:
            now: When the refusal came.
            called_at: When the refused call was sent. Calls that were under way when another one was refused do
                not lower the rate again.
            retry_after: The cloud's hint in seconds.
        """
        if called_at > self._throttled_at:
            self._throttled_rate = max(_SLOWEST, _DECREASE * self._measured(called_at))
            self._throttled_at = now
        # Without a hint, pause until the cloud's count of the last calls has certainly expired: earlier calls would
        # be refused because of those before them.
        pause = _MEASURED_SECONDS if retry_after is None else retry_after
        self._paused_until = max(self._paused_until, now + min(pause, LONGEST_PAUSE))

    def rate(self, now: float) -> float | None:
        """Return the calls a second that are allowed now; None for no limit."""
        if self._throttled_rate is None:
            return self.cap
        recovering = max(0.0, now - max(self._throttled_at, self._paused_until))
        rate = self._throttled_rate * 2 ** min(recovering / _DOUBLING_SECONDS, _MOST_DOUBLINGS)
        return rate if self.cap is None else min(rate, self.cap)

    def _measured(self, at: float) -> float:
        calls = sum(1 for moment in self._recent if at - _MEASURED_SECONDS < moment <= at)
        measured = calls / _MEASURED_SECONDS
        allowed = self.rate(at)
        return measured if allowed is None else min(measured, allowed)


class Gate:
    """Lets calls through one by one, each when the rate allows it."""

    def __init__(
        self,
        rate_limiter: RateLimiter,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._rate_limiter = rate_limiter
        self._clock = clock
        self._sleep = sleep
        self._lock = asyncio.Lock()

    async def enter(self) -> float:
        """Wait for a turn; return the time at which the call is sent."""
        # Held while waiting: first come, first served. The time is read after the wait, so that a late wake-up does
        # not bring two calls closer together than the rate allows.
        async with self._lock:
            while (delay := self._rate_limiter.delay(self._clock())) > 0:
                await self._sleep(delay)
            now = self._clock()
            self._rate_limiter.called(now)
            return now

    def throttled(self, called_at: float, retry_after: float | None) -> None:
        """Slow down and pause all waiting calls."""
        self._rate_limiter.throttled(self._clock(), called_at=called_at, retry_after=retry_after)
