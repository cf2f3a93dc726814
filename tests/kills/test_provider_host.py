"""`kill -9` of the provider's process at every boundary of every call of a staged rollout, and the next up.

Many resources roll out in one process, each of an application of its own and each held at another boundary. When
all have come to theirs, the process is killed. Another one, which knows nothing of them, runs the next up.
"""

from concurrent.futures import Future, wait
from dataclasses import replace
from typing import Any

import pytest
from support.dynamic_host import DynamicHost, Kept, Kind, eventually
from support.holding_proxy import Boundary, HoldingProxy, Moment
from support.matrix import Cell
from support.readings import WAYS
from support.sdks import newest
from support.staged import APPS, STARTS, Program, Scene, many_apps
from tests.kills.cells import ENDPOINT, KINDS, MOMENTS, SHORT, RecordProperty, boundaries, judge, settle

LATE_SECONDS = 60.0
"""Emulated seconds until a start shows: more than it takes to begin the next up, less than that one waits for it."""
NOT_SHOWN_YET = (
    "The cloud had taken the start and did not show it yet, and nobody but the killed process knew of it: the next "
    "run makes this one call again, once, for the same version and the same targets."
)


NOBODY_COUNTS = (
    "The cloud does not tell which instances there are, so nobody can tell whether those that have the version are all "
    "or the first stage's: the last stage is started once more, and what is there or under way stays as it is."
)
OF_DATA = (
    "paging",
    "visibility",
    "enumeration",
    "superseded",
    "redist",
    "selector",
    "inventory",
    "text",
    "dist_code",
    "repush",
)
OF_RELEASES = ("rollback_env", "release_fields", "partial_release", "text")


def ways_of(kind: Kind) -> list[tuple[str, str]]:
    """The ways in which a cloud may take what matters to a kind."""
    dialects = OF_RELEASES if kind is Kind.RELEASE else OF_DATA
    return [(dialect, way) for dialect in dialects for way in WAYS[dialect]]


@pytest.mark.parametrize(
    "versions",
    [pytest.param(("1",), id="create"), pytest.param(("1", "2"), id="update", marks=pytest.mark.exhaustive)],
)
@KINDS
@MOMENTS
def test_after_a_kill_at_any_call_the_next_up_finishes_and_starts_nothing_twice(
    scenes: list[Scene],
    proxy: HoldingProxy,
    moment: Moment,
    versions: tuple[str, ...],
    record_property: RecordProperty,
) -> None:
    killed = kill_at(boundaries(moment), scenes, proxy, versions)
    assert proxy.reached < APPS, "no rollout came to its end: more boundaries are to be tried"

    operation = "create" if len(versions) == 1 else "update"
    settle(record_property, finish(killed, proxy, versions, operation))


@pytest.mark.parametrize("start", [1, 2])
@pytest.mark.parametrize("kind", [Kind.PUSH, Kind.DIST], ids=["push", "dist"])
def test_only_a_start_that_the_cloud_does_not_show_yet_is_made_again_and_once(  # noqa: PLR0917
    scenes: list[Scene],
    proxy: HoldingProxy,
    world: dict[str, Any],
    kind: Kind,
    start: int,
    record_property: RecordProperty,
) -> None:
    proxy.cloud.world({**many_apps(world), "delays": {"visibility_seconds": LATE_SECONDS}})
    proxy.cloud.dialect(visibility="delayed")
    boundary = Boundary(Moment.AFTER_SENDING, start, STARTS[kind])
    killed = kill_at([boundary], scenes, proxy, ("1",))

    (cell,) = finish(killed, proxy, ("1",), "create, shown late", NOT_SHOWN_YET)

    settle(record_property, [cell])
    assert cell.note, "or this shows nothing"


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("kind", "way"),
    [pytest.param(kind, way, id=f"{SHORT[kind]}-{'-'.join(way)}") for kind in Kind for way in ways_of(kind)],
)
def test_after_a_kill_nothing_starts_twice_however_the_cloud_takes_its_open_points(
    scenes: list[Scene],
    proxy: HoldingProxy,
    kind: Kind,
    way: tuple[str, str],
    record_property: RecordProperty,
) -> None:
    proxy.cloud.dialect(**dict([way]))
    killed = kill_at(boundaries(Moment.AFTER_SENDING), scenes, proxy, ("1",))
    note = NOBODY_COUNTS if way == ("inventory", "empty") else ""
    cells = finish(killed, proxy, ("1",), note=note)
    worst = max(cells, key=lambda cell: (not cell.stands, cell.starts))
    matrix = "kill -9 of the provider's host after sending, at each call of a create, however the cloud reads"
    settle(record_property, [replace(worst, matrix=matrix, row=" ".join(way), column=SHORT[kind])])


def kill_at(
    boundaries: list[Boundary], scenes: list[Scene], proxy: HoldingProxy, versions: tuple[str, ...]
) -> Program:
    """Roll out the versions in turn; kill the last rollouts when each has come to its boundary or its end."""
    with DynamicHost(proxy.cloud, newest(), environment={ENDPOINT: proxy.url}) as host:
        program = Program(host, scenes[: len(boundaries)])
        for version in versions[:-1]:
            for up in program.begin(version):
                up.result()
        lanes = [proxy.hold(scene.app_id, at) for scene, at in zip(scenes, boundaries, strict=False)]
        ups = program.begin(versions[-1])
        ends = list(zip(lanes, ups, strict=True))
        eventually(lambda: all(lane.is_reached or up.done() for lane, up in ends), timeout=60)
        host.process.kill()
        wait(ups)
    return program


def finish(
    killed: Program,
    proxy: HoldingProxy,
    versions: tuple[str, ...],
    operation: str = "create",
    note: str = "",
) -> list[Cell]:
    """Run the next up in another process, and judge what has come of each that was killed, and of one that was not."""
    states = [resource.state.outputs["status"] if resource.state else "none" for resource in killed.resources]
    with DynamicHost(proxy.cloud, newest()) as host:
        ups = killed.run_in(host).begin(versions[-1])
        wait(ups)
    cells = [
        judge(
            f"kill -9 of the provider's host: {scene.kind.value}, {operation}",
            scene,
            proxy.lanes[scene.app_id],
            versions=versions,
            state=state,
            next_run=came_to(up, scene, versions),
            note=note,
        )
        for scene, state, up in zip(killed.scenes, states, ups, strict=True)
    ]
    return cells[: proxy.reached + 1]


def came_to(up: Future[Kept], scene: Scene, versions: tuple[str, ...]) -> str:
    """Tell in a word what a run came to; what it keeps for a rollback has to be right as well."""
    if (error := up.exception()) is not None:
        return str(error).partition("\n")[0]
    outputs = up.result().outputs
    if len(versions) > 1 and scene.baseline(outputs) != versions[-2]:
        return f"baseline {scene.baseline(outputs)}"
    return str(outputs["status"])
