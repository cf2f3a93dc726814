"""Stages that cannot work are refused before anything is called."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel
from tests.inputs.declared import dist, faults, push, release

from pulumi_alicloud_edge._model.policy import (
    Budget,
    ByStrategies,
    Everywhere,
    Expression,
    InRegions,
    Matching,
    OnFailure,
    Share,
)
from pulumi_alicloud_edge._resources.inputs import DistInputs, PushInputs, ReleaseInputs
from pulumi_alicloud_edge._resources.validation import read_inputs

A = {"key": "region_id", "operator": "In", "values": ["a"]}


def staged(make: Any, *stages: dict[str, Any], **more: Any) -> dict[str, Any]:
    timeout = more.pop("timeout", "2h")
    properties: dict[str, Any] = make(rollout={"stages": list(stages), "timeout": timeout}, **more)
    return properties


WRONG: list[tuple[type[BaseModel], dict[str, Any], str, str]] = [
    (
        ReleaseInputs,
        staged(release, {"percentage": 50}, {"percentage": 10}),
        "[1]",
        "must reach more than the 50 % of the stage before it",
    ),
    (
        ReleaseInputs,
        staged(release, {"percentage": 50}, {"percentage": 50}),
        "[1]",
        "must reach more than the 50 % of the stage before it",
    ),
    (
        ReleaseInputs,
        staged(release, {"percentage": 5, "regions": ["a"]}),
        "[0]",
        "regions and percentage cannot be combined: select by one of them",
    ),
    (
        ReleaseInputs,
        staged(release, {"percentage": 5}, {"regions": ["a"]}),
        "[1]",
        "all stages must select by percentage, or all by regions",
    ),
    (
        ReleaseInputs,
        staged(release, {"match": [A]}),
        "[0].match",
        "is not a selector of this resource; select by percentage or regions",
    ),
    (
        PushInputs,
        staged(push, {"percentage": 5}),
        "[0].percentage",
        "is not a selector of this resource; select by regions",
    ),
    (
        DistInputs,
        staged(dist, {"regions": ["a"]}),
        "[0].regions",
        "is not a selector of this resource; select by match",
    ),
    (
        PushInputs,
        staged(push, {"regions": ["a"]}, {"regions": ["a"]}),
        "[1]",
        "adds no region to the stages before it",
    ),
    (
        PushInputs,
        staged(push, {}, {"regions": ["a"]}),
        "[1]",
        "the stage before it already reaches everything",
    ),
    (
        DistInputs,
        staged(dist, {"match": [A]}, {"match": [A]}),
        "[1]",
        "selects the same targets as a stage before it",
    ),
    (
        PushInputs,
        staged(push, {"regions": ["a"]}, regions=["a", "b"]),
        "[0]",
        "no stage reaches everything that the resource selects: remove the selector of the last stage",
    ),
    (
        PushInputs,
        staged(push, {"regions": ["a"], "bake": "10m"}, {"bake": "5m"}, timeout="15m"),
        "[1].bake",
        "baking would end after 15 min, but the timeout is 15 min",
    ),
]


@pytest.mark.parametrize(
    ("model", "properties", "path", "reason"),
    [pytest.param(*row, id=f"{index} {row[3][:40]}") for index, row in enumerate(WRONG)],
)
def test_a_stage_that_cannot_work_is_one_fault(
    model: type[BaseModel], properties: dict[str, Any], path: str, reason: str
) -> None:
    assert faults(model, properties) == [(f"rollout.stages{path}", reason)]


def test_stages_become_a_policy() -> None:
    inputs = read_inputs(
        PushInputs,
        push(
            regions=["a", "b"],
            rollout={
                "stages": [
                    {"name": "canary", "regions": ["a"], "bake": "5m", "max_failed": 1},
                    {"name": "all"},
                ],
                "max_failed": "2%",
                "on_failure": "rollback",
                "retries": 4.0,
                "timeout": "45m",
                "stall_timeout": 90,
            },
        ),
    )
    assert inputs is not None
    policy = inputs.rollout.policy(inputs.selector())
    canary, last = policy.stages
    assert (canary.name, canary.selector, canary.bake, canary.budget) == (
        "canary",
        InRegions(("a",)),
        300,
        Budget(1),
    )
    assert (last.selector, last.bake, last.budget.allowed(100)) == (InRegions(("a", "b")), 0, 2)
    assert (policy.retries, policy.timeout, policy.stall_timeout) == (4, 2700, 90)
    assert policy.on_failure is OnFailure.ROLLBACK


def test_without_stages_there_is_one_over_all_that_is_selected() -> None:
    inputs = read_inputs(DistInputs, dist())
    assert inputs is not None
    policy = inputs.rollout.policy(inputs.selector())
    (stage,) = policy.stages
    assert (stage.selector, stage.budget, policy.retries) == (Everywhere(), Budget(0), 2)
    assert (policy.timeout, policy.stall_timeout, policy.on_failure) == (1800, 600, OnFailure.STOP)


@pytest.mark.parametrize(
    ("model", "properties", "selector"),
    [
        (PushInputs, push(), Everywhere()),
        (PushInputs, push(regions=["a"]), InRegions(("a",))),
        (DistInputs, dist(match=[A]), Matching((Expression("region_id", "In", ("a",)),))),
        (ReleaseInputs, release(), Share(100)),
        (ReleaseInputs, release(percentage=7), Share(7)),
        (ReleaseInputs, release(regions=["a"], full_release=False), InRegions(("a",), full=False)),
    ],
)
def test_an_input_becomes_a_selector(model: Any, properties: dict[str, Any], selector: object) -> None:
    assert read_inputs(model, properties).selector() == selector


def test_raw_strategies_are_passed_on_untouched() -> None:
    text = '{"name": "ScheduleToRegionId",  "x": 1}'
    inputs = read_inputs(PushInputs, push(strategies=text))
    assert inputs is not None
    assert inputs.selector() == ByStrategies(text)


def test_policies_declared_as_values_are_the_same_as_json() -> None:
    """The engine hands whole numbers over as floats; a policy has them as they were declared."""
    policy = {
        "name": "x",
        "parameters": {"weight": 3.0, "share": 0.5, "zero": -0.0, "huge": 1e300, "on": True},
    }
    inputs = read_inputs(PushInputs, push(strategies=policy))
    assert inputs is not None
    declared = '{"weight":3,"share":0.5,"zero":0,"huge":1e+300,"on":true}'
    assert inputs.selector() == ByStrategies(f'{{"name":"x","parameters":{declared}}}')
