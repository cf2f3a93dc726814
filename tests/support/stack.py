"""A Pulumi stack of its own, run by the real CLI: project, backend and home in a folder that is thrown away."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests.support.dynamic_host import NAMESPACE, Kind, clean_environment
from tests.support.emulator import CONTAINER_APP_ID, Emulator
from tests.support.sdks import Sdk, newest

PROJECT, NAME = "edge", "test"
COMMAND_SECONDS = 120.0
SALT = "v1:6a3kh5Bk/T4=:v1:ps68voVwdraY+mSU:lFUYIjX8IUN+6ntvtINcG9u+SXoLMw=="
PASSPHRASE = "emulator-only"

PROGRAM = """\
import json
from pathlib import Path

import pulumi

import pulumi_alicloud_edge as edge


class Group(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Group", name)


made = {}
for declared in json.loads((Path(__file__).parent / "resources.json").read_text()):
    options = pulumi.ResourceOptions(
        depends_on=[made[name] for name in declared["after"] if name in made],
        aliases=[pulumi.Alias(**alias) for alias in declared["aliases"]],
        parent=Group(declared["component"]) if declared["component"] else None,
    )
    make = getattr(edge, declared["kind"])
    made[declared["name"]] = make(declared["name"], **declared["inputs"], opts=options)
"""


@dataclass(frozen=True)
class Declared:
    """One resource of a program."""

    kind: Kind
    name: str
    inputs: Mapping[str, Any]
    after: tuple[str, ...] = ()
    aliases: tuple[Mapping[str, Any], ...] = ()
    component: str = ""

    def as_json(self) -> dict[str, Any]:
        """What the program reads."""
        return {**vars(self), "kind": self.kind.value}


def push(inputs: Mapping[str, Any], name: str = "assets", **how: Any) -> Declared:
    """A push."""
    return Declared(Kind.PUSH, name, inputs, **how)


def dist(inputs: Mapping[str, Any], name: str = "assets-everywhere", **how: Any) -> Declared:
    """A distribution, by default after the push of the default name."""
    return Declared(Kind.DIST, name, inputs, **{"after": ("assets",), **how})


def release(version_id: str, name: str = "web", *, env: str = "prod", **inputs: Any) -> Declared:
    """A release of the built-in world's container app."""
    return Declared(
        Kind.RELEASE, name, {"app_id": CONTAINER_APP_ID, "version_id": version_id, "env": env, **inputs}
    )


@dataclass(frozen=True)
class Ran:
    """A command that has ended."""

    command: str
    code: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def output(self) -> str:
        """All that a person would have seen."""
        return self.stdout + self.stderr

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return self.code == 0

    def counts(self) -> dict[str, int]:
        """The summary of what was done: ``{"created": 3, "unchanged": 1}``."""
        _, _, summary = self.stdout.rpartition("Resources:")
        found = re.findall(r"^\s+[-+~=]* ?(\d+) (?:to )?(\w+)$", summary, re.MULTILINE)
        return {what: int(count) for count, what in found}

    def __str__(self) -> str:
        return f"pulumi {self.command} ended with {self.code} after {self.seconds:.1f} s\n{self.output}"


@dataclass
class Running:
    """A command that is under way."""

    process: subprocess.Popen[str]
    command: str
    stdout: Path
    stderr: Path
    checkpoint: Path
    began: float = field(default_factory=time.monotonic)

    def interrupt(self) -> None:
        """Press Ctrl-C: a terminal sends the signal to the whole group in the foreground."""
        os.killpg(self.process.pid, signal.SIGINT)

    def kill(self) -> None:
        """Kill the CLI, the program and the provider at once, as a machine does that goes down.

        The file backend rewrites the checkpoint's attributes in place: killed half way through, the CLI leaves a file
        that it cannot read itself any more, whatever provider it ran. So it is stopped at a moment when it is whole.
        """
        while self._is_rewriting():
            _signal(self.process.pid, signal.SIGCONT)
            time.sleep(0.005)
        for pid in [self.process.pid, *_descendants(self.process.pid)]:
            _signal(pid, signal.SIGKILL)
        self.process.wait()

    def _is_rewriting(self) -> bool:
        """Stop the CLI, and tell whether it was writing attributes."""
        _signal(self.process.pid, signal.SIGSTOP)
        for path in self.checkpoint.parent.glob("*.attrs"):
            try:
                json.loads(path.read_text())
            except ValueError:
                return self.process.poll() is None
        return False

    def kill_provider(self) -> None:
        """Kill the process that hosts the provider alone, as a machine does that is short of memory."""
        listed = subprocess.check_output(["ps", "-A", "-ww", "-o", "pid=,command="], text=True)
        commands = {
            int(pid): command
            for pid, _, command in (line.strip().partition(" ") for line in listed.splitlines())
        }
        hosts = [pid for pid in _descendants(self.process.pid) if "pulumi.dynamic" in commands.get(pid, "")]
        assert hosts, f"no provider runs\n{self.output()}"
        for pid in hosts:
            _signal(pid, signal.SIGKILL)

    def kill_cli(self) -> None:
        """Kill the CLI alone, as `kill -9` with its process id does."""
        self.process.kill()
        self.process.wait()

    def output(self) -> str:
        """What was printed so far."""
        return self.stdout.read_text() + self.stderr.read_text()

    def finish(self, *, timeout: float = COMMAND_SECONDS) -> Ran:
        """Wait for its end."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"pulumi {self.command} still ran after {timeout} s\n{self.output()}"
            ) from None
        seconds = time.monotonic() - self.began
        return Ran(
            self.command, self.process.returncode, self.stdout.read_text(), self.stderr.read_text(), seconds
        )


class Stack:
    """One stack in a folder.

    Args:
        folder: An empty folder for all that belongs to it.
        emulator: The cloud that it talks to.
        sdk: The environment of its program and of the provider.
        project: The project's name.
        name: The stack's name.
    """

    def __init__(
        self,
        folder: Path,
        emulator: Emulator,
        sdk: Sdk | None = None,
        *,
        project: str = PROJECT,
        name: str = NAME,
    ) -> None:
        sdk = sdk or newest()
        self._cli = _cli()
        self.name = name
        self.folder = folder
        self._backend = folder / "backend"
        self._project = folder / "project"
        self._count = 0
        self.env = {
            **clean_environment(emulator.url, folder, sdk),
            "PULUMI_BACKEND_URL": f"file://{self._backend}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }
        self._checkpoint = self._backend / ".pulumi" / "stacks" / project / f"{name}.json"
        self._project.mkdir(parents=True, exist_ok=True)
        self._project.joinpath("Pulumi.yaml").write_text(f"name: {project}\nruntime: python\n")
        self.config({})
        self.program(PROGRAM)
        self.declare()
        _empty_stack(self._checkpoint, project, name)

    def program(self, text: str) -> None:
        """Set the program."""
        self._project.joinpath("__main__.py").write_text(text)

    def declare(self, *resources: Declared) -> None:
        """Set what the program declares."""
        listed = json.dumps([resource.as_json() for resource in resources])
        self._project.joinpath("resources.json").write_text(listed)

    def config(self, values: Mapping[str, Any]) -> None:
        """Set the stack's configuration, without the provider's namespace."""
        config = {f"{NAMESPACE}:{key}": value for key, value in values.items()}
        stack_file = {"encryptionsalt": SALT, "config": config}
        self._project.joinpath(f"Pulumi.{self.name}.yaml").write_text(json.dumps(stack_file))

    def up(self, *options: str, preview: bool = False) -> Ran:
        """Run `pulumi up`; without its preview unless that matters."""
        return self.run("up", "--yes", *([] if preview else ["--skip-preview"]), *options)

    def start_up(self, *options: str) -> Running:
        """Begin `pulumi up`."""
        return self.start("up", "--yes", "--skip-preview", *options)

    def preview(self, *options: str) -> Ran:
        """Run `pulumi preview`."""
        return self.run("preview", *options)

    def refresh(self, *options: str) -> Ran:
        """Run `pulumi refresh`."""
        return self.run("refresh", "--yes", "--skip-preview", *options)

    def destroy(self, *options: str) -> Ran:
        """Run `pulumi destroy`."""
        return self.run("destroy", "--yes", "--skip-preview", *options)

    def cancel(self) -> Ran:
        """Run `pulumi cancel`, which frees a stack from a run that was killed."""
        return self.run("cancel", "--yes")

    def export(self) -> str:
        """Run `pulumi stack export`; as text, to be searched."""
        ran = self.run("stack", "export")
        assert ran.ok, ran
        return ran.stdout

    def import_(self, state: Path) -> Ran:
        """Run `pulumi stack import`."""
        return self.run("stack", "import", "--file", str(state))

    def run(self, *arguments: str) -> Ran:
        """Run any command on the stack and wait for its end."""
        return self.start(*arguments).finish()

    def start(self, *arguments: str) -> Running:
        """Begin any command on the stack, in a process group of its own, as a shell does."""
        self._count += 1
        stdout, stderr = (self.folder / f"{self.name}-{self._count}.{out}" for out in ("stdout", "stderr"))
        command = [self._cli, *arguments, "--stack", self.name, "--non-interactive", "--color", "never"]
        with stdout.open("w") as out, stderr.open("w") as err:
            process = self._popen(command, out, err)
        return Running(process, " ".join(arguments), stdout, stderr, self._checkpoint)

    def _popen(self, command: Sequence[str], out: IO[str], err: IO[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=self._project,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            text=True,
            start_new_session=True,
        )

    @property
    def state(self) -> dict[str, Any]:
        """The stored deployment, as `pulumi stack export` gives it."""
        latest: dict[str, Any] = json.loads(self._checkpoint.read_text())["checkpoint"].get("latest") or {}
        return latest

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The stored resources of the provider, by name."""
        stored = self.state.get("resources", [])
        return {r["urn"].rpartition("::")[2]: r for r in stored if f"dynamic/{NAMESPACE}:" in r["urn"]}

    def outputs(self, name: str) -> dict[str, Any]:
        """The stored outputs of one resource."""
        outputs: dict[str, Any] = self.resources[name]["outputs"]
        return outputs

    def backend_files(self) -> list[Path]:
        """All that the backend has written: states, histories, backups."""
        return [path for path in self._backend.rglob("*") if path.is_file()]


def _cli() -> str:
    """The CLI on PATH, where `make test` puts it."""
    found = shutil.which("pulumi")
    if found is None:
        raise RuntimeError("pulumi is not on PATH: run `make test`, which gets it and puts it there")
    return found


def _empty_stack(checkpoint: Path, project: str, name: str) -> None:
    """Write what `pulumi stack init` writes to a file backend, half a second faster."""
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.parents[1].parent.joinpath("meta.yaml").write_text("version: 1\n")
    stack = f"organization/{project}/{name}"
    checkpoint.write_text(json.dumps({"version": 3, "checkpoint": {"stack": stack, "latest": None}}))


def _descendants(pid: int) -> list[int]:
    listed = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid="], text=True).split("\n")
    parents = [tuple(map(int, line.split())) for line in listed if line.strip()]
    found = [pid]
    for parent in found:
        found += [child for child, its_parent in parents if its_parent == parent]
    return found[1:]


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
