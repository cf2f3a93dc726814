"""The runner: observes, asks the core, does what it decides, until a rollout or a removal is over."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from pulumi_alicloud_edge._delivery.port import Port, RemovingPort
from pulumi_alicloud_edge._delivery.run_context import InterruptedWaitError, RunContext
from pulumi_alicloud_edge._errors import (
    CloudError,
    EdgeError,
    MalformedResponseError,
    RemovalError,
    ThrottledError,
    TransportError,
    UnavailableError,
)
from pulumi_alicloud_edge._model.observation import Observation
from pulumi_alicloud_edge._model.outcome import Outcome
from pulumi_alicloud_edge._model.policy import RolloutPolicy
from pulumi_alicloud_edge._model.removal import Cleaning, Left
from pulumi_alicloud_edge._reconcile.baseline import Baseline
from pulumi_alicloud_edge._reconcile.decisions import (
    CONFIRMED_AFTER,
    Confirm,
    Desired,
    Finish,
    Start,
    StartRequest,
    StartResponse,
    Wait,
)
from pulumi_alicloud_edge._reconcile.poll_interval import PollInterval, Sample
from pulumi_alicloud_edge._reconcile.removal import AwaitRemoval, Clean, Removal, Removed, StillThere
from pulumi_alicloud_edge._reconcile.rollout import Memory, Rollout

T = TypeVar("T")

TRANSIENT_ERRORS = (ThrottledError, UnavailableError, MalformedResponseError, TransportError)
"""Errors that a rollout under way outlasts. Among a thousand responses, one may be garbled or come from a proxy."""
RETRY_PAUSE_MIN, RETRY_PAUSE_MAX = 5.0, 15.0
"""Seconds, the bounds of a pause before the status is read again; it grows with the time since the first error."""


@dataclass(frozen=True)
class RolloutResult:
    """How a rollout ended.

    Attributes:
        outcome: How.
        seen: The observation judged last.
        baseline: What targets ran before it started anything on them.
        selected: The targets of all its stages, as far as they are in view.
        served: The targets that the answers to its starts have named.
        error: The error that ended it, where it was one.
    """

    outcome: Outcome
    seen: Observation
    baseline: Baseline
    selected: frozenset[str] = frozenset()
    served: frozenset[str] = frozenset()
    error: EdgeError | None = None


async def carry_out(
    port: Port,
    desired: Desired,
    policy: RolloutPolicy,
    context: RunContext,
    *,
    starts_in: float = 0.0,
    memory: Memory | None = None,
) -> RolloutResult:
    """Bring about what is desired, and watch it until it is so, has failed, or the run is told to stop."""
    began = context.now()
    rollout = Rollout(desired, policy, began, starts_in=starts_in, memory=memory)
    watch = _Watch(port, context, retry_for=policy.stall_timeout, until=began + starts_in + policy.timeout)
    poll_interval = PollInterval()
    afresh = is_under_way = False
    try:
        while True:
            observation = await watch.observe(afresh=afresh)
            afresh = False
            decision = rollout.decide(observation, context.now())
            match decision:
                case Start(requests):
                    for request in requests:
                        await _start(rollout, port, request, context, outlasts=is_under_way)
                    watch.outlast_transient_errors = is_under_way = True
                case Wait(progress, until):
                    context.listener.progress(progress)
                    watch.outlast_transient_errors = is_under_way = True
                    sample = Sample(context.now(), progress.share, progress.stage)
                    await context.pause(poll_interval.wait(sample), until)
                case Confirm(at):
                    watch.outlast_transient_errors = True  # it has been seen that the cloud can be read
                    await context.pause(at - context.now(), at)
                    rollout.refreshed(context.now())
                    afresh = True
                case Finish(outcome):
                    context.listener.progress(outcome.progress)
                    return _ended(rollout, outcome)
    except InterruptedWaitError:
        return _ended(rollout, rollout.interrupted(context.now()))
    except EdgeError as error:
        return _ended(rollout, rollout.refused(context.now()), error)


def _ended(rollout: Rollout, outcome: Outcome, error: EdgeError | None = None) -> RolloutResult:
    return RolloutResult(outcome, rollout.seen, rollout.baseline, rollout.selected, rollout.served, error)


async def remove(
    port: RemovingPort,
    cleanings: tuple[Cleaning, ...],
    context: RunContext,
    *,
    within: float,
    subject: str = "",
    gate_first: bool = False,
    unserved: frozenset[str] = frozenset(),
) -> tuple[Left, ...]:
    """Clean what the gate has permitted, and see that it is gone; return what stays after all, and why.

    Args:
        port: The way to the cloud.
        cleanings: What to clean.
        context: The clock, the listener and the interrupt of this run.
        within: Seconds that it may take.
        subject: The application's id, for errors.
        gate_first: Whether time has passed since the gate was asked: then it is asked again, as before each repetition.
        unserved: Targets that are known not to be served, and not waited for.

    Raises:
        RemovalError: They are still there when time is up.
        InterruptedWaitError: The run was told to stop.
    """
    began = context.now()
    removal = Removal(cleanings, began + within, unserved=unserved)
    watch = _Watch(port, context, retry_for=within, until=began + within)
    poll_interval = PollInterval()
    transient_error: EdgeError | None = None
    afresh = False
    while True:
        observation = await watch.observe(afresh=afresh)
        afresh = False
        match removal.decide(observation, context.now()):
            case Clean(due):
                asked = tuple(each for each in due if gate_first or removal.is_repeated(each))
                refused = await _recheck(removal, port, asked, watch) if asked else frozenset()
                for cleaning in due:
                    if cleaning in refused:
                        continue
                    transient_error = await _clean(port, cleaning, context) or transient_error
                    removal.cleaned(cleaning, context.now())
                watch.outlast_transient_errors = True
            case AwaitRemoval() as waiting:
                context.listener.removal(waiting)
                share = 1 - waiting.left / waiting.total
                await context.pause(poll_interval.wait(Sample(context.now(), share)), began + within)
            case Confirm(at):
                await context.pause(at - context.now(), at)
                afresh = True
            case Removed(left):
                return left
            case StillThere(artifacts, targets):
                raise RemovalError(artifacts, targets, subject, transient_error)


async def _recheck(
    removal: Removal, port: RemovingPort, cleanings: tuple[Cleaning, ...], watch: _Watch
) -> frozenset[Cleaning]:
    """Ask the gate again for some regions; what it does not permit any more is awaited no longer."""
    permit = await watch.outlasting(partial(port.permit_again, cleanings))
    permitted = {(again.artifact, again.region) for again in permit.cleanings}
    refused = frozenset(each for each in cleanings if (each.artifact, each.region) not in permitted)
    for cleaning in refused:
        left = (each for each in permit.left if each.artifact == cleaning.artifact)
        removal.refused(cleaning, tuple(each for each in left if each.region in {cleaning.region, ""}))
    return refused


async def _start(
    rollout: Rollout, port: Port, request: StartRequest, context: RunContext, *, outlasts: bool
) -> None:
    """Make one start. If its response is lost, what the cloud shows later decides whether to make it again.

    While others are under way, a start that could not be made is made again later just so.
    """
    rollout.starting(request, context.now())
    try:
        response = await _request_start(port, request, context, twice=outlasts)
    except InterruptedWaitError:
        rollout.unclear(request)
        raise
    except (CloudError, TransportError) as error:
        passes = outlasts and isinstance(error, TRANSIENT_ERRORS)
        if not (error.effect_unclear or passes):
            rollout.not_started(request)
            raise
        if not rollout.unclear(request):
            raise
        context.listener.transient_error(error)
        return
    rollout.started(request, response)


async def _request_start(
    port: Port, request: StartRequest, context: RunContext, *, twice: bool
) -> StartResponse:
    """Ask for a start; where a refusal would fail what is under way, it is believed when it comes twice (S5)."""
    try:
        return await context.unless_interrupted(port.start(request))
    except CloudError as error:
        if not twice or error.effect_unclear or isinstance(error, TRANSIENT_ERRORS):
            raise
    await context.pause(CONFIRMED_AFTER, context.now() + CONFIRMED_AFTER)
    return await context.unless_interrupted(port.start(request))


async def _clean(port: RemovingPort, cleaning: Cleaning, context: RunContext) -> EdgeError | None:
    """Have a region cleaned. If the response is lost, what the cloud shows later decides whether to do it again.

    Returns:
        The error that it was lost with; None where there was a response.
    """
    try:
        await context.unless_interrupted(port.clean(cleaning))
    except (CloudError, TransportError) as error:
        if not error.effect_unclear:
            raise
        context.listener.transient_error(error)
        return error
    return None


class _Watch:
    """Observes, and outlasts transient errors once something is under way in the cloud.

    Args:
        port: What is observed.
        context: The clock, the listener and the interrupt of this run.
        retry_for: Seconds for which failing reads are retried.
        until: The time at which it gives up in any case.
    """

    def __init__(
        self, port: Port | RemovingPort, context: RunContext, *, retry_for: float, until: float
    ) -> None:
        self.outlast_transient_errors = False
        self._port = port
        self._context = context
        self._retry_for = retry_for
        self._until = until

    async def observe(self, *, afresh: bool = False) -> Observation:
        return await self.outlasting(lambda: self._port.observe(afresh=afresh))

    async def outlasting(self, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
        since = self._context.now()
        give_up_at = min(since + self._retry_for, max(since, self._until))
        was_refused = False
        while True:
            try:
                return await self._context.unless_interrupted(ask())
            except TRANSIENT_ERRORS as error:
                now = self._context.now()
                if not self.outlast_transient_errors or now >= give_up_at:
                    raise
                self._context.listener.transient_error(error)
                pause = min(max(now - since, RETRY_PAUSE_MIN), RETRY_PAUSE_MAX)
                await self._context.pause(pause, give_up_at)
            except (CloudError, TransportError) as error:
                if not self.outlast_transient_errors or was_refused:
                    raise
                was_refused = True
                self._context.listener.transient_error(error)
                await self._context.pause(CONFIRMED_AFTER, self._context.now() + CONFIRMED_AFTER)
