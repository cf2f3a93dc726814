"""The waits of some typical rollouts: whoever changes them means to, and looks at `make bench` first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import pytest

from pulumi_alicloud_edge._reconcile.poll_interval import PollConfig, PollInterval, Sample

BLIND = [0.56, 0.56, 0.56, 0.57, 0.77, 1.03, 1.39, 1.86, 2.5, 3.36, 4.5, 6.04, 8.11]
QUICK = [0.56, 0.56, 0.76, 1.28]
STEP_OF_TWO = [0.56, 0.56, 0.56, 0.57, 1.53, 2.58, 4.33, 7.27, 12.21, 20.52, 20.52]


@pytest.mark.parametrize(
    ("finished", "waits"),
    [
        pytest.param(
            [3.0 * n for n in range(1, 41)],
            [*BLIND[:5], 2.06, 3.46, 5.81, 9.76, 16.39, 16.39, 29.5, 29.33, 2.65, 1.05, 1.06],
            id="steady",
        ),
        pytest.param([95.0], [*BLIND, 10.89, 14.61, 19.6, 26.31], id="a single target"),
        pytest.param(
            [*(2.0 * n for n in range(1, 31)), *(300 + 2.0 * n for n in range(1, 31))],
            [*STEP_OF_TWO, 20.52, *[29.0] * 8, 19.07, 3.45, 7.79, 3.15, 3.18],
            id="in two bursts",
        ),
        pytest.param(
            [*(2.0 * n for n in range(1, 21)), *(460 + 2.0 * n for n in range(1, 11))],
            [*STEP_OF_TWO, 23.71, *[29.0] * 13, 14.85],
            id="standing still for long",
        ),
        pytest.param(
            [n * n * 0.5 for n in range(1, 31)],
            [*QUICK, 2.15, 3.61, 6.07, 10.19, 17.12, 28.77, *[29.5] * 10, 26.67, 19.68, 21.9, 9.73, 14.33],
            id="ever slower",
        ),
        pytest.param(
            [600.0 - (24 - n) ** 2 for n in range(25)],
            [*BLIND, 21.64, *[29.5] * 18, 26.67],
            id="ever faster",
        ),
        pytest.param(
            [n * 0.5 for n in range(1, 1201)],
            [*QUICK, 2.15, 2.15, 2.15, 6.53, 6.53, 15.42, *[25.91] * 3, *[29.5] * 16, 10.85, 4.04],
            id="large",
        ),
        pytest.param([1 + 0.1 * n for n in range(40)], [*QUICK, 1.42, 0.56], id="short"),
    ],
)
def test_a_rollout_is_looked_at_as_it_was_measured_to_be_best(
    finished: Sequence[float], waits: Sequence[float]
) -> None:
    poll_interval, now, seen = PollInterval(), 0.0, []
    while (share := bisect_right(finished, now) / len(finished)) < 1:
        seen.append(poll_interval.wait(Sample(now, share)))
        now += seen[-1]
    assert seen == pytest.approx(waits, abs=0.006)


@pytest.mark.parametrize(
    ("samples", "waits"),
    [
        pytest.param(
            [(0, 0.0), (5, 0.2), (10, 0.4), (15, 0.9), (20, 0.1, 1), (25, 0.3, 1), (30, 0.5, 1)],
            [0.56, 3.4, 6.8, 0.56, 6.84, 3.4, 6.78],
            id="another leg",
        ),
        pytest.param(
            [(0, 0.1), (5, 0.2), (10, 0.3), (15, 0.6, 1), (20, 0.7, 1)],
            [0.56, 3.4, 6.8, 5.13, 3.4],
            id="another leg, further on",
        ),
        pytest.param(
            [(0, 0.0), (5, 0.2), (10, 0.4), (15, 0.3), (20, 0.5), (25, 0.6)],
            [0.56, 3.4, 6.8, 5.13, 3.4, 6.8],
            id="a share that falls",
        ),
        pytest.param(
            [(0, None), (5, None), (15, None), (30, 0.5), (60, None), (61, None)],
            [0.56, 1.71, 5.13, 0.56, 20.52, 20.86],
            id="nothing is counted",
        ),
        pytest.param(
            [(0, 0.0), (5, 0.2), (5, 0.4), (10, 0.5)], [0.56, 3.4, 1.71, 3.4], id="two looks in a moment"
        ),
    ],
)
def test_what_was_learned_is_forgotten_where_it_says_nothing_of_what_comes(
    samples: Sequence[tuple[float, float | None]], waits: Sequence[float]
) -> None:
    poll_interval = PollInterval()
    assert [poll_interval.wait(Sample(*each)) for each in samples] == pytest.approx(waits, abs=0.006)


def test_other_patience_gives_other_waits() -> None:
    poll_interval = PollInterval(PollConfig(blind=0.5, blind_most=12))
    assert [poll_interval.wait(Sample(at, None)) for at in (0, 10, 100)] == [0.56, 5, 12]


def test_what_is_taken_up_halfway_is_looked_at_by_what_it_does_from_there() -> None:
    poll_interval, now, seen = PollInterval(), 5000.0, []
    finished = [*[0.0] * 30, *(now + 2 * n for n in range(1, 21)), *(now + 200 + 2 * n for n in range(1, 11))]
    while (share := bisect_right(finished, now) / len(finished)) < 1:
        seen.append(poll_interval.wait(Sample(now, share)))
        now += seen[-1]
    waits = [*STEP_OF_TWO, 23.71, *[29.0] * 4, 1.88, 5.09, 2.3]
    assert seen == pytest.approx(waits, abs=0.006)
