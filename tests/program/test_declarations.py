"""What a program declares is told to the other processes of the run, when it can be, and never gets in its way."""

import json
import socket
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pytest
from pulumi.runtime import settings
from pulumi.runtime.proto.engine_pb2_grpc import EngineStub
from tests.support.sdks import Sdk, newest, oldest

import pulumi_alicloud_edge as edge
from pulumi_alicloud_edge._adapters.dynamic import engine
from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.policy import ByStrategies, Everywhere, Expression, Matching
from pulumi_alicloud_edge._registry import Registry
from pulumi_alicloud_edge._run_register import RunRegister, open_register
from pulumi_alicloud_edge._sdk import declaration

Register = Callable[..., list[Any]]
TYPE = "pulumi-python:dynamic/alicloud-edge:AppDataDist"
RELEASE = "pulumi-python:dynamic/alicloud-edge:ContainerAppRelease"
WUXI = {"key": "region_id", "operator": "In", "values": ["cn-wuxi-5"]}
IN_WUXI = Matching((Expression("region_id", "In", ("cn-wuxi-5",)),))
FILE = {"name": "assets", "version": "1", "dest_path": "/opt/assets"}
ASSETS = Artifact("assets", "1")


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """What a host of the run knows."""
    path = tmp_path / "run.jsonl"
    monkeypatch.setattr(declaration, "program_engine_address", lambda: "127.0.0.1:1")
    program = RunRegister(path, is_certain=True)
    monkeypatch.setattr(declaration, "open_register", lambda _address: program)
    return Registry(RunRegister(path, is_certain=True))


def a_dist(name: str = "assets", **inputs: Any) -> edge.AppDataDist:
    return edge.AppDataDist(name, **{"app_id": "e-1", "data": [FILE], **inputs})


def an_output(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value)


@pytest.mark.parametrize(
    ("inputs", "selectors"),
    [
        ({}, (Everywhere(),)),
        ({"data": [edge.DistDataArgs(**FILE)]}, (Everywhere(),)),
        ({"match": [WUXI]}, (IN_WUXI,)),
        ({"match": [edge.MatchExpressionArgs(**WUXI)]}, (IN_WUXI,)),
        ({"rollout": {"stages": [{"match": [WUXI], "bake": "5m"}, {}]}}, (IN_WUXI, Everywhere())),
        ({"rollout": edge.RolloutArgs(stages=[edge.StageArgs(name="all")])}, (Everywhere(),)),
        ({"rollout": {"retries": 3}}, (Everywhere(),)),
        ({"strategies": "[]"}, (ByStrategies("[]"),)),
        ({"strategies": {"name": "x"}}, (ByStrategies('{"name": "x"}'),)),
    ],
)
def test_plain_inputs_are_told_with_what_they_select(
    register: Register, shared: Registry, inputs: dict[str, Any], selectors: tuple[Any, ...]
) -> None:
    register(lambda: a_dist(**inputs))
    assert shared.declared() == (Claim(f"program::{TYPE}::assets", "e-1", ASSETS, selectors),)


def test_a_release_claims_its_environment(register: Register, shared: Registry) -> None:
    register(lambda: edge.ContainerAppRelease("web", app_id="app-1", version_id="ver-1", env="prod"))
    expected = Claim(f"program::{RELEASE}::web", "app-1/prod", Artifact("app-1", "ver-1"), (Everywhere(),))
    assert shared.declared() == (expected,)


def test_a_resource_in_a_component_is_told_with_the_type_of_that(
    register: Register, shared: Registry
) -> None:
    data = [{**FILE, "url": "https://downloads.example.com/assets"}]
    register(lambda: edge.EdgeRelease("games", app_id="e-1", data=data, regions=["cn-wuxi-5"]))
    (claim,) = shared.declared()
    assert claim.urn == f"program::alicloud-edge:index:EdgeRelease${TYPE}::games"
    assert claim.selectors == (IN_WUXI,)


@pytest.mark.parametrize(
    "inputs",
    [
        lambda: {"app_id": an_output("e-1")},
        lambda: {"data": an_output([FILE])},
        lambda: {"data": [an_output(FILE)]},
        lambda: {"data": [{**FILE, "version": an_output("1")}]},
        lambda: {"rollout": {"stages": [{"match": [{**WUXI, "values": an_output(["cn-wuxi-5"])}]}, {}]}},
    ],
    ids=["app", "data", "file", "version", "stage"],
)
def test_outputs_are_told_once_they_are_known(
    register: Register, shared: Registry, inputs: Callable[[], dict[str, Any]]
) -> None:
    register(lambda: a_dist(**inputs()))
    assert [claim.artifact for claim in shared.declared()] == [ASSETS]


@pytest.mark.parametrize("secret", [True, False], ids=["secret", "not known"])
def test_what_is_secret_or_not_known_is_only_named(
    register: Register,
    shared: Registry,
    secret: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    def app_id() -> pulumi.Output[str]:
        return pulumi.Output.secret("e-1") if secret else pulumi.Output.from_input("e-1").apply(_unknown)

    register(lambda: a_dist(app_id=app_id()), preview=True)

    assert shared.declared() == ()
    remembered = Claim(f"urn:pulumi:test::edge::{TYPE}::assets", "e-1", ASSETS, (Everywhere(),))
    assert shared.still_declared((remembered,)) == (remembered,)
    assert "e-1" not in (tmp_path / "run.jsonl").read_text()


def _unknown(_value: str) -> Any:
    from pulumi.output import Unknown

    return Unknown()


@pytest.mark.parametrize(
    "inputs",
    [
        {"app_id": 7},
        {"data": ["assets"]},
        {"data": [{"name": "assets"}]},
        {"data": [{**FILE, "version": 1}]},
        {"rollout": {"stages": ["canary"]}},
        {"rollout": {"stages": 1}},
    ],
)
def test_bad_inputs_are_left_to_check(register: Register, shared: Registry, inputs: dict[str, Any]) -> None:
    (registered,) = register(lambda: a_dist(**inputs))
    assert registered.name == "assets"
    assert shared.declared() == ()


def test_where_the_engine_may_take_other_inputs_no_version_is_told(
    register: Register, shared: Registry
) -> None:
    register(lambda: a_dist(opts=pulumi.ResourceOptions(ignore_changes=["data"])))
    assert [claim.artifact for claim in shared.declared()] == [Artifact("assets", "")]


def test_a_plain_program_gains_no_outputs(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    made = pulumi.Output.apply

    def count(self: Any, *args: Any, **kwargs: Any) -> Any:
        counts[-1] += 1
        return made(self, *args, **kwargs)

    monkeypatch.setattr(pulumi.Output, "apply", count)
    for told in (True, False):
        if not told:
            monkeypatch.setattr(declaration, "_declare", lambda *_: None)
        counts.append(0)
        register(lambda: a_dist(rollout={"timeout": an_output("5m")}, match=[WUXI]))
    assert counts[0] == counts[1]


def test_under_mocks_nothing_is_told(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(declaration, "open_register", asked.append)
    register(a_dist)
    assert asked == [""]


def test_whatever_goes_wrong_the_program_goes_on(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise RuntimeError("the SDK has changed")

    monkeypatch.setattr(declaration, "program_engine_address", fail)
    (registered,) = register(a_dist)
    assert registered.name == "assets"


def test_without_an_engine_there_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "get_engine", lambda: None)
    assert engine.program_engine_address() == ""


def test_where_the_stub_does_not_tell_the_command_line_does(monkeypatch: pytest.MonkeyPatch) -> None:
    class Changed(EngineStub):
        def __init__(self) -> None:
            self.Log = types.SimpleNamespace()

    monkeypatch.setattr(settings, "get_engine", Changed)
    assert engine.program_engine_address() == ""
    command = ["python", "exec", "--monitor", "127.0.0.1:1", "--engine", "127.0.0.1:2", "--project", "edge"]
    monkeypatch.setattr(sys, "orig_argv", command)
    assert engine.program_engine_address() == "127.0.0.1:2"
    monkeypatch.setattr(sys, "orig_argv", ["python", "--engine"])
    assert engine.program_engine_address() == ""


@pytest.mark.parametrize("target", ["127.0.0.1:4567", "dns:///127.0.0.1:4567"])
def test_the_stub_tells_where_it_leads(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    with grpc.insecure_channel(target) as channel:
        stub = EngineStub(channel)
        monkeypatch.setattr(settings, "get_engine", lambda: stub)
        assert engine.program_engine_address() == "127.0.0.1:4567"


PROGRAM = """
import json, sys
import pulumi
from pulumi.runtime import settings
settings.configure(settings.Settings(project="edge", stack="test", engine=sys.argv[1], monitor=sys.argv[1]))
import pulumi_alicloud_edge
from pulumi_alicloud_edge._adapters.dynamic.engine import program_engine_address
print(json.dumps(program_engine_address()))
"""


@pytest.mark.parametrize("sdk", [newest, oldest], ids=["newest", "oldest"])
def test_every_supported_sdk_tells_the_address(sdk: Callable[[], Sdk]) -> None:
    one = sdk()
    ran = subprocess.run(
        [one.python, "-c", PROGRAM, "127.0.0.1:4567"],
        env=dict(one.environment),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == "127.0.0.1:4567"


def test_telling_imports_nothing_heavy() -> None:
    code = """
import pulumi, pulumi.dynamic, sys
before = set(sys.modules)
from pulumi_alicloud_edge._sdk import declaration
from pulumi_alicloud_edge._run_register import open_register
open_register("127.0.0.1:1")
print(*sorted(set(sys.modules) - before))
"""
    imported = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert not [m for m in imported if m.partition(".")[0] in {"pydantic", "httpx", "tenacity", "ssl"}]
    assert not [
        m
        for m in imported
        if m.startswith(("pulumi_alicloud_edge._cloud", "pulumi_alicloud_edge._resources"))
    ]


def test_a_real_register_is_found_by_the_address_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        assert open_register(address) is open_register(address)
