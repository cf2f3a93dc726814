"""What the project depends on: locked as declared, and without known vulnerabilities."""

import subprocess
from pathlib import Path

import python_env
from console import say
from workspace import ROOT, environment_without_settings

ADVISORIES = "https://api.osv.dev"
PATIENCE_SECONDS = "5"
"""How long the advisories may take to answer; without network access this says at once that there is none."""


def check(advisories: str = ADVISORIES) -> list[str]:
    """Compare uv.lock with pyproject.toml, and its packages with what is known of them; return the checks that failed.

    Args:
        advisories: The service to ask, which speaks OSV's protocol.
    """
    uv = python_env.uv()
    return [*_outdated(uv), *_vulnerable(uv, advisories)]


def _outdated(uv: Path) -> list[str]:
    lock = _ask(uv, "lock", "--check", "--offline")
    if lock.returncode == 0:
        return []
    say(f"uv.lock is not what pyproject.toml asks for: run `uv lock`.\n{lock.stderr.strip()}")
    return ["uv lock --check"]


def _vulnerable(uv: Path, advisories: str) -> list[str]:
    options = ("--frozen", "--preview-features", "audit-command", "--service-url", advisories)
    audit = _ask(uv, "audit", *options)
    match audit.returncode:
        case 0:
            say(audit.stderr.strip())
            return []
        case 1:  # it has found something; any other number says that it could not look
            say(audit.stdout.strip())
            return ["uv audit"]
        case _:
            reason = next(iter(audit.stderr.strip().splitlines()), "it said nothing")
            say(f"The packages were NOT audited, for want of {advisories}: {reason}")
            return []


def _ask(uv: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    say(f"$ uv {' '.join(arguments[:2])}")
    env = environment_without_settings() | {
        "UV_HTTP_TIMEOUT": PATIENCE_SECONDS,
        "UV_HTTP_CONNECT_TIMEOUT": PATIENCE_SECONDS,
        "UV_HTTP_RETRIES": "0",
    }
    return subprocess.run([uv, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
