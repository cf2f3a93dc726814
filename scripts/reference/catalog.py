"""What there is: the resources, the component, the functions, and the names of what they take and show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pulumi_alicloud_edge._model import outputs
from pulumi_alicloud_edge._model.status import (
    AppDataStatus,
    ContainerAppStatus,
    DataVersionStatus,
    TargetCounts,
)
from pulumi_alicloud_edge._resources import inputs, program_inputs, queries, rollout_input


@dataclass(frozen=True)
class Resource:
    """A resource, or the component.

    Attributes:
        name: Name of its class.
        module: Name of its module in `_sdk/`, and of its example.
        about: What the module is for.
        inputs: The model of its inputs.
        outputs: The class that declares its outputs.
        declares: The function of `sdk/declaration.py` that notes what it declares, if one does.
    """

    name: str
    module: str
    about: str
    inputs: type[Any]
    outputs: type[Any]
    declares: str = ""


@dataclass(frozen=True)
class Function:
    """A function that asks the cloud; `<name>_output` asks the same of Inputs.

    Attributes:
        name: Its name.
        query: The model of its arguments.
        result: What it returns.
        asks: The coroutine function of `sdk/status.py` that asks.
    """

    name: str
    query: type[Any]
    result: type[Any]
    asks: str


RESOURCES = (
    Resource(
        "AppDataPush",
        "app_data_push",
        "The resource that puts data files onto the file servers of edge regions.",
        inputs.PushInputs,
        outputs.PushOutputs,
        "declare_push",
    ),
    Resource(
        "AppDataDist",
        "app_data_dist",
        "The resource that brings pushed data files onto the instances of an application.",
        inputs.DistInputs,
        outputs.DistOutputs,
        "declare_dist",
    ),
    Resource(
        "ContainerAppRelease",
        "container_app_release",
        "The resource that has one version of an edge container app serve an environment.",
        inputs.ReleaseInputs,
        outputs.ReleaseOutputs,
        "declare_release",
    ),
)
COMPONENT = Resource(
    "EdgeRelease",
    "edge_release",
    "The component that brings a release out: data pushed, then distributed, then the container that uses it.",
    program_inputs.ComponentInputs,
    outputs.ComponentOutputs,
)
FUNCTIONS = (
    Function("get_app_data_status", queries.AppDataQuery, AppDataStatus, "app_data"),
    Function("get_container_app_status", queries.ContainerAppQuery, ContainerAppStatus, "container_app"),
)
ARGS: dict[type[Any], str] = {
    program_inputs.PushDataWithUrl: "PushDataArgs",
    inputs.DistDataInput: "DistDataArgs",
    rollout_input.ExpressionInput: "MatchExpressionArgs",
    rollout_input.StageInput: "StageArgs",
    rollout_input.RolloutInput: "RolloutArgs",
    program_inputs.ComponentDataInput: "EdgeReleaseDataArgs",
    program_inputs.ComponentContainerInput: "EdgeReleaseContainerArgs",
}
"""The classes that inputs are made of; a class stands after those that it uses."""
WRITTEN: dict[type[Any], type[Any]] = {inputs.PushDataInput: program_inputs.PushDataWithUrl}
"""What a program writes in place of a model, since a part of it travels as a secret of its own."""
SHOWN: dict[type[Any], str] = {
    inputs.PushDataInput: "PushData",
    inputs.DistDataInput: "DistData",
    outputs.FailedTarget: "FailedTarget",
    outputs.Placement: "Placement",
    outputs.MatchExpression: "MatchExpression",
    outputs.Selection: "Selection",
    outputs.OwnedEntry: "OwnedEntry",
}
"""The classes that outputs are made of; a class stands after those that it uses."""
RESULTS: tuple[type[Any], ...] = (AppDataStatus, DataVersionStatus, TargetCounts, ContainerAppStatus)
"""What the functions return, and the parts of that."""
