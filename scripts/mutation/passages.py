"""Which test goes through which lines: a change is judged by the tests that go through it, and by no other."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from mutation.kept import Kept, file_of

WORKERS = os.cpu_count() or 1


@dataclass
class Passage:
    """How long a test takes, and through which lines it goes.

    Attributes:
        seconds: Of the processor.
        failed: Whether it failed, with nothing changed.
        lines: The lines by file.
        of: The state of its file that this holds for.
    """

    seconds: float = 0.0
    failed: bool = False
    lines: dict[str, list[int]] = field(default_factory=dict)
    of: str = ""

    def meets(self, file: Path, first: int, last: int) -> bool:
        """Return whether the test goes through one of some lines of a file."""
        return any(first <= line <= last for line in self.lines.get(str(file), ()))


class Tracing:
    """The pytest plugin's part that runs every test once, with nothing changed."""

    def __init__(self, package: Path) -> None:
        self._package = f"{package}/"
        self._current = Passage()

    def failed(self) -> None:
        """Take note that the test under way has failed."""
        self._current.failed = True

    def passages(self, items: Sequence[pytest.Item], current: Mapping[str, str]) -> dict[str, Passage]:
        """Return the passages of some tests; those of an earlier run where nothing has changed since.

        Args:
            items: The tests.
            current: The states of their files.
        """
        kept = Kept("passages")
        known = {t: entry for t, entry in kept.values.items() if entry["of"] == current.get(file_of(t))}
        missing = [item for item in items if item.nodeid not in known]
        if missing:
            print(f"Running {len(missing)} tests, to see which goes through what ...", flush=True)
        parts = [(missing[part::WORKERS], Kept(f"passages-{part}")) for part in range(WORKERS)]
        children = [fork(lambda those=those, part=part: self._trace(those, part)) for those, part in parts]  # type: ignore[misc]
        for child, (those, part) in zip(children, parts, strict=True):
            os.waitpid(child, 0)
            passages = part.pop()
            known |= {
                item.nodeid: passages[item.nodeid] | {"of": current[file_of(item.nodeid)]} for item in those
            }
        kept.values = known
        kept.save()
        return {item.nodeid: Passage(**{**known[item.nodeid], "of": ""}) for item in items}

    def _trace(self, items: Sequence[pytest.Item], kept: Kept) -> None:
        for item, following in zip_longest(items, items[1:]):
            self._current = Passage()
            started = time.process_time()
            with self._traced() as lines:
                item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            self._current.seconds = time.process_time() - started
            self._current.lines = {name: sorted(numbers) for name, numbers in lines.items()}
            kept.values[item.nodeid] = asdict(self._current)
        kept.save()

    @contextmanager
    def _traced(self) -> Iterator[dict[str, set[int]]]:
        found: dict[str, set[int]] = {}

        def begin(frame: FrameType, _event: str, _argument: Any) -> Callable[..., Any] | None:
            name = frame.f_code.co_filename
            if not name.startswith(self._package):
                return None
            lines = found.setdefault(name, set())

            def note(frame: FrameType, event: str, _argument: Any) -> Callable[..., Any]:
                if event == "line":
                    lines.add(frame.f_lineno)
                return note

            return note

        threading.settrace(begin)
        sys.settrace(begin)
        try:
            yield found
        finally:
            sys.settrace(None)
            threading.settrace(None)


def fork(work: Callable[[], None]) -> int:
    """Do something in a fork of this process; its number.

    The fork says nothing, and ends with 0 where the work came to its end.

    Args:
        work: What to do.
    """
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        work()
        code = 0
    finally:
        os._exit(code)
