"""How a rollout is to go: its stages, budgets and deadlines. Durations are seconds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

DEFAULT_TIMEOUT = 30 * 60.0
DEFAULT_STALL_TIMEOUT = 10 * 60.0
DEFAULT_RETRIES = 2


@dataclass(frozen=True)
class Budget:
    """How many targets of a stage may fail: a count, or a percentage of them, rounded down."""

    count: int = 0
    percent: Fraction | None = None

    def allowed(self, total: int) -> int:
        """Return the number of targets that may fail of ``total``."""
        if self.percent is None:
            return self.count
        return int(self.percent * total / 100)


@dataclass(frozen=True)
class Everywhere:
    """All targets of the application."""


@dataclass(frozen=True)
class InRegions:
    """The edge regions named; for a release ``full`` asks for the whole of each."""

    regions: tuple[str, ...]
    full: bool | None = None


@dataclass(frozen=True)
class Expression:
    """One condition on a target, as the vendor's match expressions: ``region_id In [...]``."""

    key: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Matching:
    """The targets that fulfil every expression."""

    expressions: tuple[Expression, ...]


@dataclass(frozen=True)
class Share:
    """A percentage of an environment, 1 to 100."""

    percentage: int


@dataclass(frozen=True)
class ByStrategies:
    """Whatever the vendor's own policies select, given as JSON text and passed on untouched."""

    strategies: str


@dataclass(frozen=True)
class ExactTargets:
    """Targets named one by one, as a rollback restores them."""

    targets: frozenset[str]


Selector = Everywhere | InRegions | Matching | Share | ByStrategies | ExactTargets


@dataclass(frozen=True)
class Stage:
    """One step of a rollout: where to, how long to watch it afterwards, how many may fail."""

    selector: Selector
    name: str = ""
    bake: float = 0.0
    budget: Budget = Budget()


class OnFailure(Enum):
    """What to do when a stage fails beyond its budget."""

    STOP = "stop"
    ROLLBACK = "rollback"


@dataclass(frozen=True)
class RolloutPolicy:
    """Stages in order, and the bounds that hold over all of them.

    Attributes:
        stages: At least one; a later one includes the earlier ones.
        retries: How often a failed target is started again before it counts as failed.
        timeout: Bound over all stages and bakes.
        stall_timeout: Bound on the time without any progress.
        on_failure: What happens when the budget is exceeded.
        retry_degraded: Whether the next run starts again what has failed within the budget.
    """

    stages: tuple[Stage, ...]
    retries: int = DEFAULT_RETRIES
    timeout: float = DEFAULT_TIMEOUT
    stall_timeout: float = DEFAULT_STALL_TIMEOUT
    on_failure: OnFailure = OnFailure.STOP
    retry_degraded: bool = False

    @property
    def selection(self) -> tuple[Selector, ...]:
        """What all stages select together."""
        return tuple(dict.fromkeys(stage.selector for stage in self.stages))
