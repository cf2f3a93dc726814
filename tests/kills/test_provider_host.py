"""`kill -9` of the provider's process at every boundary of every call of a staged rollout, and the next up.

Many resources roll out in one process, each of an application of its own and each held at another boundary. When
all have come to theirs, the process is killed. Another one, which knows nothing of them, runs the next up.
"""

from collections.abc import Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.kills.cells import SHORT, RecordProperty, judge, settle
from tests.kills.sweep import Standstill, Sweep, bring
from tests.support.clouds import HOURS
from tests.support.declarations import Archives
from tests.support.dynamic_host import DynamicHost, Kept, Kind
from tests.support.holding_proxy import Boundary, HoldingProxy, Moment
from tests.support.matrix import Cell
from tests.support.readings import EVERY_WAY
from tests.support.sdks import newest
from tests.support.staged import STARTS, Program, Scene

MATRIX = "kill -9 of the provider's host"
NOT_SHOWN_YET = (
    "The cloud had taken the start and did not show it yet, and nobody but the killed process knew of it: the next "
    "run makes this one call again, once, for the same version and the same targets."
)
NOBODY_COUNTS = (
    "The cloud does not tell which instances there are, so nobody can tell whether those that have the version are all "
    "or the first stage's: the last stage is started once more, and what is there or under way stays as it is."
)
NOTES = {
    ("visibility", "delayed"): NOT_SHOWN_YET,
    ("enumeration", "as_begun"): NOT_SHOWN_YET,
    ("inventory", "empty"): NOBODY_COUNTS,
}
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


def kinds_of(way: tuple[str, str]) -> tuple[Kind, ...]:
    """The kinds for which it matters how the cloud takes this point."""
    return tuple(kind for kind in Kind if way[0] in (OF_RELEASES if kind is Kind.RELEASE else OF_DATA))


@dataclass(frozen=True)
class HostRun:
    """A run in a host of its own, without Pulumi's CLI."""

    program: Program
    ups: Mapping[Scene, Future[Kept]]

    def is_over(self, scene: Scene) -> bool:
        return self.ups[scene].done()

    def has_shown(self, scene: Scene, text: str) -> bool:
        return scene.name in self.program.shown(text)


@dataclass(frozen=True)
class Killer:
    """Kills a host at boundaries, and has another go on.

    Attributes:
        proxy: What holds the calls.
        versions: What is rolled out in turn; the last one is killed.
        note: Why one start may be made twice, where that cannot be otherwise.
    """

    proxy: HoldingProxy
    versions: tuple[str, ...] = ("1",)
    note: str = ""

    def __call__(self, boundaries: Mapping[Scene, Boundary], standstill: Standstill) -> list[Cell]:
        environment = {"ALICLOUD_EDGE_ENDPOINT": self.proxy.url}
        with DynamicHost(self.proxy.cloud, newest(), environment=environment) as host:
            program = Program(host, boundaries)
            for version in self.versions[:-1]:
                program.finish(program.begin(version))
            for scene, boundary in boundaries.items():
                self.proxy.hold(scene.app_id, boundary)
            ups = program.begin(self.versions[-1])
            run = HostRun(program, dict(zip(boundaries, ups, strict=True)))
            told = bring(run, boundaries, self.proxy, standstill)
            host.process.kill()
            wait(ups)
        return self._finish(program.only(told))

    def _finish(self, program: Program) -> list[Cell]:
        """Run the next up in another process, and judge what has come of it."""
        states = [one.state.outputs["status"] if one.state else "none" for one in program.resources]
        with DynamicHost(self.proxy.cloud, newest()) as host:
            ups = program.run_in(host).begin(self.versions[-1])
            program.finish(ups)
        return [
            judge(
                MATRIX,
                scene,
                self.proxy.lanes[scene.app_id],
                versions=self.versions,
                state=state,
                next_run=self._came_to(scene, up),
                note=self.note,
            )
            for scene, state, up in zip(program.scenes, states, ups, strict=True)
        ]

    def _came_to(self, scene: Scene, up: Future[Kept]) -> str:
        """Return in a word what a run came to; what it keeps for a rollback has to be right as well."""
        if (error := up.exception()) is not None:
            return str(error).partition("\n")[0]
        outputs = up.result().outputs
        if len(self.versions) > 1 and scene.baseline(outputs) != self.versions[-2]:
            return f"baseline {scene.baseline(outputs)}"
        return str(outputs["status"])


@pytest.mark.parametrize(
    "versions",
    [pytest.param(("1",), id="create"), pytest.param(("1", "2"), id="update", marks=pytest.mark.exhaustive)],
)
@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(
            moment,
            id=moment.value,
            # The others are tried in process: tests/operations/test_kills.py.
            marks=[] if moment is Moment.AFTER_SENDING else [pytest.mark.exhaustive],
        )
        for moment in Moment
    ],
)
def test_after_a_kill_at_any_call_the_next_up_finishes_and_starts_nothing_twice(  # noqa: PLR0917
    proxy: HoldingProxy,
    archives: Archives,
    world: dict[str, Any],
    moment: Moment,
    versions: tuple[str, ...],
    record_property: RecordProperty,
) -> None:
    sweep = Sweep(proxy, archives, world, moment)
    settle(record_property, sweep.cells(Killer(proxy, versions)))


@pytest.mark.parametrize("start", [1, 2])
def test_only_a_start_that_the_cloud_does_not_show_yet_is_made_again_and_once(
    proxy: HoldingProxy,
    archives: Archives,
    world: dict[str, Any],
    start: int,
    record_property: RecordProperty,
) -> None:
    proxy.cloud.dialect(visibility="delayed")
    Sweep(proxy, archives, world, Moment.AFTER_SENDING).renew()
    proxy.cloud.advance(10 * HOURS)  # by now it shows what is on the file servers
    boundaries = {
        Scene(kind, number, archives, proxy.cloud): Boundary(Moment.AFTER_SENDING, start, STARTS[kind])
        for number, kind in enumerate((Kind.PUSH, Kind.DIST))
    }

    cells = Killer(proxy, note=NOT_SHOWN_YET)(boundaries, Standstill.AT_THE_END)

    cells = [replace(cell, matrix=f"{cell.matrix}, shown late") for cell in cells]
    settle(record_property, cells)
    assert all(cell.note for cell in cells), "or this shows nothing"


@pytest.mark.exhaustive
@pytest.mark.parametrize("way", [way for way in EVERY_WAY if kinds_of(way)], ids="-".join)
def test_after_a_kill_nothing_starts_twice_however_the_cloud_takes_its_open_points(
    proxy: HoldingProxy,
    archives: Archives,
    world: dict[str, Any],
    way: tuple[str, str],
    record_property: RecordProperty,
) -> None:
    proxy.cloud.dialect(**dict([way]))
    sweep = Sweep(proxy, archives, world, Moment.AFTER_SENDING, kinds_of(way))

    cells = sweep.cells(Killer(proxy, note=NOTES.get(way, "")))

    settle(record_property, [worst(cells, kind, " ".join(way)) for kind in sweep.kinds])


def worst(cells: list[Cell], kind: Kind, way: str) -> Cell:
    """The cell in place of all those of a kind."""
    of_kind = [cell for cell in cells if f": {kind.value}," in cell.matrix]
    cell = max(of_kind, key=lambda cell: (not cell.stands, cell.starts))
    return replace(cell, matrix=f"{MATRIX} after sending, create, by reading", row=way, column=SHORT[kind])
