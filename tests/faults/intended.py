"""What is to come of an operation that meets a trouble, reasoned from what the product promises.

- What a call may be repeated after is repeated, and the user reads nothing of it.
- A start whose answer is lost may have begun: what the cloud shows decides whether it is made again.
- What does not pass fails the operation with a message. Nothing having begun, the state is as it was; something having
  begun, or perhaps begun, the state is kept as failed, so that the next run goes on from there.
- A check and a diff are never in the way: what cannot be looked at is said in one line.
- Pushed data cannot be removed and a release cannot be unpublished, so deleting them asks the cloud for nothing.
"""

from dataclasses import dataclass, replace

from tests.faults.phases import AS_BEFORE, NOTHING, Phase
from tests.faults.subjects import Subject


@dataclass(frozen=True)
class Intent:
    """One outcome.

    Attributes:
        outcome: As `Came.outcome`.
        starts: How many calls that change anything take effect during the operation.
        state: As `Came.state`.
        total: The same count after the next run, None for what the phase usually takes: nothing is started twice.
        leaves: Why the cloud is not as declared in the end; empty if it is.
    """

    outcome: str
    starts: int
    state: str
    total: int | None = None
    leaves: str = ""


@dataclass(frozen=True)
class Explained:
    """What comes instead of what is intended, and why that is right all the same."""

    comes: Intent
    note: str


NO_START = "it makes no call that changes anything"
FAILS = Intent("error", 0, AS_BEFORE)
"""Refused, and nothing begun."""
LOST = Intent("error", 0, "failed")
"""Nothing took effect, but it may have, as far as can be known."""
STUCK = Intent("error", 1, "failed")
"""Begun, and not come to its end."""


@dataclass(frozen=True)
class Intents:
    """The outcomes of one trouble in all phases; a phase in which it makes no sense has none, but a reason."""

    change: Intent
    refresh: Intent | str
    delete: Intent | str
    diff: Intent | str

    def of(self, phase: Phase, subject: Subject) -> Intent | str:
        """Return the outcome that is intended, or why there is none."""
        match phase:
            case Phase.CREATE | Phase.UPDATE:
                return self.change
            case Phase.REFRESH:
                return self.refresh
            case Phase.DELETE:
                return self._removed(subject) if subject.actions.remove else Intent("ok", 0, NOTHING)
            case Phase.DIFF:
                return self.diff

    def _removed(self, subject: Subject) -> Intent | str:
        """Return the outcome of a delete, which is declared by artifact: each is cleaned region by region."""
        if isinstance(self.delete, str):
            return self.delete
        total = None if self.delete.total is None else self.delete.total * subject.regions
        return replace(self.delete, starts=self.delete.starts * subject.regions, total=total)


def usual_total(phase: Phase, subject: Subject) -> int:
    """Return how many calls bring a resource to where it is to be, all in all."""
    match phase:
        case Phase.CREATE | Phase.UPDATE | Phase.DIFF:
            return 1
        case Phase.REFRESH:
            return 0
        case Phase.DELETE:
            return subject.regions if subject.actions.remove else 0


PASSES = Intents(
    change=Intent("ok", 1, "converged"),
    refresh=Intent("ok", 0, "converged"),
    delete=Intent("ok", 1, NOTHING),
    diff=Intent("seen", 0, AS_BEFORE),
)
"""It is outlasted."""
STAYS = Intents(change=FAILS, refresh=FAILS, delete=FAILS, diff=Intent("told", 0, AS_BEFORE))
"""It does not pass before the operation gives up."""
