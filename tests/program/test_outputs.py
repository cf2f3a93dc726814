"""What a program reads of outputs that hold objects: dicts, whose whole numbers are no floats."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

import pulumi_alicloud_edge as edge

EXPRESSION = {"key": "region_id", "operator": "In", "values": ["cn-a"]}
PLACEMENT = {
    "name": "assets",
    "version": "2",
    "counts": {"converged": 29.0, "failed": 1.0},
    "total": 30.0,
    "failed": [{"target": "i-1", "reason": "no space"}],
}
OWNED = {
    "assets": [
        "1",  # as releases before 0.2 stored it
        {"versions": ["2"], "selection": [{"match": [EXPRESSION]}, {}], "until": "2026-11-01T00:00:00Z"},
        {"versions": ["3"], "selection": [{"strategies": "[]"}]},
    ]
}
FILE = {"name": "assets", "version": "2", "dest_path": "/opt", "file_mode": 755.0}


class _Stored(mocks.Mocks):
    """Answers with what a state holds, numbers as the engine hands them over."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        stored = {"data": [FILE], "placements": [PLACEMENT], "owned": OWNED, "state_version": 2.0}
        return f"{args.name}-id", {**args.inputs, **stored}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"{args.token} is not to be called")


def read(name: str, how: Callable[[pulumi.Output[Any]], pulumi.Output[Any]]) -> Any:
    """Return what a program reads of an output of a distribution."""
    mocks.set_mocks(_Stored())
    seen: list[Any] = []

    def program() -> pulumi.Output[None]:
        dist = edge.AppDataDist("assets", app_id="e-1", data=[FILE])
        return how(getattr(dist, name)).apply(seen.append)

    mocks.test(program)()
    return seen[0]


@pytest.mark.parametrize(
    ("name", "stored"),
    [("placements", [PLACEMENT]), ("owned", OWNED), ("data", [FILE]), ("state_version", 2)],
)
@pytest.mark.parametrize(
    "how",
    [
        lambda output: output,
        lambda output: output.apply(lambda value: value),
        lambda output: pulumi.Output.all(output).apply(lambda values: values[0]),
        lambda output: pulumi.Output.json_dumps(output).apply(json.loads),
    ],
    ids=["as it is", "applied", "among others", "as json"],
)
def test_it_is_what_the_state_holds(name: str, stored: Any, how: Any) -> None:
    assert read(name, how) == stored


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("placements", lambda placements: placements[0]["total"]),
        ("placements", lambda placements: placements[0]["counts"]["converged"]),
        ("data", lambda files: files[0]["file_mode"]),
        ("state_version", lambda version: version),
    ],
)
def test_whole_numbers_are_no_floats(name: str, number: Any) -> None:
    assert type(read(name, lambda output: output.apply(number))) is int


def test_the_shapes_can_be_used_in_annotations_at_run_time() -> None:
    def total(placement: edge.outputs.Placement) -> int:
        return placement["total"]

    assert total(read("placements", lambda output: output[0])) == 30
