import subprocess

import workspace


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "-C", workspace.ROOT, *arguments], capture_output=True, text=True, check=False
    )


def test_make_alone_lists_what_there_is() -> None:
    listed = make().stdout
    for target in (
        "setup",
        "up",
        "preview",
        "refresh",
        "down",
        "shell",
        "lint",
        "test",
        "matrix",
        "mutation",
    ):
        assert f"make {target} " in listed


def test_a_missing_python_is_named() -> None:
    answer = make("PYTHON=", "up")
    assert answer.returncode != 0
    assert "Python 3.11 or newer is missing" in answer.stdout
    assert "Traceback" not in answer.stderr
