"""The functions and the component in programs that the real CLI runs."""

from pathlib import Path

import pytest
from tests.support.clouds import archives, emulator, files, process, slow, world
from tests.support.declarations import Archives
from tests.support.emulator import CONTAINER_APP_ID, SMALL_APP_ID, VERSION_IDS, Emulator
from tests.support.sightings import cleaned, runs, serves, starts
from tests.support.stack import Ran, Stack

__all__ = ["archives", "emulator", "files", "process", "slow", "world"]

pytestmark = pytest.mark.cli

STATUS = f"""\
import pulumi
import pulumi_alicloud_edge as edge

app = pulumi.Output.from_input("{CONTAINER_APP_ID}")
pulumi.export("instances", edge.get_app_data_status("{SMALL_APP_ID}").instances)
pulumi.export("release", edge.get_container_app_status_output(app, "ENV").published_version)
"""

FLAT = f"""\
import pulumi
import pulumi_alicloud_edge as edge

push = edge.AppDataPush("game", app_id="{SMALL_APP_ID}", data=[PUSHED])
edge.AppDataDist(
    "game",
    app_id="{SMALL_APP_ID}",
    data=[{{"name": "assets", "version": "1", "dest_path": "/opt/assets"}}],
    opts=pulumi.ResourceOptions(depends_on=[push]),
)
"""

COMPONENT = f"""\
import pulumi
import pulumi_alicloud_edge as edge


def from_top_level(args):
    former = pulumi.ResourceOptions(aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)])
    return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, former))


release = edge.EdgeRelease(
    "NAME",
    app_id="{SMALL_APP_ID}",
    data=[{{**PUSHED, "dest_path": "/opt/assets"}}],
    container=CONTAINER,
    opts=pulumi.ResourceOptions(OPTIONS),
)
pulumi.export("statuses", [release.push_status, release.dist_status, release.release_status])
"""
MOVED = "transformations=[from_top_level]"
RENAMED = 'aliases=[pulumi.Alias(name="game")]'


@pytest.fixture
def stack(tmp_path: Path, emulator: Emulator) -> Stack:
    return Stack(tmp_path / "stack", emulator)


def write(stack: Stack, template: str, archives: Archives, **values: str) -> None:
    """Set the program, with values for what stands in capitals."""
    for name, value in {**values, "PUSHED": repr(archives.file("1"))}.items():
        template = template.replace(name, value)
    stack.program(template)


def exports(stack: Stack) -> dict[str, object]:
    """What the program exports."""
    (root,) = (r for r in stack.state["resources"] if r["type"] == "pulumi:pulumi:Stack")
    outputs: dict[str, object] = root.get("outputs", {})
    return outputs


def test_a_program_asks_in_the_preview_already(stack: Stack, emulator: Emulator) -> None:
    emulator.drift(app_id=CONTAINER_APP_ID, env="prod", version=VERSION_IDS[0])
    stack.program(STATUS.replace("ENV", "prod"))
    preview = stack.preview()
    assert preview.ok, preview
    assert VERSION_IDS[0] in preview.output
    assert stack.up().ok
    assert exports(stack) == {"instances": 3, "release": VERSION_IDS[0]}


@pytest.mark.parametrize("settings", ["environment", "config"])
def test_a_program_asks_with_the_settings_of_its_stack(
    stack: Stack, emulator: Emulator, settings: str
) -> None:
    stack.program(STATUS.replace("ENV", "prod"))
    if settings == "config":
        stack.env["ALICLOUD_EDGE_ENDPOINT"] = "127.0.0.1:9"
        stack.config({"endpoint": emulator.endpoint})
    assert stack.preview().ok


@pytest.mark.parametrize("call", ["plain", "twin"])
def test_what_cannot_be_told_ends_the_program_in_plain_words(stack: Stack, call: str) -> None:
    function = "get_container_app_status" + ("_output" if call == "twin" else "")
    stack.program(f'import pulumi_alicloud_edge as edge\nedge.{function}("app-1", "prod")\n')
    refused = stack.preview()
    assert not refused.ok
    assert "get_container_app_status: GetEdgeContainerAppStatus for app-1 failed with" in refused.output
    assert "Traceback" not in refused.output


def ok(ran: Ran) -> Ran:
    assert ran.ok, ran
    return ran


def test_a_component_brings_all_out_in_order_and_takes_it_away(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    container = f'{{"app_id": "{CONTAINER_APP_ID}", "version_id": "{VERSION_IDS[0]}", "env": "prod"}}'
    write(stack, COMPONENT, archives, NAME="game", OPTIONS="", CONTAINER=container)
    ok(stack.up())
    assert starts(emulator) == [
        "PushApplicationData",
        "DistApplicationData",
        "PublishEdgeContainerAppVersion",
    ]
    assert runs(emulator) == {"1"}
    assert serves(emulator) == VERSION_IDS[0]
    assert exports(stack) == {"statuses": ["converged"] * 3}
    assert ok(stack.up()).counts() == {"unchanged": 5}
    ok(stack.destroy())
    assert set(cleaned(emulator)) == {("assets", "1")}


@pytest.mark.parametrize("told", [MOVED, ""], ids=["with aliases", "without"])
def test_moving_resources_into_a_component_starts_and_cleans_nothing(
    stack: Stack, archives: Archives, emulator: Emulator, told: str
) -> None:
    write(stack, FLAT, archives)
    ok(stack.up())
    emulator.clear_calls()
    write(stack, COMPONENT, archives, NAME="game", OPTIONS=told, CONTAINER="None")
    moved = ok(stack.up())
    assert moved.counts() == ({"created": 1, "unchanged": 3} if told else {"created": 3, "deleted": 2})
    assert not starts(emulator)
    assert not cleaned(emulator)
    assert runs(emulator) == {"1"}


@pytest.mark.parametrize("told", [RENAMED, ""], ids=["with an alias", "without"])
def test_renaming_a_component_starts_and_cleans_nothing(
    stack: Stack, archives: Archives, emulator: Emulator, told: str
) -> None:
    write(stack, COMPONENT, archives, NAME="game", OPTIONS="", CONTAINER="None")
    ok(stack.up())
    emulator.clear_calls()
    write(stack, COMPONENT, archives, NAME="other", OPTIONS=told, CONTAINER="None")
    renamed = ok(stack.up())
    assert renamed.counts() == ({"unchanged": 4} if told else {"created": 3, "deleted": 3})
    assert not starts(emulator)
    assert not cleaned(emulator)
    assert runs(emulator) == {"1"}
