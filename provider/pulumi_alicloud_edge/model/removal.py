"""What may be taken away, and what is left: the answers of the gate (`reconcile.gate`), as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from pulumi_alicloud_edge.model.observation import Unit
from pulumi_alicloud_edge.model.policy import Scope


class LeftBecause(Enum):
    """Why something is left as it is."""

    DECLARED = "declared"
    REMEMBERED = "remembered"
    SHARED = "shared"
    REGION_UNKNOWN = "region_unknown"
    BEFORE_UNKNOWN = "before_unknown"
    CHANGED_SINCE = "changed_since"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True)
class Left:
    """Something that is not taken away.

    Attributes:
        unit: The artifact that stays.
        reason: Why.
        targets: On which targets.
        region: The region, empty where it is not about one.
        urn: The resource that declares it there, if that is why.
    """

    unit: Unit
    reason: LeftBecause
    targets: frozenset[str]
    region: str = ""
    urn: str = ""


@dataclass(frozen=True)
class Cleaning:
    """One region from which an artifact may be cleaned, and the instances that hold it there.

    ``scopes`` is the selection that it is cleaned from, by which the gate is asked again before it is repeated.
    """

    unit: Unit
    region: str
    targets: frozenset[str]
    scopes: tuple[Scope, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Permit:
    """What may be cleaned, and what is left."""

    cleanings: tuple[Cleaning, ...] = ()
    left: tuple[Left, ...] = ()

    def __add__(self, other: Permit) -> Permit:
        """Join two."""
        return Permit(self.cleanings + other.cleanings, self.left + other.left)
