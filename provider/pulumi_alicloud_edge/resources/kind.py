"""What differs between the three resources, as the lifecycle sees it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from pulumi_alicloud_edge.errors import InputError, InputFault
from pulumi_alicloud_edge.model.observation import Observation, Unit
from pulumi_alicloud_edge.model.outcome import Outcome, Placement
from pulumi_alicloud_edge.model.policy import RolloutPolicy
from pulumi_alicloud_edge.reconcile.decisions import Desired
from pulumi_alicloud_edge.reconcile.impact import Impact
from pulumi_alicloud_edge.registry import Declaration
from pulumi_alicloud_edge.resources.validation import read_inputs
from pulumi_alicloud_edge.resources.words import Noun, impact_line

if TYPE_CHECKING:
    from pulumi_alicloud_edge.delivery.port import Port, RemovingPort
    from pulumi_alicloud_edge.resources.restoration import Restoration
    from pulumi_alicloud_edge.runtime import Runtime

I = TypeVar("I", bound=BaseModel)  # noqa: E741


class Kind(ABC, Generic[I]):
    """One kind of resource: how its inputs read, what it desires, and how it reaches the cloud.

    Attributes:
        noun: What its targets are called.
        model: Its input model.
        replacing: Inputs whose change replaces the resource.
        vanishes: Whether nothing in the cloud means that the resource is gone.
        hidden: Inputs that are no part of what is desired, and so neither compared nor stored as outputs.
    """

    noun: Noun
    model: type[I]
    replacing: tuple[str, ...] = ("app_id",)
    vanishes: bool = True
    hidden: frozenset[str] = frozenset()

    def read(self, properties: Mapping[str, Any]) -> I | None:
        """Read the inputs among some properties; None while something in them is unknown.

        Raises:
            InputError: With every fault.
        """
        inputs = read_inputs(self.model, properties)
        faults = tuple(self.faults(inputs)) if inputs is not None else ()
        if faults:
            raise InputError(faults)
        return inputs

    def faults(self, inputs: I) -> Iterator[InputFault]:  # noqa: ARG002
        """Find what keeps inputs that are in order from being rolled out."""
        return iter(())

    def declared(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Pick from properties what the user declared and what is compared and stored."""
        keys = set(self.model.model_fields) - self.hidden
        return {key: value for key, value in properties.items() if key in keys and value is not None}

    def stored(self, outputs: Mapping[str, Any]) -> I | None:
        """Read the inputs that a resource had when its outputs were stored; None where they cannot be read."""
        return read_inputs(self.model, self.declared(outputs))

    def starts_in(self, inputs: I) -> float:  # noqa: ARG002
        """Give the seconds until the rollout is to begin."""
        return 0.0

    def faults_of_change(self, olds: Mapping[str, Any], inputs: I) -> Iterator[InputFault]:  # noqa: ARG002
        """Find what is wrong with a change in the light of the outputs stored before it."""
        return iter(())

    async def faults_seen(
        self,
        runtime: Runtime,  # noqa: ARG002
        inputs: I,
        observation: Observation,
        olds: Mapping[str, Any],  # noqa: ARG002
    ) -> list[InputFault]:
        """Find what the cloud shows to be wrong with the inputs. Runs on the runtime's loop, in a preview too.

        ``olds`` are the inputs before, empty for a create.
        """
        declared = len(self.policy(inputs).stages) > 1
        return [
            InputFault(
                f"rollout.stages[{index}]" if declared else "", f"the selection matches no {self.noun.one}"
            )
            for index, members in enumerate(observation.members)
            if members is not None and not members
        ]

    def declarations(self, urn: str, inputs: I) -> tuple[Declaration, ...]:  # noqa: ARG002
        """Say what must not be cleaned while this resource is in the program."""
        return ()

    def removing_port(self, runtime: Runtime, inputs: I, units: tuple[Unit, ...]) -> RemovingPort | None:  # noqa: ARG002
        """Give the port that takes units away; None where the cloud cannot, or the user does not want it."""
        return None

    def regions(self, inputs: I) -> frozenset[str]:  # noqa: ARG002
        """Give the regions that the resource is limited to, none for no such limit."""
        return frozenset()

    def restoration(
        self,
        runtime: Runtime,  # noqa: ARG002
        inputs: I,  # noqa: ARG002
        outcome: Outcome,  # noqa: ARG002
        port: Port,  # noqa: ARG002
        olds: Mapping[str, Any],  # noqa: ARG002
    ) -> Restoration | None:
        """Give the way back from a failed rollout; None where there is none. To be called on the loop."""
        return None

    def impact_line(self, inputs: I, impact: Impact) -> str:  # noqa: ARG002
        """Say what a rollout would touch; empty for nothing."""
        return impact_line(impact, self.noun)

    @abstractmethod
    def policy(self, inputs: I) -> RolloutPolicy:
        """Give stages and bounds."""

    @abstractmethod
    def desired(self, inputs: I) -> Desired:
        """Give what is to be true in the end."""

    @abstractmethod
    def identity(self, inputs: I, name: str) -> str:
        """Give the id of a resource made under this name."""

    @abstractmethod
    def subject(self, inputs: I) -> str:
        """Name what is rolled out, for messages."""

    @abstractmethod
    def port(self, runtime: Runtime, inputs: I, asker: object | None) -> Port:
        """Give the way to the cloud. To be called on the runtime's loop.

        ``asker`` tells whose looks are whose: nobody gets the same shared reading twice, and None gets none.
        """

    @abstractmethod
    def outputs(
        self, inputs: I, placements: tuple[Placement, ...], port: Port, olds: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Give the outputs that are this kind's own. ``olds`` are the outputs before this rollout, if any."""

    def shown(self, port: Port) -> dict[str, Any]:  # noqa: ARG002
        """Give outputs that tell what the cloud showed last, whatever was desired of it."""
        return {}

    @abstractmethod
    def leftovers(self, outputs: Mapping[str, Any]) -> str:
        """Say what destroying it leaves in the cloud; empty for nothing worth a word."""
