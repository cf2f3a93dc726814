"""A stack from its first up to its end."""

import pytest
from tests.support.clouds import REGIONS
from tests.support.declarations import Archives, distribution, placed
from tests.support.emulator import SMALL_APP_ID, VERSION_IDS, Emulator
from tests.support.sightings import cleaned, cleaned_in, placed_on, runs, serves, starts
from tests.support.stack import Declared, Stack, dist, push, release

pytestmark = pytest.mark.cli


def everything(archives: Archives, version: str = "1") -> tuple[Declared, ...]:
    return (
        push(archives.push(archives.file(version))),
        dist(distribution(placed(version))),
        release(VERSION_IDS[1]),
    )


def test_a_first_up_carries_all_to_the_edge_and_a_second_starts_nothing(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    stack.declare(*everything(archives))

    first = stack.up()

    assert first.ok, str(first)
    assert first.counts() == {"created": 4}
    assert "2/2 regions" in first.stdout
    assert "3/3 instances" in first.stdout
    assert serves(emulator) == VERSION_IDS[1]
    assert runs(emulator) == {"1"}
    assert {name: r["outputs"]["status"] for name, r in stack.resources.items()} == {
        "assets": "converged",
        "assets-everywhere": "converged",
        "web": "converged",
    }

    emulator.clear_calls()
    second = stack.up(preview=True)

    assert second.ok, str(second)
    assert second.stdout.count("4 unchanged") == 2, str(second)
    assert second.counts() == {"unchanged": 4}
    assert not starts(emulator)


def test_a_version_bump_brings_the_new_version_and_leaves_the_former_one_in_place(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    stack.declare(*everything(archives))
    assert stack.up().ok
    stack.declare(*everything(archives, "2"))

    preview = stack.preview("--diff")
    assert "assets 1 → 2: 3 instances" in preview.stdout, str(preview)
    bumped = stack.up()

    assert bumped.ok, str(bumped)
    assert bumped.counts() == {"updated": 2, "unchanged": 2}
    assert runs(emulator) == {"2"}
    assert not cleaned(emulator)
    assert stack.outputs("assets-everywhere")["baseline"] == {"assets": "1"}
    assert stack.outputs("assets-everywhere")["owned"] == {
        "assets": [{"versions": ["1", "2"], "selection": [{}]}]
    }


def test_destroy_cleans_the_instances_and_says_what_stays(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    stack.declare(*everything(archives))
    assert stack.up().ok

    destroyed = stack.destroy()

    assert destroyed.ok, str(destroyed)
    assert cleaned_in(emulator) == sorted(("assets", "1", region) for region in REGIONS)
    assert set(placed_on(emulator).values()) == {"DELETED"}
    _, _, said = destroyed.stdout.partition("Diagnostics:")
    assert said.count("assets@1 stays on the file servers") == 1
    assert said.count(f"{VERSION_IDS[1]} stays released to prod") == 1
    assert not stack.resources


def test_a_renamed_resource_starts_and_cleans_nothing(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    stack.declare(push(archives.push()), dist(distribution()), release(VERSION_IDS[1]))
    assert stack.up().ok
    emulator.clear_calls()
    stack.declare(
        push(archives.push(), "data"),
        dist(distribution(), "data-everywhere", after=("data",)),
        release(VERSION_IDS[1], "site"),
    )

    renamed = stack.up()

    assert renamed.ok, str(renamed)
    assert renamed.counts() == {"created": 3, "deleted": 3}
    assert not starts(emulator)
    assert not cleaned(emulator)
    assert runs(emulator) == {"1"}
    assert set(stack.resources) == {"data", "data-everywhere", "site"}


@pytest.mark.parametrize(
    "aliases", [(), ({"parent": "urn:pulumi:test::edge::pulumi:pulumi:Stack::edge-test"},)]
)
def test_a_resource_that_moves_into_a_component_starts_and_cleans_nothing(
    stack: Stack, archives: Archives, emulator: Emulator, aliases: tuple[dict[str, str], ...]
) -> None:
    stack.declare(push(archives.push()), dist(distribution()))
    assert stack.up().ok
    emulator.clear_calls()
    stack.declare(push(archives.push()), dist(distribution(), component="group", aliases=aliases))

    moved = stack.up()

    assert moved.ok, str(moved)
    assert not starts(emulator)
    assert not cleaned(emulator)
    assert runs(emulator) == {"1"}
    assert "test:index:Group$" in stack.resources["assets-everywhere"]["urn"]


def test_a_program_may_give_args_objects_and_outputs_alike(stack: Stack, archives: Archives) -> None:
    file = archives.file("1")
    stack.program(f"""
import pulumi
import pulumi_alicloud_edge as edge

file = {file!r}
version = pulumi.Output.from_input(file["version"])
md5 = pulumi.Output.secret(file["md5"])
pushed = edge.AppDataPush(
    "assets",
    app_id=pulumi.Output.from_input("{SMALL_APP_ID}"),
    data=[edge.PushDataArgs(name="assets", version=version, url=file["url"], md5=md5, size=file["size"])],
    regions=["cn-wuxi-5"],
)
known_later = pushed.status.apply(lambda status: "1" if status == "converged" else "0")
placed = edge.AppDataDist(
    "assets-everywhere",
    app_id=pushed.app_id,
    data=[edge.DistDataArgs(name="assets", version=known_later, dest_path="/opt/assets", file_mode=755)],
    match=[edge.MatchExpressionArgs(key="region_id", operator="In", values=["cn-wuxi-5"])],
    rollout=edge.RolloutArgs(timeout="5m"),
)
pulumi.export("status", placed.status)
pulumi.export("total", placed.placements.apply(lambda placements: placements[0]["total"]))
""")

    up = stack.up(preview=True)

    assert up.ok, str(up)
    assert "total : 1" in up.stdout
    assert 'status: "converged"' in up.stdout
    assert stack.up().counts() == {"unchanged": 3}
