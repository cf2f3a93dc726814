"""Environments of the provider: the tests' own, the one that users get, and the oldest of all that it declares."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROVIDER = ROOT / "provider"


@dataclass(frozen=True)
class Sdk:
    """A Python with Pulumi's SDK in it.

    Attributes:
        name: How tests call it.
        python: Its interpreter.
        environment: What a process needs so that this checkout's provider is imported there.
    """

    name: str
    python: Path
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def bin(self) -> Path:
        """The folder that goes first on PATH."""
        return self.python.parent


def newest() -> Sdk:
    """The environment that the tests themselves run in, as uv.lock says."""
    return Sdk("newest", Path(sys.executable))


def plain() -> Sdk:
    """The package's own dependencies as locked and nothing else, as users have them.

    Some packages load more where they find more: httpx the libraries of its command line, for one.
    """
    locked = (ROOT / "uv.lock").read_bytes()

    def fill(python: Path) -> None:
        wanted = python.parents[1] / "wanted.txt"
        _run(
            *(_uv(), "export", "--project", ROOT, "--frozen", "--no-dev", "--no-emit-project", "--quiet"),
            *("--output-file", wanted),
        )
        _install(python, "-r", wanted)

    return _environment("plain", locked, fill)


def oldest() -> Sdk:
    """The oldest version of each dependency that pyproject.toml admits."""
    declared = ROOT / "pyproject.toml"

    def fill(python: Path) -> None:
        _install(python, "--resolution", "lowest-direct", "-r", declared)

    return _environment("oldest", declared.read_bytes(), fill)


def _environment(name: str, made_from: bytes, fill: Callable[[Path], None]) -> Sdk:
    """Return an environment of the user's cache, made once for each state of what it is made from and interpreter.

    The provider itself comes from this checkout, so that many checkouts can share it.
    """
    key = hashlib.sha256(made_from + sys.version.encode()).hexdigest()[:12]
    folder = _cache() / f"{name}-{key}"
    if not folder.exists():
        _make(folder, fill)
    return Sdk(name, folder / "bin" / "python", (("PYTHONPATH", str(PROVIDER)),))


def _make(folder: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside it and rename that: workers that come at once do not see half an environment."""
    partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f"{folder.name}-partial-"))
    _run(_uv(), "venv", "--seed", "--clear", "--relocatable", "--python", sys.executable, partial)
    fill(partial / "bin" / "python")
    try:
        partial.rename(folder)
    except OSError:
        if not folder.exists():
            raise
        shutil.rmtree(partial)


def _install(python: Path, *what: str | Path) -> None:
    _run(_uv(), "pip", "install", "--compile-bytecode", "--python", python, *what)


def _run(*command: str | Path) -> None:
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}:\n{ran.stderr}")


def _uv() -> Path:
    """The uv on PATH, else the one that `make setup` keeps."""
    found = shutil.which("uv")
    kept = sorted(path for path in _cache().glob("uv-*") if os.access(path, os.X_OK) and path.is_file())
    if found is None and not kept:
        raise RuntimeError("uv is missing; `make setup` fetches it")
    return Path(found) if found else kept[-1]


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base).absolute() / "pulumi-alicloud-edge"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
