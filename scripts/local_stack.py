"""The root project's stacks against the emulator: up, preview, refresh, and down.

The committed stack files hold what a team decides: versions, regions, percentages. What only this machine's
run needs stays out of them. Address, key and phrase go into Pulumi's environment; the encryption salt, which
Pulumi would write into the stack file, goes into a copy under `.local/`, which Pulumi is told to use instead.
"""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import quote

import local_emulator
import pulumi_cli
import python_env
from console import StepError, say
from processes import command_line
from workspace import LOCAL, ROOT, VENV, discard, environment_with, locked, shown

FOLDER = LOCAL / "pulumi"
BACKEND = FOLDER / "state"
PROJECT = ROOT / "Pulumi.yaml"
SHELL = LOCAL / "shell"
"""What the stacks of `shell` leave; it is worth nothing once the emulated cloud has forgotten them."""

TRY_AGAIN = "When the cause is gone, run the same again: it goes on from there."

PASSPHRASE = "emulator-only"
SALT = "v1:6a3kh5Bk/T4=:v1:ps68voVwdraY+mSU:lFUYIjX8IUN+6ntvtINcG9u+SXoLMw=="
"""Fixed, like the phrase it belongs to: the state of a run against the emulator holds nobody's secrets."""


def up(stack: str) -> None:
    """Set up what is missing, start the emulator, and deploy the stack to it."""
    with _only_run():
        session = _session()
        _create(session, stack)
        session.pulumi("up", "--yes", stack=stack)
    page = session.emulator
    say(f"""
The quickstart runs on stack {stack}.
  Look:          {page}  (regions and instances, live)
  Change:        raise a version in Pulumi.{stack}.yaml, then `make preview` and `make up`
  The program:   examples/quickstart/__main__.py, explained in the README beside it
  Put it away:   make down""")


def preview(stack: str) -> None:
    """Show what `up` would do."""
    with _only_run():
        session = _session()
        _create(session, stack)
        session.pulumi("preview", "--diff", stack=stack)


def refresh(stack: str) -> None:
    """Read the emulated cloud back into the state."""
    with _only_run():
        session = _session()
        _create(session, stack)
        session.pulumi("refresh", "--yes", stack=stack)


def down() -> None:
    """Destroy every stack that was deployed from this checkout, and stop the emulator."""
    with _only_run():
        stacks = _stacks()
        if stacks:
            session = _session()
            for stack in stacks:
                _unlock(session, stack)
                session.pulumi("destroy", "--yes", stack=stack)
        discard(FOLDER)
        discard(SHELL)
        stopped = local_emulator.stop()
        local_emulator.forget()
    what = [f"stack {stack} destroyed" for stack in stacks] + ["emulator stopped"] * stopped
    say(f"Down: {', '.join(what)}." if what else "Nothing to take down.")


def cloud_variables(emulator: str) -> dict[str, str]:
    """Return the environment that points Pulumi programs at the emulator."""
    return {
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "ALICLOUD_EDGE_ENDPOINT": emulator,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": local_emulator.KEY_ID,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": local_emulator.KEY_SECRET,
        "QUICKSTART_FILES_URL": f"{emulator}/files",
    }


def _only_run() -> AbstractContextManager[None]:
    return locked(LOCAL / "run.lock", busy="Another run is at work in this checkout.", wait=False)


def _session() -> "_Session":
    """All that a Pulumi command needs, made where it is missing."""
    python_env.ensure()
    cli = pulumi_cli.ensure()
    return _Session(cli=cli, emulator=local_emulator.start())


class _Session:
    """Pulumi, pointed at the emulator and at a backend inside the checkout."""

    def __init__(self, *, cli: Path, emulator: str) -> None:
        self.emulator = emulator
        self._env = environment_with(VENV / "bin", cli) | {
            **cloud_variables(emulator),
            "PULUMI_BACKEND_URL": f"file://{quote(str(BACKEND))}",
            "PULUMI_HOME": str(FOLDER / "home"),
        }
        BACKEND.mkdir(parents=True, exist_ok=True)

    def pulumi(self, *arguments: str, stack: str) -> None:
        """Run an operation on a stack in the foreground: its output is what the person came for."""
        config = _local_config(stack, FOLDER)
        command = ["pulumi", *arguments, "--stack", stack, "--config-file", str(config)]
        process = subprocess.Popen(command, cwd=ROOT, env=self._env)
        with _signals_left_to(process):
            code = process.wait()
        if code != 0:
            raise StepError(
                f"`pulumi {arguments[0]}` on stack {stack} ended with exit code {code}; it says why above.",
                f"The emulator's log is {shown(local_emulator.LOG)}. {TRY_AGAIN}",
            )

    def quietly(self, *arguments: str, cwd: Path = ROOT) -> None:
        """Run a short command whose output matters only when it fails."""
        ran = subprocess.run(
            ["pulumi", *arguments], cwd=cwd, env=self._env, capture_output=True, text=True, check=False
        )
        if ran.returncode != 0:
            raise StepError(
                f"`pulumi {' '.join(arguments)}` failed: {ran.stderr.strip() or ran.stdout.strip()}",
                TRY_AGAIN,
            )


def _create(session: _Session, stack: str) -> None:
    """Make the stack where it is missing, and free it from a run that was killed.

    `stack init` edits the stack file of the folder it runs in, so it runs beside the copy.
    """
    if stack in _stacks():
        _unlock(session, stack)
        return
    scratch = FOLDER / "init"
    scratch.mkdir(exist_ok=True)
    shutil.copyfile(PROJECT, scratch / PROJECT.name)
    _local_config(stack, scratch)
    session.quietly("stack", "init", stack, "--no-select", cwd=scratch)


def _local_config(stack: str, folder: Path) -> Path:
    """Copy a committed stack file and add the salt that Pulumi would otherwise write into it."""
    committed = ROOT / f"Pulumi.{stack}.yaml"
    if not committed.exists():
        raise StepError(f"There is no {committed.name}.", "Copy Pulumi.staging.yaml and change what differs.")
    copy = folder / committed.name
    copy.write_text(f"encryptionsalt: {SALT}\n{committed.read_text()}")
    return copy


def _stacks() -> list[str]:
    """The stacks in the local backend."""
    return sorted(file.stem for file in BACKEND.glob(".pulumi/stacks/*/*.json"))


def _unlock(session: _Session, stack: str) -> None:
    """Remove the lock that a killed Pulumi left behind; refuse where that Pulumi is alive."""
    locks = list(BACKEND.glob(f".pulumi/locks/**/{stack}/*.json"))
    for lock in locks:
        owner = json.loads(lock.read_text()).get("pid")
        if isinstance(owner, int) and "pulumi" in command_line(owner):
            raise StepError(
                f"An earlier run's Pulumi is still at work on stack {stack} (process {owner}).",
                "Wait until it has ended, then run this again.",
            )
    if locks:
        say(f"An earlier run was killed: freeing stack {stack} (pulumi cancel, refresh).")
        session.quietly("cancel", "--yes", "--stack", stack)
        forget = ["--yes", "--skip-preview", "--clear-pending-creates"]  # a create adopts what the cloud has
        session.quietly(
            "refresh", *forget, "--stack", stack, "--config-file", str(_local_config(stack, FOLDER))
        )


@contextmanager
def _signals_left_to(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let Pulumi end its own way: Ctrl-C reaches it from the terminal, a termination is passed on."""

    def pass_on(number: int, _: FrameType | None) -> None:
        if number == signal.SIGTERM:
            process.send_signal(signal.SIGTERM)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
