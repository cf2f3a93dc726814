"""`make mutation`: which changes it makes, and what it says of those that nobody noticed."""

from __future__ import annotations

from pathlib import Path

from mutation.mutants import Mutant, mutants_of
from mutation.report import Accepted, report
from mutation.verdicts import Verdict

SOURCE = '''
LIMIT = 3

class Shelf:
    def full(self, count: int = 1) -> tuple[int, ...]:
        """Return whether it is full."""
        if not self.items or count >= LIMIT:
            return ()
        self.items |= {count + 1}
        return tuple(item for item in self.items if item.kept)
'''


def changes(source: str = SOURCE) -> list[str]:
    return [mutant.change for mutant in mutants_of("shelf.py", source)]


def test_what_can_be_wrong_in_a_function_is_changed_one_by_one() -> None:
    assert changes() == [
        "not self.items or count >= LIMIT → not self.items and count >= LIMIT",
        "not self.items or count >= LIMIT → count >= LIMIT",
        "not self.items or count >= LIMIT → not self.items",
        "not self.items → self.items",
        "count >= LIMIT → count > LIMIT",
        "count >= LIMIT → count < LIMIT",
        "self.items |= {count + 1} → self.items &= {count + 1}",
        "self.items |= {count + 1} → pass",
        "count + 1 → count - 1",
        "count + 1 → count",
        "1 → 2",
        "1 → 0",
        "return tuple((item for item in self.items if item.kept)) → return ()",
        "item.kept → not item.kept",
        "item.kept → True",
    ]


def test_a_change_knows_its_function_and_its_line() -> None:
    first = mutants_of("shelf.py", SOURCE)[0]
    assert (first.function, first.lines) == ("Shelf.full", (7, 7))
    assert first.text == "if not self.items or count >= LIMIT:"


def judged(tmp_path: Path, accepted: str) -> list[str]:
    mutants = mutants_of("shelf.py", "def f(a: int) -> bool:\n    return a > 1\n")

    def verdict(mutant: Mutant) -> Verdict:
        return Verdict("" if mutant.change.startswith("1") else "test_a")

    file = tmp_path / "accepted.toml"
    file.write_text(accepted)
    return report(mutants, {m.key: verdict(m) for m in mutants}, Accepted.read(file)).splitlines()


def test_what_nobody_noticed_is_counted_and_listed(tmp_path: Path) -> None:
    lines = judged(tmp_path, "")
    assert lines[2].split() == ["shelf.py", "4", "2", "2", "0", "0", "50.0%"]
    assert "shelf.py:2: 1 → 2" in lines


def test_what_is_accepted_is_not_counted_and_what_is_accepted_in_vain_is_said(tmp_path: Path) -> None:
    entry = '[["shelf.py"]]\nline = "return a > 1"\nchanges = ["1 → 2", "a > 1 → a >= 1"]\nreason = "none"\n'
    lines = judged(tmp_path, entry)
    assert lines[2].split() == ["shelf.py", "4", "2", "1", "0", "1", "66.7%"]
    assert "shelf.py:2: 1 → 2" not in lines
    assert lines[-1] == "Accepted, but no survivor: shelf.py: return a > 1: a > 1 → a >= 1"
