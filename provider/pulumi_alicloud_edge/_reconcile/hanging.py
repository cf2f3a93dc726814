"""The targets on which nothing has moved for too long: the next start means them again, though they are under way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.outcome import HangingTarget
from pulumi_alicloud_edge._reconcile.decisions import StartRequest


class Hanging:
    """The targets of one rollout that hang.

    A target hangs as long as its record stays as it was when that was found, and until it is started again.

    Args:
        known: Those that an earlier run has found.
    """

    def __init__(self, known: Iterable[HangingTarget] = ()) -> None:
        self._stamps: dict[tuple[Artifact, str], str] = {
            (each.artifact, each.target): each.stamp for each in known
        }

    def note(self, under_way: Mapping[Artifact, Iterable[str]], seen: Observation) -> None:
        """Note that targets hang which are under way and have not moved for ``stall_timeout``."""
        for artifact, targets in under_way.items():
            records = seen.of(artifact)
            for target in targets:
                record = records.get(target)
                if record is not None and record.state is RecordState.IN_PROGRESS:
                    self._stamps[artifact, target] = _stamp(record)

    def starting(self, request: StartRequest, targets: Iterable[str]) -> None:
        """Note that targets are started again: from now on they are under way as any other."""
        for artifact in request.artifacts:
            for target in targets:
                self._stamps.pop((artifact, target), None)

    def of(self, artifact: Artifact, seen: Observation) -> frozenset[str]:
        """Return the targets on which an artifact hangs still."""
        records = seen.of(artifact)
        return frozenset(
            target
            for (of, target), stamp in self._stamps.items()
            if of == artifact
            and (record := records.get(target)) is not None
            and record.state is RecordState.IN_PROGRESS
            and _stamp(record) == stamp
        )

    def targets(self, seen: Observation) -> tuple[HangingTarget, ...]:
        """Return all that hang still, for the next run."""
        artifacts = dict.fromkeys(artifact for artifact, _ in self._stamps)
        return tuple(
            HangingTarget(artifact, target, self._stamps[artifact, target])
            for artifact in artifacts
            for target in sorted(self.of(artifact, seen))
        )


def _stamp(record: Record) -> str:
    """Return what changes of a record when it moves."""
    return f"{record.started} {record.updated}"
