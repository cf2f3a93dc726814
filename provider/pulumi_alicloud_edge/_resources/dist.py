"""The kind of resource that distributes data files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pulumi_alicloud_edge._errors import FieldError
from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import (
    Artifact,
    Observation,
    Records,
    RecordState,
    running_versions,
)
from pulumi_alicloud_edge._model.outcome import Placement
from pulumi_alicloud_edge._model.policy import ExactTargets, OnFailure
from pulumi_alicloud_edge._model.selection import is_within
from pulumi_alicloud_edge._reconcile.decisions import CONFIRMED_AFTER, Desired
from pulumi_alicloud_edge._resources.data_handler import DataHandler
from pulumi_alicloud_edge._resources.data_outputs import (
    ROLLOUT,
    owned_artifacts,
    owned_claims,
    show_baseline,
    show_owned,
    show_placements,
    show_rollout,
    show_unserved,
    unreadable_owned,
)
from pulumi_alicloud_edge._resources.handler import FailedRollout, Neighbours, Plan
from pulumi_alicloud_edge._resources.inputs import DistDataInput, DistInputs, OnDelete
from pulumi_alicloud_edge._resources.last_rollout import IN_PLACE, UNSERVED, LastRollout
from pulumi_alicloud_edge._resources.messages import (
    TargetLabel,
    rollback_target_lost,
    stays_line,
    unreadable_line,
)
from pulumi_alicloud_edge._resources.seen_errors import (
    NamedId,
    named_in_match,
    named_in_stages,
    regions_without,
    unpushed_errors,
)
from pulumi_alicloud_edge._resources.sizes import size_errors

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.ens_wire import DistFile
    from pulumi_alicloud_edge._delivery.cleaning import Cleaner
    from pulumi_alicloud_edge._delivery.port import Port
    from pulumi_alicloud_edge._delivery.rollback import Rollback, Step
    from pulumi_alicloud_edge._delivery.runner import RolloutResult
    from pulumi_alicloud_edge._model.removal import Cleaning
    from pulumi_alicloud_edge._reconcile.rollback import RestoreStep
    from pulumi_alicloud_edge._runtime import Runtime


_UNPUSHED_SECONDS = 2.0
"""Seconds between two looks at what is pushed; by then the program has named what it pushes itself."""


class DistHandler(DataHandler[DistInputs]):
    """Data files onto the instances of an application."""

    label = TargetLabel("instance", "instances")
    model = DistInputs

    def plan(self, inputs: DistInputs) -> Plan:
        """Return every file everywhere; an instance runs one version of a name."""
        return Plan(
            inputs.app_id,
            Desired(_artifacts(inputs)),
            inputs.rollout.policy(inputs.selector()),
            subject=f"distribution of {', '.join(map(str, _artifacts(inputs)))} in {inputs.app_id}",
        )

    def port(
        self,
        runtime: Runtime,
        inputs: DistInputs,
        caller: object | None,
        neighbours: Neighbours | None = None,
    ) -> Port:
        """Return the port of distributions."""
        from pulumi_alicloud_edge._delivery.dist import DistPort

        return DistPort(
            ens=runtime.cloud.ens,
            reads=runtime.preview_reads.of(caller),
            app_id=inputs.app_id,
            files=_files(inputs.data),
            artifacts=_artifacts(inputs),
            stages=self.plan(inputs).policy.stages,
            cleaner=self.cleaner(runtime, inputs.app_id, neighbours) if neighbours else None,
            clock=runtime.clock,
        )

    def names(self, inputs: DistInputs) -> Iterator[NamedId]:
        """Return the regions and instances that conditions name."""
        yield from named_in_match("match", inputs.match)
        yield from named_in_stages(inputs.rollout)

    def field_errors(self, inputs: DistInputs) -> Iterator[FieldError]:
        """Find what is too long for a call."""
        from pulumi_alicloud_edge._cloud.ens import dist_query
        from pulumi_alicloud_edge._delivery.strategies import dist_strategy

        files, stages = tuple(_files(inputs.data).values()), self.plan(inputs).policy.stages
        queries = (dist_query(inputs.app_id, files, dist_strategy(stage.selector)) for stage in stages)
        yield from size_errors("data", queries)

    def claims(self, urn: str, inputs: DistInputs) -> tuple[Claim, ...]:
        """Return every file, on all that the stages select."""
        selectors = self.plan(inputs).policy.selection
        retains = inputs.on_delete is OnDelete.RETAIN
        return tuple(
            Claim(urn, inputs.app_id, artifact, selectors, retains=retains) for artifact in _artifacts(inputs)
        )

    def removable(self, urn: str, outputs: Mapping[str, Any]) -> tuple[Claim, ...]:
        """Return what is to be cleaned when the resource is destroyed: all that it has put, unless it is retained."""
        if outputs.get("on_delete") == OnDelete.RETAIN.value:
            return ()
        return self.put(urn, outputs)

    def left_behind(self, urn: str, inputs: DistInputs, before: Mapping[str, Any]) -> tuple[Claim, ...]:
        """Return what was put of names that are declared no more, and outside of what is selected now (S8)."""
        return () if inputs.on_delete is OnDelete.RETAIN else self._behind(urn, inputs, before)

    def retained(self, urn: str, inputs: DistInputs, before: Mapping[str, Any]) -> str:
        """Describe what an update leaves where nothing is declared any more, since that is to be retained."""
        if inputs.on_delete is not OnDelete.RETAIN:
            return ""
        artifacts = dict.fromkeys(claim.artifact for claim in self._behind(urn, inputs, before))
        return (
            stays_line(artifacts, "where it is no longer declared: on_delete is retain") if artifacts else ""
        )

    def _behind(self, urn: str, inputs: DistInputs, before: Mapping[str, Any]) -> tuple[Claim, ...]:
        names, selectors = (
            {artifact.name for artifact in _artifacts(inputs)},
            self.plan(inputs).policy.selection,
        )
        put = self.put(urn, before) if "owned" in before else self._declared_before(urn, before)
        return tuple(c for c in put if c.artifact.name not in names or not is_within(c.selectors, selectors))

    def cleaner(self, runtime: Runtime, app_id: str, neighbours: Neighbours) -> Cleaner:
        """Return what cleans an application's data."""
        from pulumi_alicloud_edge._delivery.cleaning import Cleaner

        def declared() -> tuple[Claim, ...]:
            return tuple(claim for claim in neighbours.claims() if claim.app_id == app_id)

        return Cleaner(
            runtime.cloud.ens,
            runtime.reads,
            app_id,
            declared=declared,
            announce=neighbours.announce,
            sleep=runtime.sleep,
        )

    async def rollback(
        self,
        runtime: Runtime,
        inputs: DistInputs,
        failed: FailedRollout,
        neighbours: Neighbours,
    ) -> Rollback | None:
        """Distribute what targets ran before again, on just those; clean what this rollout put where nothing was."""
        from pulumi_alicloud_edge._delivery.rollback import Below, Rollback
        from pulumi_alicloud_edge._model.removal import Permit, Wanted
        from pulumi_alicloud_edge._reconcile.gate import exactly
        from pulumi_alicloud_edge._reconcile.rollback import plan_rollback

        others = tuple(claim for claim in neighbours.claims() if claim.app_id == inputs.app_id)
        seen, selected = await _surely_listed(runtime, failed)
        plan = plan_rollback(self.plan(inputs).desired, failed.ended.baseline, seen, selected, others)
        cleaner = self.cleaner(runtime, inputs.app_id, neighbours)
        permit = await cleaner.permit(
            Wanted(artifact, exactly(targets)) for artifact, targets in plan.emptied
        )
        neighbours.announce(permit + Permit(left=plan.left))
        steps = tuple(self._step(runtime, inputs, failed, step, cleaner) for step in plan.steps)

        async def uncovered() -> tuple[Cleaning, ...]:
            found = await cleaner.permit(
                Wanted(artifact, exactly(targets)) for artifact, targets in plan.below
            )
            return found.cleanings

        def announce(cleanings: tuple[Cleaning, ...]) -> None:
            neighbours.announce(Permit(cleanings))

        below = Below(uncovered, announce) if plan.below else None
        return Rollback(steps, permit.cleanings, cleaner, plan.left + permit.left, below)

    def _step(
        self,
        runtime: Runtime,
        inputs: DistInputs,
        failed: FailedRollout,
        step: RestoreStep,
        cleaner: Cleaner,
    ) -> Step:
        from pulumi_alicloud_edge._delivery.dist import DistPort
        from pulumi_alicloud_edge._delivery.rollback import Step, policy_of_step

        former, by_name = _former(inputs, failed.olds), {item.name: item for item in inputs.data}
        data = tuple(
            former.get(artifact) or by_name[artifact.name].model_copy(update={"version": artifact.version})
            for artifact in step.artifacts
        )
        policy = policy_of_step(failed.policy, failed.ended.outcome, ExactTargets(step.targets))
        port = DistPort(
            ens=runtime.cloud.ens,
            reads=runtime.preview_reads.of(None),
            app_id=inputs.app_id,
            files=_files(data),
            artifacts=step.artifacts,
            stages=policy.stages,
            cleaner=cleaner,
            clock=runtime.clock,
        )
        return Step(Desired(step.artifacts), policy, port)

    async def errors_seen(
        self, runtime: Runtime, inputs: DistInputs, observation: Observation, olds: Mapping[str, Any]
    ) -> list[FieldError]:
        """Find selections without instances, and versions to roll back to that are pushed no more."""
        field_errors = await super().errors_seen(runtime, inputs, observation, olds)
        if not field_errors and not self.is_unchanged(inputs, olds):
            field_errors = await _unpushed(runtime, inputs, observation)
        if inputs.rollout.on_failure is not OnFailure.ROLLBACK:
            return field_errors
        former = _to_be_restored(inputs, observation)
        if former:
            pushed = await runtime.reads.push_records(
                inputs.app_id, frozenset(artifact.name for artifact in former)
            )
            lost = [artifact for artifact in sorted(former) if not _is_pushed(pushed.get(artifact, {}))]
            field_errors += [
                FieldError("rollout.on_failure", rollback_target_lost(artifact)) for artifact in lost
            ]
        return field_errors

    def outputs(
        self,
        inputs: DistInputs,
        placements: tuple[Placement, ...],
        seen: Observation,  # noqa: ARG002
        olds: Mapping[str, Any],
        ended: RolloutResult | None = None,
    ) -> dict[str, Any]:
        """Return placements, and what is and was there."""
        selection = self.plan(inputs).policy.selection
        names = {artifact.name for artifact in _artifacts(inputs)}
        put = (
            replace(c, until="") if c.artifact.name in names and is_within(c.selectors, selection) else c
            for c in self.put("", olds)
        )
        claims = (*put, *self._put_now(inputs, ended))
        outputs = {
            "placements": show_placements(placements),
            "owned": show_owned(claims),
            "baseline": show_baseline(olds, _artifacts(inputs), ended.baseline if ended else None),
        }
        if ended is None:
            return outputs
        outcome = ended.outcome
        unfinished = outcome.status.value not in IN_PLACE
        return {
            **outputs,
            ROLLOUT: show_rollout(
                ended.baseline, ended.seen, outcome.begun, self.plan(inputs).policy.selection
            )
            if unfinished
            else {},
            UNSERVED: show_unserved(
                outcome.unserved | (LastRollout(olds).still_unserved(ended.seen) - ended.served), ended.seen
            ),
        }

    def _put_now(self, inputs: DistInputs, ended: RolloutResult | None) -> tuple[Claim, ...]:
        """Return what is declared on all stages that a rollout has come to: the others it has not touched (S1)."""
        claims = self.claims("", inputs)
        if ended is None or ended.outcome.status.value in IN_PLACE:
            return claims
        reached = ended.outcome.progress.stage + int(ended.outcome.started)
        selectors = tuple(
            dict.fromkeys(stage.selector for stage in self.plan(inputs).policy.stages[:reached])
        )
        return tuple(replace(claim, selectors=selectors) for claim in claims) if selectors else ()

    def leftovers(self, outputs: Mapping[str, Any]) -> str:
        """Data that is retained stays on the instances."""
        artifacts = owned_artifacts(outputs)
        if artifacts and outputs.get("on_delete") == OnDelete.RETAIN.value:
            return stays_line(artifacts, "on the instances: on_delete is retain")
        return unreadable_line(names) if (names := unreadable_owned(outputs)) else ""

    def _declared_before(self, urn: str, before: Mapping[str, Any]) -> tuple[Claim, ...]:
        """Return what inputs from before declare, which is all that a check knows of what was put."""
        stored = self.stored(before) if before else None
        return self.claims(urn, stored) if stored is not None else ()

    def put(self, urn: str, outputs: Mapping[str, Any]) -> tuple[Claim, ...]:
        """Return what stored outputs say was put where; for old ones, where their inputs select."""
        before = self.stored(outputs) if outputs else None
        selectors = self.plan(before).policy.selection if before is not None else ()
        app_id = str(outputs.get("app_id", ""))
        claims = owned_claims(outputs, urn, app_id, selectors)
        return tuple(claim for claim in claims if claim.selectors)


async def _surely_listed(runtime: Runtime, failed: FailedRollout) -> tuple[Observation, frozenset[str]]:
    """Return what a rollback goes by: what was seen last, and which targets are selected.

    A target that was started and is listed no more has left when two looks lack it (S5).
    """
    seen, selected = failed.ended.seen, failed.ended.selected
    lost = failed.ended.baseline.targets() - seen.regions.keys()
    if not seen.regions or not lost:
        return seen, selected
    await runtime.sleep(CONFIRMED_AFTER)
    again = await failed.port.observe(afresh=True)
    listed: frozenset[str] = frozenset().union(*(known for known in again.stage_targets if known))
    return replace(again, regions={**seen.regions, **again.regions}), selected | (lost & listed)


async def _unpushed(runtime: Runtime, inputs: DistInputs, observation: Observation) -> list[FieldError]:
    """Find files that two looks show not to be where they would have to be, and that nobody of this run pushes."""
    artifacts, names = _artifacts(inputs), frozenset(item.name for item in inputs.data)
    lacking = {
        artifact: regions
        for artifact in artifacts
        if (regions := regions_without(artifact, observation))
        and not runtime.registry.may_push(inputs.app_id, artifact)
    }
    if not lacking or not [
        *unpushed_errors(artifacts, lacking, await runtime.reads.push_records(inputs.app_id, names))
    ]:
        return []
    await runtime.sleep(_UNPUSHED_SECONDS)
    pushed = await runtime.reads.push_records(inputs.app_id, names)
    still = {a: regions for a, regions in lacking.items() if not runtime.registry.may_push(inputs.app_id, a)}
    return [*unpushed_errors(artifacts, still, pushed)]


def _is_pushed(records: Records) -> bool:
    return any(record.state is RecordState.SUCCEEDED for record in records.values())


def _to_be_restored(inputs: DistInputs, observation: Observation) -> set[Artifact]:
    """Return what a rollback would have to distribute again: what runs on selected targets and is not desired."""
    selected: frozenset[str] = frozenset().union(*(listed for listed in observation.stage_targets if listed))
    former: set[Artifact] = set()
    for artifact in _artifacts(inputs):
        running = running_versions(observation, artifact.name)
        versions = {version for target, version in running.items() if target in selected}
        former.update(Artifact(artifact.name, version) for version in versions - {artifact.version})
    return former


def _former(inputs: DistInputs, olds: Mapping[str, Any]) -> dict[Artifact, DistDataInput]:
    """Return the data files as they were declared before, as far as that is still known."""
    names = {item.name for item in inputs.data}
    found: dict[Artifact, DistDataInput] = {}
    for item in olds.get("data") or ():
        if isinstance(item, dict) and item.get("name") in names:
            try:
                known = DistDataInput(**item)
            except ValueError:
                continue
            found[known.artifact] = known
    return found


def _files(data: tuple[DistDataInput, ...]) -> dict[Artifact, DistFile]:
    from pulumi_alicloud_edge._cloud.ens_wire import DistFile

    return {item.artifact: DistFile(**item.model_dump()) for item in data}


def _artifacts(inputs: DistInputs) -> tuple[Artifact, ...]:
    return tuple(item.artifact for item in inputs.data)
