"""`python -m mutation [PLACE ...] [--tests PATH ...]`: change the provider's code, and see which tests notice."""

import argparse
import sys

import pytest
from workspace import ROOT

from mutation.judge import PACKAGE, PROFILE, Judge
from mutation.mutants import Mutant, mutants_of
from mutation.report import Accepted, report

PLACES = ("_reconcile", "_model", "_operations")
ACCEPTED = ROOT / "tests" / "mutation_survivors.toml"
LONG = ("test_law.py", "test_concepts.py", "test_open_breaks.py")
"""Of the safety rules: the invented lives, and what is expected to fail."""
JUDGES = (
    *(
        f"tests/{name}"
        for name in (
            "rollout",
            "removal",
            "drift",
            "cadence",
            "delivery",
            "words",
            "run_register",
            "operations",
        )
    ),
    *(
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / "tests" / "safety").glob("test_*.py"))
        if file.name not in LONG
    ),
)
"""Tests that run in this process, and fast."""
OPTIONS = ("-q", "-s", "--no-header", "--no-summary", f"--hypothesis-profile={PROFILE}", "-o", "timeout=0")
WITHOUT = ("xdist", "cacheprovider", "faulthandler")


def main() -> int:
    """Judge all changes of some modules, and print what became of them; 1 where nothing could be judged."""
    parser = argparse.ArgumentParser(prog="make mutation", description=__doc__)
    parser.add_argument(
        "places", nargs="*", default=PLACES, help="folders or modules of the provider's package"
    )
    parser.add_argument("--tests", nargs="+", default=JUDGES, help="which tests judge")
    chosen = parser.parse_args()
    mutants = [mutant for place in chosen.places for mutant in _mutants(place)]
    judge = Judge(mutants)
    plugins = [option for name in WITHOUT for option in ("-p", f"no:{name}")]
    code = pytest.main([*OPTIONS, *plugins, *(str(ROOT / test) for test in chosen.tests)], plugins=[judge])
    if len(judge.verdicts) < len(mutants):
        failing = "\n".join(judge.failing)
        print(f"Nothing was judged. These tests fail as it is:\n{failing}" if failing else f"pytest: {code}")
        return 1
    print(report(mutants, judge.verdicts, Accepted.read(ACCEPTED)))
    return 0


def _mutants(place: str) -> list[Mutant]:
    path = PACKAGE / place
    if not path.exists():
        sys.exit(f"No such folder or module: {path}")
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [m for file in files for m in mutants_of(str(file.relative_to(PACKAGE)), file.read_text())]


if __name__ == "__main__":
    sys.exit(main())
