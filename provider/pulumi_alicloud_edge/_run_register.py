"""What the processes of one Pulumi run share: a file of JSON lines, in a folder that only this user can access.

The user's program, the dynamic host and every plugin are separate processes that share only the engine. The file is
named after the engine, so that each process finds it:

| the engine is identified by | entries |
| --- | --- |
| its address and the kernel's number of the socket that listens there (Linux) | are of this run |
| its address alone (elsewhere) | may be of an earlier engine on the same port: they only add to what must stay |

All of it is best effort: after a failure, a process uses only its own knowledge, without an error.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

if sys.platform == "win32":
    _flock = None
else:
    from fcntl import LOCK_EX as _EXCLUSIVE
    from fcntl import flock as _flock

FOLDER = "pulumi-alicloud-edge"
KEPT_SECONDS = 24 * 3600.0
"""How long a file is kept after its last entry, and how long an entry counts."""
ATOMIC_BYTES = 4096
"""Up to this size an append is atomic on every file system; longer lines are written under a lock."""
_LISTENING = "0A"
_OTHERS = 0o077
_SOCKET_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class RunRegister:
    """The register of one run.

    Args:
        path: Its file.
        is_certain: Whether all that stands in it is of this run.
    """

    def __init__(self, path: Path, *, is_certain: bool) -> None:
        self.is_certain = is_certain
        self._path = path
        self._offset = 0
        self._by_us = b'{"by":"%s"' % secrets.token_hex(8).encode()

    def append(self, entry: dict[str, Any]) -> None:
        """Write an entry for the other processes to read."""
        with suppress(OSError, TypeError, ValueError):
            body = json.dumps({"at": time.time(), **entry}, separators=(",", ":")).encode()
            # The line break before it ends a line that another process may have left incomplete.
            _append(self._path, b"\n%s,%s\n" % (self._by_us, body[1:]))

    def read(self) -> Iterator[dict[str, Any]]:
        """Return what others have written since the last call; damaged lines are left out."""
        since = time.time() - KEPT_SECONDS
        for line in self._new_lines():
            if line.startswith(self._by_us):
                continue
            with suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict) and isinstance(at := entry.get("at"), float) and at > since:
                    yield entry

    def _new_lines(self) -> list[bytes]:
        try:
            size = os.lstat(self._path).st_size
            if size == self._offset:
                return []
            if size < self._offset:  # removed as old while this run goes on, and begun anew
                self._offset = 0
            new = _read(self._path, self._offset)
        except OSError:
            return []
        whole = new[: new.rfind(b"\n") + 1]
        self._offset += len(whole)
        return [line for line in whole.split(b"\n") if line]


@lru_cache(maxsize=8)
def open_register(address: str) -> RunRegister | None:
    """Return the register of the run that an engine carries out.

    Args:
        address: The engine's gRPC address, ``host:port``; empty for none.

    Returns:
        The register, None where this process cannot have one.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        return None
    folder = private_folder()
    if folder is None:
        return None
    _remove_old(folder)
    number = listener(host, int(port))
    name = re.sub(r"[^A-Za-z0-9.]", "_", host)[-40:]
    return RunRegister(folder / f"{name}-{port}-{number or 'any'}.jsonl", is_certain=number is not None)


def private_folder() -> Path | None:
    """Return the folder of the registers, made where it is missing; None where others could write into it."""
    with suppress(OSError):
        for base in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir()):
            if base and _is_private(folder := Path(base) / f"{FOLDER}-{_user()}"):
                return folder
    return None


def listener(host: str, port: int, tables: tuple[Path, ...] = _SOCKET_TABLES) -> str | None:
    """Return the kernel's number of the socket that listens on an address; None where that is unknown.

    Each socket has its own number, so that a later engine on the same port has another.
    """
    for table in tables:
        with suppress(OSError, ValueError, IndexError):
            rows = (line.split() for line in table.read_text().splitlines()[1:])
            numbers = {
                row[1]: row[9] for row in rows if row[3] == _LISTENING and int(row[1][-4:], 16) == port
            }
            for local in _hexadecimal(host, port):
                if numbers.get(local, "0") != "0":
                    return numbers[local]
            if len(numbers) == 1 and "0" not in numbers.values():
                return next(iter(numbers.values()))
    return None


def _hexadecimal(host: str, port: int) -> list[str]:
    """Return how the kernel's table writes an address, and the same port of all addresses."""
    with suppress(OSError):
        packed = socket.inet_aton("127.0.0.1" if host == "localhost" else host)
        number = int.from_bytes(packed, sys.byteorder)
        return [f"{number:08X}:{port:04X}", f"00000000:{port:04X}"]
    return []


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def _is_ours(found: os.stat_result) -> bool:
    return not hasattr(os, "getuid") or found.st_uid == os.getuid()


def _is_private(folder: Path) -> bool:
    """Make a folder where it is missing; return whether it is this user's own and closed to all others."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError:
        return False
    found = os.lstat(folder)
    is_closed = not found.st_mode & _OTHERS or not hasattr(os, "getuid")
    return stat.S_ISDIR(found.st_mode) and _is_ours(found) and is_closed


def _append(path: Path, data: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NO_FOLLOW, 0o600)
    try:
        if not _is_trusted(file):
            return
        if _flock is not None and len(data) > ATOMIC_BYTES:
            _flock(file, _EXCLUSIVE)
        os.write(file, data)
    finally:
        os.close(file)


def _read(path: Path, offset: int) -> bytes:
    with open(os.open(path, os.O_RDONLY | _NO_FOLLOW), "rb") as file:  # noqa: PTH123 - of a descriptor
        if not _is_trusted(file.fileno()):
            return b""
        file.seek(offset)
        return file.read()


def _is_trusted(file: int) -> bool:
    found = os.fstat(file)
    return stat.S_ISREG(found.st_mode) and _is_ours(found)


def _remove_old(folder: Path) -> None:
    with suppress(OSError):
        for entry in os.scandir(folder):
            if entry.stat(follow_symlinks=False).st_mtime < time.time() - KEPT_SECONDS:
                os.unlink(entry.path)  # noqa: PTH108 - as it was found
