"""What holds for every example."""

import re
from pathlib import Path

import pytest
from tests.support.example import EXAMPLES

FOLDERS = sorted(folder for folder in EXAMPLES.iterdir() if folder.is_dir())
EACH = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def test_these_are_the_examples() -> None:
    names = {folder.name for folder in FOLDERS}
    assert names == {"pull-request-preview", "quickstart", "staged-rollout", "staging-prod"}
    linked = set(re.findall(r"^\| \[([\w-]+)\]\(\1\) \|", (EXAMPLES / "README.md").read_text(), re.MULTILINE))
    assert linked == names


@EACH
def test_each_is_a_project_of_its_own(folder: Path) -> None:
    project = (folder / "Pulumi.yaml").read_text()
    assert f"name: edge-{folder.name}\n" in project
    assert "runtime: python\n" in project


@EACH
def test_each_readme_says_how_in_under_80_lines(folder: Path) -> None:
    readme = (folder / "README.md").read_text()
    assert len(readme.splitlines()) < 80
    headings = [line for line in readme.splitlines() if line.startswith("## ")]
    assert [h for h in headings if h in ("## Prerequisites", "## Deploy", "## Clean up")] == [
        "## Prerequisites",
        "## Deploy",
        "## Clean up",
    ]
    assert any(heading.startswith("## Look") for heading in headings)
