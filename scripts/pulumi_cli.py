"""The Pulumi CLI: the one on PATH, else the official installer's, else one built from Go modules.

Whatever has to be fetched or built is kept in the user's cache folder, so that it happens once a machine
and not once a checkout. It appears there in one step: a killed build leaves nothing that a later run would
take for good.
"""

import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from console import StepError, last_lines, run_logged, say
from workspace import ROOT, cache_folder, discard, environment_without_settings, locked

VERSION = "3.250.0"
"""The version that is installed or built where none is at hand."""
OLDEST = (3, 216)
"""The oldest CLI that is taken from PATH: as old as the oldest SDK that the package supports."""
INSTALLER = "https://get.pulumi.com"
INSTALLER_PATIENCE = 5.0
"""Seconds in which the installer must answer, so that a machine without internet does not hang."""

BY_HAND = "https://www.pulumi.com/docs/install"
GO = "https://go.dev/dl"

LANGUAGE_HOST = "pulumi-language-python"
MODULES = ROOT / "scripts" / "pulumi-cli"


def ensure() -> Path:
    """Find or make the CLI.

    Returns:
        The folder that holds `pulumi` and the parts it needs for Python programs.
    """
    return _on_path() or _cached()


def _on_path() -> Path | None:
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        return None
    folder = Path(pulumi).parent
    if not (folder / LANGUAGE_HOST).exists() and shutil.which(LANGUAGE_HOST) is None:
        return None
    return folder if _version(pulumi) >= OLDEST else None


def _version(pulumi: str) -> tuple[int, ...]:
    env = environment_without_settings() | {"PULUMI_SKIP_UPDATE_CHECK": "1"}
    found = subprocess.run([pulumi, "version"], capture_output=True, text=True, check=False, env=env)
    version = re.match(r"v?(\d+)\.(\d+)", found.stdout)
    return tuple(map(int, version.groups())) if version else ()


def _cached() -> Path:
    target = cache_folder() / f"pulumi-{VERSION}"
    log = target.with_name(f"{target.name}.log")
    if not target.exists():
        with locked(target.with_name(f"{target.name}.lock"), busy="Another run is getting the Pulumi CLI."):
            if not target.exists():
                _make(target, log)
    return target / "bin"


def _make(target: Path, log: Path) -> None:
    """Install or build into a folder beside the target, and put it in place when it is whole."""
    for left_by_a_killed_run in target.parent.glob(f"{target.name}-partial-*"):
        discard(left_by_a_killed_run)
    log.unlink(missing_ok=True)
    partial = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{target.name}-partial-"))
    try:
        if not _install(partial, log):
            _build(partial, log)
        partial.chmod(0o755)
        partial.rename(target)
    finally:
        if partial.exists():
            discard(partial)


def _install(partial: Path, log: Path) -> bool:
    """Run Pulumi's own installer, where it can be reached, away from the user's home and profile."""
    try:
        with urllib.request.urlopen(INSTALLER, timeout=INSTALLER_PATIENCE) as response:
            script = response.read().decode()
    except (urllib.error.URLError, TimeoutError, OSError):
        return False
    done = run_logged(
        ["sh", "-s", "--", "--version", VERSION, "--install-root", partial, "--no-edit-path"],
        doing=f"Installing the Pulumi CLI {VERSION} into {partial.parent}",
        log=log,
        cwd=partial,
        env=environment_without_settings(),
        stdin=script,
    )
    return done and (partial / "bin" / "pulumi").exists() and (partial / "bin" / LANGUAGE_HOST).exists()


def _build(partial: Path, log: Path) -> None:
    """Build the CLI and its Python language host from the pinned Go modules.

    The two helpers that the language host and the dynamic provider start are plain scripts in the SDK's
    module; they are copied beside the binaries.
    """
    go = shutil.which("go")
    if go is None:
        raise StepError(
            f"The Pulumi CLI is missing: none on PATH, {INSTALLER} is out of reach, no Go to build it.",
            f"Install Pulumi ({BY_HAND}) or Go ({GO}), and run this again.",
        )
    say(f"No Pulumi CLI new enough here: building {VERSION} with Go. It takes minutes, once on this machine.")
    sdk = "github.com/pulumi/pulumi/sdk/v3"
    run = _go(go, log)
    version_flag = f"-X {sdk}/go/common/version.Version=v{VERSION}"
    cli, host = MODULES / "cli", MODULES / "language-python"
    bin_folder = partial / "bin"
    run(cli, f"-s -w {version_flag}", bin_folder / "pulumi", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi")
    run(host, "-s -w", bin_folder / LANGUAGE_HOST, f"{sdk}/python/cmd/{LANGUAGE_HOST}")
    listed = subprocess.run(
        [go, "list", "-m", "-f", "{{.Dir}}", sdk],
        cwd=cli,
        env=_go_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    scripts = Path(listed.stdout.strip()) / "python"
    for script in ("cmd/pulumi-language-python-exec", "dist/pulumi-resource-pulumi-python"):
        copy = shutil.copyfile(scripts / script, bin_folder / Path(script).name)
        copy.chmod(0o755)


def _go(go: str, log: Path) -> Callable[[Path, str, Path, str], None]:
    """A function that builds one package of a module into a file."""

    def build(module: Path, link_flags: str, output: Path, package: str) -> None:
        command: list[str | Path] = [go, "build", "-o", output, "-ldflags", link_flags, package]
        if not run_logged(
            command, doing=f"Building {output.name}", log=log, cwd=module, env=_go_environment()
        ):
            needed = re.search(r"^go (.+)$", (module / "go.mod").read_text(), re.MULTILINE)
            raise StepError(
                f"Building {output.name} failed:\n{last_lines(log)}",
                f"It needs Go {needed[1] if needed else ''} or newer ({GO}) and the Go module proxy. "
                f"Or install Pulumi yourself: {BY_HAND}\nThe whole output is in {log}.",
            )

    return build


def _go_environment() -> dict[str, str]:
    """A workspace file in a folder above, or flags for another project, must not change the build."""
    return environment_without_settings() | {"GOWORK": "off", "GOFLAGS": ""}
