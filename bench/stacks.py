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
MOST_TIMES, REFRESH_OVER = 1.25, 0.8
APPLICATIONS, PAIRS = 10, 10


def measure(*, quick: bool) -> Measured:
    """Run each command on both stacks, one right after the other; the least of some rounds counts."""
    applications, pairs, rounds = (2, 5, 1) if quick else (APPLICATIONS, PAIRS, 3)
    declared = [each for number in range(applications) for each in worlds.pairs(number, pairs)]
    least: dict[str, dict[str, float]] = {"floor": {}, "provider": {}}
    for _ in range(rounds):
        with (
            Emulator.start(world=worlds.world(applications, seconds=0)) as emulator,
            tempfile.TemporaryDirectory() as folder,
        ):
            stacks = {
                "floor": worlds.stack(Path(folder) / "floor", emulator, declared, worlds.FLOOR_PROGRAM),
                "provider": worlds.stack(Path(folder) / "provider", emulator, declared),
            }
            for command in COMMANDS:
                for name, stack in stacks.items():
                    seconds = _seconds(stack, command)
                    least[name][command] = min(seconds, least[name].get(command, seconds))
    floor, ours = least["floor"], least["provider"]
    what = f"of {len(declared)} resources over {applications} applications"
    figures = [
        Figure(
            f"{name} {what}", ours[name] / floor[name], "× the floor", MOST_TIMES, _both(ours, floor, name)
        )
        for name in ("up", "unchanged up", "preview")
    ]
    over = ours["refresh"] - floor["refresh"]
    figures.append(
        Figure(f"refresh {what}", over, "s over the floor", REFRESH_OVER, _both(ours, floor, "refresh"))
    )
    bars = {name: [least[name][command] for command in COMMANDS] for name in least}
    return Measured(tuple(figures), Bars(tuple(COMMANDS), bars, "seconds"))


def _both(ours: dict[str, float], floor: dict[str, float], command: str) -> str:
    return f"{ours[command]:.1f} s, floor {floor[command]:.1f} s"


def _seconds(stack: Stack, command: str) -> float:
    ran = stack.run(*COMMANDS[command])
    if not ran.ok:
        raise RuntimeError(f"{command}:\n{ran.stdout}\n{ran.stderr}")
    return ran.seconds
