"""Which starts a stage needs: what is missing on the same targets is joined into one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._model.policy import Selector
from pulumi_alicloud_edge._reconcile.attempts import Attempts
from pulumi_alicloud_edge._reconcile.decisions import StartRequest
from pulumi_alicloud_edge._reconcile.stage_status import ArtifactStatus, Unnamed
from pulumi_alicloud_edge._reconcile.stage_targets import StageTargets


@dataclass(frozen=True)
class StageStarts:
    """Finds the starts of one stage.

    Attributes:
        stage: Its index.
        selector: What it selects.
        seen: The observation that is judged.
        targets: The targets of all stages.
        attempts: What this run has started.
    """

    stage: int
    selector: Selector
    seen: Observation
    targets: StageTargets
    attempts: Attempts

    def requests(self, artifacts: Iterable[ArtifactStatus]) -> tuple[StartRequest, ...]:
        """Return the starts that are due, given where the artifacts stand."""
        groups: dict[frozenset[str] | None, list[Artifact]] = {}
        for artifact in artifacts:
            if artifact.to_start or artifact.unnamed is Unnamed.DUE:
                groups.setdefault(self._narrowed(artifact), []).append(artifact.artifact)
        return tuple(
            StartRequest(self.stage, self.selector, tuple(those), targets, self._repeats(those, targets))
            for targets, those in groups.items()
        )

    def _narrowed(self, artifact: ArtifactStatus) -> frozenset[str] | None:
        """Return the targets to start, None where that is all that the stage selects.

        Where the cloud does not name them, the whole is started once; after that, only those that show a need.
        """
        own = self.seen.stage_targets[self.stage]
        if own is None:
            begun = self.attempts.whole_attempt(artifact.artifact, self.stage) is not None
            covered = artifact.artifact in self.targets.covered(self.stage)
            if (
                artifact.unnamed is Unnamed.DUE
                or self.attempts.was_refused(artifact.artifact)
                or not (begun or covered)
            ):
                return None
        elif artifact.to_start >= own:
            return None
        return frozenset(artifact.to_start)

    def _repeats(self, artifacts: list[Artifact], targets: frozenset[str] | None) -> int:
        """Return how often any of these was started before, as part of the whole or one by one."""
        meant = self.targets.of(self.stage).targets if targets is None else targets
        attempts = [self.attempts.attempt(artifact, target) for artifact in artifacts for target in meant]
        if targets is None:
            attempts += [self.attempts.whole_attempt(artifact, self.stage) for artifact in artifacts]
        return max((a.count for a in attempts if a is not None), default=0)
