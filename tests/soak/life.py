"""A life in steps: edits, drifts, faults, kills, and the runs of a pipeline that go on regardless."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from tests.soak.mischief import break_something, drift
from tests.soak.program import APPLICATIONS, Program
from tests.support.dynamic_host import CallFailedError, DynamicHost, Kind, Managed, eventually
from tests.support.emulator import CONTAINER_APP_ID, Emulator

SETTLES_WITHIN = 3
"""Runs without a new trouble after which everything must be as declared."""
STEP_SECONDS = (30, 240)
"""Emulated seconds between two steps."""
MOST_DRIFTS = 2
EDITED, TROUBLED = 0.7, 0.5
"""How likely it is that a step has an edit, and a run with a fault, which may be ended half-way."""
INTERRUPTED_AFTER = (1, 30)
"""Calls of a run after which it is killed, or told to stop."""
WAIT_SECONDS = 240.0


@dataclass
class Story:
    """What has happened, for the summary."""

    emulated: float = 0.0
    happened: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    settled_in: Counter[int] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)
    """MiB of the host that lives as long as all, after each step."""

    def summary(self) -> str:
        """Return it as a few lines."""
        events = ", ".join(f"{count} × {what}" for what, count in sorted(self.happened.items()))
        runs = ", ".join(f"{count} × {number}" for number, count in sorted(self.settled_in.items()))
        return (
            f"{self.emulated / 3600:.1f} h emulated in {len(self.memory)} steps: {events}\n"
            f"runs until all was as declared again: {runs}\n"
            f"failed runs on the way: {len(self.failures)}\n"
            f"memory of the host that outlived all, MiB after each tenth of the steps: "
            + ", ".join(f"{each:.0f}" for each in self.memory[:: max(1, len(self.memory) // 10)])
        )


class Life:
    """One life, the same for the same seed as far as the machine's own timing lets it.

    Args:
        seed: What decides about everything.
        emulator: The cloud.
        start: Starts a host for one run.
        steady: A host that lives as long as all.
    """

    def __init__(
        self, seed: int, emulator: Emulator, start: Callable[[], DynamicHost], *, steady: DynamicHost
    ) -> None:
        self.story = Story()
        self.program = Program(Random(seed))
        self._dice = Random(seed + 1)
        self._emulator = emulator
        self._start = start
        self._resources: dict[tuple[Kind, str], Managed] = {}
        self._steady = steady

    def step(self) -> None:
        """Let some time pass, let something happen in it, and let the pipeline run until all is well."""
        passed = self._dice.uniform(*STEP_SECONDS)
        self._emulator.advance(passed)
        self.story.emulated += passed
        for _ in range(self._dice.randint(0, MOST_DRIFTS)):
            self._note(f"drift: {drift(self._emulator, self._dice)}")
        if self._dice.random() < EDITED:
            self._note(self.program.edit())
        if self._dice.random() < TROUBLED:
            self._note(f"fault: {break_something(self._emulator, self._dice)}")
            self._run(self._dice.choice((None, None, "kill", "Ctrl-C")))
        self._emulator.faults([])
        self._settle()
        self.story.memory.append(self._preview())

    def wrong(self) -> list[str]:
        """Return what in the cloud is not as the program declares it."""
        found = []
        for app in APPLICATIONS:
            shown = self._emulator.app(app)
            for (of, name), version in self.program.versions.items():
                wanted = {region: {str(version): count} for region, count in shown["regions"].items()}
                if of == app and shown["running"].get(name) != wanted:
                    found.append(f"{app}: {name} is {shown['running'].get(name)}, declared {version}")
        prod = self._emulator.container_app(CONTAINER_APP_ID)["environments"]["prod"]
        if prod["DeployedVersion"] != self.program.released:
            found.append(f"release is {prod['DeployedVersion']}, declared {self.program.released}")
        return found

    def is_at_rest(self) -> bool:
        """Return whether another run would find nothing to do."""
        before = {key: len(each.done) for key, each in self._resources.items()}
        self._run(None)
        return all(each.done[before.get(key, 0) :] == ["same"] for key, each in self._resources.items())

    def _settle(self) -> None:
        for number in range(1, SETTLES_WITHIN + 1):
            if not self._run(None) and not self.wrong():
                self.story.settled_in[number] += 1
                return
        raise AssertionError(f"not settled: {self.wrong()}; {self.story.failures[-3:]}")

    def _run(self, ending: str | None) -> list[str]:
        """Run `pulumi up` once, with a host of its own; gives what failed."""
        failures: list[str] = []
        with self._start() as host:
            self._note(f"run, {ending}" if ending else "run")
            run = host.begin(lambda: self._up_all(host, failures))
            if ending is not None:
                self._end(host, ending, run.done)
            run.result(WAIT_SECONDS)
        self.story.failures += failures
        return failures

    def _end(self, host: DynamicHost, ending: str, is_over: Callable[[], bool]) -> None:
        last = len(self._emulator.calls()) + self._dice.randint(*INTERRUPTED_AFTER)
        eventually(lambda: is_over() or len(self._emulator.calls()) >= last, timeout=WAIT_SECONDS)
        if ending == "kill":
            host.process.kill()
        else:
            host.cancel()

    def _up_all(self, host: DynamicHost, failures: list[str]) -> None:
        """Do to all resources what an engine does: in their order, and remove what is declared no more."""
        declared = self.program.resources()
        for kinds in ((Kind.PUSH, Kind.RELEASE), (Kind.DIST,)):
            chosen = {key: inputs for key, inputs in declared.items() if key[0] in kinds}
            works = {key: host.begin(partial(self._up, host, key, inputs)) for key, inputs in chosen.items()}
            for key, work in works.items():
                if failure := work.result(WAIT_SECONDS):
                    failures.append(f"{key[0].value}: {failure}")
        dropped = [key for key in self._resources if key not in declared]
        ends = {key: self._destroy(host, key) for key in dropped}
        failures += [f"{key[0].value}: {failure}" for key, failure in ends.items() if failure]

    def _up(self, host: DynamicHost, key: tuple[Kind, str], inputs: dict[str, Any]) -> str:
        resource = self._resources.setdefault(key, Managed(host, *key))
        resource.host = host
        try:
            resource.up(inputs)
        except CallFailedError as failure:
            return failure.message or "killed"
        return ""

    def _destroy(self, host: DynamicHost, key: tuple[Kind, str]) -> str:
        resource = self._resources[key]
        resource.host = host
        try:
            if resource.state is not None:
                resource.destroy()
        except CallFailedError as failure:
            return failure.message or "killed"
        del self._resources[key]
        return ""

    def _preview(self) -> float:
        """Look at everything with the host that lives as long as all; gives its memory in MiB."""
        for (kind, _), inputs in self.program.resources().items():
            self._steady.check(kind, inputs, name=f"steady-{kind.value}-{inputs['app_id']}")
        return resident_mib(self._steady.process.pid)

    def _note(self, what: str) -> None:
        self.story.happened[what] += 1


def resident_mib(pid: int) -> float:
    """Return the memory that a process has now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
