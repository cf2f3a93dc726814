"""What the engine gets of what a program wrote."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import pulumi_alicloud_edge as edge

Register = Callable[..., list[Any]]
URL = "https://downloads.example.com/assets?Signature=s3cr3t"
FILE = {"name": "assets", "version": "1", "md5": "0" * 32, "size": 7}


def an_output(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value)


def inputs_of(register: Register, program: Callable[[], Any], **how: Any) -> dict[str, Any]:
    (registered,) = register(program, **how)
    inputs: dict[str, Any] = registered.inputs
    return inputs


@pytest.mark.parametrize(
    "data",
    [
        [edge.PushDataArgs(**FILE, url=URL)],
        [{**FILE, "url": URL}],
        [edge.PushDataArgs(**{**FILE, "version": an_output("1"), "size": an_output(7)}, url=an_output(URL))],
        [an_output({**FILE, "url": URL})],
        an_output([{**FILE, "url": URL}]),
        an_output([edge.PushDataArgs(**FILE, url=URL)]),
        [{**FILE, "url": pulumi.Output.secret(URL)}],
    ],
    ids=["args", "dict", "fields", "item", "list", "args in a list", "secret url"],
)
def test_args_dicts_and_outputs_come_to_the_same_and_urls_travel_apart_as_a_secret(
    register: Register, data: Any
) -> None:
    inputs = inputs_of(register, lambda: edge.AppDataPush("assets", app_id="app", data=data))
    assert inputs["app_id"] == "app"
    assert inputs["data"] == [FILE]
    assert inputs["__sources"].value == {"assets@1": URL}
    assert type(inputs["__sources"]).__name__ == "Secret"
    assert "s3cr3t" not in str({**inputs, "__sources": None})


def test_a_secret_list_of_files_stays_secret_as_a_whole(register: Register) -> None:
    data = pulumi.Output.secret([{**FILE, "url": URL}])
    inputs = inputs_of(register, lambda: edge.AppDataPush("assets", app_id="app", data=data))
    assert inputs["data"].value == [FILE]
    assert inputs["__sources"].value == {"assets@1": URL}


def test_what_is_not_set_is_not_sent(register: Register) -> None:
    data = [edge.PushDataArgs(name="assets", version="1", url=URL)]
    inputs = inputs_of(register, lambda: edge.AppDataPush("assets", app_id="app", data=data))
    assert {key for key, value in inputs.items() if value is not None} == {"app_id", "data", "__sources"}
    assert inputs["data"] == [{"name": "assets", "version": "1"}]


EXPRESSION = {"key": "region_id", "operator": "In", "values": ["cn-wuxi-5"]}
ROLLOUT = {
    "stages": [{"name": "canary", "match": [EXPRESSION], "bake": "5m"}, {"name": "all", "max_failed": "2%"}],
    "max_failed": 3,
    "on_failure": "rollback",
    "timeout": 90,
}


@pytest.mark.parametrize(
    "rollout",
    [
        ROLLOUT,
        an_output(ROLLOUT),
        edge.RolloutArgs(
            stages=[
                edge.StageArgs(
                    name="canary",
                    match=[
                        edge.MatchExpressionArgs(
                            key="region_id", operator="In", values=an_output(["cn-wuxi-5"])
                        )
                    ],
                    bake="5m",
                ),
                {"name": an_output("all"), "max_failed": "2%"},
            ],
            max_failed=3,
            on_failure="rollback",
            timeout=an_output(90),
        ),
    ],
    ids=["dict", "output", "args"],
)
def test_a_rollout_comes_to_the_same_however_it_is_written(register: Register, rollout: Any) -> None:
    data = [edge.DistDataArgs(name="assets", version="1", dest_path="/opt", decompress=False)]
    inputs = inputs_of(
        register,
        lambda: edge.AppDataDist("assets", app_id="app", data=data, match=[EXPRESSION], rollout=rollout),
    )
    assert inputs["rollout"] == ROLLOUT
    assert inputs["match"] == [EXPRESSION]
    assert inputs["data"] == [{"name": "assets", "version": "1", "dest_path": "/opt", "decompress": False}]


def test_a_release_sends_its_selection(register: Register) -> None:
    inputs = inputs_of(
        register,
        lambda: edge.ContainerAppRelease(
            "web", app_id="app-1", version_id="ver-1", env="prod", regions=["sg"], full_release=False
        ),
    )
    sent = {key: value for key, value in inputs.items() if value is not None}
    expected = {"app_id": "app-1", "version_id": "ver-1", "env": "prod", "regions": ["sg"]}
    assert sent == {**expected, "full_release": False}


def test_outputs_can_be_read_by_the_program(register: Register) -> None:
    seen: list[str] = []

    def program() -> pulumi.Output[None]:
        push = edge.AppDataPush("assets", app_id="app", data=[{**FILE, "url": URL}])
        return push.status.apply(seen.append)

    register(program)
    assert seen == ["converged"]
