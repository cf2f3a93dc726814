"""Whether two looks agree: what one look shows alone is not acted upon where acting would be a loss (S3, S4, S5).

A single answer may err: it may be empty, garbled, or of the past. A rollout asks before three of its decisions:

| before | two looks agree when |
| --- | --- |
| it fails | both bring the same bad news, and the second no fewer failed targets; once time is up, any bad news |
| its first start | both show the same versions on the targets, and parts: a rollback goes by what was there then |
| it calls a stage converged | both show the same versions on the targets of the stage, where records are no proof |

Each question is answered with a time: what was seen is believed from then on, if it is still seen. A time that has
come means that it is believed now.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pulumi_alicloud_edge._model.observation import Observation, newest_record, running_versions
from pulumi_alicloud_edge._model.outcome import FailureCause
from pulumi_alicloud_edge._model.release import Serving
from pulumi_alicloud_edge._reconcile.decisions import CONFIRMED_AFTER, Desired

LOOKS_BEFORE_START = 5
"""So often a rollout looks before its first start, while no two looks agree on what runs."""
SETTLE_SHARE = 0.1
SETTLE_LEAST = 1.0

_Running = dict[tuple[str, str], str]
"""The version that a target runs, by name of the artifact and target."""


@dataclass(frozen=True)
class Doubt:
    """Bad news that one look has brought.

    Attributes:
        cause: What it would fail the rollout for.
        failed: The targets that have failed.
        since: When it was first seen.
    """

    cause: FailureCause
    failed: frozenset[str]
    since: float


class TwoLooks:
    """The looks of one rollout, as far as they have to agree.

    Args:
        desired: What is rolled out.
        deadline: When its time is up.
        needs_baseline: Whether a rollback, of this run or a later one, goes by what targets run before the first start.
        shown_at: When all shows that was started before this run.
    """

    def __init__(
        self, desired: Desired, deadline: float, *, needs_baseline: bool, shown_at: float = 0.0
    ) -> None:
        self._desired = desired
        self._deadline = deadline
        self._shown_at = shown_at
        self._seen = Observation({})
        self._newest: dict[str, str] | None = None
        self._doubt: Doubt | None = None
        self._may_start = not needs_baseline
        self._ran: tuple[_Running, Serving | None] | None = None
        self._looks_before_start = 0
        self._agreed: tuple[_Running, float] | None = None

    def observe(self, observation: Observation) -> None:
        """Take note of a look; of the first one, how new its records are."""
        self._seen = observation
        if self._newest is None:
            names = (artifact.name for artifact in self._desired.artifacts)
            self._newest = {name: newest_record(observation, name) for name in names}

    def failed_at(self, cause: FailureCause, failed: Collection[str], now: float) -> float:
        """Return when it is believed that a rollout has failed.

        Args:
            cause: What it would fail for.
            failed: The targets that have failed.
            now: The time of the look.
        """
        doubt, targets = self._doubt, frozenset(failed)
        if doubt is None or not (
            (doubt.cause is cause and doubt.failed <= targets) or doubt.since >= self._deadline
        ):
            doubt = self._doubt = Doubt(cause, targets, now)
        return doubt.since + CONFIRMED_AFTER

    def not_failed(self) -> None:
        """Forget bad news that a second look did not bring again; that time is up stands for all stages."""
        if self._doubt is not None and self._doubt.since < self._deadline:
            self._doubt = None

    def startable_at(self, targets: Collection[str], now: float) -> float:
        """Return when something may be started: once it is believed what the targets run.

        Where no two looks agree on that, the last of a few counts.
        """
        if not self._may_start:
            environment = self._seen.environment
            runs = self._running(targets), environment.now.serves if environment else None
            before = self._ran
            self._looks_before_start += 1
            self._may_start = runs == before or self._looks_before_start >= LOOKS_BEFORE_START
            self._ran = runs
        return now if self._may_start else now + CONFIRMED_AFTER

    def converged_at(self, targets: Collection[str], now: float) -> float:
        """Return when it is believed that the targets of a stage have converged.

        A single answer may tell of the past, in which a former version ran everywhere. One that tells of records which
        have come since the first look does not; any other has to come twice, until the deadline has passed. Nor is one
        believed that need not show yet what the run before has started.
        """
        if not self._desired.exclusive or self._is_new(targets):
            return now
        runs = self._running(targets)
        if self._agreed is None or self._agreed[0] != runs:
            self._agreed = runs, now
        if now >= self._deadline + CONFIRMED_AFTER:
            return now
        return max(self._agreed[1] + CONFIRMED_AFTER, self._shown_at)

    def _is_new(self, targets: Collection[str]) -> bool:
        """Return whether every record that makes a target converged is newer than all that the first look showed."""
        newest = self._newest or {}
        return all(
            record.updated > newest.get(artifact.name, "")
            for artifact in self._desired.artifacts
            for target, record in self._seen.of(artifact).items()
            if target in targets
        )

    def _running(self, targets: Collection[str]) -> _Running:
        """Return what each target runs of each name, as far as anything shows there."""
        return {
            (artifact.name, target): version
            for artifact in self._desired.artifacts
            for target, version in running_versions(self._seen, artifact.name).items()
            if target in targets
        }


class Settling:
    """Whether the same targets are seen for so long that no others are expected, where the cloud does not name them.

    Args:
        began: When the rollout began.
    """

    def __init__(self, began: float) -> None:
        self._began = began
        self._same: tuple[frozenset[str], float] | None = None

    def begin_anew(self) -> None:
        """Forget what was seen: others may show from now on."""
        self._same = None

    def has_settled(self, targets: frozenset[str], now: float) -> bool:
        """Return whether these were seen over a tenth of the time that the rollout took so far, a second at least."""
        if self._same is None or self._same[0] != targets:
            self._same = targets, now
        return now - self._same[1] >= max(SETTLE_LEAST, SETTLE_SHARE * (now - self._began))
