"""What `make matrix` prints of the cells that tests report, and when it fails."""

import subprocess
import sys
from pathlib import Path

from tests.support.matrix import Cell
from tests.support.matrix_table import Shown, render

ROOT = Path(__file__).parents[2]
REPORTING = """
import pytest
from tests.support.matrix import Cell, report

@pytest.mark.parametrize("row", ["refused", "cut"])
@pytest.mark.parametrize("column", ["push create", "dist create"])
def test_cell(record_property, row, column):
    outcome = "lost" if (row, column) == ("cut", "dist create") else "ok"
    cell = Cell("Faults", row, column, "ok", outcome, 1, "converged", "same")
    report(record_property, cell)
    assert cell.stands
"""

NO_CELL = Cell("Faults", "cut", "dist create", "n/a", "n/a", 0, "-", "-", "no call is made")


def shown(row: str, column: str, *, outcome: str = "ok", note: str = "", failed: bool = False) -> Shown:
    return Shown(Cell("Faults", row, column, "ok", outcome, 1, "converged", "same", note), 0, failed)


def test_a_cell_is_its_outcome_and_its_starts_and_what_explains_it_stands_beneath_once() -> None:
    lines = render(
        [
            shown("refused", "push create"),
            shown("refused", "dist create", outcome="gone", note="nobody can tell"),
            shown("cut", "push create", outcome="gone", note="nobody can tell"),
            Shown(NO_CELL, 0, failed=False),
        ],
        width=120,
    )
    assert lines[:8] == [
        "         push        dist",
        "         create      create",
        "refused  ok 1        gone 1 [1]",
        "cut      gone 1 [1]  - [2]",
        "",
        "[1] gone instead of ok: nobody can tell",
        "[2] no call is made",
        "",
    ]
    assert lines[8:] == [
        "4 cells: 1 not applicable, 2 explained, 0 failed",
        "outcome:  2 gone, 1 ok, 1 n/a",
        "state:    3 converged, 1 -",
        "next run: 3 same, 1 -",
    ]


def test_a_failed_cell_and_one_that_nothing_explains_are_printed_so_with_what_came_out() -> None:
    lines = render(
        [shown("refused", "push create", outcome="lost"), shown("cut", "push create", failed=True)], width=120
    )
    assert lines[2:4] == ["refused  FAIL", "cut      FAIL"]
    words = "intended ok; came out lost, 1 starts, state converged, next run same"
    assert f"FAIL refused, push create: {words}" in lines
    assert "2 cells: 0 not applicable, 0 explained, 2 failed" in lines


def test_a_broad_matrix_becomes_a_table_for_each_first_word_of_its_columns() -> None:
    cells = [shown("refused", column) for column in ("push create", "push read", "dist create")]
    assert render(cells, width=24)[:8] == [
        "         push",
        "         create  read",
        "refused  ok 1    ok 1",
        "",
        "         dist",
        "         create",
        "refused  ok 1",
        "",
    ]


def test_tests_in_several_processes_make_one_table_and_a_cell_that_does_not_stand_fails_the_run(
    tmp_path: Path,
) -> None:
    (tmp_path / "test_cells.py").write_text(REPORTING)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "2",
        "-p",
        "tests.support.matrix_table",
        "-c",
        "/dev/null",
        ".",
    ]
    environment = {"PYTHONPATH": str(ROOT), "COLUMNS": "120"}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "refused  ok 1    ok 1\ncut      ok 1    FAIL\n" in ran.stdout, ran.stdout
