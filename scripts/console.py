"""What a person sees of a run: short lines, one line of progress in a long step, errors with what to do."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

FIRST_LINE_AFTER, LINE_EVERY = 5.0, 30.0
"""Seconds before the first and between two lines of progress, where no terminal can rewrite one."""


class StepError(Exception):
    """A step failed, and the person can do something about it.

    Attributes:
        what: What went wrong, in a line.
        remedy: What to do about it.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}\n{remedy}")
        self.what = what
        self.remedy = remedy


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


class Progress:
    """One line about a step under way, with the time it has taken; on stderr, apart from results."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._started = time.monotonic()
        self._rewrites = sys.stderr.isatty()
        self._next = 0.0 if self._rewrites else FIRST_LINE_AFTER

    def tick(self) -> None:
        """Show the time gone by: each second on a terminal, now and then elsewhere."""
        elapsed = time.monotonic() - self._started
        if elapsed < self._next:
            return
        self._next = elapsed + (1.0 if self._rewrites else LINE_EVERY)
        if self._rewrites:
            print(f"\r\033[K{self._doing} ... {_duration(elapsed)}", end="", file=sys.stderr, flush=True)
        else:
            print(f"{self._doing} ... {_duration(elapsed)}", file=sys.stderr, flush=True)

    def end(self, outcome: str) -> None:
        """Close the line."""
        start = "\r\033[K" if self._rewrites else ""
        took = _duration(time.monotonic() - self._started)
        print(f"{start}{self._doing}: {outcome} ({took})", file=sys.stderr, flush=True)


def run_logged(
    command: Sequence[str | Path],
    *,
    doing: str,
    log: Path,
    cwd: Path,
    env: Mapping[str, str],
    stdin: str | None = None,
) -> bool:
    """Run a long command with its output in a log and one line of progress on the console.

    Args:
        command: The program and its arguments.
        doing: What the person reads meanwhile.
        log: The file that the output is added to.
        cwd: The folder to run in.
        env: The command's whole environment.
        stdin: Text for its standard input.

    Returns:
        Whether it succeeded.
    """
    progress = Progress(doing)
    with log.open("a") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            if process.stdin is not None:
                process.stdin.write(stdin or "")
                process.stdin.close()
            while _still_running(process):
                progress.tick()
        except BaseException:
            process.terminate()
            process.wait()
            progress.end("stopped")
            raise
    progress.end("done" if process.returncode == 0 else "failed")
    return process.returncode == 0


def last_lines(file: Path, count: int = 8) -> str:
    """The end of a log, indented, to be shown in an error."""
    lines = file.read_text(errors="replace").splitlines() if file.exists() else []
    return "\n".join(f"    {line}" for line in lines[-count:])


def _still_running(process: subprocess.Popen[str]) -> bool:
    try:
        process.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        return True
    return False


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
