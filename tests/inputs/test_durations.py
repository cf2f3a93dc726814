"""Durations as users write them, and as they read them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_alicloud_edge._resources.durations import parse_duration, show_duration


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90s", 90),
        ("5m", 300),
        ("1h", 3600),
        ("1h30m", 5400),
        ("2d", 172_800),
        ("1.5h", 5400),
        (" 5M ", 300),
        (90, 90),
        (0.5, 0.5),
        (0, 0),
    ],
)
def test_a_duration_is_read(written: object, seconds: float) -> None:
    assert parse_duration(written) == seconds


@pytest.mark.parametrize(
    "written",
    [
        "",
        "5",
        "m",
        "5 m",
        "-5m",
        "5min",
        "1h30",
        "٥m",
        "1e3s",
        None,
        True,
        [],
        {},
        float("nan"),
        -1,
        pytest.param(10**400, id="huge"),
    ],
)
def test_anything_else_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"is not a duration|must be between"):
        parse_duration(written)


@pytest.mark.parametrize("written", ["31d", 30 * 86400 + 1, float("inf"), "9" * 400 + "d"])
def test_a_month_is_the_longest(written: object) -> None:
    with pytest.raises(ValueError, match="must be between 0 and 30 days"):
        parse_duration(written)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (12, "12 s"),
        (59.6, "1 min"),
        (90, "1 min 30 s"),
        (300, "5 min"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (3601, "1 h 1 s"),
        (90061, "25 h 1 min"),
    ],
)
def test_a_duration_is_shown(seconds: float, shown: str) -> None:
    assert show_duration(seconds) == shown


@given(st.integers(0, 30 * 86400))
def test_every_shown_duration_is_true_to_the_minute(seconds: int) -> None:
    artifacts = {"h": 3600, "min": 60, "s": 1}
    words = show_duration(seconds).split()
    shown = sum(
        int(number) * artifacts[artifact] for number, artifact in zip(words[::2], words[1::2], strict=True)
    )
    assert 0 <= seconds - shown < 60


@given(st.text(max_size=12))
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert 0 <= parse_duration(text) <= 30 * 86400
