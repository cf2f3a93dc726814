"""Sixty-four rollouts at once keep to the pace that is set, and to the one that the cloud demands."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.support.declarations import distribution, placed
from tests.support.dynamic_host import Kept, Kind, Start
from tests.support.emulator import Emulator

ROLLOUTS = 64
REGIONS = ("cn-wuxi-5", "cn-xiangyang-19")


@pytest.fixture
def fleet(emulator: Emulator, world: dict[str, Any]) -> Emulator:
    """As many applications as rollouts, with data pushed to each."""
    applications = [
        {"app_id": app_id(number), "name": f"app-{number}", "instances": dict.fromkeys(REGIONS, 1)}
        for number in range(ROLLOUTS)
    ]
    pushed = [{"app_id": app["app_id"], "name": "assets", "version": "1"} for app in applications]
    emulator.world({**world, "applications": applications, "pushed": pushed, "distributed": []})
    return emulator


def app_id(number: int) -> str:
    return f"e76f8985-7965-41fc-925b-{number:012d}"


def roll_out_all(start: Start, config: Mapping[str, str]) -> list[Kept]:
    host = start(config=config)

    def create(number: int) -> Kept:
        inputs = distribution(placed("1"), app_id=app_id(number))
        return host.create(Kind.DIST, inputs, name=f"assets-{number}")

    begun = [host.begin(lambda number=number: create(number)) for number in range(ROLLOUTS)]  # type: ignore[misc]
    return [each.result() for each in begun]


def arrivals(emulator: Emulator) -> list[float]:
    return sorted(call["at"] for call in emulator.calls())


@pytest.mark.parametrize("rate", [20])
def test_calls_per_second_is_kept_by_all_together(start: Start, fleet: Emulator, rate: int) -> None:
    done = roll_out_all(start, {"callsPerSecond": str(rate)})
    assert {kept.outputs["status"] for kept in done} == {"converged"}
    at = arrivals(fleet)
    window = 10 * rate + 1
    assert len(at) > window, "or this shows nothing"
    assert all(later - sooner > 9.9 for sooner, later in zip(at, at[window:], strict=False))


def test_a_throttled_account_makes_rollouts_slower_and_fails_none(start: Start, fleet: Emulator) -> None:
    allowed = 20
    fleet.faults([{"effect": "throttle", "calls_per_second": allowed}])
    done = roll_out_all(start, {})
    assert {kept.outputs["status"] for kept in done} == {"converged"}
    calls = sorted(fleet.calls(), key=lambda call: call["at"])
    refused = [call["at"] for call in calls if call["code"].startswith("Throttling")]
    assert refused, "or this shows nothing"
    first = refused[0] + 1.0  # what was under way when the first refusal came has its answer by then
    later = [call["at"] for call in calls if call["at"] > first]
    for refusal in (at for at in refused if at > first):
        assert sum(refusal < at <= refusal + 1 for at in later) <= 2 * allowed, "a burst after a refusal"
