"""What is known from earlier runs, so that a run goes on where another has stopped."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from workspace import LOCAL, ROOT

KEPT = LOCAL / "mutation"


class Kept:
    """A file of findings.

    Attributes:
        values: What it holds.
    """

    def __init__(self, name: str) -> None:
        self._file = KEPT / f"{name}.json"
        self.values: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            self.values = json.loads(self._file.read_text())

    def save(self) -> None:
        """Write it, in one step."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        partial = self._file.with_suffix(".partial")
        partial.write_text(json.dumps(self.values))
        partial.replace(self._file)

    def pop(self) -> dict[str, Any]:
        """Return what another process has saved in the file, and remove that."""
        values: dict[str, Any] = json.loads(self._file.read_text())
        self._file.unlink()
        return values


def states(tests: Iterable[str]) -> dict[str, str]:
    """Return what each file of tests stands for: a finding holds until the sources, what helps tests, or it change.

    Args:
        tests: The tests that are to run, as pytest calls them.
    """
    helping = [file for file in (ROOT / "tests").rglob("*.py") if not file.name.startswith("test_")]
    sources = [file for folder in ("provider", "emulator") for file in (ROOT / folder).rglob("*.py")]
    common = hashlib.sha256()
    for file in sorted([*helping, *sources]):
        common.update(file.read_bytes())
    found = {}
    for name in dict.fromkeys(file_of(test) for test in tests):
        of_file = common.copy()
        of_file.update((ROOT / name).read_bytes())
        found[name] = of_file.hexdigest()
    return found


def file_of(test: str) -> str:
    """Return the file of a test."""
    return test.partition("::")[0]
