"""One operation on one resource, and what it has at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pulumi_alicloud_edge._delivery.run_context import RunContext
from pulumi_alicloud_edge._errors import EdgeError
from pulumi_alicloud_edge._operations.context import OperationContext
from pulumi_alicloud_edge._operations.listener import LineListener
from pulumi_alicloud_edge._resources.handler import Neighbours, ResourceHandler
from pulumi_alicloud_edge._resources.messages import cleans_lines, left_lines
from pulumi_alicloud_edge._resources.neighbours import others_of
from pulumi_alicloud_edge._runtime import Runtime

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge._model.claim import Claim
    from pulumi_alicloud_edge._model.removal import Permit

I = TypeVar("I", bound="BaseModel")  # noqa: E741


@dataclass(frozen=True)
class Operation(Generic[I]):
    """One operation on one resource.

    Attributes:
        handler: What differs between the kinds of resources.
        runtime: What all operations of this process share.
        context: What is particular to this one.
    """

    handler: ResourceHandler[I]
    runtime: Runtime
    context: OperationContext

    @property
    def urn(self) -> str:
        """The resource."""
        return self.context.urn

    def known(self, properties: Mapping[str, Any]) -> I:
        """Return the inputs of an operation that cannot do with unknown ones.

        Raises:
            EdgeError: An input is not known yet.
            InputError: The inputs are not in order.
        """
        inputs = self.handler.read(properties)
        if inputs is None:
            raise EdgeError("an input is still unknown")
        return inputs

    def status(self, text: str) -> None:
        """Show a passing text on the resource's own line."""
        self.context.progress.status(self.urn, text)

    def note(self, text: str) -> None:
        """Keep a line among the resource's diagnostics."""
        self.context.progress.note(self.urn, text)

    def warn(self, text: str) -> None:
        """Keep a warning among the resource's diagnostics."""
        self.context.progress.warn(text, self.urn)

    def announce(self, permit: Permit) -> None:
        """Keep a line for all that is taken away, and for what is left (S2)."""
        for line in (
            *cleans_lines(permit.cleanings, self.handler.label),
            *left_lines(permit.left, self.handler.label),
        ):
            self.note(line)

    def others(self, outputs: Mapping[str, Any]) -> tuple[Claim, ...]:
        """Return what other resources declare; ``outputs`` are what is stored of this one, empty for nothing."""
        return others_of(self.runtime.registry, self.urn, outputs)

    def concerned(self, inputs: I, outputs: Mapping[str, Any]) -> tuple[Claim, ...]:
        """Return what this resource declares and has put: what others declare of the like is to be remembered (S2).

        What was put and is declared no more counts: until it is cleaned, a destroy may have to.
        """
        return (*self.handler.claims(self.urn, inputs), *self.handler.put(self.urn, outputs))

    def neighbours(self, outputs: Mapping[str, Any]) -> Neighbours:
        """Return what others declare, and who hears of what is taken away; ``outputs`` as in `others`."""
        return Neighbours(lambda: self.others(outputs), self.announce)

    def run_context(self, doing: str = "") -> RunContext:
        """Return the world of a wait that the context can cancel; ``doing`` goes before each line of progress."""
        clock = self.runtime.clock
        return RunContext(
            clock=clock,
            sleep=self.runtime.sleep,
            interrupt=self.context.cancellation,
            listener=LineListener(self.context.progress, self.urn, self.handler.label, clock, doing),
        )
