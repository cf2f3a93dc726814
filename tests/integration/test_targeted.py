"""Runs that are limited to some resources: what the others declare is left alone all the same."""

import subprocess
import sys

import pytest
from tests.support.clouds import stock
from tests.support.declarations import distribution, placed
from tests.support.emulator import SMALL_APP_ID, Emulator
from tests.support.sightings import cleaned, runs
from tests.support.stack import NAME, PROJECT, Declared, Ran, Stack, dist

pytestmark = pytest.mark.cli

TYPE = "pulumi-python:dynamic/alicloud-edge:AppDataDist"

WITH_OUTPUTS = """\
import pulumi

import pulumi_alicloud_edge as edge

names = pulumi.Config().require_object("names")
app_id = pulumi.Output.from_input("{app_id}")
for name in names:
    data = [edge.DistDataArgs(name="assets", version="1", dest_path="/opt/assets")]
    edge.AppDataDist(name, app_id={wrapped}, data=data)
"""

INLINE = """\
from pulumi import automation

import pulumi_alicloud_edge as edge

declared = ["old"]

def program():
    for name in declared:
        data = [edge.DistDataArgs(name="assets", version="1", dest_path="/opt/assets")]
        edge.AppDataDist(name, app_id="{app_id}", data=data)

options = automation.LocalWorkspaceOptions(work_dir="{folder}")
stack = automation.create_or_select_stack("{stack}", "{project}", program, options)
stack.up()
declared[:] = ["new"]
print(stack.up(target=["{urn}"]).stdout)
"""


def urn(name: str, parents: str = "") -> str:
    return f"urn:pulumi:{NAME}::{PROJECT}::{parents}{TYPE}::{name}"


def assets(name: str, version: str = "1", component: str = "", **inputs: object) -> Declared:
    return dist(distribution(placed(version), **inputs), name, component=component)


def up(stack: Stack, *targets: str) -> Ran:
    ran = stack.up(*(option for target in targets for option in ("--target", target)))
    assert ran.ok, str(ran)
    return ran


def destroy(stack: Stack, *options: str) -> Ran:
    ran = stack.destroy(*options)
    assert ran.ok, str(ran)
    return ran


def test_a_rename_in_two_targeted_runs_cleans_nothing(either: Stack, emulator: Emulator) -> None:
    stock(emulator, "1")
    either.declare(assets("old"))
    up(either)
    either.declare(assets("new"))

    up(either, urn("new"))
    assert set(either.resources) == {"old", "new"}
    dropped = up(either, urn("old"))

    assert set(either.resources) == {"new"}
    assert not cleaned(emulator), str(dropped)
    assert runs(emulator) == {"1"}
    assert "new declares assets there" in dropped.output, str(dropped)

    destroy(either)
    assert set(cleaned(emulator)) == {("assets", "1")}


def test_a_move_into_a_component_in_two_targeted_runs_cleans_nothing(
    stack: Stack, emulator: Emulator
) -> None:
    stock(emulator, "1")
    stack.declare(assets("assets"))
    up(stack)
    stack.declare(assets("assets", component="group"))

    moved = up(stack, urn("assets"))

    assert not cleaned(emulator), str(moved)
    assert "assets declares assets there" in moved.output, str(moved)


@pytest.mark.parametrize("wrapped", ["app_id", "pulumi.Output.secret(app_id)"], ids=["output", "secret"])
def test_what_depends_on_outputs_counts_too(stack: Stack, emulator: Emulator, wrapped: str) -> None:
    stock(emulator, "1")
    stack.program(WITH_OUTPUTS.format(app_id=SMALL_APP_ID, wrapped=wrapped))
    names = ("--config", f"{PROJECT}:names=")

    def declare(*declared: str) -> tuple[str, str]:
        return names[0], names[1] + str(list(declared)).replace("'", '"')

    both = stack.up(*declare("old", "new"))
    assert both.ok, str(both)
    dropped = stack.up(*declare("new"), "--target", urn("old"))

    assert dropped.ok, str(dropped)
    assert set(stack.resources) == {"new"}
    assert not cleaned(emulator), str(dropped)
    told = "declared assets there when" if "secret" in wrapped else "declares assets there"
    assert f"new {told}" in dropped.output, str(dropped)


def test_two_versions_are_refused_though_one_of_them_is_not_targeted(
    stack: Stack, emulator: Emulator
) -> None:
    stock(emulator, "1", "2")
    stack.declare(assets("a"))
    up(stack)
    stack.declare(assets("a"), assets("b", "2"))

    refused = stack.up("--target", urn("b"))

    assert not refused.ok
    assert f"{urn('b')} and {urn('a')}" in refused.output, str(refused)
    assert runs(emulator) == {"1"}


def test_destroying_one_of_two_leaves_what_the_other_declares(either: Stack, emulator: Emulator) -> None:
    stock(emulator, "1")
    either.declare(assets("a"), assets("b"))
    up(either)

    one = destroy(either, "--target", urn("a"))

    assert not cleaned(emulator), str(one)
    assert "b declared assets there when this resource was last rolled out" in one.output, str(one)
    assert runs(emulator) == {"1"}


@pytest.mark.parametrize("options", [(), ("--run-program",)], ids=["without", "with-the-program"])
def test_destroying_all_cleans_all(stack: Stack, emulator: Emulator, options: tuple[str, ...]) -> None:
    stock(emulator, "1")
    stack.declare(assets("a"), assets("b"))
    up(stack)
    assert not cleaned(emulator)

    everything = destroy(stack, *options)

    assert set(cleaned(emulator)) == {("assets", "1")}, str(everything)
    assert not runs(emulator)


def test_a_program_inside_another_one_is_known_too(stack: Stack, emulator: Emulator) -> None:
    stock(emulator, "1")
    folder = stack.folder / "inline"
    folder.mkdir()
    script = INLINE.format(folder=folder, app_id=SMALL_APP_ID, stack=NAME, project=PROJECT, urn=urn("old"))

    ran = subprocess.run(
        [sys.executable, "-c", script], env=stack.env, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr
    assert not cleaned(emulator), ran.stdout
    assert "new declares assets there" in ran.stdout


def test_replacing_one_by_itself_cleans_nothing(stack: Stack, emulator: Emulator) -> None:
    stock(emulator, "1")
    stack.declare(assets("a"))
    up(stack)

    replaced = stack.up("--target-replace", urn("a"))

    assert replaced.ok, str(replaced)
    assert not cleaned(emulator), str(replaced)
    assert runs(emulator) == {"1"}


def test_an_unchanged_one_notes_a_neighbour_that_has_come_and_starts_nothing(
    either: Stack, emulator: Emulator
) -> None:
    stock(emulator, "1")
    either.declare(assets("old"))
    up(either)
    either.declare(assets("old"), assets("new"))

    preview = either.preview()
    assert "notes that new declares the same data here; starts nothing" in str(preview)
    noted = up(either)
    assert "1 created" in str(noted)
    assert "1 updated" in str(noted)

    again = up(either)
    assert "3 unchanged" in str(again)

    destroy(either, "--target", urn("old"))
    assert (runs(emulator), cleaned(emulator)) == ({"1"}, [])
