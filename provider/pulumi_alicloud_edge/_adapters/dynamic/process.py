"""Adapts the host of this process, once."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable

from pulumi_alicloud_edge._adapters.dynamic import cancellation
from pulumi_alicloud_edge._adapters.dynamic.cancellation import forward_cancel
from pulumi_alicloud_edge._adapters.dynamic.display import EngineDisplay
from pulumi_alicloud_edge._adapters.dynamic.engine import end_with_engine, engine_address, is_dynamic_host
from pulumi_alicloud_edge._adapters.dynamic.executor import raise_worker_limit
from pulumi_alicloud_edge._adapters.dynamic.tracebacks import quieten_tracebacks

_display: EngineDisplay | None = None
_adapted = False
_lock = threading.Lock()


def display() -> EngineDisplay:
    """Return the display of this process, the same one in every thread."""
    global _display  # noqa: PLW0603
    with _lock:
        if _display is None:
            _display = EngineDisplay(engine_address())
        return _display


def adapt(on_cancel: Callable[[], None]) -> None:
    """Adapt the host of this process. Does nothing elsewhere, or a second time.

    Args:
        on_cancel: Called when the user presses Ctrl-C, from any thread.
    """
    global _adapted  # noqa: PLW0603
    with _lock:
        if _adapted or not is_dynamic_host():
            return
        _adapted = True
    cancellation.on_cancel(on_cancel)
    gc.freeze()  # Pulumi's modules stay loaded: collecting garbage among them takes longer than most calls
    end_with_engine(engine_address())
    main = sys.modules["__main__"]
    for reached, loss in (
        (raise_worker_limit(threading.current_thread()), "only four resources roll out at a time"),
        (forward_cancel(main), "Ctrl-C waits for the rollouts under way"),
        (quieten_tracebacks(main), "errors come with a traceback"),
    ):
        if not reached:
            display().warn(
                f"This version of Pulumi's dynamic host is not fully supported: {loss}. Everything else works."
            )
