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
        app_id: The application; for a release with its environment.
        unit: What it wants there.
        regions: The regions it is limited to; empty for no such limit.
        comparable: Whether ``regions`` tells all about its targets, so that it can be held against another's.
    """

    urn: str
    app_id: str
    unit: Unit
    regions: frozenset[str] = frozenset()
    comparable: bool = True

    def overlaps(self, app_id: str, name: str, regions: frozenset[str]) -> bool:
        """Tell whether this wants the same name on some of these regions (none: on all)."""
        same_place = not regions or not self.regions or bool(regions & self.regions)
        return self.app_id == app_id and self.unit.name == name and same_place

    def contradicts(self, other: Declaration) -> bool:
        """Tell whether this and another resource's declaration surely want different versions on a target."""
        overlapping = self.overlaps(other.app_id, other.unit.name, other.regions)
        sure = self.comparable and other.comparable
        return self.urn != other.urn and overlapping and sure and self.unit != other.unit


class Registry:
    """The declarations of one run, filled whenever a resource is checked. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_urn: dict[str, tuple[Declaration, ...]] = {}

    def declare(self, urn: str, declarations: tuple[Declaration, ...]) -> tuple[Declaration, ...]:
        """Note all that a resource wants, in place of what it was known to want; gives what others want."""
        with self._lock:
            self._by_urn[urn] = declarations
            return tuple(d for other, declared in self._by_urn.items() if other != urn for d in declared)

    def wanted(self, app_id: str, unit: Unit, regions: frozenset[str] = frozenset()) -> Declaration | None:
        """Give a declaration for which a unit must stay, None where it may be cleaned.

        Any declared version of the same name on overlapping regions counts: the name has passed to another
        resource then, and with it the older versions, which that one may have to roll back to.
        """
        with self._lock:
            declared = [d for declarations in self._by_urn.values() for d in declarations]
        return next((d for d in declared if d.overlaps(app_id, unit.name, regions)), None)
