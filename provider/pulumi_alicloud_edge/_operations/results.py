"""What operations return."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Checked:
    """Inputs that are in order.

    Attributes:
        impact: What rolling them out would touch, in one line; empty for nothing, or where that is not known.
    """

    impact: str = ""


@dataclass(frozen=True)
class Difference:
    """How what is stored differs from what is declared and from what the cloud shows.

    Attributes:
        properties: The inputs that have changed, by name.
        replaces: Those of them whose change replaces the resource.
        unfinished: Whether the last rollout has not ended well, so that it goes on whatever was edited.
        unknown: Whether inputs are not known yet, so that nobody can tell.
        drifted: Whether the cloud shows something else than what is declared.
        beside: Whether other resources declare the like since, which the state is to remember.
        impact: What the update would touch, where the check, which knows the inputs before and not the outputs, could
            not tell all of it; empty where it could, or for nothing.
    """

    properties: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    unfinished: bool = False
    unknown: bool = False
    drifted: bool = False
    beside: bool = False
    impact: str = ""

    @property
    def changes(self) -> bool:
        """Whether the resource is to be updated or replaced."""
        reasons = (self.unfinished, self.unknown, self.drifted, self.beside)
        return bool(self.properties or self.replaces) or any(reasons)


@dataclass(frozen=True)
class Created:
    """A resource that is as declared.

    Attributes:
        id: Its id.
        outputs: The properties to store.
    """

    id: str
    outputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Updated:
    """A resource that is as declared again; ``outputs`` are the properties to store."""

    outputs: dict[str, Any]


@dataclass(frozen=True)
class Read:
    """A resource that exists; ``outputs`` are its properties as the cloud shows them now."""

    outputs: dict[str, Any]


@dataclass(frozen=True)
class Gone:
    """A resource that does not exist any more."""
