"""What CI runs: the linters, the types, the layer contracts, and the tests."""

import subprocess
from collections.abc import Sequence

import pulumi_cli
import python_env
from console import StepError, say
from workspace import ROOT, VENV, environment_with

LINTERS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("mypy", "scripts"),
    ("mypy", "examples/quickstart"),
    ("lint-imports",),
)
WORKERS = ("-n", "auto", "--maxprocesses", "4")


def lint() -> None:
    """Run every linter, so that one look shows all there is to repair."""
    python_env.ensure()
    failed = [" ".join(linter) for linter in LINTERS if not _passes(linter)]
    if failed:
        raise StepError(
            f"Failed: {'; '.join(failed)}.", "`.venv/bin/ruff format` and `ruff check --fix` repair much."
        )


def test(arguments: Sequence[str]) -> int:
    """Lint, then run the tests, with the Pulumi CLI on PATH.

    Args:
        arguments: Further arguments for pytest.

    Returns:
        Pytest's exit code.
    """
    lint()
    folder = pulumi_cli.ensure()
    env = environment_with(VENV / "bin", folder)
    return subprocess.run(["pytest", *WORKERS, *arguments], cwd=ROOT, env=env, check=False).returncode


def _passes(linter: Sequence[str]) -> bool:
    say(f"$ {' '.join(linter)}")
    return subprocess.run(linter, cwd=ROOT, env=environment_with(VENV / "bin"), check=False).returncode == 0
