"""The conductor against the simulated cloud: time passes only in its sleeps, and calls fail by plan."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from tests.rollout.world import ASSETS, AnswerLost, SimulatedCloud, policy

from pulumi_alicloud_edge._delivery.run_context import Interrupt, RunContext
from pulumi_alicloud_edge._delivery.runner import RolloutResult, carry_out, remove
from pulumi_alicloud_edge._errors import (
    CloudError,
    EdgeError,
    MalformedResponseError,
    NotFoundError,
    PermissionDeniedError,
    RejectedError,
    ResponseLostError,
    ThrottledError,
    UnavailableError,
    UnreachableError,
)
from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._model.outcome import Progress
from pulumi_alicloud_edge._model.policy import RolloutPolicy
from pulumi_alicloud_edge._model.removal import Cleaning, Permit
from pulumi_alicloud_edge._reconcile.decisions import Desired, StartRequest, StartResponse
from pulumi_alicloud_edge._reconcile.removal import AwaitRemoval


def refusal(kind: type[CloudError]) -> CloudError:
    return kind(action="DistApplicationData", code="No", message="no", status=400, request_id="REQ-9")


def lost() -> ResponseLostError:
    error = ResponseLostError(action="DistApplicationData", endpoint="ens", cause="reset")
    error.effect_unclear = True
    return error


def unreachable() -> UnreachableError:
    return UnreachableError(action="DescribeDataDistResult", endpoint="ens", cause="refused")


TRANSIENT_ERRORS: list[Callable[[], EdgeError]] = [
    lambda: refusal(ThrottledError),
    lambda: refusal(UnavailableError),
    lambda: refusal(MalformedResponseError),
    unreachable,
    lost,
]
FINAL: list[Callable[[], EdgeError]] = [
    lambda: refusal(PermissionDeniedError),
    lambda: refusal(RejectedError),
    lambda: refusal(NotFoundError),
]


@dataclass
class Heard:
    """All that a listener was told."""

    progresses: list[Progress] = field(default_factory=list)
    removals: list[AwaitRemoval] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)

    def progress(self, progress: Progress) -> None:
        self.progresses.append(progress)

    def removal(self, removal: AwaitRemoval) -> None:
        self.removals.append(removal)

    def transient_error(self, error: Exception) -> None:
        self.troubles.append(error)


@dataclass
class Scene:
    """A cloud, a time and a conductor.

    Attributes:
        outages: Seconds between which reads fail, and with what.
        start_errors: What comes of the next starts, in turn; None for an answer.
        at: What happens once at which time.
        read_afresh: When an observation with a new inventory was asked for.
    """

    cloud: SimulatedCloud
    plan: RolloutPolicy = field(default_factory=policy)
    outages: list[tuple[float, float, Callable[[], EdgeError]]] = field(default_factory=list)
    start_errors: list[EdgeError | None] = field(default_factory=list)
    at: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    heard: Heard = field(default_factory=Heard)
    interrupt: Interrupt = field(default_factory=Interrupt)
    clean_errors: list[EdgeError | None] = field(default_factory=list)
    cleaned: list[Cleaning] = field(default_factory=list)
    read_afresh: list[float] = field(default_factory=list)
    naps: int = 0

    @property
    def around(self) -> RunContext:
        return RunContext(
            clock=lambda: self.cloud.now,
            sleep=self.sleep,
            interrupt=self.interrupt,
            listener=self.heard,
        )

    async def sleep(self, seconds: float) -> None:
        self.naps += 1
        assert self.naps < 10_000, "comes to no end"
        self.cloud.now += seconds
        due = [event for event in self.at if event[0] <= self.cloud.now]
        self.at = [event for event in self.at if event not in due]
        for _, happens in due:
            happens()

    async def observe(self, *, afresh: bool = False) -> Observation:
        if afresh:
            self.read_afresh.append(self.cloud.now)
        for begin, end, error in self.outages:
            if begin <= self.cloud.now < end:
                raise error()
        return self.cloud.observe(self.plan.stages)

    async def start(self, request: StartRequest) -> StartResponse:
        error = self.start_errors.pop(0) if self.start_errors else None
        if error is not None:
            self.cloud.requests.append((self.cloud.now, request))
            raise error
        try:
            return self.cloud.start(request)
        except AnswerLost:
            raise lost() from None

    async def clean(self, cleaning: Cleaning) -> None:
        self.cleaned.append(cleaning)
        error = self.clean_errors.pop(0) if self.clean_errors else None
        if error is not None:
            raise error
        self.cloud.records.pop(cleaning.artifact, None)

    async def permit_again(self, cleanings: Collection[Cleaning]) -> Permit:
        return Permit(tuple(cleanings))

    async def carry_out(self, *artifacts: Artifact, starts_in: float = 0.0) -> RolloutResult:
        return await carry_out(
            self, Desired(artifacts or (ASSETS,)), self.plan, self.around, starts_in=starts_in
        )

    async def remove(self, *cleanings: Cleaning, within: float = 600.0) -> None:
        await remove(self, cleanings or (self.cleaning,), self.around, within=within)

    @property
    def cleaning(self) -> Cleaning:
        """What cleans all that the cloud has."""
        return Cleaning(ASSETS, "a", frozenset(self.cloud.scripts))
