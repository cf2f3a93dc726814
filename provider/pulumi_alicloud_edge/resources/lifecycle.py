"""What happens to a resource over its life: checked, compared, rolled out, read, removed. The same for all kinds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pulumi_alicloud_edge.delivery.surroundings import InterruptedWaitError, Surroundings
from pulumi_alicloud_edge.errors import (
    EdgeError,
    InputError,
    NotFoundError,
    Restored,
    RolloutFailedError,
    RolloutInterruptedError,
)
from pulumi_alicloud_edge.host import Call, Reporter
from pulumi_alicloud_edge.model.observation import Observation, Unit
from pulumi_alicloud_edge.model.outcome import Outcome, RolloutStatus, Verdict
from pulumi_alicloud_edge.reconcile.drift import placements
from pulumi_alicloud_edge.resources.data_outputs import HINTS, owned_units
from pulumi_alicloud_edge.resources.kind import Kind
from pulumi_alicloud_edge.resources.listener import LineListener
from pulumi_alicloud_edge.resources.looking import Look, Looker
from pulumi_alicloud_edge.resources.owners import conflict_faults
from pulumi_alicloud_edge.resources.validation import has_unknown
from pulumi_alicloud_edge.resources.words import (
    accepted_failures_line,
    drift_line,
    kept_for_line,
    two_owners_line,
)
from pulumi_alicloud_edge.runtime import Runtime

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge.delivery.conduct import Ended
    from pulumi_alicloud_edge.delivery.port import Port

I = TypeVar("I", bound="BaseModel")  # noqa: E741

STATE_VERSION = 1
REPAIRS = "__repairs"
"""Hidden output: for each name, the versions that the last repair has displaced."""
_IN_PLACE = (RolloutStatus.CONVERGED.value, RolloutStatus.DEGRADED.value)


@dataclass(frozen=True)
class Result:
    """What a create or an update leaves behind, and the error that it ended with, if any.

    Attributes:
        id: The resource's id.
        outputs: The properties to store.
        error: Why it is not as declared.
        keep: Whether to store the outputs in spite of the error.
    """

    id: str
    outputs: dict[str, Any]
    error: EdgeError | None = None
    keep: bool = True


@dataclass(frozen=True)
class _Course:
    """A rollout and, where it failed and was to be taken back, the rollback after it.

    Attributes:
        ended: How the rollout ended.
        port: Its way to the cloud.
        last_port: The way of what came last.
        restored: How the rollback went, where there was one.
    """

    ended: Ended
    port: Port
    last_port: Port
    restored: Restored | None = None


@dataclass(frozen=True)
class Difference:
    """The result of comparing stored outputs with new inputs."""

    changes: bool
    replaces: tuple[str, ...] = ()


class Lifecycle(Generic[I]):
    """The operations on resources of one kind.

    Args:
        kind: What kind they are.
        runtime: What all calls of this process share.
        reporter: Where lines beside resources go.
    """

    def __init__(self, kind: Kind[I], runtime: Runtime, reporter: Reporter) -> None:
        self._kind = kind
        self._runtime = runtime
        self._reporter = reporter
        self._looker = Looker(kind, runtime)

    def check(self, call: Call, olds: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
        """Find every fault of the inputs, note what they declare, and tell what rolling them out would touch.

        Raises:
            InputError: With every fault.
        """
        read = self._kind.read(inputs)
        if read is None:
            return ""
        declarations = self._kind.declarations(call.urn, read)
        faults = tuple(conflict_faults(declarations, self._runtime.registry.declare(call.urn, declarations)))
        if faults:
            raise InputError(faults)
        if not self._runtime.settings.observe_on_diff:
            return ""
        look = self._looker.look(call.urn, read, olds)
        if look.faults:
            raise InputError(look.faults)
        impact = self._impact(read, look)
        if impact:
            self._reporter.status(call.urn, impact)
        return impact

    def diff(self, call: Call, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Difference:
        """Compare what is stored with what is declared, and with what the cloud shows.

        Raises:
            InputError: The change is one that cannot be made.
        """
        before, after = self._kind.declared(olds), self._kind.declared(news)
        replaces = tuple(key for key in self._kind.replacing if before.get(key) != after.get(key))
        if replaces:
            return Difference(changes=True, replaces=replaces)
        inputs = None if has_unknown(news) else self._kind.read(news)
        if inputs is None:
            return Difference(changes=True)
        faults = tuple(self._kind.faults_of_change(olds, inputs))
        if faults:
            raise InputError(faults)
        if before != after or olds.get("status") not in _IN_PLACE:
            return Difference(changes=True)
        return Difference(changes=self._has_drifted(call, inputs, olds))

    def create(self, call: Call, inputs: Mapping[str, Any]) -> Result:
        """Bring about what is declared, adopting what the cloud already has."""
        read = self._known(inputs)
        return self._roll_out(call, self._kind.identity(read, call.name), read, inputs, {})

    def update(self, call: Call, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Result:
        """Bring about what is declared now, and clean what is declared no more."""
        read = self._known(news)
        result = self._roll_out(call, id_, read, news, olds)
        result = replace(result, outputs=result.outputs | self._repairs(call, olds))
        if result.error is not None:
            return result
        declared = {unit.name for unit in self._kind.desired(read).units}
        dropped = tuple(unit for unit in owned_units(result.outputs) if unit.name not in declared)
        error = self._clean(call, read, dropped)
        if error is not None:
            return replace(
                result, error=error, outputs=result.outputs | {"status": RolloutStatus.FAILED.value}
            )
        owned = {name: kept for name, kept in result.outputs.get("owned", {}).items() if name in declared}
        return replace(
            result, outputs=result.outputs | ({"owned": owned} if "owned" in result.outputs else {})
        )

    def read(self, call: Call, outputs: Mapping[str, Any]) -> dict[str, Any] | None:
        """Give the outputs as the cloud shows them now, None where the resource is gone."""
        inputs = self._kind.stored(outputs)
        if inputs is None:
            return dict(outputs)
        try:
            port, observation = self._runtime.run(self._looker.observe_surely(inputs, call.urn))
        except NotFoundError:
            return None
        desired, scope = self._kind.desired(inputs), self._kind.policy(inputs).stages[-1].scope
        if not any(observation.of(unit) for unit in desired.units) and self._kind.vanishes:
            return None
        seen = placements(desired, scope, observation)
        shown = {**self._kind.outputs(inputs, seen, port, outputs), **self._kind.shown(port)}
        kept = {
            key: outputs[key] for key in ("owned", "baseline", "baseline_version", HINTS) if key in outputs
        }
        return {**outputs, **shown, **kept, "status": self._status_read(inputs, outputs, observation)}

    def delete(self, call: Call, outputs: Mapping[str, Any]) -> EdgeError | None:
        """Take away what the resource has brought out, where the cloud can and nobody else wants it."""
        inputs = self._kind.stored(outputs)
        error = self._clean(call, inputs, owned_units(outputs)) if inputs is not None else None
        if error is None and (line := self._kind.leftovers(outputs)):
            self._reporter.note(call.urn, line)
        return error

    def _repairs(self, call: Call, olds: Mapping[str, Any]) -> dict[str, Any]:
        """Note which versions were displaced by a repair; tell when one of them has come back."""
        drift = self._runtime.drifts.pop(call.urn, None)
        if drift is None:
            return {REPAIRS: {}}
        found = {unit.unit.name: sorted(unit.others) for unit in drift.units if unit.others}
        for unit in drift.units:
            for version in unit.others.intersection((olds.get(REPAIRS) or {}).get(unit.unit.name, ())):
                self._reporter.warn(two_owners_line(unit.unit, version), call.urn)
        return {REPAIRS: found}

    def _known(self, inputs: Mapping[str, Any]) -> I:
        read = self._kind.read(inputs)
        if read is None:
            raise EdgeError("an input is still unknown")
        return read

    def _roll_out(
        self, call: Call, id_: str, inputs: I, properties: Mapping[str, Any], olds: Mapping[str, Any]
    ) -> Result:
        try:
            course = self._runtime.run(self._carry_out(call, inputs, olds))
        except EdgeError as error:
            return Result(id_, {}, error, keep=False)
        ended, restored, outcome = course.ended, course.restored, course.ended.outcome
        status = outcome.status if restored is None else _status_after(restored)
        shown = restored.outcome if restored and restored.outcome else outcome
        outputs = {
            **self._kind.declared(properties),
            **self._kind.outputs(inputs, shown.placements, course.port, olds),
            **self._kind.shown(course.last_port),
            "status": status.value,
            "request_ids": list(outcome.request_ids),
            "converged_at": olds.get("converged_at") or "",
            "state_version": STATE_VERSION,
        }
        if outcome.status in (RolloutStatus.CONVERGED, RolloutStatus.DEGRADED):
            if outcome.failed_total:
                line = accepted_failures_line(outcome.failed_total, self._kind.noun)
                self._reporter.note(call.urn, line)
            return Result(id_, outputs | {"converged_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"})
        failure = (
            RolloutInterruptedError if outcome.status is RolloutStatus.INTERRUPTED else RolloutFailedError
        )
        if ended.error is not None and not _touched(outcome):
            return Result(id_, outputs, ended.error, keep=False)
        return Result(id_, outputs, failure(outcome, self._kind.subject(inputs), ended.error, restored))

    async def _carry_out(self, call: Call, inputs: I, olds: Mapping[str, Any]) -> _Course:
        # Most runs are previews and change nothing: they need none of this.
        from pulumi_alicloud_edge.delivery.conduct import carry_out
        from pulumi_alicloud_edge.resources.restoration import is_due, restore

        port = self._kind.port(self._runtime, inputs, None)
        policy = self._kind.policy(inputs)
        if call.timeout:
            policy = replace(policy, timeout=call.timeout)
        ended = await carry_out(
            port,
            self._kind.desired(inputs),
            policy,
            self._surroundings(call),
            starts_in=self._kind.starts_in(inputs),
        )
        if not is_due(policy, ended):
            return _Course(ended, port, port)
        restoration = self._kind.restoration(self._runtime, inputs, ended.outcome, port, olds)
        if restoration is None:
            return _Course(ended, port, port)
        restored = await restore(restoration, self._surroundings(call, "rolling back: "))
        return _Course(ended, port, restoration.port, restored)

    def _surroundings(self, call: Call, doing: str = "") -> Surroundings:
        return Surroundings(
            clock=time.monotonic,
            sleep=asyncio.sleep,
            interrupt=self._runtime.interrupt,
            listener=LineListener(self._reporter, call.urn, self._kind.noun, time.monotonic, doing),
        )

    def _impact(self, inputs: I, look: Look) -> str:
        if look.observation is None:
            return f"impact unknown: {look.unknown}"
        return self._kind.impact_line(inputs, self._looker.impact(inputs, look.observation))

    def _has_drifted(self, call: Call, inputs: I, olds: Mapping[str, Any]) -> bool:
        """Look for drift; if the cloud does not answer, say so and go on."""
        if not self._runtime.settings.observe_on_diff:
            return _stored_drift(olds)
        look = self._looker.look_again(call.urn, inputs)
        if look.observation is None:
            self._reporter.status(call.urn, f"drift unknown: {look.unknown}")
            return False
        drift = self._looker.drift(inputs, look.observation, olds)
        if drift:
            self._runtime.drifts[call.urn] = drift
            self._reporter.status(call.urn, drift_line(drift, self._kind.noun))
        return bool(drift)

    def _status_read(self, inputs: I, outputs: Mapping[str, Any], observation: Observation) -> Any:
        """Give the status as it reads now: an unfinished rollout that has ended well since counts as that."""
        drift = self._looker.drift(inputs, observation, outputs)
        scope = self._kind.policy(inputs).stages[-1].scope
        seen = placements(self._kind.desired(inputs), scope, observation)
        if drift or any(placement.count(Verdict.IN_PROGRESS) for placement in seen):
            return outputs.get("status")
        failed = any(placement.count(Verdict.FAILED) for placement in seen)
        return (RolloutStatus.DEGRADED if failed else RolloutStatus.CONVERGED).value

    def _clean(self, call: Call, inputs: I, units: tuple[Unit, ...]) -> EdgeError | None:
        """Clean units that no other resource of this run declares; gives the error if that fails."""
        port = self._kind.removing_port(self._runtime, inputs, ()) if units else None
        if port is None:
            return None
        free = tuple(unit for unit in units if self._is_free(call, inputs, unit))
        if not free:
            return None
        try:
            self._runtime.run(self._remove(call, inputs, free))
        except InterruptedWaitError:
            return EdgeError("Interrupted while cleaning; run it again to go on.")
        except NotFoundError:
            return None
        except EdgeError as error:
            return error
        return None

    async def _remove(self, call: Call, inputs: I, units: tuple[Unit, ...]) -> None:
        from pulumi_alicloud_edge.delivery.conduct import remove

        port = self._kind.removing_port(self._runtime, inputs, units)
        if port is not None:
            timeout = call.timeout or self._kind.policy(inputs).timeout
            around = self._surroundings(call)
            await remove(port, units, around, within=timeout, subject=_app_id(inputs))

    def _is_free(self, call: Call, inputs: I, unit: Unit) -> bool:
        wanted = self._runtime.registry.wanted(_app_id(inputs), unit, self._kind.regions(inputs))
        if wanted is not None:
            self._reporter.note(call.urn, kept_for_line(unit, wanted.urn))
        return wanted is None


def _app_id(inputs: BaseModel) -> str:
    return str(getattr(inputs, "app_id", ""))


def _touched(outcome: Outcome) -> bool:
    """Tell whether anything of a resource is in the cloud: started in this run, or found there and joined."""
    found = (Verdict.CONVERGED, Verdict.IN_PROGRESS)
    return outcome.started or any(placement.count(v) for placement in outcome.placements for v in found)


def _status_after(restored: Restored) -> RolloutStatus:
    """Give the status after a rollback: only one that came to its end has rolled anything back."""
    if restored.interrupted:
        return RolloutStatus.INTERRUPTED
    came_back = restored.outcome is None or restored.outcome.status.value in _IN_PLACE
    return RolloutStatus.ROLLED_BACK if came_back and restored.error is None else RolloutStatus.FAILED


def _stored_drift(olds: Mapping[str, Any]) -> bool:
    """Find drift in what a refresh has stored, without a look of its own."""
    counts = [placement.get("counts", {}) for placement in olds.get("placements") or ()]
    return any(count.get(Verdict.MISSING.value) for count in counts)
