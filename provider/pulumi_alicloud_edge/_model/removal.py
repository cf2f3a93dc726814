"""What may be cleaned, and what is left: the decisions of the gate (`_reconcile.gate`), as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.policy import Selector


class LeftBecause(Enum):
    """Why something is left as it is."""

    DECLARED = "declared"
    REMEMBERED = "remembered"
    SHARED = "shared"
    REGION_UNKNOWN = "region_unknown"
    BEFORE_UNKNOWN = "before_unknown"
    CHANGED_SINCE = "changed_since"
    NOT_REACHED = "not_reached"


class Wanted(NamedTuple):
    """An artifact that is to be cleaned from a selection.

    Attributes:
        artifact: The artifact.
        selectors: The selection.
        until: The cloud's time after which a newer arrival belongs to somebody else; empty for no such time.
    """

    artifact: Artifact
    selectors: tuple[Selector, ...]
    until: str = ""


@dataclass(frozen=True)
class Left:
    """Something that is not cleaned.

    Attributes:
        artifact: The artifact that stays.
        reason: Why.
        targets: On which targets.
        region: The region, empty where it is not about one.
        urn: The resource that declares it there, if that is why.
        is_retained: Whether that resource never cleans it, so that it stays for good.
    """

    artifact: Artifact
    reason: LeftBecause
    targets: frozenset[str]
    region: str = ""
    urn: str = ""
    is_retained: bool = False


@dataclass(frozen=True)
class Cleaning:
    """One region from which an artifact may be cleaned, and the instances that hold it there.

    ``asked`` is the request to the gate, which is repeated before the cleaning is.
    """

    artifact: Artifact
    region: str
    targets: frozenset[str]
    asked: tuple[Wanted, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Permit:
    """What may be cleaned, and what is left."""

    cleanings: tuple[Cleaning, ...] = ()
    left: tuple[Left, ...] = ()

    def __add__(self, other: Permit) -> Permit:
        """Join two."""
        return Permit(self.cleanings + other.cleanings, self.left + other.left)

    def cleaned_of(self, artifact: Artifact) -> frozenset[str]:
        """Return the targets from which an artifact may be cleaned."""
        return frozenset().union(*(each.targets for each in self.cleanings if each.artifact == artifact))
