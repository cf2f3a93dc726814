"""What differs between the three resources, as the operations see it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from pulumi_alicloud_edge._delivery.inventory import read_inventory
from pulumi_alicloud_edge._errors import FieldError, InputError
from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._model.outcome import Placement
from pulumi_alicloud_edge._model.policy import RolloutPolicy
from pulumi_alicloud_edge._reconcile.decisions import CONFIRMED_AFTER, Desired
from pulumi_alicloud_edge._reconcile.drift import Drift
from pulumi_alicloud_edge._reconcile.impact import Impact
from pulumi_alicloud_edge._resources.markers import Mark, marked
from pulumi_alicloud_edge._resources.messages import TargetLabel, impact_line
from pulumi_alicloud_edge._resources.seen_errors import NamedId, unknown_id_errors
from pulumi_alicloud_edge._resources.stored_inputs import read_stored
from pulumi_alicloud_edge._resources.validation import read_inputs

if TYPE_CHECKING:
    from pulumi_alicloud_edge._delivery.cleaning import Cleaner
    from pulumi_alicloud_edge._delivery.port import Port
    from pulumi_alicloud_edge._delivery.rollback import Rollback
    from pulumi_alicloud_edge._delivery.runner import RolloutResult
    from pulumi_alicloud_edge._model.removal import Permit
    from pulumi_alicloud_edge._reconcile.rollout import Memory
    from pulumi_alicloud_edge._runtime import Runtime


@dataclass(frozen=True)
class Plan:
    """What the inputs of a resource ask for.

    Attributes:
        app_id: The application.
        desired: What is to be true in the end.
        policy: Stages and bounds.
        subject: What is rolled out, for messages.
        starts_in: Seconds until the rollout is to begin.
    """

    app_id: str
    desired: Desired
    policy: RolloutPolicy
    subject: str
    starts_in: float = 0.0


@dataclass(frozen=True)
class FailedRollout:
    """A rollout that has failed and is to be taken back.

    Attributes:
        policy: The policy in force, with the custom timeout if there is one.
        ended: How it ended.
        port: Its way to the cloud.
        olds: The outputs before it, if any.
    """

    policy: RolloutPolicy
    ended: RolloutResult
    port: Port
    olds: Mapping[str, Any]


@dataclass(frozen=True)
class Neighbours:
    """What others of the same program declare, and who hears of what is taken away or left.

    Attributes:
        claims: Returns what the other resources of the program declare.
        announce: Is told what is cleaned, before it is, and what is left, and why.
    """

    claims: Callable[[], tuple[Claim, ...]]
    announce: Callable[[Permit], None]


I = TypeVar("I", bound=BaseModel)  # noqa: E741


class ResourceHandler(ABC, Generic[I]):
    """One kind of resource: how its inputs read, what it desires, and how it reaches the cloud.

    Attributes:
        label: What its targets are called.
        model: Its input model.
        vanishes: Whether nothing in the cloud means that the resource is gone.
        hidden: Inputs that are no part of what is desired, and so neither compared nor stored as outputs.
        kept_by_read: Outputs of its own that a mere read leaves as they are stored: what the next run has to know.
    """

    label: TargetLabel
    model: type[I]
    vanishes: bool = True
    hidden: frozenset[str] = frozenset()
    kept_by_read: frozenset[str] = frozenset()

    @property
    def replacing(self) -> tuple[str, ...]:
        """Inputs whose change replaces the resource."""
        return marked(self.model, Mark.REPLACES)

    def read(self, properties: Mapping[str, Any]) -> I | None:
        """Read the inputs among some properties; None while something in them is unknown.

        Raises:
            InputError: With every field error.
        """
        inputs = read_inputs(self.model, properties)
        field_errors = tuple(self.field_errors(inputs)) if inputs is not None else ()
        if field_errors:
            raise InputError(field_errors)
        return inputs

    def field_errors(self, inputs: I) -> Iterator[FieldError]:  # noqa: ARG002
        """Find what keeps inputs that are in order from being rolled out."""
        return iter(())

    def declared(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Pick from properties what the user declared and what is compared and stored."""
        keys = set(self.model.model_fields) - self.hidden
        return {key: value for key, value in properties.items() if key in keys and value is not None}

    def stored(self, outputs: Mapping[str, Any]) -> I | None:
        """Read the inputs that a resource had when its outputs were stored; None where they cannot be read."""
        return read_stored(self.model, self.declared(outputs))

    def is_unchanged(self, inputs: I, olds: Mapping[str, Any]) -> bool:
        """Return whether inputs or outputs from before declare the same, on the same targets, in the same stages."""
        stored = self.stored(olds) if olds else None
        if stored is None:
            return False
        before, now = self.plan(stored), self.plan(inputs)
        return (before.desired, before.policy.stages) == (now.desired, now.policy.stages)

    def recalled(
        self,
        olds: Mapping[str, Any],
        old_inputs: Callable[[], Mapping[str, Any]],  # noqa: ARG002
    ) -> Mapping[str, Any]:
        """Return stored outputs with what the stored inputs alone know.

        Args:
            olds: The stored outputs.
            old_inputs: Returns the stored inputs, which takes some time; empty where they cannot be had.
        """
        return olds

    def is_same(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """Return whether two sets of what is declared ask for the same."""
        return before == after

    def errors_of_change(self, olds: Mapping[str, Any], inputs: I) -> Iterator[FieldError]:  # noqa: ARG002
        """Find what is wrong with a change in the light of the outputs stored before it."""
        return iter(())

    async def errors_seen(
        self,
        runtime: Runtime,
        inputs: I,
        observation: Observation,
        olds: Mapping[str, Any],
    ) -> list[FieldError]:
        """Find what the cloud shows to be wrong with the inputs. Runs on the runtime's loop, in a preview too.

        ``olds`` are the inputs before, empty for a create. A selection that has become empty is no error of inputs that
        nobody has edited (S6).
        """
        if self.is_unchanged(inputs, olds):
            return []
        if unknown := await self._unknown_ids(runtime, inputs, olds):
            return unknown
        declared = len(self.plan(inputs).policy.stages) > 1
        return [
            FieldError(
                f"rollout.stages[{index}]" if declared else "", f"the selection matches no {self.label.one}"
            )
            for index, targets in enumerate(observation.stage_targets)
            if targets is not None and not targets
        ]

    async def _unknown_ids(self, runtime: Runtime, inputs: I, olds: Mapping[str, Any]) -> list[FieldError]:
        """Find regions and instances that were written just now and that two inventories lack (S5, S6)."""
        named = tuple(self.names(inputs))
        if not named:
            return []
        stored, app_id = self.stored(olds) if olds else None, self.plan(inputs).app_id
        before = tuple(self.names(stored)) if stored is not None else ()
        seen = await read_inventory(runtime.preview_reads.of(object()), app_id)
        if not [*unknown_id_errors(named, before, seen.regions, app_id)]:
            return []
        await runtime.sleep(CONFIRMED_AFTER)
        again = await read_inventory(runtime.reads, app_id)
        listed = {**seen.regions, **again.regions} if again.regions else {}
        return [*unknown_id_errors(named, before, listed, app_id)]

    def restores(
        self,
        inputs: I,  # noqa: ARG002
        observation: Observation,  # noqa: ARG002
        outputs: Mapping[str, Any],  # noqa: ARG002
    ) -> Artifact | None:
        """Return what a rollback would bring back that is to be looked for in a preview; None for nothing.

        Args:
            inputs: What is declared.
            observation: What the cloud shows before the rollout.
            outputs: What is stored.
        """
        return None

    async def errors_of_restoring(
        self,
        runtime: Runtime,  # noqa: ARG002
        inputs: I,  # noqa: ARG002
        artifact: Artifact,  # noqa: ARG002
    ) -> list[FieldError]:
        """Find out why a rollback could not bring an artifact back. Runs on the runtime's loop."""
        return []

    def claims(self, urn: str, inputs: I) -> tuple[Claim, ...]:  # noqa: ARG002
        """Return what a resource declares on its application, and where."""
        return ()

    def pushes(self, inputs: I) -> frozenset[tuple[str, Artifact]]:  # noqa: ARG002
        """Return what a resource brings onto file servers: application and data file."""
        return frozenset()

    def names(self, inputs: I) -> Iterator[NamedId]:  # noqa: ARG002
        """Return the regions and instances that inputs name, where they have to be of the application."""
        return iter(())

    def removable(self, urn: str, outputs: Mapping[str, Any]) -> tuple[Claim, ...]:  # noqa: ARG002
        """Return what a resource has put where and takes away again, by its stored outputs; nothing by default."""
        return ()

    def put(self, urn: str, outputs: Mapping[str, Any]) -> tuple[Claim, ...]:
        """Return what a resource has put where, whether or not it takes that away again, by its stored outputs."""
        return self.removable(urn, outputs)

    def left_behind(
        self,
        urn: str,  # noqa: ARG002
        inputs: I,  # noqa: ARG002
        before: Mapping[str, Any],  # noqa: ARG002
    ) -> tuple[Claim, ...]:
        """Return what a resource has put where it declares nothing any more, by outputs or inputs from before."""
        return ()

    def still_ordered(self, inputs: I, olds: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Describe what an earlier run has asked for, and what the cloud will begin after all; empty for nothing."""
        return ""

    def retained(self, urn: str, inputs: I, before: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Describe what an update leaves on purpose where nothing is declared any more; empty for nothing."""
        return ""

    def cleaner(
        self,
        runtime: Runtime,  # noqa: ARG002
        app_id: str,  # noqa: ARG002
        neighbours: Neighbours,  # noqa: ARG002
    ) -> Cleaner | None:
        """Return what cleans an application's data; None where the cloud cannot. To be called on the loop."""
        return None

    def memory(self, inputs: I, olds: Mapping[str, Any]) -> Memory:  # noqa: ARG002
        """Return what a rollout knows from the runs before it, by the outputs that the last one has stored."""
        from pulumi_alicloud_edge._reconcile.rollout import Memory

        return Memory()

    async def rollback(
        self,
        runtime: Runtime,  # noqa: ARG002
        inputs: I,  # noqa: ARG002
        failed: FailedRollout,  # noqa: ARG002
        neighbours: Neighbours,  # noqa: ARG002
    ) -> Rollback | None:
        """Return how to take a failed rollout back; None where there is nothing to restore. Runs on the loop."""
        return None

    def impact_seen(self, inputs: I, impact: Impact, observation: Observation) -> Impact:  # noqa: ARG002
        """Return an impact with what its line needs of the observation beside it."""
        return impact

    def drift_seen(self, inputs: I, drift: Drift, observation: Observation) -> Drift:  # noqa: ARG002
        """Return a drift with what its line needs of the observation beside it."""
        return drift

    def impact_line(self, inputs: I, impact: Impact) -> str:  # noqa: ARG002
        """Describe what a rollout would touch; empty for nothing."""
        return impact_line(impact, self.label)

    @abstractmethod
    def plan(self, inputs: I) -> Plan:
        """Return what the inputs ask for."""

    @abstractmethod
    def identity(self, inputs: I, name: str) -> str:
        """Return the id of a resource made under this name."""

    @abstractmethod
    def port(
        self, runtime: Runtime, inputs: I, caller: object | None, neighbours: Neighbours | None = None
    ) -> Port:
        """Return the way to the cloud. To be called on the runtime's loop.

        Args:
            runtime: What all calls of this process share.
            inputs: What is declared.
            caller: Whose looks are whose: nobody gets the same shared reading twice, and None gets none.
            neighbours: What has to stay where something is displaced; without, nothing is.
        """

    @abstractmethod
    def outputs(
        self,
        inputs: I,
        placements: tuple[Placement, ...],
        seen: Observation,
        olds: Mapping[str, Any],
        ended: RolloutResult | None = None,
    ) -> dict[str, Any]:
        """Return the outputs that are this kind's own.

        Args:
            inputs: What is declared.
            placements: Where each artifact stands.
            seen: What the last look showed.
            olds: The outputs before this rollout, if any.
            ended: How the rollout ended; None for a mere read.
        """

    def after_read(
        self, inputs: I, placements: tuple[Placement, ...], seen: Observation, outputs: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the outputs that are this kind's own as a mere read finds them.

        Args:
            inputs: What was declared at the last rollout.
            placements: Where each artifact stands.
            seen: What the look showed.
            outputs: What is stored.
        """
        kept = {key: outputs[key] for key in self.kept_by_read if key in outputs}
        return {**self.outputs(inputs, placements, seen, outputs), **kept, **self.shown(seen)}

    def after_rollback(
        self,
        inputs: I,  # noqa: ARG002
        outputs: Mapping[str, Any],  # noqa: ARG002
        seen: Observation,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return which outputs of a rollout change once it is rolled back.

        Args:
            inputs: What was declared.
            outputs: The outputs of the rollout.
            seen: What its last look showed.
        """
        return {}

    def after_cleaning(
        self,
        outputs: Mapping[str, Any],  # noqa: ARG002
        put: Iterable[Claim],  # noqa: ARG002
        unreached: Collection[str] = (),  # noqa: ARG002
        stopped: Collection[str] = (),  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return which outputs change once what is declared no more was cleaned.

        Args:
            outputs: The outputs of the rollout before.
            put: What the resource has put, as far as it is still there.
            unreached: The targets that no clean has reached.
            stopped: Those that the inventory calls stopped.
        """
        return {}

    def shown(self, seen: Observation) -> dict[str, Any]:  # noqa: ARG002
        """Return outputs that tell what the cloud showed last, whatever was desired of it."""
        return {}

    @abstractmethod
    def leftovers(self, outputs: Mapping[str, Any]) -> str:
        """Describe what destroying it leaves in the cloud; empty for nothing worth a word."""
