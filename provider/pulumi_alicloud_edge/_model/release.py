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
        rest: The version that serves the rest of it; empty where there is none, or that is not known.
    """

    version: str = ""
    part: Part | None = None
    rest: str = ""


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

    def had_whole(self, version: str) -> bool:
        """Return whether a version has, or had before a part of it was replaced, the whole environment."""
        has = self.serves.version == version and self.serves.part == Share(WHOLE)
        return has or self.whole_before == version

    @property
    def moves(self) -> bool:
        """Whether another version, or another part of it, is on its way."""
        return self.serves.version != self.version or self.goes_to != self.serves.part

    @property
    def on_its_way_to(self) -> Part | None:
        """The part that the version served is to reach, None where it stands."""
        return self.goes_to if self.moves and self.serves.version == self.version else None


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
