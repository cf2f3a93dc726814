"""How many operations the host runs at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

WIDTH = 256
"""Operations that may run at a time; they mostly wait. The engine's own ``--parallel`` bounds them further."""


class _NeverIdle:
    """Stands in for an executor's count of idle threads: every call that comes gets a thread of its own.

    The count is wrong after calls have queued before the limit is raised (each of them counts as idle when it ends),
    and later calls, such as Cancel, would wait behind rollouts that take hours.
    """

    def acquire(self, *_args: Any, **_kwargs: Any) -> bool:
        """Return that no thread is idle."""
        return False

    def release(self) -> None:
        """Ignore a thread that is idle now."""


def raise_worker_limit(thread: threading.Thread) -> bool:
    """Let the executor that this worker thread belongs to run more than four operations at a time."""
    try:
        executor = thread._args[0]()  # type: ignore[attr-defined]  # noqa: SLF001
        if not isinstance(executor, ThreadPoolExecutor):
            return False
        _ = executor._idle_semaphore  # noqa: SLF001
        executor._max_workers = max(executor._max_workers, WIDTH)  # noqa: SLF001
        executor._idle_semaphore = _NeverIdle()  # type: ignore[assignment]  # noqa: SLF001
        for _ in range(executor._work_queue.qsize()):  # noqa: SLF001
            executor._adjust_thread_count()  # noqa: SLF001
    except (AttributeError, IndexError, TypeError):
        return False
    return True
