"""The environments that the provider must run in: the locked one, and the oldest of all that it declares."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
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


def oldest() -> Sdk:
    """The oldest version of each dependency that pyproject.toml admits, in an environment of the user's cache.

    It is made once for each state of pyproject.toml and interpreter. The provider itself comes from this
    checkout, so that many checkouts can share it.
    """
    key = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = _cache() / f"oldest-{key}"
    if not folder.exists():
        _make(folder)
    return Sdk("oldest", folder / "bin" / "python", (("PYTHONPATH", str(PROVIDER)),))


def _make(folder: Path) -> None:
    """Fill a folder beside it and rename that: workers that come at once do not see half an environment."""
    partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f"{folder.name}-partial-"))
    uv = _uv()
    _run(uv, "venv", "--seed", "--clear", "--relocatable", "--python", sys.executable, partial)
    _run(
        *(uv, "pip", "install", "--python", partial / "bin" / "python"),
        *("--resolution", "lowest-direct", "-r", ROOT / "pyproject.toml"),
    )
    try:
        partial.rename(folder)
    except OSError:
        if not folder.exists():
            raise
        shutil.rmtree(partial)


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
