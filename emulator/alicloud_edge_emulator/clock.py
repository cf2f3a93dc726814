"""The emulator's clock: real time, run faster and moved forward at will."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

WIRE_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class EmulatedClock:
    """Seconds since the epoch in emulated time.

    It starts at the real time and runs `scale` times faster. Everything that the emulator shows is computed
    from this clock, so a test that advances it sees at once what a user would see later.
    """

    def __init__(self, *, scale: float = 1.0, real: Callable[[], float] = time.time) -> None:
        self._real = real
        self.scale = scale
        self._real_anchor = self._anchor = real()

    def now(self) -> float:
        """The emulated time."""
        return self._anchor + (self._real() - self._real_anchor) * self.scale

    def advance(self, seconds: float) -> None:
        """Move the emulated time forward."""
        self._anchor += seconds

    def anchor(self) -> tuple[float, float]:
        """The pair (real, emulated) from which time runs; all that a restart needs to continue it."""
        return self._real_anchor, self._anchor

    def resume(self, anchor: tuple[float, float], scale: float) -> None:
        """Go on from where another clock would be by now, at this clock's own pace."""
        real_anchor, emulated_anchor = anchor
        self._real_anchor = self._real()
        self._anchor = emulated_anchor + (self._real_anchor - real_anchor) * scale


def wire_time(seconds: float) -> str:
    """A moment as both products write it: `2026-11-22T04:30:53Z`, UTC, whole seconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime(WIRE_FORMAT)


def parse_wire_time(text: str) -> float:
    """The reverse of `wire_time`.

    Raises:
        ValueError: The text is not in that form.
    """
    return datetime.strptime(text, WIRE_FORMAT).replace(tzinfo=UTC).timestamp()
