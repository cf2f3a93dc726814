"""What CI runs: the linters, the types, the layer contracts, the dependencies, and the tests."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pulumi_cli
import python_env
import supply
from console import StepError, say
from workspace import ROOT, VENV, environment_with

LINTERS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("mypy", "scripts"),
    *(
        ("mypy", str(program.parent.relative_to(ROOT)))
        for program in sorted(ROOT.glob("examples/*/__main__.py"))
    ),
    ("lint-imports",),
)
WORKERS = ("-n", "4", "--dist", "worksteal")
"""More than a small machine has cores: most tests wait for a process or a clock."""
APART = "tests/program"
"""Tests in which Pulumi's SDK takes the thread's event loop: they do not mix with asynchronous ones."""
USUAL = ("-m", "not exhaustive")
"""Leaves out the many cells of a matrix that differ from others in a name only."""
MATRICES = ("tests/faults", "tests/kills")


def lint() -> None:
    """Run every linter, so that one look shows all there is to repair."""
    python_env.ensure()
    _conclude(_lint())


def reference() -> None:
    """Write the classes of `_sdk/` and `docs/reference.md` anew from the declarations of inputs and outputs."""
    python_env.ensure()
    path = {"PYTHONPATH": str(ROOT / "scripts")}
    _conclude(_failed(["python", "-m", "reference"], VENV / "bin", **path))


def test(arguments: Sequence[str]) -> None:
    """Run every linter and the tests, with the Pulumi CLI on PATH; a fault of one does not hide the other's.

    Args:
        arguments: Further arguments for pytest.
    """
    python_env.ensure()
    path = [VENV / "bin", pulumi_cli.ensure()]
    rounds = [arguments] if arguments else [[*USUAL, f"--ignore={APART}"], [APART]]
    failed = [fault for chosen in rounds for fault in _failed(["pytest", *WORKERS, *chosen], *path)]
    _conclude([*_lint(), *failed])


def matrix(arguments: Sequence[str]) -> None:
    """Run all cells of the matrices of faults and kills, with the Pulumi CLI on PATH, and print them as tables.

    Args:
        arguments: Further arguments for pytest.
    """
    python_env.ensure()
    path = [VENV / "bin", pulumi_cli.ensure()]
    environment = {"PYTHONPATH": str(ROOT)}
    printing = ["-p", "tests.support.matrix_table"]
    _conclude(_failed(["pytest", *WORKERS, *printing, *MATRICES, *arguments], *path, **environment))


def mutation(arguments: Sequence[str]) -> None:
    """Change the provider's code in small ways, one after the other, and list those that no test notices.

    Args:
        arguments: Further arguments for ``python -m mutation``.
    """
    python_env.ensure()
    path = {"PYTHONPATH": str(ROOT / "scripts")}
    _conclude(_failed(["python", "-m", "mutation", *arguments], VENV / "bin", **path))


def soak(hours: float, examples: int, steps: int, seed: int) -> None:
    """Simulate lives of programs at length, and print what happened; a failure of one part does not hide the other's.

    First one life against a running emulator, for so many hours of its clock; then many short ones in virtual time,
    each step judged by the safety rules (`tests/safety`).

    Args:
        hours: How long the one life is; an hour takes about a minute and a half.
        examples: How many short lives to invent.
        steps: How many steps each of them has at most.
        seed: What decides about all that happens in both.
    """
    python_env.ensure()
    long = {"SOAK_HOURS": str(hours), "SOAK_SEED": str(seed)}
    short = {"SAFETY_EXAMPLES": str(examples), "SAFETY_STEPS": str(steps), "SAFETY_SEED": str(seed)}
    runs = (("tests/soak", long), ("tests/safety/test_law.py", short))
    command = ["pytest", "-p", "no:xdist", "-s"]
    _conclude([failed for tests, env in runs for failed in _failed([*command, tests], VENV / "bin", **env)])


def bench(arguments: Sequence[str]) -> None:
    """Measure how fast the provider is, with the Pulumi CLI on PATH.

    Args:
        arguments: Further arguments for ``python -m bench``.
    """
    python_env.ensure()
    python_env.add_group("bench")
    path = [VENV / "bin", pulumi_cli.ensure()]
    _conclude(_failed(["python", "-m", "bench", *arguments], *path))


def _lint() -> list[str]:
    return [*(fault for linter in LINTERS for fault in _failed(linter, VENV / "bin")), *supply.check()]


def _failed(command: Sequence[str], *path: Path, **variables: str) -> list[str]:
    """Run a check in the foreground; its name, if it failed."""
    line = " ".join(command)
    say(f"$ {line}")
    environment = environment_with(*path) | variables
    passed = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0
    return [] if passed else [line]


def _conclude(faults: Sequence[str]) -> None:
    if faults:
        what = "\n".join(f"Failed: {fault}" for fault in faults)
        raise StepError(
            what, "`.venv/bin/ruff format` and `.venv/bin/ruff check --fix` repair much of style."
        )
