"""The types that users' editors and checkers see."""

from pathlib import Path

from mypy import api

import pulumi_alicloud_edge

USES = Path(__file__).parent / "intended_uses.py"


def test_intended_uses_are_well_typed_and_wrong_ones_are_not() -> None:
    report, errors, code = api.run(["--strict", "--warn-unused-ignores", "--config-file=", str(USES)])
    assert code == 0, report + errors


def test_the_package_says_that_it_is_typed() -> None:
    assert Path(pulumi_alicloud_edge.__file__).with_name("py.typed").exists()


def test_the_uses_cover_all_that_is_public() -> None:
    text = USES.read_text()
    only_results = {"DataVersionStatus", "TargetCounts"}
    assert {name for name in pulumi_alicloud_edge.__all__ if f"edge.{name}" not in text} == only_results
