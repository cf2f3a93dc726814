"""Whole runs of the real CLI, against the same stack of dynamic resources that do nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

from support.emulator import Emulator
from support.stack import Stack

from bench import worlds
from bench.figure import Bars, Figure, Measured

COMMANDS = {
    "up": ("up", "--yes"),
    "unchanged up": ("up", "--yes"),
    "preview": ("preview",),
    "refresh": ("refresh", "--yes", "--skip-preview"),
}
STACKS = {"floor": worlds.FLOOR_PROGRAM, "alike": worlds.ALIKE_PROGRAM, "provider": ""}
MOST_TIMES, REFRESH_OVER = 1.25, 0.8
APPLICATIONS, PAIRS = 10, 10


def measure(*, quick: bool) -> Measured:
    """Run each command on all stacks, one right after the other; the least of some rounds counts."""
    applications, pairs, rounds = (2, 5, 1) if quick else (APPLICATIONS, PAIRS, 3)
    declared = [each for number in range(applications) for each in worlds.pairs(number, pairs)]
    least: dict[str, dict[str, float]] = {name: {} for name in STACKS}
    for _ in range(rounds):
        with (
            Emulator.start(world=worlds.world(applications, seconds=0)) as emulator,
            tempfile.TemporaryDirectory() as folder,
        ):
            stacks = {
                name: worlds.stack(Path(folder) / name, emulator, declared, program)
                for name, program in STACKS.items()
            }
            for command in COMMANDS:
                for name, stack in stacks.items():
                    seconds = _seconds(stack, command)
                    least[name][command] = min(seconds, least[name].get(command, seconds))
    what = f"of {len(declared)} resources over {applications} applications"
    figures = []
    for command in COMMANDS:
        floor, alike, ours = (least[name][command] for name in STACKS)
        detail = f"{ours:.1f} s, floor {floor:.1f} s; with the provider's properties {alike:.1f} s"
        if command == "refresh":
            over = Figure(f"refresh {what}", ours - floor, "s over the floor", REFRESH_OVER, detail)
            figures.append(over)
        else:
            figures.append(Figure(f"{command} {what}", ours / floor, "× the floor", MOST_TIMES, detail))
    bars = {name: [least[name][command] for command in COMMANDS] for name in least}
    return Measured(tuple(figures), Bars(tuple(COMMANDS), bars, "seconds"))


def _seconds(stack: Stack, command: str) -> float:
    ran = stack.run(*COMMANDS[command])
    if not ran.ok:
        raise RuntimeError(f"{command}:\n{ran.stdout}\n{ran.stderr}")
    return ran.seconds
