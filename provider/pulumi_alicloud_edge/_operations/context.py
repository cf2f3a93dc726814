"""What an operation is handed besides properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pulumi_alicloud_edge._delivery.run_context import Interrupt


class ProgressSink(Protocol):
    """Shows lines beside a resource. No method waits for long, and none fails."""

    def status(self, urn: str, text: str) -> None:
        """Show a passing text on the resource's own line."""
        ...

    def note(self, urn: str, text: str) -> None:
        """Keep a line among the resource's diagnostics."""
        ...

    def warn(self, text: str, urn: str = "") -> None:
        """Keep a warning, for the whole run where no resource is named."""
        ...


class SilentSink:
    """Shows nothing."""

    def status(self, urn: str, text: str) -> None:
        """Drop a passing text."""

    def note(self, urn: str, text: str) -> None:
        """Drop a line."""

    def warn(self, text: str, urn: str = "") -> None:
        """Drop a warning."""


@dataclass(frozen=True)
class OperationContext:
    """One operation on one resource.

    Attributes:
        urn: The resource, empty where the adapter cannot tell.
        timeout: The resource's custom timeout for this operation in seconds, None without.
        old_inputs: Returns the inputs as stored before, hidden ones too; empty where they cannot be had. Where an
            edit is no change, the engine stores inputs and no outputs.
        dry_run: Whether nothing may be changed: a create or an update returns what is known beforehand, and a delete
            does nothing.
        progress: Where lines about the resource go.
        cancellation: Ends the operation's waits; what is under way in the cloud goes on there. An adapter makes it
            known from any thread, and hands the same one to all operations that end together.
    """

    urn: str = ""
    timeout: float | None = None
    old_inputs: Callable[[], Mapping[str, Any]] = dict
    dry_run: bool = False
    progress: ProgressSink = field(default_factory=SilentSink)
    cancellation: Interrupt = field(default_factory=Interrupt)

    @property
    def name(self) -> str:
        """The resource's name in the stack."""
        return self.urn.rpartition("::")[2]
