"""A time of its own: an event loop whose clock jumps to the next timer, so that a wait of hours takes no time.

The provider's modules see this time wherever they ask for it, the calls' signatures excepted, which the emulator
holds against the real one.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import selectors
import sys
import time
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Self

import pulumi_alicloud_edge

EPOCH = 1_800_000_000.0
"""The moment at which every world begins, in seconds since the Unix epoch."""
REAL_TIME = "pulumi_alicloud_edge._cloud"
"""What signs and reads real dates keeps the real time."""


class DeadlockError(AssertionError):
    """Everything waits and nothing is due: the provider would hang for ever."""


class _Jump(selectors.SelectSelector):
    """Waits by moving the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise DeadlockError("everything waits and nothing is due")
        self.now += max(timeout, 0.0)
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return super().get_map()


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop without I/O whose time passes only where everything waits for it."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        """Return the virtual seconds since the loop was made."""
        return self._jump.now

    def epoch(self) -> float:
        """Return the virtual time in seconds since the Unix epoch."""
        return EPOCH + self._jump.now

    def advance(self, seconds: float) -> None:
        """Let time pass in which nobody does anything."""
        self.run_until_complete(asyncio.sleep(seconds))

    def drop_tasks(self) -> None:
        """End everything that is still under way, as the end of its process would."""
        tasks = asyncio.all_tasks(self)
        for task in tasks:
            task.cancel()
        if tasks:
            self.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))


_current: list[VirtualLoop] = []


def _now() -> VirtualLoop:
    if not _current:
        raise AssertionError("there is no virtual time: no world is open")
    return _current[-1]


class _Time:
    """Stands in for the module ``time``."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def monotonic(self) -> float:
        return _now().time() if _current else time.monotonic()

    def time(self) -> float:
        return _now().epoch() if _current else time.time()


class _Datetime(datetime):
    """Stands in for the class ``datetime``."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(_now().epoch() if _current else time.time(), tz)


def enter(loop: VirtualLoop) -> None:
    """Make this loop's time the one that the provider sees."""
    if not _patched:
        _patch()
    _current.append(loop)


def leave(loop: VirtualLoop) -> None:
    """Restore the time that the provider saw before."""
    _current.remove(loop)


_patched: list[str] = []


def _patch() -> None:
    """Put the stand-ins into every module of the provider; without a world they show the real time."""
    for found in pkgutil.walk_packages(pulumi_alicloud_edge.__path__, "pulumi_alicloud_edge."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    for name, module in list(sys.modules.items()):
        if not name.startswith("pulumi_alicloud_edge") or name.startswith(REAL_TIME):
            continue
        if getattr(module, "time", None) is time:
            vars(module)["time"] = _Time()
            _patched.append(name)
        if getattr(module, "datetime", None) is datetime:
            vars(module)["datetime"] = _Datetime
            _patched.append(name)
