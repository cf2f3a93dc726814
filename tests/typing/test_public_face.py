"""What users' type checkers say of programs: nothing of right ones, and something of each wrong line."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mypy import api

import pulumi_alicloud_edge

HERE = Path(__file__).parent
ACCEPTED, REFUSED = HERE / "accepted.py", HERE / "refused.py"
PROGRAMS = (ACCEPTED, REFUSED, HERE.parent / "program" / "intended_uses.py")
PROVIDER = Path(pulumi_alicloud_edge.__file__).parents[1]
CACHE = HERE.parents[1] / ".mypy_cache" / "programs"
"""Apart from that of `make lint`: with other options, each would have to begin anew after the other."""
PYRIGHT = shutil.which("pyright") or shutil.which("basedpyright")

Found = dict[tuple[str, int], str]
"""What a checker says, by file and line."""


def wrong_lines() -> set[tuple[str, int]]:
    lines = enumerate(REFUSED.read_text().splitlines(), start=1)
    return {(REFUSED.name, number) for number, line in lines if "# refused" in line}


def with_mypy(_tmp_path: Path) -> Found:
    options = ["--strict", "--config-file=", f"--cache-dir={CACHE}", "--no-error-summary"]
    report, errors, _ = api.run([*options, *map(str, PROGRAMS)])
    assert not errors
    found = re.findall(r"^(?:.*/)?(\w+\.py):(\d+): error: (.*)$", report, re.MULTILINE)
    return {(file, int(line)): message for file, line, message in found}


def with_pyright(tmp_path: Path) -> Found:
    settings = {
        "include": [*map(str, PROGRAMS)],
        "extraPaths": [str(PROVIDER)],
        "typeCheckingMode": "standard",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [str(PYRIGHT), "--project", tmp_path, "--pythonpath", sys.executable, "--outputjson"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [d for d in json.loads(checked.stdout)["generalDiagnostics"] if d["severity"] == "error"]
    return {(Path(d["file"]).name, d["range"]["start"]["line"] + 1): d["message"] for d in found}


@pytest.mark.parametrize(
    "check",
    [
        with_mypy,
        # Pyright brings a runtime of its own of 280 MB, so it is no dependency; where one is on PATH, it is held to.
        pytest.param(
            with_pyright,
            marks=pytest.mark.skipif(PYRIGHT is None, reason="pyright is not installed: pip install pyright"),
        ),
    ],
)
def test_right_programs_are_accepted_and_wrong_ones_are_not(
    check: Callable[[Path], Found], tmp_path: Path
) -> None:
    found = check(tmp_path)
    assert {place: message for place, message in found.items() if place not in wrong_lines()} == {}
    assert wrong_lines() - found.keys() == set()


def test_there_are_wrong_lines() -> None:
    assert len(wrong_lines()) > 30
