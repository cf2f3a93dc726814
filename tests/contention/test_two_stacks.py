"""Two stacks that declare different versions for the same places, which no preview of either can see."""

from concurrent.futures import wait

import pytest
from tests.support.dynamic_host import DynamicHost, Kind, Start, eventually
from tests.support.emulator import VERSION_IDS
from tests.support.staged import PLACED, STAGES, Program, Scene

OURS, THEIRS = "1", "2"
ENDLESS_SECONDS = 120.0
"""Longer than rollouts take that get in each other's way as often as they may."""
TRIES = 3
"""A start, and two retries."""


def test_they_are_told_of_each_other_at_the_second_repair_and_not_before(
    start: Start, scenes: list[Scene]
) -> None:
    host = start()
    stacks = [(Program(host, scenes), OURS, THEIRS), (Program(host, scenes), THEIRS, OURS)]
    told: list[tuple[list[DynamicHost], list[str]]] = []
    for turn in range(6):
        program, declared, found = stacks[turn % 2]
        hosts = brings_about(program, declared, start)
        assert {scene.starts() for scene in scenes} == {(turn + 1) * STAGES}, "nothing is started in vain"
        rollouts_and_first_repairs = turn < 4
        expected = [] if rollouts_and_first_repairs else sorted(come_back(s, declared, found) for s in scenes)
        eventually(lambda hosts=hosts, expected=expected: len(warnings(*hosts)) >= len(expected))  # type: ignore[misc]
        told.append((hosts, expected))
    for hosts, expected in told:
        assert warnings(*hosts) == expected


@pytest.mark.timeout(2 * ENDLESS_SECONDS)
def test_they_both_come_to_an_end_where_they_roll_out_at_once(start: Start, scenes: list[Scene]) -> None:
    ours, theirs = Program(start(), scenes), Program(start(), scenes)

    ups = [*ours.begin(OURS), *theirs.begin(THEIRS)]

    assert not wait(ups, timeout=ENDLESS_SECONDS).not_done
    for scene in scenes:
        assert scene.starts() <= 2 * STAGES * TRIES
        assert scene.targets() in (scene.everywhere(OURS), scene.everywhere(THEIRS))


def brings_about(program: Program, declared: str, start: Start) -> list[DynamicHost]:
    """Run a program until the cloud is as it declares; give the hosts of its runs.

    On a machine under load a look may take longer than a preview waits for it. That is said, and the next run looks
    again.
    """
    hosts = []
    while True:
        hosts.append(start())
        ups = program.run_in(hosts[-1]).begin(declared)
        assert {up.result().outputs["status"] for up in ups} == {"converged"}
        missed = {scene.name for scene in program.scenes if scene.targets() != scene.everywhere(declared)}
        if not missed:
            return hosts
        eventually(lambda missed=missed: missed <= program.shown("drift unknown"))  # type: ignore[misc]


def warnings(*hosts: DynamicHost) -> list[str]:
    lines = [line for host in hosts for line in host.lines if line.is_warning]
    return sorted(line.text.partition(", after an earlier repair")[0] for line in lines)


def come_back(scene: Scene, declared: str, found: str) -> str:
    """The beginning of the one line that names both versions."""
    if scene.kind is Kind.RELEASE:
        declared, found = (VERSION_IDS[int(version) - 1] for version in (declared, found))
    name = scene.app_id if scene.kind is Kind.RELEASE else PLACED
    return f"{name} {found} has come back where {declared} is declared"
