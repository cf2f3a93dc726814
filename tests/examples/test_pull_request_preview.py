"""The comment that the workflow posts, and the workflow itself."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.support.emulator import Emulator
from tests.support.example import EXAMPLES, Example
from tests.support.sightings import starts

FOLDER = EXAMPLES / "pull-request-preview"
WORKFLOW = FOLDER / ".github" / "workflows" / "preview.yml"
WORKFLOWS = (WORKFLOW, EXAMPLES.parent / ".github" / "workflows" / "ci.yml")


def comment_on(preview: str, tmp_path: Path) -> str:
    """Run the script as the workflow does."""
    (tmp_path / "preview.txt").write_text(preview)
    command = [sys.executable, FOLDER / "comment.py", tmp_path / "preview.txt"]
    return subprocess.check_output(command, text=True)


@pytest.mark.cli
def test_a_pull_request_says_what_its_merge_would_touch(
    open_example: Callable[[str, str], Example], emulator: Emulator, tmp_path: Path
) -> None:
    example = open_example("pull-request-preview", "prod")
    assert example.up().ok
    emulator.clear_calls()

    unchanged = example.preview("--diff")
    assert unchanged.ok, unchanged
    assert "Merging this would roll nothing out." in comment_on(unchanged.output, tmp_path)

    example.edit("Pulumi.prod.yaml", "assets: 2026.11.1", "assets: 2026.11.2")
    changed = example.preview("--diff")
    assert changed.ok, changed
    comment = comment_on(changed.output, tmp_path)
    assert "~ 2 to update, 2 unchanged" in comment
    assert "| AppDataPush game | assets 2026.11.2: 6 regions |" in comment
    expected = "| AppDataDist game | assets 2026.11.1 → 2026.11.2: 40 instances in 2 stages (4, all) |"
    assert expected in comment
    assert changed.stdout.strip() in comment
    assert not starts(emulator)


def test_a_preview_that_failed_or_is_too_long_is_still_a_comment(tmp_path: Path) -> None:
    failed = comment_on("error: data[0].version: is required\n", tmp_path)
    assert "The preview failed: see below." in failed
    assert "data[0].version: is required" in failed
    assert len(comment_on("x" * 200_000, tmp_path)) < 65_536


def test_what_is_deleted_has_no_impact(tmp_path: Path) -> None:
    preview = """\
- pulumi-python:dynamic/alicloud-edge:AppDataPush: (delete)
    [urn=urn:pulumi:prod::p::pulumi-python:dynamic/alicloud-edge:AppDataPush::old]
    impact: "assets 1: 6 regions"
"""
    assert "assets 1: 6 regions |" not in comment_on(preview, tmp_path)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_are_what_github_takes(workflow: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-workflows",
        workflow,
    ]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_the_workflow_may_do_no_more_than_comment() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text())
    assert workflow["permissions"] == {}
    (job,) = workflow["jobs"].values()
    assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert "head.repo.full_name == github.repository" in job["if"]


def test_scripts_of_the_workflow_take_no_text_of_a_pull_request_into_their_code() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text())
    scripts = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert any(re.search(r"pulumi preview .*--diff", script) for script in scripts)
    assert not [script for script in scripts if "${{" in script]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_scripts_of_workflows_are_valid_shell(workflow: Path) -> None:
    for job in yaml.safe_load(workflow.read_text())["jobs"].values():
        for step in job["steps"]:
            subprocess.run(["bash", "-n"], input=step.get("run", ""), text=True, check=True)
