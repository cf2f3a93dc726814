"""The kind of resource that releases a container version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pulumi_alicloud_edge._errors import FieldError, InputError, NotFoundError, RejectedError
from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._model.outcome import Placement
from pulumi_alicloud_edge._model.policy import Everywhere, InRegions, OnFailure, RolloutPolicy, Share, Stage
from pulumi_alicloud_edge._model.release import (
    WHOLE,
    Environment,
    Part,
    Serving,
    same_part,
    seconds_until,
    show_part,
)
from pulumi_alicloud_edge._reconcile.decisions import Desired
from pulumi_alicloud_edge._reconcile.drift import Drift
from pulumi_alicloud_edge._reconcile.impact import Impact
from pulumi_alicloud_edge._resources.handler import FailedRollout, Neighbours, Plan, ResourceHandler
from pulumi_alicloud_edge._resources.inputs import ReleaseInputs
from pulumi_alicloud_edge._resources.last_rollout import IN_PLACE, LastRollout
from pulumi_alicloud_edge._resources.messages import (
    ReleaseDrift,
    ReleaseImpact,
    TargetLabel,
    release_impact_line,
    rollback_target_lost,
    scheduled_line,
)
from pulumi_alicloud_edge._resources.release_baseline import (
    BASELINE,
    find_baseline,
    known_before,
    show_baseline,
    stored_baseline,
)
from pulumi_alicloud_edge._resources.sizes import size_errors

if TYPE_CHECKING:
    from pulumi_alicloud_edge._delivery.port import Port
    from pulumi_alicloud_edge._delivery.rollback import Rollback
    from pulumi_alicloud_edge._delivery.runner import RolloutResult
    from pulumi_alicloud_edge._reconcile.rollout import Memory
    from pulumi_alicloud_edge._runtime import Runtime


class ReleaseHandler(ResourceHandler[ReleaseInputs]):
    """A container version into an environment."""

    label = TargetLabel("target", "targets")
    model = ReleaseInputs
    vanishes = False
    kept_by_read = frozenset({"baseline_version", BASELINE})

    def declared(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Pick what the user declared; a start time that has passed says nothing any more."""
        declared = super().declared(properties)
        start_time = declared.get("start_time")
        if isinstance(start_time, str) and seconds_until(start_time, datetime.now(UTC)) <= 0:
            del declared["start_time"]
        return declared

    def plan(self, inputs: ReleaseInputs) -> Plan:
        """Return the version on the share asked for."""
        policy = inputs.rollout.policy(inputs.selector(), full_release=inputs.full_release)
        start_time = inputs.start_time
        return Plan(
            inputs.app_id,
            Desired((inputs.artifact,), restarts_hanging=False),
            replace(policy, stages=tuple(_with_earlier_regions(policy.stages))),
            subject=f"release of {inputs.version_id} to {inputs.app_id} {inputs.env.value}",
            starts_in=max(seconds_until(start_time, datetime.now(UTC)), 0.0) if start_time else 0.0,
        )

    def field_errors(self, inputs: ReleaseInputs) -> Iterator[FieldError]:
        """Find regions that are too many for a call."""
        from pulumi_alicloud_edge._cloud.esa import publish_query

        selectors = (stage.selector for stage in self.plan(inputs).policy.stages)
        regions = [selector.regions for selector in selectors if isinstance(selector, InRegions)]
        if regions:
            queries = (
                publish_query(inputs.version_id, "region", each, full_release=True) for each in regions
            )
            yield from size_errors("regions", queries)

    def identity(self, inputs: ReleaseInputs, name: str) -> str:  # noqa: ARG002
        """Return ``<app_id>/<env>``."""
        return f"{inputs.app_id}/{inputs.env.value}"

    def port(
        self,
        runtime: Runtime,
        inputs: ReleaseInputs,
        caller: object | None,  # noqa: ARG002
        neighbours: Neighbours | None = None,  # noqa: ARG002
    ) -> Port:
        """Return the port of releases."""
        return self._port(runtime, inputs, self.plan(inputs).policy.stages)

    def _port(
        self, runtime: Runtime, inputs: ReleaseInputs, stages: tuple[Stage, ...], *, is_rollback: bool = False
    ) -> Port:
        from pulumi_alicloud_edge._delivery.release import ReleaseOrder, ReleasePort

        later = inputs.start_time if self.plan(inputs).starts_in else None
        publish_type = inputs.publish_type.value if inputs.publish_type else None
        return ReleasePort(
            esa=runtime.cloud.esa,
            app_id=inputs.app_id,
            env=inputs.env.value,
            artifact=inputs.artifact,
            stages=stages,
            order=ReleaseOrder(publish_type, later, inputs.remarks, is_rollback),
        )

    async def errors_seen(
        self, runtime: Runtime, inputs: ReleaseInputs, observation: Observation, olds: Mapping[str, Any]
    ) -> list[FieldError]:
        """Find a version to roll back to that exists no more, before a create: what comes later has outputs."""
        field_errors = await super().errors_seen(runtime, inputs, observation, olds)
        artifact = None if olds else self.restores(inputs, observation, {})
        return (
            field_errors
            if artifact is None
            else field_errors + await self.errors_of_restoring(runtime, inputs, artifact)
        )

    def restores(
        self, inputs: ReleaseInputs, observation: Observation, outputs: Mapping[str, Any]
    ) -> Artifact | None:
        """Return the version that a rollback would bring back, None where it is the one declared, or none."""
        seen = observation.environment
        if seen is None or inputs.rollout.on_failure is not OnFailure.ROLLBACK:
            return None
        baseline = self._baseline(inputs, seen, outputs)
        if baseline is None or baseline.version in ("", inputs.version_id):
            return None
        return Artifact(inputs.app_id, baseline.version)

    async def errors_of_restoring(
        self, runtime: Runtime, inputs: ReleaseInputs, artifact: Artifact
    ) -> list[FieldError]:
        """See that a version that a rollback would bring back exists."""
        try:
            await runtime.cloud.esa.get_edge_container_app_version(inputs.app_id, artifact.version)
        except (NotFoundError, RejectedError):
            return [FieldError("rollout.on_failure", rollback_target_lost(artifact))]
        return []

    def claims(self, urn: str, inputs: ReleaseInputs) -> tuple[Claim, ...]:
        """Return which version the environment must serve."""
        return (Claim(urn, f"{inputs.app_id}/{inputs.env.value}", inputs.artifact, (Everywhere(),)),)

    def impact_line(self, inputs: ReleaseInputs, impact: Impact) -> str:
        """Describe from which version to which, and by which steps."""
        return release_impact_line(
            impact, inputs.version_id, inputs.env.value, self.plan(inputs).policy.stages
        )

    def impact_seen(self, inputs: ReleaseInputs, impact: Impact, observation: Observation) -> Impact:  # noqa: ARG002
        """Add what the environment serves."""
        seen = observation.environment
        return ReleaseImpact(impact.artifacts, impact.total, impact.stages, seen.now.serves if seen else None)

    def drift_seen(self, inputs: ReleaseInputs, drift: Drift, observation: Observation) -> Drift:
        """Add what the environment serves, and what is declared of it."""
        seen = observation.environment
        # A publish under way shows in what is served, which tells better whose it is.
        arrived = tuple(replace(artifact, under_way=frozenset()) for artifact in drift.artifacts)
        drift = replace(drift, artifacts=tuple(filter(None, arrived)))
        if seen is None:
            return drift
        return ReleaseDrift(
            drift.artifacts,
            drift.allowed_failures,
            env=inputs.env.value,
            found=seen.now.serves,
            goes_to=seen.now.on_its_way_to,
            declared=self._declared_serving(inputs),
        )

    def memory(self, inputs: ReleaseInputs, olds: Mapping[str, Any]) -> Memory:  # noqa: ARG002
        """Return that a rollback goes by what the environment serves now, unless an earlier run has stored it."""
        from pulumi_alicloud_edge._reconcile.rollout import Memory

        last = LastRollout(olds)
        is_stored = last.has_started and stored_baseline(olds) is not None
        return Memory(needs_baseline=not is_stored, unshown=last.unshown, hanging=last.hanging)

    async def rollback(
        self,
        runtime: Runtime,
        inputs: ReleaseInputs,
        failed: FailedRollout,
        neighbours: Neighbours,  # noqa: ARG002
    ) -> Rollback | None:
        """Bring back what the environment served when the rollout began; where that is not possible, say why."""
        from pulumi_alicloud_edge._delivery.rollback import Rollback, Step, policy_of_step

        seen = failed.ended.seen.environment
        env, baseline = inputs.env.value, self._baseline(inputs, seen, failed.olds)
        part = baseline.part if baseline else None
        if part is None and baseline and seen and baseline.version == seen.first.whole_before:
            part = Share(WHOLE)
        has_whole = seen is not None and seen.now.had_whole(inputs.version_id)
        nothing = self._why_left(inputs, baseline, part, has_whole=has_whole)
        if nothing or baseline is None or part is None:
            return Rollback(nothing=nothing)
        restored = {Artifact(inputs.app_id, baseline.version): part}
        if has_whole and part != Share(WHOLE) and baseline.version != inputs.version_id:
            # The version that had the rest has lost it: first it comes back everywhere, then the other to its part.
            restored = {Artifact(inputs.app_id, baseline.rest): Share(WHOLE), **restored}

        def step(artifact: Artifact, part: Part) -> Step:
            policy = policy_of_step(failed.policy, failed.ended.outcome, part)
            back = {"publish_type": None, "start_time": None, "remarks": "rollback"}
            former = inputs.model_copy(update={"version_id": artifact.version, **back})
            port = self._port(runtime, former, policy.stages, is_rollback=True)
            return Step(Desired((artifact,), restarts_hanging=False), policy, port)

        return Rollback(
            tuple(step(artifact, part) for artifact, part in restored.items()),
            where={artifact: f" on {show_part(part)} of {env}" for artifact, part in restored.items()},
        )

    def _why_left(
        self, inputs: ReleaseInputs, baseline: Serving | None, part: Part | None, *, has_whole: bool
    ) -> str:
        """Return why nothing is restored; empty where something is.

        Args:
            inputs: What is declared.
            baseline: What the environment served before, None where that is not known.
            part: On how much of it.
            has_whole: Whether the version declared has replaced the one that served the rest.
        """
        env = inputs.env.value
        if baseline is None:
            return f"it is not known what {env} served before"
        if not baseline.version:
            return f"{env} served nothing before, and a release cannot be unpublished"
        if part is None:
            return f"{env} served {baseline.version} before, but it is not known on how much of it"
        declared = self._declared_serving(inputs)
        if baseline.version == declared.version and same_part(part, declared.part):
            return f"{env} served {baseline.version} on {show_part(part)} before, which is what is declared"
        is_lost = has_whole and not baseline.rest and baseline.version != declared.version
        if is_lost and part != Share(WHOLE):
            served = f"{env} served {baseline.version} on {show_part(part)} before"
            return f"{served}, but it is not known what served the rest"
        return ""

    def _baseline(
        self, inputs: ReleaseInputs, seen: Environment | None, olds: Mapping[str, Any]
    ) -> Serving | None:
        """Return what a rollback restores, as far as it is known: by the first look of the run."""
        first = seen.first if seen else None
        return find_baseline(
            inputs.version_id,
            _parts(self.plan(inputs).policy),
            olds,
            declared_before=self._declared_before(olds),
            found=first.serves if first else None,
            current=first.version if first else "",
            goes_to=first.goes_to if first else None,
        )

    def _declared_before(self, olds: Mapping[str, Any]) -> Serving | None:
        try:
            before = self.stored(olds) if olds else None
        except InputError:
            return None
        return self._declared_serving(before) if before is not None else None

    def _declared_serving(self, inputs: ReleaseInputs) -> Serving:
        """Return what the environment is to serve in the end."""
        selector = self.plan(inputs).policy.stages[-1].selector
        return Serving(inputs.version_id, selector if isinstance(selector, (Share, InRegions)) else None)

    def outputs(
        self,
        inputs: ReleaseInputs,
        placements: tuple[Placement, ...],  # noqa: ARG002
        seen: Observation,
        olds: Mapping[str, Any],
        ended: RolloutResult | None = None,
    ) -> dict[str, Any]:
        """Return what was there before, for people by its version, for a rollback with its part.

        What a run has seen that has started nothing is no baseline yet: it is what the next run finds.
        """
        has_begun = ended is None or ended.outcome.started or ended.outcome.status.value in IN_PLACE
        if has_begun or LastRollout(olds).has_started:
            baseline = self._baseline(inputs, seen.environment, olds)
        else:
            baseline = known_before(olds, self._declared_before(olds))
        version = baseline.version if baseline else ""
        if version in ("", inputs.version_id):
            version = str(olds.get("baseline_version") or "")
        shown = {"baseline_version": version if version != inputs.version_id else ""}
        return shown if baseline is None else {**shown, BASELINE: show_baseline(baseline)}

    def shown(self, seen: Observation) -> dict[str, Any]:
        """Return what the environment runs."""
        if seen.environment is None:
            return {}
        now = seen.environment.now
        return {"published_version": now.version, "publish_percentage": now.percentage}

    def still_ordered(self, inputs: ReleaseInputs, olds: Mapping[str, Any]) -> str:
        """A publish that waits for its start time cannot be called off: ESA has no operation for it."""
        last, at, version = LastRollout(olds), olds.get("start_time"), olds.get("version_id")
        if not last.has_started or version == inputs.version_id or not isinstance(at, str):
            return ""
        lies_ahead = 0 < seconds_until(at, datetime.now(UTC)) < float("inf")
        return scheduled_line(str(version), inputs.env.value, at) if lies_ahead else ""

    def leftovers(self, outputs: Mapping[str, Any]) -> str:
        """A release cannot be unpublished: ESA has no operation for it."""
        version = outputs.get("published_version") or outputs.get("version_id")
        return f"{version} stays released to {outputs.get('env')}: a release cannot be unpublished"


def _parts(policy: RolloutPolicy) -> tuple[Part, ...]:
    return tuple(stage.selector for stage in policy.stages if isinstance(stage.selector, (Share, InRegions)))


def _with_earlier_regions(stages: tuple[Stage, ...]) -> Iterator[Stage]:
    """Have each stage name the regions of those before it too: a publish call tells all that are to be released."""
    reached: tuple[str, ...] = ()
    for stage in stages:
        if not isinstance(stage.selector, InRegions):
            yield stage
            continue
        reached += tuple(region for region in stage.selector.regions if region not in reached)
        yield replace(stage, selector=replace(stage.selector, regions=reached))
