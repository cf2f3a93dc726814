"""Where things are: the checkout, what a run leaves in it, the cache that all checkouts of a user share."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console import StepError, say

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCAL = ROOT / ".local"
"""Everything that a run needs and the repository must not hold (git-ignored)."""


def cache_folder() -> Path:
    """The per-user folder for what is worth keeping between checkouts; made where it is missing."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base).absolute() / "pulumi-alicloud-edge"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def locked(path: Path, *, busy: str, wait: bool = True) -> Iterator[None]:
    """Hold an exclusive lock, so that two runs at once do not spoil each other's work.

    The lock lives as long as this process, and not longer: a killed run frees it.

    Args:
        path: The lock's file; made where it is missing.
        busy: Who else holds it, said while waiting or as the error.
        wait: Whether to wait for the other, or to give up at once.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                raise StepError(busy, "Wait until it has ended, then run this again.") from None
            say(f"{busy} Waiting for it ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def environment_without_settings() -> dict[str, str]:
    """This process's environment without what would lead a local run elsewhere.

    Keys of a real account, another Pulumi backend, another virtual environment: none of them must reach
    what runs against the emulator.
    """
    prefixes = ("ALIBABA_CLOUD_", "ALIBABACLOUD_", "ALICLOUD_", "PULUMI_")
    names = {"VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "UV_PROJECT_ENVIRONMENT"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(prefixes) and k not in names}
    loopback = "127.0.0.1,localhost"
    for proxy_exception in ("no_proxy", "NO_PROXY"):
        kept[proxy_exception] = ",".join(filter(None, [kept.get(proxy_exception), loopback]))
    return kept


def environment_with(*folders: Path) -> dict[str, str]:
    """That environment with the given folders first on PATH."""
    kept = environment_without_settings()
    return kept | {"PATH": os.pathsep.join([*map(str, folders), kept.get("PATH", os.defpath)])}


def shown(path: Path) -> str:
    """A path as a person reads it: from the checkout's folder where it lies within."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def discard(path: Path) -> None:
    """Remove a file or a folder, whether or not it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
