"""Durations as users write them: ``"90s"``, ``"5m"``, ``"1h30m"``, or a number of seconds."""

from __future__ import annotations

import re

_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
_TEXT = re.compile(r"(?:\d+(?:\.\d+)?[dhms])+", re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)([dhms])", re.ASCII)
_LONGEST = 30 * 86400.0
_LONGEST_TEXT = 40


def parse_duration(value: object) -> float:
    """Return a duration in seconds.

    Raises:
        ValueError: It is not a duration, is negative, or is longer than 30 days.
    """
    seconds = _seconds(value)
    if seconds is None:
        instead = f", not {value!r}" if isinstance(value, str) and len(value) <= _LONGEST_TEXT else ""
        raise ValueError(f'is not a duration; write "90s", "5m", "1h30m" or seconds{instead}')
    if not 0 <= seconds <= _LONGEST:
        raise ValueError("must be between 0 and 30 days")
    return seconds


def _seconds(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value if value > _LONGEST else float(value)
    if isinstance(value, str) and _TEXT.fullmatch(text := value.strip().lower()):
        return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    return None


def show_duration(seconds: float) -> str:
    """Write a duration as a person reads it: ``12 s``, ``5 min``, ``1 h 30 min``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    shown = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(shown[:2]) or "0 s"
