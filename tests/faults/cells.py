"""How a cell ends: what came of the operation is held against what was intended, and the next run has to converge."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.clarity import faults_of
from tests.faults.intended import Explained, Intent, usual_total
from tests.faults.phases import Came, Phase, Trial
from tests.faults.subjects import Subject
from tests.support.dynamic_host import CallFailedError
from tests.support.matrix import NOT_APPLICABLE, Cell, report

MATRIX = "Faults of the cloud and of the way to it"
FAILED = "error"
"""What a next run came to that failed."""
LONGEST_LINE = 300
Record = Callable[[str, object], None]
"""Pytest's fixture ``record_property``."""


@dataclass(frozen=True)
class Crossing:
    """One trouble met by one operation.

    Attributes:
        row: The trouble's name.
        trial: The operation.
        intent: What is intended.
        explained: What comes instead, and why that is right.
        words: What the error, or the line of a diff that could not look, must hold; of a line, the first one.
    """

    row: str
    trial: Trial
    intent: Intent
    explained: Explained | None = None
    words: tuple[str, ...] = ()


def column(phase: Phase, subject: Subject) -> str:
    """Name the operation: ``push create``."""
    return f"{subject.word} {phase.value}"


def leave_out(record: Record, row: str, phase: Phase, subject: Subject, why: str) -> None:
    """Report a crossing that makes no sense."""
    place = (MATRIX, row, column(phase, subject))
    report(record, Cell(*place, NOT_APPLICABLE, NOT_APPLICABLE, 0, "-", "-", why))


def conclude(record: Record, crossing: Crossing, came: Came, *, starts: int) -> None:
    """Run once more with all well again, report the cell, and assert that it is as intended or explained.

    Args:
        record: Pytest's ``record_property``.
        crossing: What met what.
        came: What came of it.
        starts: The calls that changed anything during the operation.
    """
    trial, intent = crossing.trial, crossing.intent
    known = trial.starts()
    next_run = _settle(trial)
    more = trial.starts() - known
    expected = crossing.explained or Explained(intent, intent.leaves)
    place = (MATRIX, crossing.row, column(trial.phase, trial.subject))
    seen = (came.outcome, starts, came.state)
    report(record, Cell(*place, intent.outcome, *seen, f"{next_run} {more}", expected.note))
    comes = expected.comes
    total = usual_total(trial.phase, trial.subject) if comes.total is None else comes.total
    assert seen == (comes.outcome, comes.starts, comes.state), came.words
    assert (next_run != FAILED, starts + more) == (True, total), (
        "the next run starts what is missing, no more"
    )
    assert trial.is_settled() or comes.leaves, "the cloud is as declared in the end"
    assert not _unclear(came, crossing.words, trial.subject.app_id), came.words


def _settle(trial: Trial) -> str:
    try:
        return trial.settle()
    except CallFailedError:
        return FAILED


def _unclear(came: Came, words: tuple[str, ...], app_id: str) -> list[str]:
    """Return what a user would not understand of what was said, and what is missing in it."""
    match came.outcome:
        case "error":
            missing = [f"it lacks {word!r}" for word in words if word not in came.words]
            return [*faults_of(came.words, about=app_id), *missing]
        case "told":
            cause = words[0] if words else "unknown: "
            return [line for line in came.words.splitlines() if not _tells(line, cause, app_id)]
        case _:
            return []


def _tells(line: str, cause: str, app_id: str) -> bool:
    """Return whether a line names the cause and the application; a cloud that keeps silent leaves no more to say."""
    names_both = cause in line and app_id in line
    return (names_both or "unknown: no response within" in line) and len(line) <= LONGEST_LINE
