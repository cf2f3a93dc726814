"""A release of a container version to an environment, whose progress follows from the time alone."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf

from alicloud_edge_emulator.world import Behaviour

FULL = 100


class Env(StrEnum):
    """PublishEnv."""

    STAGING = "staging"
    PROD = "prod"


class PublishType(StrEnum):
    """What a release is limited by."""

    PERCENTAGE = "percentage"
    REGION = "region"


class Cause(StrEnum):
    """Why a version is on its way."""

    PUBLISH = "publish"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of an environment that a release asks for."""

    publish_type: PublishType = PublishType.PERCENTAGE
    percentage: int = FULL
    regions: tuple[str, ...] = ()
    full_release: bool = False

    @property
    def is_full(self) -> bool:
        """Whether it is the whole environment."""
        match self.publish_type:
            case PublishType.PERCENTAGE:
                return self.percentage == FULL
            case PublishType.REGION:
                return self.full_release

    def lowers(self, former: "Scope") -> bool:
        """Return whether it is less than another scope: a smaller percentage, or without some of its regions."""
        if self.is_full:
            return False
        if former.is_full:
            return True
        if self.publish_type is not former.publish_type:
            return False  # a percentage and some regions cannot be compared
        match self.publish_type:
            case PublishType.PERCENTAGE:
                return self.percentage < former.percentage
            case PublishType.REGION:
                return not set(former.regions) <= set(self.regions)


@dataclass(frozen=True, slots=True)
class Release:
    """One version on its way to, or in, one environment.

    Its moments are fixed when it is asked for. `previous` is what the environment served before: it goes on
    being true until this release starts, and behind the part that this one has not reached.
    """

    number: int
    version: str
    cause: Cause
    scope: Scope
    requested: float
    starts: float
    due: float
    """When it arrives if its pods come up."""
    behaviour: Behaviour = Behaviour.HEALTHY
    hangs: bool = False
    lowers: bool = False
    """Whether it takes a part away from what has arrived of the same version: no pod has to come up for that."""
    previous: "Release | None" = None

    @property
    def arrives(self) -> float:
        """When it arrives; never, if its pods do not come up."""
        comes_up = self.lowers or self.behaviour is Behaviour.HEALTHY
        return self.due if comes_up and not self.hangs else inf

    def has_arrived(self, now: float) -> bool:
        """Whether the part that was asked for is reached."""
        return now >= self.arrives

    def percentage(self, now: float) -> int:
        """The share reached: it moves evenly from where the same version was to what is asked for."""
        origin = self._origin()
        if self.has_arrived(now):
            return self.scope.percentage
        if self.arrives == inf or self.due <= self.starts:
            return origin
        progress = min(1.0, max(0.0, (now - self.starts) / (self.due - self.starts)))
        return int(origin + (self.scope.percentage - origin) * progress)

    def _origin(self) -> int:
        if self.previous is None or self.previous.version != self.version:
            return 0
        return self.previous.percentage(self.starts)

    def served_before(self, *, wholly: bool = False) -> str:
        """The version that was deployed, or wholly deployed, when this release started; may be empty."""
        previous = self.previous
        while previous is not None:
            if previous.has_arrived(self.starts) and (previous.scope.is_full or not wholly):
                return previous.version
            previous = previous.previous
        return ""

    def baseline(self) -> str:
        """The version that last had the whole environment before this one; what a rollback falls back on.

        The vendor names BaseLineVersion without defining it. Further steps of the same version keep it, and
        a rollback has the version that it returns to.
        """
        if self.cause is Cause.ROLLBACK:
            return self.version
        previous = self.previous
        while previous is not None:
            if (
                previous.version != self.version
                and previous.scope.is_full
                and previous.has_arrived(self.starts)
            ):
                return previous.version
            previous = previous.previous
        return ""

    def after(self, previous: "Release | None") -> "Release":
        """This release as the successor of another; history is kept as far as it can matter."""
        return replace(self, previous=None if previous is None else _trimmed(previous, _KEPT_HISTORY))


_KEPT_HISTORY = 20


def _trimmed(release: Release, depth: int) -> Release:
    if release.previous is None:
        return release
    if depth == 0:
        return replace(release, previous=None)
    return replace(release, previous=_trimmed(release.previous, depth - 1))


def current(newest: Release | None, now: float) -> Release | None:
    """The release that counts by now: one that starts later does not yet."""
    while newest is not None and now < newest.starts:
        newest = newest.previous
    return newest
