"""The kind of resource that distributes data files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pulumi_alicloud_edge.errors import InputFault
from pulumi_alicloud_edge.model.observation import Observation, Records, RecordState, Unit
from pulumi_alicloud_edge.model.outcome import Outcome, Placement
from pulumi_alicloud_edge.model.policy import Everywhere, OnFailure, RolloutPolicy, Stage
from pulumi_alicloud_edge.reconcile.decisions import Desired
from pulumi_alicloud_edge.registry import Declaration
from pulumi_alicloud_edge.resources.data_outputs import (
    owned_units,
    show_baseline,
    show_owned,
    show_placements,
)
from pulumi_alicloud_edge.resources.inputs import DistDataInput, DistInputs, OnDelete
from pulumi_alicloud_edge.resources.kind import Kind
from pulumi_alicloud_edge.resources.sizes import size_faults
from pulumi_alicloud_edge.resources.words import Noun, rollback_target_lost, stays_line

if TYPE_CHECKING:
    from pulumi_alicloud_edge.cloud.ens_wire import DistFile
    from pulumi_alicloud_edge.delivery.glances import StatusReads
    from pulumi_alicloud_edge.delivery.port import Port, RemovingPort
    from pulumi_alicloud_edge.resources.restoration import Restoration
    from pulumi_alicloud_edge.runtime import Runtime


class DistKind(Kind[DistInputs]):
    """Data files onto the instances of an application."""

    noun = Noun("instance", "instances")
    model = DistInputs

    def policy(self, inputs: DistInputs) -> RolloutPolicy:
        """Give stages and bounds."""
        return inputs.rollout.policy(inputs.scope())

    def desired(self, inputs: DistInputs) -> Desired:
        """Every file everywhere; an instance runs one version of a name."""
        return Desired(_units(inputs))

    def identity(self, inputs: DistInputs, name: str) -> str:
        """Give ``<app_id>/<name>``."""
        return f"{inputs.app_id}/{name}"

    def subject(self, inputs: DistInputs) -> str:
        """Name files and application."""
        return f"distribution of {', '.join(map(str, _units(inputs)))} in {inputs.app_id}"

    def port(self, runtime: Runtime, inputs: DistInputs, asker: object | None) -> Port:
        """Give the port of distributions."""
        reads = runtime.glances.of(asker)
        return self._port(runtime, reads, inputs.app_id, inputs.data, self.policy(inputs).stages)

    @staticmethod
    def _port(
        runtime: Runtime,
        reads: StatusReads,
        app_id: str,
        data: tuple[DistDataInput, ...],
        stages: tuple[Stage, ...],
    ) -> Port:
        from pulumi_alicloud_edge.delivery.dist import DistPort

        return DistPort(
            ens=runtime.cloud.ens,
            reads=reads,
            app_id=app_id,
            files=_files(data),
            units=tuple(item.unit for item in data),
            stages=stages,
        )

    def faults(self, inputs: DistInputs) -> Iterator[InputFault]:
        """Find what is too long for a call."""
        from pulumi_alicloud_edge.cloud.ens import dist_query
        from pulumi_alicloud_edge.delivery.strategies import dist_strategy

        files, stages = tuple(_files(inputs.data).values()), self.policy(inputs).stages
        queries = (dist_query(inputs.app_id, files, dist_strategy(stage.scope)) for stage in stages)
        yield from size_faults("data", queries)

    def removing_port(
        self, runtime: Runtime, inputs: DistInputs, units: tuple[Unit, ...]
    ) -> RemovingPort | None:
        """Give the port that cleans, unless the data is to be retained."""
        if inputs.on_delete is OnDelete.RETAIN:
            return None
        from pulumi_alicloud_edge.delivery.dist import DistRemovalPort

        regions = tuple(sorted(self.regions(inputs)))
        return DistRemovalPort(runtime.cloud.ens, inputs.app_id, units, regions)

    def restoration(
        self,
        runtime: Runtime,
        inputs: DistInputs,
        outcome: Outcome,
        port: Port,  # noqa: ARG002
        olds: Mapping[str, Any],
    ) -> Restoration | None:
        """Distribute the baseline's versions again where the rollout has been; clean names that had none."""
        from pulumi_alicloud_edge.delivery.dist import DistRemovalPort, limited_to
        from pulumi_alicloud_edge.resources.restoration import Restoration, way_back

        policy = way_back(self.policy(inputs), outcome)
        former = tuple(_former(inputs, olds))
        restored = {item.name for item in former}
        clean = tuple(unit for unit in _units(inputs) if unit.name not in restored)
        regions = tuple(sorted(limited_to(policy.stages)))
        return Restoration(
            desired=Desired(tuple(item.unit for item in former)),
            policy=policy,
            port=self._port(runtime, runtime.reads, inputs.app_id, former, policy.stages),
            clean=clean,
            removing=DistRemovalPort(runtime.cloud.ens, inputs.app_id, clean, regions),
        )

    async def faults_seen(
        self, runtime: Runtime, inputs: DistInputs, observation: Observation, olds: Mapping[str, Any]
    ) -> list[InputFault]:
        """Find selections without instances, and versions to roll back to that are pushed no more."""
        faults = await super().faults_seen(runtime, inputs, observation, olds)
        if inputs.rollout.on_failure is not OnFailure.ROLLBACK:
            return faults
        before = {item.get("name"): item.get("version") for item in olds.get("data") or ()}
        versions = {item.name: str(before.get(item.name) or item.version) for item in inputs.data}
        former = {Unit(name, version) for name, version in versions.items()} - set(_units(inputs))
        if former:
            pushed = await runtime.reads.push_records(inputs.app_id, frozenset(unit.name for unit in former))
            lost = [unit for unit in sorted(former) if not _is_pushed(pushed.get(unit, {}))]
            faults += [InputFault("rollout.on_failure", rollback_target_lost(unit)) for unit in lost]
        return faults

    def declarations(self, urn: str, inputs: DistInputs) -> tuple[Declaration, ...]:
        """Say which names must stay, and where."""
        regions = self.regions(inputs)
        comparable = bool(regions) or all(
            isinstance(stage.scope, Everywhere) for stage in self.policy(inputs).stages[-1:]
        )
        return tuple(Declaration(urn, inputs.app_id, unit, regions, comparable) for unit in _units(inputs))

    def regions(self, inputs: DistInputs) -> frozenset[str]:
        """Give the regions that the expressions name, if they do nothing else."""
        from pulumi_alicloud_edge.delivery.dist import limited_to

        return limited_to(self.policy(inputs).stages)

    def outputs(
        self,
        inputs: DistInputs,
        placements: tuple[Placement, ...],
        port: Port,  # noqa: ARG002
        olds: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Give placements, and what is and was there."""
        return {
            "placements": show_placements(placements),
            "owned": show_owned(olds, _units(inputs)),
            "baseline": show_baseline(olds, _units(inputs)),
        }

    def leftovers(self, outputs: Mapping[str, Any]) -> str:
        """Data that is retained stays on the instances."""
        units = owned_units(outputs)
        if units and outputs.get("on_delete") == OnDelete.RETAIN.value:
            return stays_line(units, "on the instances: on_delete is retain")
        return ""


def _is_pushed(records: Records) -> bool:
    return any(record.state is RecordState.SUCCEEDED for record in records.values())


def _former(inputs: DistInputs, olds: Mapping[str, Any]) -> Iterator[DistDataInput]:
    """Give the baseline's data files, as they were declared then as far as that is still known."""
    declared = {(item.get("name"), item.get("version")): item for item in olds.get("data") or ()}
    baseline = show_baseline(olds, _units(inputs))
    for item in inputs.data:
        version = baseline.get(item.name)
        if version is not None:
            then = declared.get((item.name, version))
            yield DistDataInput(**then) if then else item.model_copy(update={"version": version})


def _files(data: tuple[DistDataInput, ...]) -> dict[Unit, DistFile]:
    from pulumi_alicloud_edge.cloud.ens_wire import DistFile

    return {item.unit: DistFile(**item.model_dump()) for item in data}


def _units(inputs: DistInputs) -> tuple[Unit, ...]:
    return tuple(item.unit for item in inputs.data)
