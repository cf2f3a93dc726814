"""What a run ends with: a table, the changes that nobody noticed, and what is said about some of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutation.mutants import Mutant
from mutation.verdicts import Verdict


@dataclass(frozen=True)
class Accepted:
    """A change that no test can notice, or need not: `(module, line, change)` → why."""

    reasons: Mapping[tuple[str, str, str], str]

    @classmethod
    def read(cls, file: Path) -> Accepted:
        """Return what is accepted, from its file."""
        entries = tomllib.loads(file.read_text()) if file.exists() else {}
        return cls(
            {
                (module, entry["line"], change): entry["reason"]
                for module, those in entries.items()
                for entry in those
                for change in entry["changes"]
            }
        )

    def covers(self, mutant: Mutant) -> bool:
        """Return whether a change is accepted."""
        return (mutant.module, mutant.text, mutant.change) in self.reasons

    def stale(self, survivors: Sequence[Mutant], modules: set[str]) -> list[str]:
        """Return the entries of some modules that are about no survivor."""
        alive = {(mutant.module, mutant.text, mutant.change) for mutant in survivors}
        return [
            f"{module}: {line}: {change}"
            for module, line, change in self.reasons
            if module in modules and (module, line, change) not in alive
        ]


def report(mutants: Sequence[Mutant], verdicts: Mapping[str, Verdict], accepted: Accepted) -> str:
    """Return the table, the survivors, and the entries about survivors that there are none of any more.

    Args:
        mutants: The changes that were judged.
        verdicts: What became of each, by its key.
        accepted: The survivors that are explained.
    """
    survivors = [mutant for mutant in mutants if not verdicts[mutant.key].killer]
    open_ones = [mutant for mutant in survivors if not accepted.covers(mutant)]
    modules = list(dict.fromkeys(mutant.module for mutant in mutants))
    groups = [(module, [m for m in mutants if m.module == module]) for module in modules]
    rows = [_row(name, those, verdicts, accepted) for name, those in [*groups, ("all", list(mutants))]]
    head = ("module", "changes", "killed", "survived", "not covered", "accepted", "score")
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(width) if n else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in [head, *rows]
    ]
    for mutant in open_ones:
        uncovered = "" if verdicts[mutant.key].covered else "  (not covered)"
        lines.append(f"{mutant.module}:{mutant.lines[0]}: {mutant.change}{uncovered}")
        lines.append(f"    {mutant.text}")
    stale = accepted.stale(survivors, set(modules))
    return "\n".join(["", *lines, *(f"Accepted, but no survivor: {entry}" for entry in stale)])


def _row(
    name: str, mutants: Sequence[Mutant], verdicts: Mapping[str, Verdict], accepted: Accepted
) -> tuple[str, ...]:
    explained = sum(accepted.covers(m) and not verdicts[m.key].killer for m in mutants)
    open_ones = [verdicts[m.key] for m in mutants if not accepted.covers(m) and not verdicts[m.key].killer]
    uncovered = sum(not verdict.covered for verdict in open_ones)
    counted = len(mutants) - explained
    killed = counted - len(open_ones)
    score = f"{killed / counted:.1%}" if counted else "-"
    numbers = (len(mutants), killed, len(open_ones) - uncovered, uncovered, explained)
    return name, *map(str, numbers), score
