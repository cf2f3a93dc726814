from tests.support.emulator import APP_ID, REGIONS

from alicloud_edge_emulator.chance import Dice
from alicloud_edge_emulator.clock import EmulatedClock, parse_wire_time, wire_time
from alicloud_edge_emulator.ens.commands import StartPush
from alicloud_edge_emulator.ens.store import EnsStore
from alicloud_edge_emulator.world import load_world


class RealTime:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def durations(seed: int, *, regions: tuple[str, ...] = REGIONS, attempts: int = 1) -> dict[str, float]:
    store = EnsStore(load_world(None), Dice(seed), 0.0)
    command = StartPush(app_id=APP_ID, name="assets", version="1", targets=regions)
    for _ in range(attempts):
        store.apply(command, 100.0)
    ((_, records),) = store.apps[APP_ID].pushes.items()
    return {region: attempt.finished - 100.0 for region, attempt in records.items()}


def test_the_clock_runs_at_its_scale_and_jumps_on_request() -> None:
    real = RealTime()
    clock = EmulatedClock(scale=60, real=real)
    real.now += 2
    assert clock.now() == 1120
    clock.advance(30)
    assert clock.now() == 1150


def test_a_resumed_clock_counts_the_time_between_at_the_old_scale() -> None:
    real = RealTime()
    before = EmulatedClock(scale=10, real=real)
    real.now += 5
    after = EmulatedClock(scale=2, real=real)
    after.resume(before.anchor(), before.scale)
    assert after.now() == before.now() == 1050
    real.now += 1
    assert after.now() == 1052


def test_wire_times_are_utc_in_whole_seconds() -> None:
    assert wire_time(1_795_321_853.9) == "2026-11-22T04:30:53Z"
    assert parse_wire_time("2026-11-22T04:30:53Z") == 1_795_321_853


def test_a_seed_repeats_and_another_differs() -> None:
    assert durations(7) == durations(7)
    assert durations(7) != durations(8)
    assert durations(7) != durations(7, attempts=2)


def test_what_else_is_started_does_not_change_a_draw() -> None:
    alone = durations(7, regions=REGIONS[:1])
    assert alone[REGIONS[0]] == durations(7)[REGIONS[0]]


def test_durations_keep_to_the_worlds_bounds() -> None:
    low, high = load_world(None).timing.push_seconds
    assert all(low <= seconds <= high for seed in range(50) for seconds in durations(seed).values())
