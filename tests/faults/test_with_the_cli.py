"""The faults in which the process matters, met by the real CLI: a whole program, its run, and the run after it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.faults.chain import EXPIRED_KEY
from tests.faults.hosts import FASTER
from tests.support.declarations import Archives, distribution
from tests.support.dynamic_host import eventually
from tests.support.emulator import VERSION_IDS, Emulator
from tests.support.matrix import Cell, report
from tests.support.sightings import pushed_to, runs, serves, starts, took_effect
from tests.support.stack import Ran, Stack, dist, push, release

pytestmark = pytest.mark.cli
MATRIX = "Faults met by the real CLI"
LONGER = {"push_seconds": [15, 20], "publish_seconds": [15, 20]}
EXPIRED = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": EXPIRED_KEY["id"],
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": EXPIRED_KEY["secret"],
    "ALIBABA_CLOUD_SECURITY_TOKEN": EXPIRED_KEY["security_token"],
}


@pytest.fixture
def cloud(files: Path, quick_world: Mapping[str, Any], tmp_path: Path) -> Iterator[Emulator]:
    """A cloud whose state outlives its process."""
    with Emulator.start(files=files, time_scale=FASTER, db=tmp_path / "cloud.db") as emulator:
        emulator.world({**quick_world, "timing": {**quick_world["timing"], **LONGER}})
        yield emulator


@pytest.fixture
def stack(cloud: Emulator, files: Path, tmp_path: Path) -> Stack:
    """A program of all three resources."""
    stack = Stack(tmp_path / "stack", cloud)
    pushed, web = push(Archives(files, cloud).push()), release(VERSION_IDS[0])
    stack.declare(pushed, dist(distribution()), web)
    return stack


@pytest.mark.parametrize(
    ("row", "environment", "words"),
    [
        pytest.param(
            "connection refused",
            {"ALICLOUD_EDGE_ENDPOINT": "http://127.0.0.1:9"},
            ("cannot connect: Connection refused", "Check the network"),
            marks=pytest.mark.exhaustive,
            id="refused",
        ),
        pytest.param(
            "expired STS credential",
            EXPIRED,
            ("InvalidSecurityToken.Expired", "The temporary key has expired"),
            id="expired",
        ),
    ],
)
def test_what_keeps_the_cloud_from_being_asked_fails_the_run_and_the_next_one_does_it_all(  # noqa: PLR0917
    row: str,
    environment: Mapping[str, str],
    words: tuple[str, ...],
    stack: Stack,
    cloud: Emulator,
    record_property: Callable[[str, object], None],
) -> None:
    with _set(stack, environment):
        ran = stack.up("--continue-on-error")
    begun, kept = took_effect(cloud), sorted(stack.resources)
    again = stack.up()
    state = "as before" if not kept else ", ".join(kept)
    outcome, next_run = _outcome(ran), f"{_outcome(again)} {took_effect(cloud) - begun}"
    report(record_property, Cell(MATRIX, row, "up", "error", outcome, begun, state, next_run))
    assert (outcome, begun, kept, next_run) == ("error", 0, [], "ok 3"), f"{ran}\n{again}"
    assert all(word in ran.output for word in words), str(ran)
    assert "Traceback" not in ran.output
    assert _is_in_place(cloud)


def test_a_cloud_that_is_restarted_under_way_is_outlasted(
    stack: Stack, cloud: Emulator, record_property: Callable[[str, object], None]
) -> None:
    running = stack.start_up()
    eventually(lambda: len(starts(cloud)) == 2, timeout=30)
    begun = took_effect(cloud)
    cloud.restart()
    ran = running.finish()
    begun += took_effect(cloud)
    before = took_effect(cloud)
    again = stack.up()
    statuses = {resource["outputs"]["status"] for resource in stack.resources.values()}
    next_run = f"{_outcome(again)} {took_effect(cloud) - before}"
    cell = Cell(MATRIX, "cloud restarted", "up", "ok", _outcome(ran), begun, ", ".join(statuses), next_run)
    report(record_property, cell)
    assert (_outcome(ran), begun, statuses) == ("ok", 3, {"converged"}), str(ran)
    assert (again.counts(), next_run) == ({"unchanged": 4}, "ok 0"), str(again)
    assert _is_in_place(cloud)


def _outcome(ran: Ran) -> str:
    return "ok" if ran.ok else "error"


def _is_in_place(cloud: Emulator) -> bool:
    return (set(pushed_to(cloud).values()), runs(cloud), serves(cloud)) == (
        {"SUCCESS"},
        {"1"},
        VERSION_IDS[0],
    )


@contextmanager
def _set(stack: Stack, environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(stack.env)
    stack.env.update(environment)
    yield
    stack.env = before
