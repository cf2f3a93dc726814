"""What became of each change, now and in earlier runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mutation.kept import Kept, file_of
from mutation.mutants import Mutant


@dataclass(frozen=True)
class Verdict:
    """What became of a change: the test that noticed it, or none, and whether any goes through its lines."""

    killer: str = ""
    covered: bool = True


class Verdicts:
    """The verdicts of a run, and what is still true of those of earlier runs.

    Attributes:
        found: This run's, by the key of the change.
    """

    def __init__(self, expected: int, current: Mapping[str, str]) -> None:
        self.found: dict[str, Verdict] = {}
        self._kept = Kept("verdicts")
        self._expected = expected
        self._current = current
        self._noticed: Counter[tuple[str, str]] = Counter()

    def note(self, mutant: Mutant, verdict: Verdict) -> None:
        """Take up what became of a change, and say now and then how far the run is.

        Args:
            mutant: The change.
            verdict: What became of it.
        """
        killer = verdict.killer
        self.found[mutant.key] = verdict
        self._noticed.update([(mutant.function, killer), (mutant.module, killer)])
        of = (
            {file_of(killer): self._current[file_of(killer)]}
            if killer
            else {**self._passed(mutant), **self._current}
        )
        self._kept.values[mutant.key] = {"killer": killer, "of": of}
        if len(self.found) % 25 == 0 or len(self.found) == self._expected:
            self._kept.save()
            unnoticed = sum(not verdict.killer for verdict in self.found.values())
            print(f"{len(self.found)} of {self._expected} judged, {unnoticed} unnoticed", flush=True)

    def killer(self, mutant: Mutant) -> str:
        """Return the test that has noticed a change before."""
        return str(self._earlier(mutant)["killer"])

    def stands(self, mutant: Mutant) -> bool:
        """Return whether that would notice it again."""
        file = file_of(self.killer(mutant))
        return file in self._current and self._earlier(mutant)["of"].get(file) == self._current[file]

    def to_run(self, mutant: Mutant, tests: Iterable[str], seconds: Mapping[str, float]) -> list[str]:
        """Return the tests to run against a change: first those that are likely to notice it, then fast ones.

        Args:
            mutant: The change.
            tests: Those that go through it; some of them may have passed before.
            seconds: How long each takes.
        """
        before, passed = self.killer(mutant), self._passed(mutant)

        def order(test: str) -> tuple[bool, int, int, float]:
            noticed = self._noticed[mutant.function, test], self._noticed[mutant.module, test]
            return test != before, -noticed[0], -noticed[1], seconds[test]

        left = (test for test in tests if passed.get(file_of(test)) != self._current[file_of(test)])
        return sorted(left, key=order)

    def _passed(self, mutant: Mutant) -> dict[str, str]:
        """Return the files of tests that have not noticed a change, in the state that they had then."""
        earlier = self._earlier(mutant)
        return {} if earlier["killer"] else dict(earlier["of"])

    def _earlier(self, mutant: Mutant) -> dict[str, Any]:
        nothing: dict[str, Any] = {"killer": "", "of": {}}
        return self._kept.values.get(mutant.key, nothing)  # type: ignore[no-any-return]
