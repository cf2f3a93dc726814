"""Shows a rollout on the resource's own line: when something changes, and at least once a minute."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_alicloud_edge._errors import EdgeError
from pulumi_alicloud_edge._model.outcome import Progress
from pulumi_alicloud_edge._operations.context import ProgressSink
from pulumi_alicloud_edge._reconcile.removal import AwaitRemoval
from pulumi_alicloud_edge._resources.messages import TargetLabel, explain, progress_line, removal_line

AT_LEAST_EVERY = 30.0
"""Seconds; with the longest wait between two looks, a line comes at least once a minute."""


class LineListener:
    """Writes progress beside one resource.

    Args:
        sink: Where it goes.
        urn: The resource.
        label: What its targets are called.
        clock: Seconds.
        doing: What goes before each line, such as ``rolling back: ``.
    """

    def __init__(
        self, sink: ProgressSink, urn: str, label: TargetLabel, clock: Callable[[], float], doing: str = ""
    ) -> None:
        self._doing = doing
        self._sink = sink
        self._urn = urn
        self._label = label
        self._clock = clock
        self._last: tuple[object, ...] = ()
        self._last_at = float("-inf")

    def progress(self, progress: Progress) -> None:
        """Show how far a rollout is."""
        numbers = (progress.stage, progress.done, progress.failed, progress.total)
        what = (*numbers, progress.detail, progress.baking is not None, progress.again)
        self._show(what, progress_line(progress, self._label))

    def removal(self, removal: AwaitRemoval) -> None:
        """Show how much is left."""
        self._show((removal.left,), removal_line(removal.left, self._label))

    def transient_error(self, error: Exception) -> None:
        """Show that the cloud cannot be read at the moment."""
        words = explain(error) if isinstance(error, EdgeError) else str(error)
        self._show((words,), f"trying again: {words.splitlines()[0]}")

    def _show(self, what: tuple[object, ...], text: str) -> None:
        now = self._clock()
        if what != self._last or now - self._last_at >= AT_LEAST_EVERY:
            self._last, self._last_at = what, now
            self._sink.status(self._urn, self._doing + text)
