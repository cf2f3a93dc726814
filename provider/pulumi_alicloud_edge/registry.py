"""What the resources of this run have declared, so that none wipes what another one still wants."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from pulumi_alicloud_edge.model.observation import Unit


@dataclass(frozen=True)
class Declaration:
    """One unit that one resource wants on an application.

    Attributes:
        urn: The resource that declares it.
        regions: The regions it is limited to; empty for no such limit.
    """

    urn: str
    app_id: str
    unit: Unit
    regions: frozenset[str] = frozenset()


class Registry:
    """The declarations of one run, filled whenever a resource is checked. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_urn: dict[str, tuple[Declaration, ...]] = {}

    def declare(self, urn: str, declarations: tuple[Declaration, ...]) -> None:
        """Note all that a resource wants, in place of what it was known to want."""
        with self._lock:
            self._by_urn[urn] = declarations

    def wanted(self, app_id: str, unit: Unit, regions: frozenset[str] = frozenset()) -> Declaration | None:
        """Give a declaration for which a unit must stay, None where it may be cleaned.

        Any declared version of the same name on overlapping regions counts: the name has passed to another
        resource then, and with it the older versions, which that one may have to roll back to.
        """
        with self._lock:
            declared = [d for declarations in self._by_urn.values() for d in declarations]
        for other in declared:
            same_place = not regions or not other.regions or bool(regions & other.regions)
            if other.app_id == app_id and other.unit.name == unit.name and same_place:
                return other
        return None
