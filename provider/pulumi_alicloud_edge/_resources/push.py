"""The kind of resource that pushes data files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pulumi_alicloud_edge._errors import FieldError
from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._model.outcome import Placement, TargetState
from pulumi_alicloud_edge._reconcile.decisions import Desired
from pulumi_alicloud_edge._resources.contents import (
    CONTENTS,
    digests,
    known_contents,
    show_contents,
    without_undeclared,
)
from pulumi_alicloud_edge._resources.data_handler import DataHandler
from pulumi_alicloud_edge._resources.data_outputs import (
    ROLLOUT,
    owned_artifacts,
    owned_claims,
    show_baseline,
    show_owned,
    show_placements,
    show_rollout,
)
from pulumi_alicloud_edge._resources.handler import Neighbours, Plan
from pulumi_alicloud_edge._resources.inputs import PushInputs
from pulumi_alicloud_edge._resources.last_rollout import HINTS, IN_PLACE
from pulumi_alicloud_edge._resources.messages import TargetLabel, stays_line
from pulumi_alicloud_edge._resources.sizes import size_errors

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.ens_wire import PushFile
    from pulumi_alicloud_edge._delivery.port import Port
    from pulumi_alicloud_edge._delivery.runner import RolloutResult
    from pulumi_alicloud_edge._model.policy import Selector
    from pulumi_alicloud_edge._runtime import Runtime


class PushHandler(DataHandler[PushInputs]):
    """Data files onto the file servers of edge regions."""

    label = TargetLabel("region", "regions")
    model = PushInputs
    hidden = frozenset({"sources"})

    def field_errors(self, inputs: PushInputs) -> Iterator[FieldError]:
        """Find urls that did not arrive (the program's side says so where there are none), and what is too long."""
        from pulumi_alicloud_edge._cloud.ens import push_query
        from pulumi_alicloud_edge._delivery.strategies import push_strategy

        if inputs.sources is None:
            yield FieldError("data", "the urls did not arrive: update the package pulumi to 3.235 or newer")
        files, stages = tuple(_files(inputs).values()), self.plan(inputs).policy.stages
        queries = (push_query(inputs.app_id, files, push_strategy(stage.selector)) for stage in stages)
        yield from size_errors("data", queries)

    def plan(self, inputs: PushInputs) -> Plan:
        """Return every file everywhere; versions of a name lie side by side."""
        return Plan(
            inputs.app_id,
            Desired(_artifacts(inputs), exclusive=False),
            inputs.rollout.policy(inputs.selector()),
            subject=f"push of {', '.join(map(str, _artifacts(inputs)))} to {inputs.app_id}",
        )

    def pushes(self, inputs: PushInputs) -> frozenset[tuple[str, Artifact]]:
        """Return every file."""
        return frozenset((inputs.app_id, artifact) for artifact in _artifacts(inputs))

    def port(
        self,
        runtime: Runtime,
        inputs: PushInputs,
        caller: object | None,
        neighbours: Neighbours | None = None,  # noqa: ARG002 - versions lie side by side
    ) -> Port:
        """Return the port of pushes."""
        from pulumi_alicloud_edge._delivery.push import PushPort

        return PushPort(
            ens=runtime.cloud.ens,
            reads=runtime.preview_reads.of(caller),
            app_id=inputs.app_id,
            files=_files(inputs),
            artifacts=_artifacts(inputs),
            stages=self.plan(inputs).policy.stages,
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

    def errors_of_change(self, olds: Mapping[str, Any], inputs: PushInputs) -> Iterator[FieldError]:
        """Refuse new content under an old name: a version that has arrived somewhere stays what it is."""
        known = known_contents(olds, {})
        for index, item in enumerate(inputs.data):
            before = known.get(item.artifact, {})
            for field, digest in digests(item).items():
                if before.get(field, digest) != digest:
                    reason = (
                        f"differs from what {item.artifact} was pushed with: give new content a new version"
                    )
                    yield FieldError(f"data[{index}].{field}", reason)

    def outputs(
        self,
        inputs: PushInputs,
        placements: tuple[Placement, ...],
        seen: Observation,
        olds: Mapping[str, Any],
        ended: RolloutResult | None = None,
    ) -> dict[str, Any]:
        """Return placements, and what is and was there."""
        selectors: tuple[Selector, ...] = tuple(stage.selector for stage in self.plan(inputs).policy.stages)
        arrived = [placement.artifact for placement in placements if placement.count(TargetState.CONVERGED)]
        declared = (Claim("", inputs.app_id, artifact, selectors) for artifact in _artifacts(inputs))
        outputs: dict[str, Any] = {
            HINTS: seen.hints_not_borne_out(_artifacts(inputs)),
            "placements": show_placements(placements),
            "owned": show_owned((*owned_claims(olds, "", inputs.app_id, selectors), *declared)),
            "baseline": show_baseline(olds, _artifacts(inputs)),
            CONTENTS: show_contents(known_contents(olds, {}), inputs.data, arrived),
        }
        if ended is not None:
            unfinished = ended.outcome.status.value not in IN_PLACE
            begun = ended.outcome.begun
            outputs[ROLLOUT] = show_rollout(ended.baseline, ended.seen, begun) if unfinished else {}
        return outputs

    def leftovers(self, outputs: Mapping[str, Any]) -> str:
        """Pushed data cannot be taken back: ENS has no operation for it."""
        artifacts = owned_artifacts(outputs)
        return (
            stays_line(artifacts, "on the file servers: pushed data cannot be removed") if artifacts else ""
        )


def _files(inputs: PushInputs) -> dict[Artifact, PushFile]:
    from pulumi_alicloud_edge._cloud.ens_wire import PushFile

    sources = inputs.sources or {}
    return {
        item.artifact: PushFile(url=sources.get(str(item.artifact), ""), **item.model_dump())
        for item in inputs.data
    }


def _artifacts(inputs: PushInputs) -> tuple[Artifact, ...]:
    return tuple(item.artifact for item in inputs.data)
