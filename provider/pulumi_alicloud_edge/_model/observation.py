"""What the cloud shows: for each artifact, the record it keeps of each target.

An *artifact* is one version of one name (a data file, a container app). A *target* is where it can run:
an edge region's file servers, an instance, an environment. Targets are named by the vendor's own ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pulumi_alicloud_edge._model.release import Environment


class Artifact(NamedTuple):
    """One version of one named thing; the version is its identity."""

    name: str
    version: str

    def __str__(self) -> str:
        """Return the form used in messages: ``assets@1.5``."""
        return f"{self.name}@{self.version}"


class RecordState(Enum):
    """What the cloud's record of an artifact on a target says."""

    IN_PROGRESS = "in progress"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DELETED = "deleted"


class Record(NamedTuple):
    """The cloud's record of one artifact on one target.

    ``updated`` and ``started`` are the vendor's UTC times, which sort as text; ``detail`` its message.
    """

    state: RecordState
    updated: str = ""
    started: str = ""
    detail: str = ""


Records = Mapping[str, Record]
"""Target id → record."""

NO_RECORDS: Records = {}


@dataclass(frozen=True)
class Observation:
    """One reading of the cloud.

    Attributes:
        records: For each artifact seen (desired or not), its records by target.
        stage_targets: For each stage of the rollout in order, the targets that belong to it, or None where the cloud
            does not list them; then only the records and the responses to starts are known.
        regions: Target → the edge region that it is in, as far as the inventory shows; empty without inventory.
        stopped: Targets that the inventory shows in another status than running.
        recorded: For each stage whose targets the cloud does not list and whose conditions can be evaluated, the
            targets with records that fulfil them: they belong to it, and there may be more. None for other stages.
        hints: Targets that the inventory suggests where the cloud does not list a stage's targets: a reason to
            start, never a reason to wait.
        progress_token: Anything else whose change is a sign of progress, such as a percentage reached.
        read_at: When it was read, by this machine's clock; None where that is not known.
        part: How much of what is under way is done according to the cloud, 0 to 1; None where unknown.
        obstacles: For an artifact, why it cannot succeed, where its records do not show that.
        environment: What the environment of a release serves; None where that was not read, and for all else.
    """

    records: Mapping[Artifact, Records]
    stage_targets: tuple[frozenset[str] | None, ...] = (None,)
    progress_token: tuple[object, ...] = ()
    read_at: datetime | None = None
    hints: frozenset[str] = frozenset()
    part: float | None = None
    obstacles: Mapping[Artifact, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    stopped: frozenset[str] = frozenset()
    recorded: tuple[frozenset[str] | None, ...] = ()
    environment: Environment | None = None

    def of(self, artifact: Artifact) -> Records:
        """Return the records of an artifact, empty where the cloud has none."""
        return self.records.get(artifact, NO_RECORDS)

    def recorded_of(self, stage: int) -> frozenset[str] | None:
        """Return the targets with records that belong to a stage; None where that is not known."""
        return self.recorded[stage] if stage < len(self.recorded) else None

    def hints_not_borne_out(self, artifacts: Iterable[Artifact]) -> int:
        """Count the suggested targets without any record, of the artifact that lacks most."""
        return max((len(self.hints.difference(self.of(artifact))) for artifact in artifacts), default=0)

    def versions_of(self, name: str) -> dict[str, Records]:
        """Return the records of all versions of a name, by version."""
        return {
            artifact.version: records for artifact, records in self.records.items() if artifact.name == name
        }


def running_versions(observation: Observation, name: str) -> dict[str, str]:
    """Return which version each target runs: the newest success among the versions of a name.

    Of equal update times, the later start counts. A target without any success is not in the result.
    """
    newest: dict[str, tuple[str, str, str]] = {}
    for version, records in observation.versions_of(name).items():
        for target, record in records.items():
            if record.state is RecordState.SUCCEEDED:
                candidate = (record.updated, record.started, version)
                if target not in newest or candidate > newest[target]:
                    newest[target] = candidate
    return {target: version for target, (_, _, version) in newest.items()}


def newest_record(observation: Observation, name: str) -> str:
    """Return the cloud's time of the newest record of any version of a name; empty where there is none."""
    of_name = observation.versions_of(name).values()
    return max((record.updated for records in of_name for record in records.values()), default="")
