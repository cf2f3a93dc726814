"""How much of an environment a version of a container app serves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pulumi_alicloud_edge._model.policy import InRegions, Share

WHOLE = 100
Part = Share | InRegions
"""A part of an environment, as a publish call selects it."""


@dataclass(frozen=True)
class Serving:
    """A version and the part of an environment that it serves.

    Attributes:
        version: Empty where the environment serves nothing.
        part: How much of the environment; None where that is not known.
    """

    version: str = ""
    part: Part | None = None


@dataclass(frozen=True)
class EnvironmentStatus:
    """What an environment showed when it was read.

    Attributes:
        version: The version that it runs or is moving to.
        percentage: How much of it that version has reached.
        serves: What it serves.
        goes_to: The part that its version has reached or is to reach.
        whole_before: The version that the cloud says had the whole of it last (BaseLineVersion).
    """

    version: str
    percentage: int
    serves: Serving
    goes_to: Part | None
    whole_before: str

    @property
    def on_its_way_to(self) -> Part | None:
        """The part that the version served is to reach, None where it stands."""
        moves = self.serves.version == self.version and self.goes_to != self.serves.part
        return self.goes_to if moves else None


@dataclass(frozen=True)
class Environment:
    """What an environment shows to who looks at it again and again.

    Attributes:
        first: At the first look.
        now: At the last one.
    """

    first: EnvironmentStatus
    now: EnvironmentStatus


def same_part(one: Part | None, other: Part | None) -> bool:
    """Return whether two parts are known and the same."""
    match one, other:
        case Share(), Share():
            return one == other
        case InRegions(regions, full), InRegions(others, as_full):
            return set(regions) == set(others) and bool(full) == bool(as_full)
        case _:
            return False


def show_part(part: Part) -> str:
    """Return a part as text: ``10 %``, or the names of its regions."""
    if isinstance(part, Share):
        return f"{part.percentage} %"
    return ", ".join(sorted(part.regions)) + (" in full" if part.full else "")


def seconds_until(start_time: str, now: datetime) -> float:
    """Return the seconds until a start time, the vendor's text; without end if it is none."""
    try:
        at = datetime.strptime(start_time, "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return float("inf")
    return (at - now).total_seconds()
