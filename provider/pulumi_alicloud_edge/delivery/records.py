"""Folds the cloud's status groups into records by unit and target."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from pulumi_alicloud_edge.model.observation import Record, RecordState, Unit

if TYPE_CHECKING:
    from pulumi_alicloud_edge.cloud.ens_status import StatusGroup

_STATES = {
    "SUCCESS": RecordState.SUCCEEDED,
    "FAILED": RecordState.FAILED,
    "DELETED": RecordState.DELETED,
    "PUSHING": RecordState.IN_PROGRESS,
    "DISTING": RecordState.IN_PROGRESS,
    "POD_RESTARTING": RecordState.IN_PROGRESS,
}

FoldedRecords = dict[Unit, dict[str, Record]]


async def fold(groups: AsyncIterator[StatusGroup]) -> FoldedRecords:
    """Gather the records of all pages; of two records of a unit on a target, the newer counts."""
    folded: FoldedRecords = {}
    async for group in groups:
        records = folded.setdefault(Unit(group.name, group.version), {})
        for entry in group.entries:
            target = entry.get(group.id_key)
            if isinstance(target, str) and target:
                record = _record(group.status, entry)
                known = records.get(target)
                if known is None or _age(known) <= _age(record):
                    records[target] = record
    return folded


def _record(status: str, entry: dict[str, object]) -> Record:
    """Make a record; a status that the vendor does not document is taken for unfinished, never for success."""
    state = _STATES.get(status)
    detail = str(entry.get("StatusDescrip") or "").strip()
    if state is None:
        state, detail = RecordState.IN_PROGRESS, f"unknown status {status} {detail}".strip()
    return Record(
        state,
        updated=str(entry.get("UpdateTime") or "").strip(),
        started=str(entry.get("StartTime") or "").strip(),
        detail=detail,
    )


def _age(record: Record) -> tuple[str, str]:
    return record.updated, record.started
