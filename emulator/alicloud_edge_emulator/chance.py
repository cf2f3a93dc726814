"""Chance that repeats: every draw is a pure function of the seed and of what it is drawn for."""

from dataclasses import dataclass
from hashlib import blake2b

_SCALE = float(1 << 64)


@dataclass(frozen=True, slots=True)
class Dice:
    """Draws that depend on a seed and a key only, not on the order in which they are asked."""

    seed: int

    def unit(self, *key: str | int) -> float:
        """A number in [0, 1) for this key."""
        text = "\x1f".join(str(part) for part in (self.seed, *key))
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") / _SCALE

    def between(self, bounds: tuple[float, float], *key: str | int) -> float:
        """A number between two bounds for this key."""
        low, high = bounds
        return low + (high - low) * self.unit(*key)
