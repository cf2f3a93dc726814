"""A look at the cloud while a change is only being considered: cheap, bounded in time, and never in the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from pulumi_alicloud_edge._errors import (
    AuthenticationError,
    ClockSkewError,
    CloudError,
    EdgeError,
    FieldError,
    NotFoundError,
    PermissionDeniedError,
    RejectedError,
    SettingsError,
    TransportError,
)
from pulumi_alicloud_edge._model.observation import Observation
from pulumi_alicloud_edge._model.policy import Budget
from pulumi_alicloud_edge._preview_cache import Look
from pulumi_alicloud_edge._reconcile.decisions import CONFIRMED_AFTER
from pulumi_alicloud_edge._reconcile.drift import Drift, find_drift
from pulumi_alicloud_edge._reconcile.impact import Impact, find_impact
from pulumi_alicloud_edge._resources.last_rollout import LastRollout
from pulumi_alicloud_edge._resources.messages import explain

if TYPE_CHECKING:
    from pulumi_alicloud_edge._operations.operation import Operation

I = TypeVar("I", bound=BaseModel)  # noqa: E741

LOOK_SECONDS = 5.0
"""How long a check or a diff may wait for the cloud."""
CERTAIN = (NotFoundError, AuthenticationError, PermissionDeniedError, ClockSkewError, RejectedError)
"""Errors that an update would meet just so, where a look meets them twice."""
_INPUTS = {"invalidparameter.versionid": "version_id", "invalidparameter.appid": "app_id"}
"""The vendor's codes of a value that it does not know, in lower case, and the input that it comes from."""
OUT_OF_REACH_SECONDS = 30.0
"""For how long a cloud that could not be reached is not tried again by further looks."""


class Preview(Generic[I]):
    """Looks at the cloud for one operation.

    Args:
        operation: The operation.
    """

    def __init__(self, operation: Operation[I]) -> None:
        self._handler = operation.handler
        self._runtime = operation.runtime
        self._urn = operation.urn

    async def observe(self, inputs: I) -> Observation:
        """Read what the cloud shows; as long as that takes."""
        return await self._handler.port(self._runtime, inputs, self._urn or object()).observe()

    async def observe_surely(
        self, inputs: I, *, doubts: Callable[[Observation], bool] | None = None
    ) -> Observation:
        """Read what the cloud shows; twice where that is bad news: a single answer may err (S5).

        Args:
            inputs: What is declared.
            doubts: Whether an observation is bad news, besides one that shows nothing.

        Raises:
            NotFoundError: The application does not exist, say two answers.
        """
        try:
            observation = await self.observe(inputs)
        except NotFoundError:
            await self._runtime.sleep(CONFIRMED_AFTER)
            return await self.observe(inputs)
        nothing = self._shows_nothing(inputs, observation)
        if not (nothing and self._handler.vanishes) and not (doubts is not None and doubts(observation)):
            return observation
        await self._runtime.sleep(CONFIRMED_AFTER)
        again = await self.observe(inputs)
        if self._shows_nothing(inputs, again) and not nothing:
            return observation  # the two do not agree that nothing is there
        return again

    def _shows_nothing(self, inputs: I, observation: Observation) -> bool:
        return not any(observation.of(artifact) for artifact in self._handler.plan(inputs).desired.artifacts)

    def look(self, inputs: I, olds: Mapping[str, Any]) -> Look:
        """Look within the time budget, and keep what was seen for the diff that follows a check.

        ``olds`` are the inputs before, empty for a create.
        """
        unreached = self._runtime.unreached
        if unreached is not None and self._runtime.clock() < unreached.until:
            look = Look(None, unreached.reason)
        else:
            look = self._look(inputs, olds)
        self._runtime.preview_cache.keep_look(self._urn, inputs, look)
        return look

    def look_again(self, inputs: I) -> Look:
        """Return what the check of the same inputs has just seen, else look."""
        look = self._runtime.preview_cache.take_look(self._urn, inputs)
        return self._look(inputs, {}) if look is None else look

    def errors_of_restoring(self, inputs: I, outputs: Mapping[str, Any]) -> tuple[FieldError, ...]:
        """Find out why a rollback could not bring back what it would have to, by what the check has just seen.

        The check itself knows the former inputs only; what a rollback restores stands in the outputs.
        """
        look = self._runtime.preview_cache.look(self._urn, inputs)
        if look is None or look.observation is None:
            return ()
        artifact = self._handler.restores(inputs, look.observation, outputs)
        if artifact is None:
            return ()
        finding = self._handler.errors_of_restoring(self._runtime, inputs, artifact)
        try:
            return tuple(self._runtime.run(asyncio.wait_for(finding, LOOK_SECONDS)))
        except (TimeoutError, EdgeError):
            return ()

    def impact(self, inputs: I, observation: Observation) -> Impact:
        """Return what a rollout would touch."""
        plan = self._handler.plan(inputs)
        impact = find_impact(plan.desired, plan.policy, observation)
        return self._handler.impact_seen(inputs, impact, observation)

    def drift(
        self, inputs: I, observation: Observation, outputs: Mapping[str, Any], *, to_repair: bool = False
    ) -> Drift:
        """Return what is not as declared; ``to_repair`` says that an update follows, which may retry what has failed.

        Hints count if more of them are not borne out than when the resource was rolled out last: one that its
        rollout did not bear out then would make it drift for ever.
        """
        plan, rolled_out = self._handler.plan(inputs), LastRollout(outputs)
        if observation.hints_not_borne_out(plan.desired.artifacts) <= rolled_out.hints_not_borne_out:
            observation = replace(observation, hints=frozenset())
        last, retries = plan.policy.stages[-1], to_repair and plan.policy.retry_degraded
        drift = find_drift(
            plan.desired,
            last.selector,
            observation,
            Budget() if retries else last.budget,
            unserved=rolled_out.still_unserved(observation),
            accepted=frozenset() if retries else rolled_out.accepted,
        )
        return self._handler.drift_seen(inputs, drift, observation)

    def drift_by_stage(
        self, inputs: I, observation: Observation, outputs: Mapping[str, Any]
    ) -> Iterator[Drift]:
        """Return what is not as declared once each stage is over: an early one may have a budget of its own."""
        plan, last = self._handler.plan(inputs), LastRollout(outputs)
        unserved = last.still_unserved(observation)
        for index, stage in enumerate(plan.policy.stages, start=1):
            so_far = replace(
                observation,
                stage_targets=observation.stage_targets[:index],
                recorded=observation.recorded[:index],
                hints=frozenset(),
            )
            yield find_drift(
                plan.desired,
                stage.selector,
                so_far,
                stage.budget,
                unserved=unserved,
                accepted=last.accepted,
            )

    def _look(self, inputs: I, olds: Mapping[str, Any]) -> Look:
        try:
            seen = self._runtime.run(self._see_in_time(inputs, olds))
        except (TransportError, SettingsError) as error:
            return self._out_of_reach(explain(error).splitlines()[0])
        except CERTAIN as error:
            return Look(None, explain(error).splitlines()[0], self._errors_of(error, inputs, olds))
        except EdgeError as error:
            return Look(None, explain(error).splitlines()[0])
        return self._out_of_reach(seen) if isinstance(seen, str) else seen

    def _errors_of(self, error: CloudError, inputs: I, olds: Mapping[str, Any]) -> tuple[FieldError, ...]:
        """Return what an error means for inputs that somebody has edited; an update of others does nothing (S6)."""
        if self._handler.is_unchanged(inputs, olds):
            return ()
        path = "app_id" if isinstance(error, NotFoundError) else _INPUTS.get(error.code.lower(), "")
        return (FieldError(path, " ".join(explain(error).splitlines())),)

    async def _see_in_time(self, inputs: I, olds: Mapping[str, Any]) -> Look | str:
        """Return what a look shows or, where that takes too long, why."""
        try:
            return await asyncio.wait_for(self._see(inputs, olds), LOOK_SECONDS)
        except TimeoutError:
            return self._why_late(inputs)

    def _why_late(self, inputs: I) -> str:
        transient_error = self._runtime.cloud.transient_error(self._handler.plan(inputs).app_id)
        if transient_error is None:
            return f"no response within {LOOK_SECONDS:.0f} s"
        return f"{explain(transient_error).splitlines()[0]} (tried for {LOOK_SECONDS:.0f} s)"

    async def _see(self, inputs: I, olds: Mapping[str, Any]) -> Look:
        try:
            observation = await self.observe(inputs)
        except CERTAIN:
            await self._runtime.sleep(CONFIRMED_AFTER)
            observation = await self.observe(inputs)
        field_errors = await self._handler.errors_seen(self._runtime, inputs, observation, olds)
        return Look(observation, field_errors=tuple(field_errors))

    def _out_of_reach(self, reason: str) -> Look:
        self._runtime.out_of_reach(reason, until=self._runtime.clock() + OUT_OF_REACH_SECONDS)
        return Look(None, reason)
