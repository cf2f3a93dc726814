"""What happens to a resource over its life: checked, compared, rolled out, read, removed. The same for all kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pulumi_alicloud_edge.delivery.surroundings import Surroundings
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
from pulumi_alicloud_edge.model.removal import LeftBecause, Permit
from pulumi_alicloud_edge.reconcile.baking import has_baked
from pulumi_alicloud_edge.reconcile.drift import placements
from pulumi_alicloud_edge.resources.cleanup import Cleanup
from pulumi_alicloud_edge.resources.data_memory import covered
from pulumi_alicloud_edge.resources.data_outputs import (
    ACCEPTED,
    HINTS,
    IN_PLACE,
    ROLLOUT,
    UNFINISHED,
    UNSERVED,
    rollout_after_rollback,
    show_accepted,
    stored_rollout,
)
from pulumi_alicloud_edge.resources.kind import FailedRollout, Kind, Neighbours
from pulumi_alicloud_edge.resources.listener import LineListener
from pulumi_alicloud_edge.resources.looking import LOOK_SECONDS, Look, Looker
from pulumi_alicloud_edge.resources.neighbours import NEIGHBOURS, others_of, show_neighbours
from pulumi_alicloud_edge.resources.owners import conflict_faults
from pulumi_alicloud_edge.resources.release_baseline import BASELINE
from pulumi_alicloud_edge.resources.validation import has_unknown
from pulumi_alicloud_edge.resources.words import (
    accepted_failures_line,
    cleans_lines,
    drift_line,
    left_lines,
    two_owners_line,
    unserved_line,
)
from pulumi_alicloud_edge.runtime import Runtime

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge.delivery.conduct import Ended
    from pulumi_alicloud_edge.delivery.port import Port

I = TypeVar("I", bound="BaseModel")  # noqa: E741

STATE_VERSION = 2
REPAIRS = "__repairs"
"""Hidden output: for each name, the versions that the last repair has displaced."""
_KEPT = ("owned", "baseline", "baseline_version", ACCEPTED, BASELINE, HINTS, ROLLOUT, UNSERVED, NEIGHBOURS)
"""Outputs that a mere read does not change."""


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
        self._cleanup = Cleanup(kind, runtime, self._announce, self._surroundings)

    def check(self, call: Call, olds: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
        """Find every fault of the inputs, note what they declare, and tell what rolling them out would touch.

        Raises:
            InputError: With every fault.
        """
        read = self._kind.read(inputs)
        if read is None:
            return ""
        claims = self._kind.claims(call.urn, read)
        others = self._runtime.registry.declare(call.urn, claims)
        if faults := tuple(conflict_faults(claims, others)):
            raise InputError(faults)
        if not self._runtime.settings.observe_on_diff:
            return ""
        look = self._looker.look(call.urn, read, olds)
        seen_faults = look.faults
        if look.observation is not None:
            seen_faults += tuple(conflict_faults(claims, others, look.observation.regions))
        if seen_faults:
            raise InputError(seen_faults)
        impact = self._impact(call.urn, read, look, olds)
        if impact:
            self._reporter.status(call.urn, impact)
        return impact

    def diff(self, call: Call, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Difference:
        """Compare what is stored with what is declared, and with what the cloud shows.

        Raises:
            InputError: The change is one that cannot be made.
        """
        olds = self._kind.recalled(olds, call.old_inputs)
        before, after = self._kind.declared(olds), self._kind.declared(news)
        replaces = tuple(key for key in self._kind.replacing if before.get(key) != after.get(key))
        if replaces:
            return Difference(changes=True, replaces=replaces)
        inputs = None if has_unknown(news) else self._kind.read(news)
        if inputs is None:
            return Difference(changes=True)
        faults = (
            *self._kind.faults_of_change(olds, inputs),
            *self._looker.baseline_faults(call.urn, inputs, olds),
        )
        if faults:
            raise InputError(faults)
        if not self._kind.is_same(before, after) or olds.get("status") not in IN_PLACE:
            return Difference(changes=True)
        has_drifted = self._has_drifted(call, inputs, olds)
        # What a refresh has called drifted and has recovered by itself is called converged again, with nothing started.
        return Difference(changes=has_drifted or olds.get("status") == RolloutStatus.DRIFTED.value)

    def create(self, call: Call, inputs: Mapping[str, Any]) -> Result:
        """Bring about what is declared, adopting what the cloud already has."""
        read = self._known(inputs)
        return self._roll_out(call, self._kind.identity(read, call.name), read, inputs, {})

    def update(self, call: Call, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Result:
        """Bring about what is declared now, and clean what is declared no more.

        Raises:
            InputError: The change is one that cannot be made; after a failure the engine updates without a diff.
        """
        read = self._known(news)
        olds = self._kind.recalled(olds, call.old_inputs)
        if faults := tuple(self._kind.faults_of_change(olds, read)):
            raise InputError(faults)
        result = self._roll_out(call, id_, read, news, olds)
        result = replace(result, outputs=result.outputs | self._repairs(call, olds))
        if result.error is not None:
            return result
        if line := self._kind.retained(call.urn, read, olds):
            self._reporter.note(call.urn, line)
        try:
            changed = self._cleanup.after_update(call, read, olds, result.outputs)
        except EdgeError as error:
            status = {"status": RolloutStatus.FAILED.value}
            return replace(result, error=error, outputs=result.outputs | status)
        return replace(result, outputs=result.outputs | changed)

    def read(self, call: Call, outputs: Mapping[str, Any]) -> dict[str, Any] | None:
        """Give the outputs as the cloud shows them now, None where the resource is gone."""
        inputs = self._kind.stored(outputs)
        if inputs is None:
            return dict(outputs)

        def has_drifted(seen: Observation) -> bool:
            return bool(self._status_read(inputs, outputs, seen) == RolloutStatus.DRIFTED.value)

        news = outputs.get("status") != RolloutStatus.DRIFTED.value
        looking = self._looker.observe_surely(inputs, call.urn, doubts=has_drifted if news else None)
        try:
            port, observation = self._runtime.run(looking)
        except NotFoundError:
            return None
        desired, scope = self._kind.desired(inputs), self._kind.policy(inputs).stages[-1].scope
        if self._kind.vanishes and not self._is_left(desired.units, outputs, observation):
            return None
        seen = placements(desired, scope, observation)
        shown = {**self._kind.outputs(inputs, seen, port, outputs), **self._kind.shown(port)}
        kept = {key: outputs[key] for key in _KEPT if key in outputs}
        return {**outputs, **shown, **kept, "status": self._status_read(inputs, outputs, observation)}

    def delete(self, call: Call, outputs: Mapping[str, Any]) -> EdgeError | None:
        """Take away what the resource has brought out, where the cloud can and nobody else wants it."""
        try:
            self._cleanup.delete(call, outputs)
        except EdgeError as error:
            return error
        if line := self._kind.leftovers(outputs):
            self._reporter.note(call.urn, line)
        return None

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
            **self._kind.outputs(inputs, shown.placements, course.port, olds, ended),
            **self._kind.shown(course.last_port),
            **show_accepted(outcome),
            **self._neighbours_output(call.urn, inputs, olds),
            "status": status.value,
            "request_ids": list(outcome.request_ids),
            "converged_at": olds.get("converged_at") or "",
            "state_version": STATE_VERSION,
        }
        if status is RolloutStatus.ROLLED_BACK:
            names = {unit.name for unit in self._kind.desired(inputs).units}
            outputs |= rollout_after_rollback(outputs, names, self._kind.policy(inputs).selection, ended.seen)
        if outcome.status in (RolloutStatus.CONVERGED, RolloutStatus.DEGRADED):
            if outcome.failed_total:
                line = accepted_failures_line(outcome.failed_total, self._kind.noun)
                self._reporter.note(call.urn, line)
            if outcome.unserved:
                self._reporter.note(call.urn, unserved_line(outcome.unserved, self._kind.noun))
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
        from pulumi_alicloud_edge.resources.rollback import is_due, restore

        neighbours = self._neighbours(call.urn, olds)
        port = self._kind.port(self._runtime, inputs, None, neighbours)
        policy = self._kind.policy(inputs)
        if call.timeout:
            policy = replace(policy, timeout=call.timeout)
        ended = await carry_out(
            port,
            self._kind.desired(inputs),
            policy,
            self._surroundings(call.urn),
            starts_in=self._kind.starts_in(inputs),
            memory=self._kind.memory(inputs, olds),
        )
        if not is_due(policy, ended, resumed=olds.get("status") in UNFINISHED):
            return _Course(ended, port, port)
        failed = FailedRollout(policy, ended, port, olds)
        try:
            rollback = await self._kind.rollback(self._runtime, inputs, failed, neighbours)
        except EdgeError as error:  # what the rollout has begun is remembered all the same
            return _Course(ended, port, port, Restored((), (), error=error))
        if rollback is None:
            return _Course(ended, port, port)
        around = self._surroundings(call.urn, "rolling back: ")
        restored = await restore(rollback, around, within=policy.timeout)
        last = rollback.steps[-1].port if rollback.steps else port
        return _Course(ended, port, last, restored)

    def _neighbours(self, urn: str, olds: Mapping[str, Any]) -> Neighbours:
        """Return what others declare, and who hears of what is taken away."""
        registry = self._runtime.registry
        return Neighbours(lambda: others_of(registry, urn, olds), lambda permit: self._announce(urn, permit))

    def _neighbours_output(self, urn: str, inputs: I, olds: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the state is to remember of what others declare; nothing where they declare the like nowhere.

        What was put and is declared no more counts: until it is cleaned, a destroy may have to (S2).
        """
        others = others_of(self._runtime.registry, urn, olds)
        mine = (*self._kind.claims(urn, inputs), *self._kind.put(urn, olds))
        shown = show_neighbours(mine, others)
        return {NEIGHBOURS: shown} if shown else {}

    def _announce(self, urn: str, permit: Permit) -> None:
        """Leave a kept line for all that is taken away, and for what is left (S2)."""
        for line in cleans_lines(permit.cleanings, self._kind.noun):
            self._reporter.note(urn, line)
        for line in left_lines(permit.left, self._kind.noun):
            self._reporter.note(urn, line)

    def _surroundings(self, urn: str, doing: str = "") -> Surroundings:
        clock = self._runtime.clock
        return Surroundings(
            clock=clock,
            sleep=self._runtime.sleep,
            interrupt=self._runtime.interrupt,
            listener=LineListener(self._reporter, urn, self._kind.noun, clock, doing),
        )

    def _impact(self, urn: str, inputs: I, look: Look, olds: Mapping[str, Any]) -> str:
        if look.observation is None:
            return f"impact unknown: {look.unknown}"
        impact = self._kind.impact_line(inputs, self._looker.impact(inputs, look.observation))
        permit = self._cleanup.impact(urn, inputs, olds, within=LOOK_SECONDS) if olds else Permit()
        cleans = cleans_lines(permit.cleanings, self._kind.noun)
        return "; ".join(filter(None, [impact, *cleans, *left_lines(permit.left, self._kind.noun)]))

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
        """Return the status as it reads now: an unfinished rollout that has ended well since counts as that.

        It does not on less evidence than the rollout itself would need (S4): where the cloud does not say who belongs
        to a stage, the whole of it has to have been started, and all bakes have to be over. What had ended well and is
        not as declared any more has drifted.
        """
        stored = outputs.get("status")
        drift = self._looker.drift(inputs, observation, outputs)
        policy = self._kind.policy(inputs)
        seen = placements(self._kind.desired(inputs), policy.stages[-1].scope, observation)
        moving = any(placement.count(Verdict.IN_PROGRESS) for placement in seen)
        if stored in IN_PLACE and (drift or moving):
            return RolloutStatus.DRIFTED.value
        if (
            drift
            or moving
            or (stored not in IN_PLACE and not self._is_finished(inputs, outputs, observation))
        ):
            return stored
        return (RolloutStatus.DEGRADED if drift.units else RolloutStatus.CONVERGED).value

    def _is_left(
        self, desired: tuple[Unit, ...], outputs: Mapping[str, Any], observation: Observation
    ) -> bool:
        """Return whether there may be anything of a resource in the cloud, so that it is not gone (S5, S8).

        What an unfinished rollout has started may not show yet; other versions, and other names that were looked at
        by nobody, may still be where the resource has put them.
        """
        if outputs.get("status") in UNFINISHED or any(observation.of(unit) for unit in desired):
            return True
        names = {unit.name for unit in desired}
        owned = {claim.unit for claim in self._kind.owned("", outputs)}
        return any(unit.name not in names or observation.of(unit) for unit in owned)

    def _is_finished(self, inputs: I, outputs: Mapping[str, Any], observation: Observation) -> bool:
        """Return whether an unfinished rollout has come to its end: its stages were started, held and have baked."""
        _, begun = stored_rollout(outputs)
        started = covered(self._kind, inputs, outputs, begun)
        units = self._kind.desired(inputs).units
        if any(self._looker.drift_by_stage(inputs, observation, outputs)):
            return False
        stages = self._kind.policy(inputs).stages
        for index, (stage, members) in enumerate(zip(stages, observation.members, strict=True)):
            if members is None and not (index < len(started) and started[index].issuperset(units)):
                return False
            if stage.bake and not has_baked(observation, units, index, stage.bake):
                return False
        return True


def _touched(outcome: Outcome) -> bool:
    """Tell whether anything of a resource is in the cloud: started in this run, or found there and joined."""
    found = (Verdict.CONVERGED, Verdict.IN_PROGRESS)
    return outcome.started or any(placement.count(v) for placement in outcome.placements for v in found)


def _status_after(restored: Restored) -> RolloutStatus:
    """Give the status after a rollback: only one that came to its end everywhere has rolled anything back.

    Else the next run still has to know what was there before.
    """
    if restored.interrupted:
        return RolloutStatus.INTERRUPTED
    came_back = restored.outcome is None or restored.outcome.status is RolloutStatus.CONVERGED
    if restored.nothing or any(each.reason is LeftBecause.BEFORE_UNKNOWN for each in restored.left):
        return RolloutStatus.FAILED
    return RolloutStatus.ROLLED_BACK if came_back and restored.error is None else RolloutStatus.FAILED


def _stored_drift(olds: Mapping[str, Any]) -> bool:
    """Find drift in what a refresh has stored, without a look of its own."""
    counts = [placement.get("counts", {}) for placement in olds.get("placements") or ()]
    return any(count.get(Verdict.MISSING.value) for count in counts)
