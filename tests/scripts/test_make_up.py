import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import workspace

EMULATED = "quickstart runs on stack staging"


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """This project as a fresh clone has it, in a folder whose name has a space."""
    folder = tmp_path / "a checkout"
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=workspace.ROOT, text=True).splitlines():
        if (workspace.ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(workspace.ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "all")
    yield folder
    make(folder, "down")


def git(folder: Path, *arguments: str) -> str:
    return subprocess.check_output(["git", *arguments], cwd=folder, text=True)


def make(folder: Path, target: str) -> str:
    ran = subprocess.run(["make", target], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.cli
def test_a_fresh_clone_goes_up_stays_up_and_comes_down_without_a_trace(checkout: Path) -> None:
    first = make(checkout, "up")
    assert EMULATED in first
    assert "+ 4 created" in first
    assert not git(checkout, "status", "--porcelain")

    again = make(checkout, "up")
    assert EMULATED in again
    assert again.count("4 unchanged") == 2
    assert not git(checkout, "status", "--porcelain")

    down = make(checkout, "down")
    assert "- 4 deleted" in down
    assert "Down: stack staging destroyed, emulator stopped." in down
    assert "Nothing to take down." in make(checkout, "down")
    assert not git(checkout, "status", "--porcelain")
