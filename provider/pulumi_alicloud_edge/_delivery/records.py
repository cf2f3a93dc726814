"""Folds the cloud's status groups into records by artifact and target, or into mere counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from pulumi_alicloud_edge._cloud.ens_status import Reading
from pulumi_alicloud_edge._cloud.redaction import redact
from pulumi_alicloud_edge._model.observation import Artifact, Record, RecordState

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.ens_status import StatusDetails, StatusGroup

_STATES = {
    "SUCCESS": RecordState.SUCCEEDED,
    "FAILED": RecordState.FAILED,
    "DELETED": RecordState.DELETED,
    "PUSHING": RecordState.IN_PROGRESS,
    "DISTING": RecordState.IN_PROGRESS,
    "POD_RESTARTING": RecordState.IN_PROGRESS,
}

_clean = lru_cache(maxsize=256)(redact)
"""Reasons end up in errors and in the state. Many targets have the same one, at different times."""

FoldedRecords = dict[Artifact, dict[str, Record]]
FoldedCounts = dict[Artifact, Counter[RecordState]]


async def fold(groups: AsyncIterator[StatusGroup]) -> FoldedRecords:
    """Gather the records of all pages; of two records of an artifact on a target, the newer counts."""
    folded: FoldedRecords = {}
    readings: dict[str, Reading[Record]] = {}
    async for group in groups:
        records = folded.setdefault(Artifact(group.name, group.version), {})
        if group.status not in readings:
            readings[group.status] = Reading(partial(_record, group.status))
        found = group.targets(readings[group.status])
        known = list(map(records.setdefault, found, found.values()))
        if known != list(found.values()):
            for target, record in found.items():
                records[target] = max(record, records[target], key=_age)
    return folded


async def count(groups: AsyncIterator[StatusGroup]) -> FoldedCounts:
    """Count the records of all pages by state, without looking at each."""
    counts: FoldedCounts = {}
    async for group in groups:
        of_artifact = counts.setdefault(Artifact(group.name, group.version), Counter())
        of_artifact[_STATES.get(group.status, RecordState.IN_PROGRESS)] += len(group.entries)
    return counts


def _record(status: str, details: StatusDetails) -> Record:
    """Make a record; a status that the vendor does not document counts as unfinished, never as success.

    Many targets share a record, so that a fleet of a million takes little memory.
    """
    state = _STATES.get(status)
    if state is RecordState.SUCCEEDED:
        # A success needs no reason; different texts would make equal records different.
        return Record(state, details.updated, details.started)
    detail = _clean(details.description)
    if state is None:
        state, detail = RecordState.IN_PROGRESS, f"unknown status {status} {detail}".strip()
    return Record(state, details.updated, details.started, detail)


def _age(record: Record) -> tuple[str, str]:
    return record.updated, record.started
