"""The kind of resource that pushes data files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pulumi_alicloud_edge.errors import InputFault
from pulumi_alicloud_edge.model.claim import Claim
from pulumi_alicloud_edge.model.observation import Unit
from pulumi_alicloud_edge.model.outcome import Placement, Verdict
from pulumi_alicloud_edge.model.policy import RolloutPolicy
from pulumi_alicloud_edge.reconcile.decisions import Desired
from pulumi_alicloud_edge.resources.contents import (
    CONTENTS,
    digests,
    known_contents,
    show_contents,
    without_undeclared,
)
from pulumi_alicloud_edge.resources.data_memory import data_memory
from pulumi_alicloud_edge.resources.data_outputs import (
    HINTS,
    IN_PLACE,
    ROLLOUT,
    owned_claims,
    owned_units,
    show_baseline,
    show_owned,
    show_placements,
    show_rollout,
)
from pulumi_alicloud_edge.resources.inputs import PushInputs
from pulumi_alicloud_edge.resources.kind import Kind, Neighbours
from pulumi_alicloud_edge.resources.sizes import size_faults
from pulumi_alicloud_edge.resources.words import Noun, stays_line

if TYPE_CHECKING:
    from pulumi_alicloud_edge.cloud.ens_wire import PushFile
    from pulumi_alicloud_edge.delivery.conduct import Ended
    from pulumi_alicloud_edge.delivery.port import Port
    from pulumi_alicloud_edge.model.policy import Scope
    from pulumi_alicloud_edge.reconcile.rollout import Memory
    from pulumi_alicloud_edge.runtime import Runtime


class PushKind(Kind[PushInputs]):
    """Data files onto the file servers of edge regions."""

    noun = Noun("region", "regions")
    model = PushInputs
    hidden = frozenset({"sources"})

    def faults(self, inputs: PushInputs) -> Iterator[InputFault]:
        """Find urls that did not arrive (the program's side says so where there are none), and what is too long."""
        from pulumi_alicloud_edge.cloud.ens import push_query
        from pulumi_alicloud_edge.delivery.strategies import push_strategy

        if inputs.sources is None:
            yield InputFault("data", "the urls did not arrive: update the package pulumi to 3.235 or newer")
        files, stages = tuple(_files(inputs).values()), self.policy(inputs).stages
        queries = (push_query(inputs.app_id, files, push_strategy(stage.scope)) for stage in stages)
        yield from size_faults("data", queries)

    def policy(self, inputs: PushInputs) -> RolloutPolicy:
        """Give stages and bounds."""
        return inputs.rollout.policy(inputs.scope())

    def desired(self, inputs: PushInputs) -> Desired:
        """Every file everywhere; versions of a name lie side by side."""
        return Desired(_units(inputs), exclusive=False)

    def identity(self, inputs: PushInputs, name: str) -> str:
        """Give ``<app_id>/<name>``."""
        return f"{inputs.app_id}/{name}"

    def subject(self, inputs: PushInputs) -> str:
        """Name files and application."""
        return f"push of {', '.join(map(str, _units(inputs)))} to {inputs.app_id}"

    def port(
        self,
        runtime: Runtime,
        inputs: PushInputs,
        asker: object | None,
        neighbours: Neighbours | None = None,  # noqa: ARG002 - versions lie side by side
    ) -> Port:
        """Give the port of pushes."""
        from pulumi_alicloud_edge.delivery.push import PushPort

        return PushPort(
            ens=runtime.cloud.ens,
            reads=runtime.glances.of(asker),
            app_id=inputs.app_id,
            files=_files(inputs),
            units=_units(inputs),
            stages=self.policy(inputs).stages,
        )

    def recalled(
        self, olds: Mapping[str, Any], old_inputs: Callable[[], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """Return stored outputs with all that is known of the content of versions that have arrived somewhere."""
        known = known_contents(olds, old_inputs())
        return {**olds, CONTENTS: show_contents(known, (), ())}

    def is_same(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """Return whether the same is to be pushed: a md5 or a size that only one declares is no difference."""
        one, other = without_undeclared(before.get("data"), after.get("data"))
        return {**before, "data": one} == {**after, "data": other}

    def faults_of_change(self, olds: Mapping[str, Any], inputs: PushInputs) -> Iterator[InputFault]:
        """Refuse new content under an old name: a version that has arrived somewhere stays what it is."""
        known = known_contents(olds, {})
        for index, item in enumerate(inputs.data):
            before = known.get(item.unit, {})
            for field, digest in digests(item).items():
                if before.get(field, digest) != digest:
                    reason = f"differs from what {item.unit} was pushed with: give new content a new version"
                    yield InputFault(f"data[{index}].{field}", reason)

    def outputs(
        self,
        inputs: PushInputs,
        placements: tuple[Placement, ...],
        port: Port,
        olds: Mapping[str, Any],
        ended: Ended | None = None,
    ) -> dict[str, Any]:
        """Give placements, and what is and was there."""
        from pulumi_alicloud_edge.delivery.push import PushPort

        scopes: tuple[Scope, ...] = tuple(stage.scope for stage in self.policy(inputs).stages)
        arrived = [placement.unit for placement in placements if placement.count(Verdict.CONVERGED)]
        declared = (Claim("", inputs.app_id, unit, scopes) for unit in _units(inputs))
        outputs: dict[str, Any] = {
            HINTS: port.shown.hints_not_borne_out(_units(inputs)) if isinstance(port, PushPort) else 0,
            "placements": show_placements(placements),
            "owned": show_owned((*owned_claims(olds, "", inputs.app_id, scopes), *declared)),
            "baseline": show_baseline(olds, _units(inputs)),
            CONTENTS: show_contents(known_contents(olds, {}), inputs.data, arrived),
        }
        if ended is not None:
            unfinished = ended.outcome.status.value not in IN_PLACE
            begun = ended.outcome.begun
            outputs[ROLLOUT] = show_rollout(ended.baseline, ended.seen, begun) if unfinished else {}
        return outputs

    def memory(self, inputs: PushInputs, olds: Mapping[str, Any]) -> Memory:
        """Return what the runs of an unfinished push have begun."""
        return data_memory(self, inputs, olds)

    def leftovers(self, outputs: Mapping[str, Any]) -> str:
        """Pushed data cannot be taken back: ENS has no operation for it."""
        units = owned_units(outputs)
        return stays_line(units, "on the file servers: pushed data cannot be removed") if units else ""


def _files(inputs: PushInputs) -> dict[Unit, PushFile]:
    from pulumi_alicloud_edge.cloud.ens_wire import PushFile

    sources = inputs.sources or {}
    return {
        item.unit: PushFile(url=sources.get(str(item.unit), ""), **item.model_dump()) for item in inputs.data
    }


def _units(inputs: PushInputs) -> tuple[Unit, ...]:
    return tuple(item.unit for item in inputs.data)
