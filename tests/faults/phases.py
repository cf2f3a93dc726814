"""The operations on a resource during which something goes wrong, and the run after it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Self

from tests.faults.hosts import Host, Hosts
from tests.faults.subjects import Subject
from tests.support.dynamic_host import CallFailedError, Checked, Kept, Line, Managed, eventually
from tests.support.sightings import took_effect


class Phase(Enum):
    """An operation of the engine on a resource."""

    CREATE = "create"
    UPDATE = "update"
    REFRESH = "refresh"
    DELETE = "delete"
    DIFF = "diff"

    @property
    def changes(self) -> bool:
        """Whether it rolls out."""
        return self in (Phase.CREATE, Phase.UPDATE)


AS_BEFORE = "as before"
NOTHING = "none"
LONG_AGO = 60.0
"""Emulated seconds between what was there before and the operation."""


@dataclass(frozen=True)
class Came:
    """What came of an operation.

    Attributes:
        outcome: ``ok``; ``error``; of a refresh also ``gone``; of a diff ``seen``, ``told`` (that it could not look)
            or ``unseen``.
        state: The status that is kept, or that the state is as before, or none any more.
        words: What the user reads: the error, or the lines that say what could not be looked at.
    """

    outcome: str
    state: str
    words: str = ""


@dataclass
class Trial:
    """One resource that meets one trouble during one operation."""

    phase: Phase
    subject: Subject
    hosts: Hosts
    managed: Managed
    version: str
    """What is to run in the end."""
    rollout: Mapping[str, Any] = field(default_factory=dict)
    news: Checked = field(init=False)

    @classmethod
    def of(cls, phase: Phase, subject: Subject, hosts: Hosts, **rollout: Any) -> Self:
        """Make the trial of a resource that is yet to be arranged; a change brings the new version."""
        version = subject.new if phase.changes else subject.former
        return cls(phase, subject, hosts, Managed(hosts.get(), subject.kind), version, rollout)

    def then(self, phase: Phase) -> Self:
        """Make the trial of another operation on the same resource, as this one has left it."""
        return type(self)(phase, self.subject, self.hosts, self.managed, self.version, self.rollout)

    @property
    def purpose(self) -> str:
        """The call that the operation is made for."""
        actions = self.subject.actions
        if self.phase.changes:
            return actions.start
        return actions.remove if self.phase is Phase.DELETE else actions.status

    @property
    def inputs(self) -> dict[str, Any]:
        """What the program declares in the end."""
        return self.subject.inputs(self.version, **self.rollout)

    def arrange(self) -> None:
        """Bring cloud and state to where the operation begins, and forget the calls of that."""
        subject, managed = self.subject, self.managed
        subject.prepare()
        if self.phase is not Phase.CREATE:
            subject.put(subject.former)
            managed.up(subject.inputs(subject.former, **self.rollout))
        subject.emulator.advance(LONG_AGO)
        if self.phase is Phase.DIFF:
            subject.lose()
        self.news = managed.host.check(managed.kind, self.inputs, olds=managed.inputs)
        subject.emulator.clear_calls()

    def act(self, host: Host) -> Came:
        """Do the operation; the resource's state is from then on what the engine would keep."""
        match self.phase:
            case Phase.CREATE:
                return self._change(lambda: host.create(self.managed.kind, self.news.inputs))
            case Phase.UPDATE:
                return self._change(lambda: self._update(host))
            case Phase.REFRESH:
                return self._refresh(host)
            case Phase.DELETE:
                return self._delete(host)
            case Phase.DIFF:
                return self._look(host)

    def settle(self) -> str:
        """Run once more with all well again; tell what that run did."""
        if self.phase is Phase.DELETE:
            if self.managed.state is None:
                return NOTHING
            self.managed.host = self.hosts.get(removing=True)
            self.managed.destroy()
            return "delete"
        self.managed.host = self.hosts.get()
        state = self.managed.up(self.inputs)
        assert state.outputs["status"] == "converged"
        return self.managed.done[-1]

    def is_settled(self) -> bool:
        """Return whether the cloud is as declared in the end."""
        if self.phase is Phase.DELETE:
            return self.subject.is_cleaned()
        return self.subject.runs(self.version)

    def starts(self) -> int:
        """Count the calls that changed anything and took effect, whatever their callers were told."""
        return took_effect(self.subject.emulator, *self.subject.actions.changing)

    def _update(self, host: Host) -> Kept:
        before = self._before
        return host.update(self.managed.kind, before.id, before.outputs, self.news.inputs)

    def _change(self, operation: Callable[[], Kept]) -> Came:
        try:
            self.managed.state = operation()
        except CallFailedError as failure:
            if failure.kept is None:
                return Came("error", AS_BEFORE, failure.message)
            self.managed.state = failure.kept
            if self.phase is Phase.CREATE:
                self.managed.inputs = self.news.inputs
            return Came("error", str(failure.kept.outputs["status"]), failure.message)
        self.managed.inputs = self.news.inputs
        return Came("ok", str(self.managed.state.outputs["status"]))

    def _refresh(self, host: Host) -> Came:
        self.managed.host = host
        try:
            state = self.managed.refresh()
        except CallFailedError as failure:
            return Came("error", AS_BEFORE, failure.message)
        if state is None:
            self.managed.inputs = None
            return Came("gone", NOTHING)
        return Came("ok", str(state.outputs["status"]))

    def _delete(self, host: Host) -> Came:
        self.managed.host = host
        try:
            self.managed.destroy()
        except CallFailedError as failure:
            return Came("error", AS_BEFORE, failure.message)
        return Came("ok", NOTHING)

    def _look(self, host: Host) -> Came:
        kind, before, heard = self.managed.kind, self._before, len(host.lines)
        try:
            checked = host.check(kind, self.inputs, olds=self.managed.inputs)
            assert not checked.failures, checked.failures
            changes = host.diff(kind, before.id, before.outputs, checked.inputs).changes
        except CallFailedError as failure:
            return Came("error", AS_BEFORE, failure.message)
        if changes:
            return Came("seen", AS_BEFORE)
        if "unknown" not in checked.inputs.get("impact", ""):
            return Came("unseen", AS_BEFORE)
        line = eventually(lambda: _unknown(host.lines[heard:], kind.urn("it")))
        return Came("told", AS_BEFORE, f"{checked.inputs['impact']}\n{line}")

    @property
    def _before(self) -> Kept:
        assert self.managed.state is not None
        return self.managed.state


def _unknown(lines: list[Line], urn: str) -> str:
    return next((line.text for line in lines if "drift unknown" in line.text and line.urn == urn), "")
