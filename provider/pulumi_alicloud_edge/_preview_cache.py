"""What a preview has found out about a resource, for the operations that follow.

The engine checks a resource, then compares it, then updates it. The diff reuses what the check has read,
and the update uses the drift that the diff has found. Each finding is about one resource and is used once, by the next
operation; a new check replaces older findings.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_alicloud_edge._errors import FieldError
    from pulumi_alicloud_edge._model.observation import Observation
    from pulumi_alicloud_edge._reconcile.drift import Drift


@dataclass(frozen=True)
class Look:
    """What a look at the cloud showed.

    Attributes:
        observation: What is there; None where the look showed nothing.
        unknown: Why it showed nothing.
        field_errors: What it showed to be wrong with the inputs.
        impact: What rolling the inputs out would touch, as far as a check can tell.
        leaves_behind: Whether it would clean or retain anything, as far as a check can tell.
    """

    observation: Observation | None
    unknown: str = ""
    field_errors: tuple[FieldError, ...] = ()
    impact: str = ""
    leaves_behind: bool = False


class PreviewCache:
    """The findings of one process, by URN. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looks: dict[str, tuple[Any, Look]] = {}
        self._drifts: dict[str, Drift] = {}
        self._beside: set[str] = set()

    def keep_look(self, urn: str, inputs: object, look: Look) -> None:
        """Keep what a check of some inputs has seen, until the diff that follows takes it."""
        with self._lock:
            self._looks[urn] = inputs, look
            self._drifts.pop(urn, None)
            self._beside.discard(urn)

    def look(self, urn: str, inputs: object) -> Look | None:
        """Return what the check of the same inputs has seen, and keep it; None where it was of others."""
        with self._lock:
            found = self._looks.get(urn)
        return found[1] if found is not None and found[0] == inputs else None

    def take_look(self, urn: str, inputs: object) -> Look | None:
        """Return what the check of the same inputs has seen, once; None where it was of others."""
        with self._lock:
            found = self._looks.pop(urn, None)
        return found[1] if found is not None and found[0] == inputs else None

    def keep_drift(self, urn: str, drift: Drift) -> None:
        """Keep what a diff has found drifted, until the update that repairs it takes it."""
        with self._lock:
            self._drifts[urn] = drift

    def take_drift(self, urn: str) -> Drift | None:
        """Return what the diff has found drifted, once; None for nothing."""
        with self._lock:
            return self._drifts.pop(urn, None)

    def keep_beside(self, urn: str) -> None:
        """Keep that a diff has found only new neighbours, until the update takes it."""
        with self._lock:
            self._beside.add(urn)

    def is_beside(self, urn: str) -> bool:
        """Return whether all that the diff has found is what others declare, and keep that."""
        with self._lock:
            return urn in self._beside

    def take_beside(self, urn: str) -> bool:
        """Return, once, whether the diff has found only new neighbours."""
        with self._lock:
            found = urn in self._beside
            self._beside.discard(urn)
            return found
