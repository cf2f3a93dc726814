"""The virtual environment: `.venv`, exactly as uv.lock says, with pip in it for Pulumi's language host."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from console import StepError, last_lines, run_logged
from workspace import LOCAL, ROOT, VENV, cache_folder, discard, environment_without_settings, locked

UV_PIN = Path(__file__).with_name("uv.txt")
"""The uv that is fetched where none, or none new enough, is at hand: its version, and the hashes of its files."""
UV_VERSION = re.findall(r"^uv==(\S+)", UV_PIN.read_text(), re.MULTILINE)[0]
UV_OLDEST = (0, 13)
"""The oldest that knows `uv audit`, as far as was tried."""
STAMP = VENV / ".set-up"
LOG = LOCAL / "setup.log"


def ensure() -> None:
    """Make `.venv` what uv.lock says; at once where it is already."""
    with locked(LOCAL / "setup.lock", busy="Another run is setting up this checkout."):
        if _is_current():
            return
        executable = uv()
        discard(STAMP)
        LOG.unlink(missing_ok=True)
        if not _has_python():
            _run(
                executable,
                "venv",
                "--seed",
                "--clear",
                "--python",
                sys.executable,
                str(VENV),
                doing="Creating .venv",
            )
        _run(
            executable, "sync", "--frozen", "--all-extras", doing="Installing the locked packages into .venv"
        )
        STAMP.write_text(_fingerprint())


def add_group(group: str) -> None:
    """Add a dependency group that is not needed every day; it stays until uv.lock changes."""
    with locked(LOCAL / "setup.lock", busy="Another run is setting up this checkout."):
        arguments = ("sync", "--frozen", "--all-extras", "--group", group)
        _run(uv(), *arguments, doing=f"Installing the packages for {group}")


def _is_current() -> bool:
    return STAMP.exists() and STAMP.read_text() == _fingerprint() and _has_python()


def _has_python() -> bool:
    """Whether the environment works and has pip: a deleted interpreter leaves a dangling link behind."""
    pip = [*VENV.glob("bin/pip"), *VENV.glob("lib/python*/site-packages/pip")]
    return (VENV / "bin" / "python").exists() and len(pip) > 1


def _fingerprint() -> str:
    """What `.venv` depends on: the lock, the project file, and the folder that its scripts name."""
    files = [ROOT / "uv.lock", ROOT / "pyproject.toml"]
    return json.dumps([str(ROOT), *(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)])


def _run(executable: Path, *arguments: str, doing: str) -> None:
    env = environment_without_settings() | {
        "UV_PROJECT_ENVIRONMENT": str(VENV),
        "UV_PYTHON_DOWNLOADS": "never",
    }
    if not run_logged([executable, *arguments], doing=doing, log=LOG, cwd=ROOT, env=env):
        raise StepError(
            f"uv {arguments[0]} failed:\n{last_lines(LOG)}",
            f"It needs the Python package index. The whole output is in {LOG}.",
        )


def uv() -> Path:
    """A uv that is new enough: the one on PATH, else a pinned one in the user's cache."""
    on_path = shutil.which("uv")
    if on_path and _uv_version(on_path) >= UV_OLDEST:
        return Path(on_path)
    cached = cache_folder() / f"uv-{UV_VERSION}"
    with locked(cached.with_name(f"{cached.name}.lock"), busy="Another run is fetching uv."):
        if not cached.exists():
            _fetch_uv(cached)
    return cached


def _uv_version(executable: str) -> tuple[int, ...]:
    found = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"uv (\d+)\.(\d+)", found.stdout)
    return tuple(map(int, version.groups())) if version else ()


def _fetch_uv(target: Path) -> None:
    """Let pip install uv into a throw-away environment, and keep the one file that uv is."""
    LOG.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="uv-partial-") as folder:
        env, scratch = environment_without_settings(), Path(folder)
        if not run_logged(
            [sys.executable, "-m", "venv", scratch], doing="Preparing to fetch uv", log=LOG, cwd=ROOT, env=env
        ):
            raise StepError(
                f"{sys.executable} cannot create a virtual environment:\n{last_lines(LOG)}",
                "Debian and Ubuntu keep that apart: apt install python3-venv. Or install uv: https://docs.astral.sh/uv",
            )
        pip: list[str | Path] = [scratch / "bin" / "python", "-m", "pip", "install", "--require-hashes"]
        pip += ["--only-binary", ":all:", "--requirement", UV_PIN]
        if not run_logged(pip, doing=f"Fetching uv {UV_VERSION}", log=LOG, cwd=ROOT, env=env):
            raise StepError(
                f"pip cannot install uv {UV_VERSION}:\n{last_lines(LOG)}",
                "It needs the Python package index. Or install uv yourself: https://docs.astral.sh/uv",
            )
        os.replace(scratch / "bin" / "uv", target)  # noqa: PTH105 - one step: a killed run leaves nothing half-made
