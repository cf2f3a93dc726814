"""Parts of a measurement that run in a process of their own, so that memory and imports are theirs alone."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.sdks import Sdk

ROOT = Path(__file__).resolve().parents[1]


def ask(module: str, *arguments: str | int, sdk: Sdk | None = None) -> Any:
    """Run ``python -m module arguments`` from the root, in this environment or another; return what it printed."""
    python, more = (sdk.python, dict(sdk.environment)) if sdk else (sys.executable, {})
    command = [str(python), "-m", module, *map(str, arguments)]
    environment = {**os.environ, **more}
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    if ran.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{ran.stderr}")
    return json.loads(ran.stdout)


def spent(work: Callable[[], object]) -> dict[str, float]:
    """Do some work; return its CPU seconds, and by how many MiB it raised the most memory that was in use."""
    before = _peak_mib()
    began = time.process_time()
    work()
    return {"cpu": time.process_time() - began, "mib": _peak_mib() - before}


def _peak_mib() -> float:
    """The most memory of this process; Linux's rusage would count what its parent had when it forked."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) / 1024  # type: ignore[index]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
