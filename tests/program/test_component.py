"""The component: three resources in the right order, from one list."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import pulumi_alicloud_edge as edge

Register = Callable[..., list[Any]]
FILE = {
    "name": "assets",
    "version": "1",
    "url": "oss://b/assets?Signature=s3cr3t",
    "md5": "0" * 32,
    "archive_type": "tar.gz",
    "dest_path": "/opt/assets",
    "decompress": True,
    "timeout": 60,
}
CONTAINER = {
    "app_id": "app-1",
    "version_id": "ver-1",
    "env": "prod",
    "rollout": {"stages": [{"percentage": 10}]},
}


def by_type(registered: list[Any]) -> dict[str, Any]:
    return {resource.type: resource for resource in registered}


def program(**more: Any) -> Callable[[], Any]:
    given = {"app_id": "app", "data": [edge.EdgeReleaseDataArgs(**FILE)], **more}
    return lambda: edge.EdgeRelease("game", **given)


def sent(resource: Any) -> dict[str, Any]:
    return {key: value for key, value in resource.inputs.items() if value is not None}


def test_data_is_pushed_then_distributed_and_the_container_follows(register: Register) -> None:
    made = by_type(register(program(container=CONTAINER)))
    assert list(made) == ["EdgeRelease", "AppDataPush", "AppDataDist", "ContainerAppRelease"]
    steps = [made[kind] for kind in ("AppDataPush", "AppDataDist", "ContainerAppRelease")]
    assert {step.parent for step in steps} == {"EdgeRelease game"}
    assert {step.name for step in steps} == {"game"}
    assert [set(step.after) for step in steps] == [set(), {"AppDataPush game"}, {"AppDataDist game"}]


@pytest.mark.parametrize(
    "data",
    [
        [edge.EdgeReleaseDataArgs(**FILE)],
        [FILE],
        pulumi.Output.from_input([FILE]),
        [pulumi.Output.from_input(FILE)],
        [edge.EdgeReleaseDataArgs(**{**FILE, "version": pulumi.Output.from_input("1")})],
    ],
    ids=["args", "dict", "output", "item", "field"],
)
def test_each_step_gets_its_part_of_every_file(register: Register, data: Any) -> None:
    made = by_type(register(program(data=data)))
    push, dist = made["AppDataPush"].inputs, made["AppDataDist"].inputs
    common = {"name": "assets", "version": "1", "timeout": 60}
    assert push["data"] == [{**common, "md5": "0" * 32, "archive_type": "tar.gz"}]
    assert push["__sources"].value == {"assets@1": FILE["url"]}
    assert dist["data"] == [{**common, "dest_path": "/opt/assets", "decompress": True}]
    assert "s3cr3t" not in str(dist)
    assert "s3cr3t" not in str(made["EdgeRelease"].inputs)


def test_a_key_that_nobody_knows_reaches_the_steps_which_refuse_it(register: Register) -> None:
    made = by_type(register(program(data=[{**FILE, "verison": "2"}])))
    assert made["AppDataPush"].inputs["data"][0]["verison"] == "2"
    assert made["AppDataDist"].inputs["data"][0]["verison"] == "2"


@pytest.mark.parametrize(
    "regions", [["cn-wuxi-5"], pulumi.Output.from_input(["cn-wuxi-5"])], ids=["list", "output"]
)
def test_regions_hold_for_the_push_and_for_the_instances(register: Register, regions: Any) -> None:
    made = by_type(register(program(regions=regions)))
    assert made["AppDataPush"].inputs["regions"] == ["cn-wuxi-5"]
    expected = [{"key": "region_id", "operator": "In", "values": ["cn-wuxi-5"]}]
    assert made["AppDataDist"].inputs["match"] == expected


def test_without_regions_nothing_is_selected(register: Register) -> None:
    made = by_type(register(program()))
    assert "regions" not in sent(made["AppDataPush"])
    assert "match" not in sent(made["AppDataDist"])


def test_the_rollout_is_that_of_the_distribution(register: Register) -> None:
    made = by_type(register(program(rollout=edge.RolloutArgs(max_failed="2%"), on_delete="retain")))
    assert "rollout" not in sent(made["AppDataPush"])
    assert made["AppDataDist"].inputs["rollout"] == {"max_failed": "2%"}
    assert made["AppDataDist"].inputs["on_delete"] == "retain"


@pytest.mark.parametrize(
    "container", [CONTAINER, edge.EdgeReleaseContainerArgs(**CONTAINER)], ids=["dict", "args"]
)
def test_the_container_has_its_own_rollout(register: Register, container: Any) -> None:
    assert sent(by_type(register(program(container=container)))["ContainerAppRelease"]) == CONTAINER


def test_what_the_component_depends_on_comes_before_each_step(register: Register) -> None:
    def two() -> None:
        first = edge.ContainerAppRelease("first", app_id="app-1", version_id="ver-1", env="prod")
        program(container=CONTAINER, opts=pulumi.ResourceOptions(depends_on=[first]))()

    made = [resource for resource in register(two) if resource.parent == "EdgeRelease game"]
    assert len(made) == 3
    assert all("ContainerAppRelease first" in step.after for step in made)


@pytest.mark.parametrize(("container", "released"), [(CONTAINER, "converged"), (None, None)])
def test_the_status_of_each_step_is_an_output(
    register: Register, container: Any, released: str | None
) -> None:
    seen: list[Any] = []

    def statuses() -> pulumi.Output[None]:
        made = program(container=container)()
        return pulumi.Output.all(made.push_status, made.dist_status, made.release_status).apply(seen.extend)

    register(statuses)
    assert seen == ["converged", "converged", released]
