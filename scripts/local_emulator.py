"""The emulator that `make up` starts in the background, and that `make down` stops."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from console import StepError, last_lines, say
from processes import command_line
from workspace import LOCAL, ROOT, VENV, discard, environment_with, shown

HOST = "127.0.0.1"
PORT = 8787
KEY_ID, KEY_SECRET = "emulator", "emulator-secret"
"""The key that the emulator knows by default. It opens nothing else."""

FOLDER = LOCAL / "emulator"
PORT_FILE = FOLDER / "port"
PID_FILE = FOLDER / "pid"
DATABASE = FOLDER / "state.db"
LOG = FOLDER / "log"
FILES = ROOT / "examples" / "quickstart" / "files"

HEALTHY_WITHIN = 30.0
STOPS_WITHIN = 10.0
PATIENCE = 10.0
"""Seconds for which an emulator that runs already may be too busy to answer."""


def start() -> str:
    """Start the emulator, or keep using the one that an earlier run started.

    Returns:
        Its URL, when it answers.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    running, port = _running(), _remembered_port()
    if running is not None and _is_healthy(port, patience=PATIENCE):
        return _url(port)
    stop()
    port = _free_port(port)
    with LOG.open("w") as log:
        process = subprocess.Popen(
            _command(port),
            cwd=ROOT,
            env=environment_with(VENV / "bin"),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C in `make up` is meant for Pulumi
        )
    PORT_FILE.write_text(str(port))
    PID_FILE.write_text(str(process.pid))
    _wait_until_healthy(process, port)
    say(f"The emulator runs at {_url(port)} (process {process.pid}, log {shown(LOG)}).")
    return _url(port)


def stop() -> bool:
    """Stop the emulator that `start` started, and nothing else.

    Returns:
        Whether one was running.
    """
    pid = _running()
    if pid is not None:
        _signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOPS_WITHIN
        while _running() is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        if _running() is not None:
            _signal(pid, signal.SIGKILL)
    PID_FILE.unlink(missing_ok=True)
    return pid is not None


def forget() -> None:
    """Drop what the emulated cloud remembers; its port stays known to the next run."""
    for file in FOLDER.glob(f"{DATABASE.name}*"):
        discard(file)


def _command(port: int) -> list[str]:
    return [
        str(VENV / "bin" / "alicloud-edge-emulator"),
        *("--host", HOST, "--port", str(port)),
        *("--db", str(DATABASE)),
        *("--files", str(FILES)),
    ]


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"


def _remembered_port() -> int:
    return int(PORT_FILE.read_text()) if PORT_FILE.exists() else PORT


def _free_port(wanted: int) -> int:
    """The wanted port, or any other where somebody else listens there."""
    if _can_listen(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        free: int = probe.getsockname()[1]
    say(f"Port {wanted} is taken; the emulator uses {free}, and so will the next run.")
    return free


def _can_listen(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _running() -> int | None:
    """The process that the pid file names, if it still is this checkout's emulator and no later process."""
    pid = int(PID_FILE.read_text()) if PID_FILE.exists() else None
    return pid if pid is not None and str(FILES) in command_line(pid) else None


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _is_healthy(port: int, patience: float = 0.0) -> bool:
    """Whether the emulator answers, asked without any proxy until the patience is used up."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + patience
    while True:
        try:
            with opener.open(f"{_url(port)}/_emulator/health", timeout=2) as response:
                return bool(response.status == 200)  # noqa: PLR2004
        except (urllib.error.URLError, OSError):
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.1)


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + HEALTHY_WITHIN
    while process.poll() is None:
        if _is_healthy(port):
            return
        if time.monotonic() > deadline:
            stop()
            raise StepError(
                f"The emulator did not answer at {_url(port)} within {HEALTHY_WITHIN:.0f} s.", _see_log()
            )
        time.sleep(0.1)
    PID_FILE.unlink(missing_ok=True)
    raise StepError(f"The emulator ended with exit code {process.returncode}.", _see_log())


def _see_log() -> str:
    return f"The end of its log, {shown(LOG)}:\n{last_lines(LOG)}"
