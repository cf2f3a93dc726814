"""The functions that tell how things are: for scripts, with settings from the environment, and for programs."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pulumi
import pytest
from tests.support.caller import Caller
from tests.support.clouds import INSTANCES, archives, emulator, files, process, slow, world
from tests.support.emulator import (
    CONTAINER_APP_ID,
    KEY_ID,
    KEY_SECRET,
    SMALL_APP_ID,
    VERSION_IDS,
    Emulator,
)
from tests.support.rollouts import publish

import pulumi_alicloud_edge as edge

__all__ = ["archives", "emulator", "files", "process", "slow", "world"]

NOWHERE = "127.0.0.1:9"


@pytest.fixture(autouse=True)
def _environment(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in [name for name in sys.modules if name.partition(".")[0] == "alibabacloud_credentials"]:
        monkeypatch.delitem(sys.modules, module)  # it reads the environment when it is imported
    monkeypatch.setenv("ALICLOUD_EDGE_ENDPOINT", emulator.endpoint)
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", KEY_SECRET)
    yield
    pulumi.runtime.set_all_config({})


def lies(emulator: Emulator, version: str, state: str, *targets: str, name: str = "assets") -> None:
    emulator.drift(app_id=SMALL_APP_ID, name=name, version=version, state=state, targets=targets)


def test_data_is_counted_by_state_and_by_what_runs(emulator: Emulator) -> None:
    lies(emulator, "1", "SUCCESS", "cn-wuxi-5", "cn-shanghai-cmcc-4")
    lies(emulator, "1", "SUCCESS", *INSTANCES)
    emulator.advance(5)
    lies(emulator, "2", "SUCCESS", "cn-wuxi-5")
    lies(emulator, "2", "FAILED", "cn-shanghai-cmcc-4")
    lies(emulator, "2", "SUCCESS", INSTANCES[0])
    lies(emulator, "2", "DISTING", INSTANCES[1])
    lies(emulator, "2", "FAILED", INSTANCES[2])

    status = edge.get_app_data_status(SMALL_APP_ID)

    assert status.instances == 3
    assert [(item.name, item.version) for item in status.data] == [("assets", "1"), ("assets", "2")]
    assert status.running("assets") == {"1": 2, "2": 1}
    assert status.of("assets", "1").dist == edge.TargetCounts(succeeded=3)
    newer = status.of("assets", "2")
    assert newer.push == edge.TargetCounts(succeeded=1, failed=1)
    assert newer.dist == edge.TargetCounts(succeeded=1, in_progress=1, failed=1)
    assert newer.dist.total == 3


def test_only_the_names_asked_for_are_told(emulator: Emulator) -> None:
    lies(emulator, "1", "SUCCESS", *INSTANCES)
    lies(emulator, "1", "SUCCESS", *INSTANCES, name="levels")
    status = edge.get_app_data_status(SMALL_APP_ID, names=["levels", "maps"])
    assert [item.name for item in status.data] == ["levels"]
    assert status.running("maps") == {}
    assert status.of("maps", "1").dist.total == 0


def test_a_release_is_told_from_before_it_began_until_it_is_complete(emulator: Emulator) -> None:
    before = edge.get_container_app_status(CONTAINER_APP_ID, "staging")
    assert (before.published_version, before.publish_percentage, before.complete) == ("", 0, False)

    publish(Caller(emulator), VERSION_IDS[0], "staging")
    under_way = edge.get_container_app_status(CONTAINER_APP_ID, "staging")
    assert under_way.published_version == VERSION_IDS[0]
    assert (under_way.publish_status, under_way.complete) == ("publishing", False)

    emulator.advance(60)
    after = edge.get_container_app_status(CONTAINER_APP_ID, "staging")
    assert (after.published_version, after.deployed_version) == (VERSION_IDS[0], VERSION_IDS[0])
    assert (after.publish_status, after.publish_percentage, after.complete) == ("published", 100, True)
    assert (after.pods_ready, after.pods_total, after.pod_phase) == (1, 1, "Running")
    assert not edge.get_container_app_status(CONTAINER_APP_ID, "prod").published_version


def test_a_tenth_of_prod_is_not_complete(emulator: Emulator) -> None:
    emulator.drift(app_id=CONTAINER_APP_ID, env="prod", version=VERSION_IDS[1], percentage=10)
    emulator.advance(60)
    status = edge.get_container_app_status(CONTAINER_APP_ID, "prod")
    assert (status.published_version, status.publish_percentage) == (VERSION_IDS[1], 10)
    assert not status.complete


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: edge.get_container_app_status(CONTAINER_APP_ID, "dev"), "env: must be prod or staging"),
        (lambda: edge.get_app_data_status("a,b"), "app_id: must not contain a comma"),
        (lambda: edge.get_app_data_status(SMALL_APP_ID, []), "names: must not be empty"),
        (lambda: edge.get_app_data_status("app"), "DescribeDataPushResult for app failed with"),
    ],
)
def test_an_error_says_which_function_failed_and_why(ask: Callable[[], Any], said: str) -> None:
    with pytest.raises(edge.StatusError, match=r"^get_\w+_status: ") as failure:
        ask()
    assert said in str(failure.value)


def test_settings_that_cannot_work_are_said() -> None:
    pulumi.runtime.set_all_config({"alicloud-edge:callsPerSecond": "many"})
    with pytest.raises(edge.StatusError, match=r"^alicloud-edge: .*callsPerSecond.*not a positive number"):
        edge.get_app_data_status(SMALL_APP_ID)


def test_the_config_of_the_stack_comes_before_the_environment(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALICLOUD_EDGE_ENDPOINT", NOWHERE)
    pulumi.runtime.set_all_config({"alicloud-edge:endpoint": emulator.endpoint})
    assert edge.get_app_data_status(SMALL_APP_ID).instances == 3


def test_two_stacks_of_one_process_are_told_apart(emulator: Emulator) -> None:
    pulumi.runtime.set_all_config({"alicloud-edge:endpoint": emulator.endpoint})
    assert edge.get_app_data_status(SMALL_APP_ID).instances == 3
    keys = {"alicloud-edge:accessKeyId": "stranger", "alicloud-edge:accessKeySecret": "unknown"}
    pulumi.runtime.set_all_config({"alicloud-edge:endpoint": emulator.endpoint, **keys})
    with pytest.raises(edge.StatusError, match="accessKeyId"):
        edge.get_app_data_status(SMALL_APP_ID)


def test_the_twins_take_outputs(register: Callable[..., Any]) -> None:
    seen: list[Any] = []

    def program() -> pulumi.Output[Any]:
        app = pulumi.Output.from_input(SMALL_APP_ID)
        data = edge.get_app_data_status_output(app, names=[pulumi.Output.from_input("assets")])
        release = edge.get_container_app_status_output(CONTAINER_APP_ID, pulumi.Output.from_input("prod"))
        return pulumi.Output.all(data.instances, release.env).apply(seen.extend)

    register(program, preview=True)
    assert seen == [3, "prod"]


def test_nothing_is_asked_about_what_is_not_known_yet(
    register: Callable[..., Any], emulator: Emulator
) -> None:
    emulator.clear_calls()

    def program() -> pulumi.Output[Any]:
        unknown: pulumi.Output[str] = pulumi.Output(
            resources=set(),
            future=_future("?"),
            is_known=_future(False),  # noqa: FBT003
        )
        return edge.get_app_data_status_output(unknown)

    register(program, preview=True)
    assert not emulator.calls()


def test_a_program_goes_on_while_a_twin_waits(register: Callable[..., Any], emulator: Emulator) -> None:
    emulator.faults([{"effect": "delay", "seconds": 0.3, "action": "DescribeDataPushResult"}])
    turns: list[int] = []

    async def turn(status: pulumi.Output[Any]) -> None:
        answered = asyncio.ensure_future(status.future())
        while not answered.done():
            turns.append(1)
            await asyncio.sleep(0.01)

    register(lambda: pulumi.Output.from_input(turn(edge.get_app_data_status_output(SMALL_APP_ID))))
    assert len(turns) > 5


def _future(value: Any) -> "asyncio.Future[Any]":
    future: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
    future.set_result(value)
    return future
