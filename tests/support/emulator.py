"""The emulator as a process of its own, started on a free port and asked over its control interface."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

KEY_ID, KEY_SECRET = "emulator", "emulator-secret"
APP_ID = "e76f8985-7965-41fc-925b-9648bb6bf650"
"""The ENS application of the built-in world: 40 instances in `REGIONS`."""
SMALL_APP_ID = "a2bac6f4-75dc-455e-8389-2dc8e47526d3"
REGIONS = (
    "cn-wuhan-telecom_unicom_cmcc-2",
    "cn-xiangyang-19",
    "cn-wuxi-5",
    "cn-chengdu-telecom-4",
    "cn-shanghai-cmcc-4",
    "cn-shijiazhuang-telecom_unicom_cmcc",
)
CONTAINER_APP_ID = "app-88068867578379000001"
VERSION_IDS = tuple(f"ver-8796263716165100000{number}" for number in (1, 2, 3))
CREATING_VERSION_ID = "ver-87962637161651000004"
FAILED_VERSION_ID = "ver-87962637161651000005"
CRASHING_VERSION_ID = "ver-87962637161651000006"
UNPULLABLE_VERSION_ID = "ver-87962637161651000007"

START_SECONDS = 30.0
World = Mapping[str, Any] | Path | None


class Emulator:
    """One running emulator. Use `Emulator.start(...)`, or it as a context manager."""

    def __init__(self, command: list[str], port: int, scratch: tempfile.TemporaryDirectory[str]) -> None:
        self._command = command
        self._scratch = scratch
        self._process, bound = _launch(command, port, Path(scratch.name))
        self.url = f"http://127.0.0.1:{bound}"
        self.http = httpx.Client(timeout=30, trust_env=False)

    @classmethod
    def start(
        cls,
        *,
        world: World = None,
        time_scale: float = 1.0,
        seed: int = 0,
        files: Path | None = None,
        db: Path | None = None,
        port: int = 0,
    ) -> Self:
        """Start one and wait until it serves."""
        scratch = tempfile.TemporaryDirectory(prefix="emulator-")
        command = [sys.executable, "-m", "alicloud_edge_emulator"]
        command += ["--time-scale", str(time_scale), "--seed", str(seed)]
        if isinstance(world, Mapping):
            path = Path(scratch.name) / "world.json"
            path.write_text(json.dumps(world))
            world = path
        for option, value in (("--world", world), ("--files", files), ("--db", db)):
            command += [option, str(value)] if value is not None else []
        try:
            emulator = cls(command, port, scratch)
        except RuntimeError:
            scratch.cleanup()
            raise
        emulator._await_health()
        return emulator

    @property
    def endpoint(self) -> str:
        """Host and port, as the vendor's SDKs take an endpoint."""
        return self.url.removeprefix("http://")

    @property
    def log(self) -> str:
        """What the process has written."""
        return (Path(self._scratch.name) / "log").read_text()

    def state(self) -> dict[str, Any]:
        """`GET /_emulator/state`: what is true now."""
        state: dict[str, Any] = self._ask("GET", "/state")
        return state

    def app(self, app_id: str = APP_ID) -> dict[str, Any]:
        """One ENS application of the state."""
        return _with_id(self.state()["applications"], app_id)

    def container_app(self, app_id: str = CONTAINER_APP_ID) -> dict[str, Any]:
        """One ESA container app of the state."""
        return _with_id(self.state()["container_apps"], app_id)

    def calls(self, action: str | None = None) -> list[dict[str, Any]]:
        """The recorded calls, oldest first; of one action, if named."""
        calls: list[dict[str, Any]] = self._ask("GET", "/calls")["calls"]
        return [call for call in calls if action in {None, call["action"]}]

    def clear_calls(self) -> None:
        """Forget the recorded calls."""
        self._ask("DELETE", "/calls")

    def reset(self) -> None:
        """Begin the world again; no faults, no calls, its own dialect."""
        self._ask("POST", "/reset")

    def world(self, world: Mapping[str, Any]) -> None:
        """Begin another world."""
        self._ask("PUT", "/world", world)

    def dialect(self, **ways: str) -> dict[str, Any]:
        """Settle open points of the contract otherwise: `dialect(paging="targets")`."""
        dialect: dict[str, Any] = self._ask("PUT", "/dialect", ways)
        return dialect

    def faults(self, rules: list[Mapping[str, Any]]) -> None:
        """Replace the fault rules."""
        self._ask("PUT", "/faults", rules)

    def drift(self, **change: Any) -> None:
        """Change something from outside."""
        self._ask("POST", "/drift", change)

    def inventory(self, app_id: str = APP_ID, **change: Any) -> dict[str, list[str]]:
        """Add, remove, stop or start instances: `inventory(stop=["i-…"])`; give those that were added by region."""
        added: dict[str, list[str]] = self._ask("POST", "/inventory", {"app_id": app_id, **change})["added"]
        return added

    def advance(self, seconds: float) -> None:
        """Move the emulated time forward."""
        self._ask("POST", "/clock", {"advance": seconds})

    def kill(self) -> None:
        """End the process as a crash does."""
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """End the process as a crash does, and start it again on its port; it knows what it has kept."""
        self.kill()
        port = int(self.url.rpartition(":")[2])
        self._process, _ = _launch(self._command, port, Path(self._scratch.name))
        self._await_health()

    def stop(self) -> None:
        """End the process and remove what it left."""
        self.http.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        self._scratch.cleanup()

    def control(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A raw call of the control interface."""
        return self.http.request(method, f"{self.url}/_emulator{path}", **options)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        response = self.control(method, path, **({} if body is None else {"json": body}))
        if response.is_error:
            raise ValueError(f"{method} {path}: {response.status_code} {response.text}")
        return response.json()

    def _await_health(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                if self.control("GET", "/health").is_success:
                    return
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.02)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _with_id(apps: list[dict[str, Any]], app_id: str) -> dict[str, Any]:
    return next(app for app in apps if app["app_id"] == app_id)


def _launch(command: list[str], port: int, scratch: Path) -> tuple[subprocess.Popen[str], int]:
    """Start a process on a port, a free one for 0; gives it with the port that it listens on."""
    port_file = scratch / "port"
    port_file.unlink(missing_ok=True)
    with (scratch / "log").open("a") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--port-file", str(port_file)],
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    return process, _bound_port(process, port_file)


def _bound_port(process: subprocess.Popen[str], port_file: Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if port_file.exists() and (text := port_file.read_text()).endswith("\n"):
            return int(text)
        if process.poll() is not None:
            break
        time.sleep(0.02)
    process.kill()
    log = (port_file.parent / "log").read_text()
    raise RuntimeError(f"the emulator did not start: {log}")
