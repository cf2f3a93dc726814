"""The engine of this process: its address, and the end of the process with it."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from itertools import pairwise
from types import ModuleType

ENGINE_REFUSALS = 2
SERVICER = "DynamicResourceProviderServicer"
"""The class of the host's main module that serves the engine."""


def engine_address(argv: list[str] | None = None, main: ModuleType | None = None) -> str:
    """Return the engine's address, which the dynamic host got as its last argument; empty anywhere else."""
    argv = sys.argv if argv is None else argv
    if not is_dynamic_host(main) or not argv[1:]:
        return ""
    return _address(argv[-1])


def program_engine_address() -> str:
    """Return the engine's address in the process of a user's program; empty anywhere else, and under mocks.

    The SDK keeps only the stub that it calls the engine with, and the stub's channel has the address. Otherwise the
    address is taken from the command line, which Pulumi's language host has written.
    """
    try:
        from pulumi.runtime.proto.engine_pb2_grpc import EngineStub
        from pulumi.runtime.settings import get_engine

        engine = get_engine()
        if not isinstance(engine, EngineStub):
            return ""
    except ImportError:
        return ""
    try:
        target = engine.Log._channel.target().decode()  # type: ignore[attr-defined]  # noqa: SLF001
    except (AttributeError, TypeError, ValueError):
        target = ""
    return _address(target.rpartition("/")[2]) or _option("--engine", sys.orig_argv)


def _option(name: str, arguments: list[str]) -> str:
    """Return the address after an option of a command line; empty where there is none."""
    following = (value for option, value in pairwise(arguments) if option == name)
    return _address(next(following, ""))


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    return text if host and port.isdigit() else ""


def is_dynamic_host(main: ModuleType | None = None) -> bool:
    """Return whether this process is Pulumi's dynamic host."""
    return hasattr(main or sys.modules.get("__main__"), SERVICER)


def end_with_engine(address: str, *, check_every: float = 2.0) -> None:
    """End this process soon after its engine is gone.

    After a ``kill -9`` of a run the host survives, and would continue a rollout in parallel with the next run.
    """
    host, _, port = address.rpartition(":")
    if not host:
        return

    def watch() -> None:
        refused = 0
        while refused < ENGINE_REFUSALS:
            time.sleep(check_every)
            try:
                socket.create_connection((host, int(port)), timeout=check_every).close()
            except ConnectionRefusedError:
                refused += 1
            except OSError:
                continue
            else:
                refused = 0
        os._exit(1)

    threading.Thread(target=watch, name="alicloud-edge-engine-watch", daemon=True).start()
