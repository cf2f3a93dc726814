"""Many applications at once: how much longer 64 rollouts take than one, and what 20 of one application cost."""

from __future__ import annotations

import tempfile
from pathlib import Path

from support.emulator import Emulator

from bench import worlds
from bench.figure import Bars, Figure, Measured

APPLICATIONS = 64
LONG = 30.0
TOGETHER = 20


def measure(*, quick: bool) -> Measured:
    """Roll out to 64 applications with ``--parallel 64``, and to one of them alone."""
    seconds = 5.0 if quick else LONG
    alone, together = (_up(count, seconds) for count in (1, APPLICATIONS))
    figure = Figure(
        f"{APPLICATIONS} applications rolling out at once, {seconds:.0f} s each",
        together / alone,
        "× one alone",
        1.3,
        f"{together:.1f} s, one alone {alone:.1f} s",
    )
    return Measured((figure,), Bars(("one", f"{APPLICATIONS}"), {"up": [alone, together]}, "seconds"))


def _up(applications: int, seconds: float) -> float:
    declared = [worlds.pairs(number, 1)[0] for number in range(applications)]
    with (
        Emulator.start(world=worlds.world(applications, seconds=seconds)) as emulator,
        tempfile.TemporaryDirectory() as folder,
    ):
        ran = worlds.stack(Path(folder) / "stack", emulator, declared).up("--parallel", "64")
    if not ran.ok:
        raise RuntimeError(f"{ran.stdout}\n{ran.stderr}")
    return ran.seconds
