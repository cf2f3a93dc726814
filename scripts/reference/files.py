"""The generated files: where they are, and their texts as they are checked in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from reference import markdown, python_files

ROOT = Path(__file__).resolve().parents[2]
SDK = ROOT / "provider" / "pulumi_alicloud_edge" / "_sdk"


def generate() -> dict[Path, str]:
    """Return the text of every generated file, by its path."""
    files = {
        path: _tidy(text, path)
        for path, text in ((SDK / f"{name}.py", text) for name, text in python_files.modules())
    }
    files[ROOT / "docs" / "reference.md"] = markdown.reference()
    return files


def _tidy(text: str, path: Path) -> str:
    """Remove imports that are not needed, sort the others, and format."""
    ruff = Path(sys.executable).with_name("ruff")
    check = ("check", "--fix", "--exit-zero", "--quiet", "--select", "F401,I001")
    joined = "format.skip-magic-trailing-comma = true"
    for command in (check, ("format", "--quiet", "--config", joined)):
        line = [ruff, *command, "--no-cache", "--stdin-filename", path, "-"]
        text = subprocess.run(line, input=text, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return text
