"""`python -m bench [--quick] [question …]`: measure, print the table, keep it with a plot for each question."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bench.causes import cause_of
from bench.children import ROOT
from bench.figure import Figure, Measured

RESULTS = ROOT / "bench" / "results"
QUESTIONS = ("stacks", "fleet", "poller", "sharing", "folding", "one_call", "imports", "load")
PACKAGES = ("pulumi", "httpx", "pydantic", "alibabacloud_ens20171110")


def main() -> int:
    """Answer all questions, or those named."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller, in under three minutes")
    parser.add_argument("questions", nargs="*", choices=[*QUESTIONS, []], default=[])
    chosen = parser.parse_args()
    sys.path.append(str(ROOT / "tests"))
    RESULTS.mkdir(exist_ok=True)
    figures: list[Figure] = []
    for question in chosen.questions or QUESTIONS:
        began = time.monotonic()
        measured: Measured = import_module(f"bench.{question}").measure(quick=chosen.quick)
        print(f"\n{question} ({time.monotonic() - began:.0f} s)")
        print(table(measured.figures))
        _plot(question, measured)
        figures += measured.figures
    missed = [figure for figure in figures if not figure.met]
    print(f"\n{len(figures) - len(missed)} of {len(figures)} targets met on {machine()}")
    if not chosen.questions:
        (RESULTS / "latest.json").write_text(json.dumps([_record(each) for each in figures], indent=1) + "\n")
        (RESULTS / "machine.txt").write_text(machine() + "\n")
    return 0


def table(figures: tuple[Figure, ...]) -> str:
    """Write figures as lines that align, and beneath them why targets are missed."""
    width = max(len(figure.question) for figure in figures)
    causes = list(dict.fromkeys(cause_of(figure.question) for figure in figures if not figure.met))
    lines = []
    for figure in figures:
        missed = "" if figure.met else f"  MISSED [{causes.index(cause_of(figure.question)) + 1}]"
        target = f"{figure.value:8.2f} {figure.unit} (at most {figure.target:.4g}){missed}"
        lines.append(f"  {figure.question:{width}} {target}{'; ' + figure.detail if figure.detail else ''}")
    return "\n".join(
        [*lines, *(f"  [{number}] {cause or 'cause not known'}" for number, cause in enumerate(causes, 1))]
    )


def machine() -> str:
    """Return where and with what this was measured."""
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    quick = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{quick}, {versions}"


def _record(figure: Figure) -> dict[str, object]:
    record = {
        "question": figure.question,
        "value": round(figure.value, 4),
        "unit": figure.unit,
        "target": round(figure.target, 4),
        "met": figure.met,
    }
    return record if figure.met else {**record, "cause": cause_of(figure.question) or "not known"}


def _plot(question: str, measured: Measured) -> None:
    try:
        import matplotlib as mpl
    except ImportError:
        print("  (no plot: uv sync --group bench)")
        return
    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(9, 5), layout="constrained")
    measured.plot(axes)
    axes.set_title(re.sub("_", " ", question))
    figure.savefig(_plot_path(question), dpi=110)
    plt.close(figure)


def _plot_path(question: str) -> Path:
    return RESULTS / f"{question}.png"


if __name__ == "__main__":
    sys.exit(main())
