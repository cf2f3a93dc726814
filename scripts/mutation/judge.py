"""The judges: tests that are collected once; for each change a fork of this process runs those that go through it."""

from __future__ import annotations

import gc
import importlib
import mmap
import os
import resource
import shutil
import signal
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import pytest
from workspace import ROOT

from mutation.kept import states
from mutation.mutants import Functions, Mutant, live_functions
from mutation.passages import WORKERS, Passage, Tracing, fork
from mutation.verdicts import Verdict, Verdicts

PROVIDER = ROOT / "provider"
PACKAGE = PROVIDER / "pulumi_alicloud_edge"
PROFILE = "mutation"
MEMORY = 6 << 30
"""Bytes of address space; a change may make a list grow for ever."""


@dataclass(frozen=True)
class _Trial:
    """A fork that runs tests against a change; it writes down which one it has reached."""

    mutant: Mutant
    items: Sequence[pytest.Item]
    reached: mmap.mmap = field(default_factory=lambda: mmap.mmap(-1, 4))
    scratch: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="mutation-")))

    def run(self, seconds: Mapping[str, float]) -> None:
        """Run the tests until one fails or takes much longer than it did; either ends this process."""
        os.environ["TMPDIR"] = os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.tempdir = str(self.scratch)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        for number, (item, following) in enumerate(zip_longest(self.items, self.items[1:])):
            self.reached[:4] = number.to_bytes(4, "little")
            usual = seconds[item.nodeid]
            signal.setitimer(signal.ITIMER_PROF, 3 + 5 * usual)
            signal.setitimer(signal.ITIMER_REAL, 60 + 20 * usual)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)

    def end(self, status: int) -> Verdict:
        """Return what became of the change, given how the fork has ended."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        return Verdict(self.items[int.from_bytes(self.reached[:4], "little")].nodeid if status else "")


class Judge:
    """The pytest plugin that runs no test as it is, but all of them against changes.

    Attributes:
        verdicts: What became of each change, by its key.
        failing: The tests that fail with nothing changed; then nothing is judged.
    """

    def __init__(self, mutants: Sequence[Mutant]) -> None:
        self.verdicts: dict[str, Verdict] = {}
        self.failing: list[str] = []
        self._mutants = mutants
        self._passages: dict[str, Passage] = {}
        self._tracing = Tracing(PACKAGE)
        self._at_failure: Callable[[], None] = self._tracing.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self) -> None:
        """Let a property be broken by any example: nobody needs the shortest one."""
        from hypothesis import Phase, settings  # pytest minds an import before its own

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile(PROFILE, deadline=None, derandomize=True, database=None, phases=phases)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge all changes; no test runs in this process itself."""
        for file in PACKAGE.rglob("*.py"):
            if file.stem not in ("__main__", "__init__"):
                importlib.import_module(".".join(file.relative_to(PROVIDER).with_suffix("").parts))
        functions = live_functions(PACKAGE)
        gc.freeze()  # forks share what they do not touch; nobody finds it here any more
        current = states(item.nodeid for item in session.items)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # fork beside threads: none here minds
            self._passages = self._tracing.passages(session.items, current)
            self.failing = [test for test, passage in self._passages.items() if passage.failed]
            if not self.failing:
                self._at_failure = lambda: os._exit(1)
                verdicts = Verdicts(len(self._mutants), current)
                self.verdicts = verdicts.found
                self._judge({item.nodeid: item for item in session.items}, verdicts, functions)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of a failure, which is a verdict where something is changed."""
        if report.failed:
            self._at_failure()

    def _judge(self, items: dict[str, pytest.Item], verdicts: Verdicts, functions: Functions) -> None:
        seconds = {test: passage.seconds for test, passage in self._passages.items()}
        running: dict[int, _Trial] = {}

        def begin(trial: _Trial) -> None:
            def work() -> None:
                trial.mutant.put_in(PACKAGE / trial.mutant.module, functions)
                trial.run(seconds)

            running[fork(work)] = trial

        def conclude() -> None:
            child, status = os.wait()
            trial = running.pop(child)
            verdicts.note(trial.mutant, trial.end(status))

        for mutant in self._mutants:
            place = PACKAGE / mutant.module, *mutant.lines
            through = [test for test, passage in self._passages.items() if passage.meets(*place)]
            if verdicts.stands(mutant):
                verdicts.note(mutant, Verdict(verdicts.killer(mutant)))
            elif tests := verdicts.to_run(mutant, through, seconds):
                while len(running) >= WORKERS:
                    conclude()
                begin(_Trial(mutant, [items[test] for test in tests]))
            else:
                verdicts.note(mutant, Verdict(covered=bool(through)))
        while running:
            conclude()
