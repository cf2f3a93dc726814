"""Whether a stage that converged in an earlier run has already baked, by the cloud's times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState

_BEGUN = (RecordState.SUCCEEDED, RecordState.IN_PROGRESS)


def has_baked(observation: Observation, artifacts: Iterable[Artifact], stage: int, bake: float) -> bool:
    """Return whether the bake of a converged stage has demonstrably elapsed before this run.

    Either all of it finished that long ago, or a later stage was begun that long after it had finished.

    Args:
        observation: What the cloud shows.
        artifacts: What is rolled out.
        stage: Index of the stage that has converged.
        bake: Seconds that it is to bake.
    """
    own, later = _split(observation, stage)
    artifacts = tuple(artifacts)
    finished = _times(_records(observation, artifacts, own, (RecordState.SUCCEEDED,)), "updated")
    begun = _records(observation, artifacts, later, _BEGUN)
    if begun and not finished:
        return True
    if not finished:
        return False
    ready = max(finished) + timedelta(seconds=bake)
    by_clock = observation.read_at is not None and observation.read_at >= ready
    return by_clock or any(started >= ready for started in _times(begun, "started"))


def _split(observation: Observation, stage: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return the targets of the stages so far, and those of later ones alone."""
    own: frozenset[str] = frozenset().union(*(m for m in observation.stage_targets[: stage + 1] if m))
    later: frozenset[str] = frozenset().union(*(m for m in observation.stage_targets[stage + 1 :] if m))
    return own, later - own


def _records(
    observation: Observation,
    artifacts: Iterable[Artifact],
    targets: frozenset[str],
    states: tuple[RecordState, ...],
) -> list[Record]:
    return [
        record
        for artifact in artifacts
        for target, record in observation.of(artifact).items()
        if target in targets and record.state in states
    ]


def _times(records: Iterable[Record], field: str) -> list[datetime]:
    texts = (getattr(record, field) for record in records)
    return [datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z") for text in texts if _is_time(text)]


def _is_time(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return False
    return True
