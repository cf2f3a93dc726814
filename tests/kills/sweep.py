"""Goes through all boundaries of all calls of staged rollouts, with many of them held by one run.

What is held in the middle of a stage has to be found there by the next run: so time stands still in the cloud,
except where those that are not held yet wait for a stage to end. One run brings out the boundaries up to one
standstill; those beyond it are for the runs after it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from tests.support.clouds import HOURS
from tests.support.declarations import Archives
from tests.support.dynamic_host import Kind, eventually
from tests.support.holding_proxy import Boundary, HoldingProxy, Moment
from tests.support.matrix import Cell
from tests.support.staged import APPS, SLOW, Scene, as_time_goes_by, many_apps

AT_A_TIME = APPS // len(Kind)
"""So many boundaries of a kind are tried by one run."""
RUN_SECONDS = 60.0
DELAYS = {"visibility_seconds": 5 * HOURS}
"""Longer, where starts show late, than a run takes to come to the next start, and shorter than one waits for it."""


class Standstill(Enum):
    """Where rollouts are left that are not held before."""

    IN_FIRST_STAGE = 1
    IN_SECOND_STAGE = 2
    AT_THE_END = 3


class Run(Protocol):
    """A run of a program, as its display shows it."""

    def is_over(self, scene: Scene) -> bool:
        """Whether a rollout has come to its end."""
        ...

    def has_shown(self, scene: Scene, text: str) -> bool:
        """Whether the line of a rollout has held a text."""
        ...


Kill = Callable[[Mapping[Scene, Boundary], Standstill], list[Cell]]
"""Rolls out until all are held or at a standstill, kills, runs the next up, and judges what was held."""


@dataclass(frozen=True)
class Sweep:
    """All boundaries of one moment.

    Attributes:
        proxy: What holds the calls.
        archives: Where data files come from.
        world: The cloud's world, for each run anew.
        moment: Where each call is held.
        kinds: What is rolled out.
    """

    proxy: HoldingProxy
    archives: Archives
    world: Mapping[str, Any]
    moment: Moment
    kinds: tuple[Kind, ...] = tuple(Kind)

    def cells(self, kill: Kill) -> list[Cell]:
        """Try all boundaries, and give what came of each."""
        tried: Counter[Kind] = Counter()
        cells = []
        for standstill in Standstill:
            self.renew()
            boundaries = self._boundaries(tried)
            cells += kill(boundaries, standstill)
            held = Counter(scene.kind for scene in boundaries if self.proxy.lanes[scene.app_id].is_reached)
            assert max(held.values(), default=0) < AT_A_TIME, (
                "none was left at the standstill: more are to be tried at a time"
            )
            tried += held
        return cells

    def renew(self) -> None:
        """Begin the world anew, in the dialect that it is in, and hold nothing yet."""
        self.proxy.lanes.clear()
        cloud = self.proxy.cloud
        dialect = cloud.state()["dialect"]
        cloud.world(many_apps(self.world, timing=SLOW, delays=DELAYS, dialect=dialect))
        cloud.clear_calls()

    def _boundaries(self, tried: Mapping[Kind, int]) -> dict[Scene, Boundary]:
        return {
            Scene(kind, row * AT_A_TIME + number, self.archives, self.proxy.cloud): Boundary(
                self.moment, tried[kind] + 1 + number
            )
            for row, kind in enumerate(self.kinds)
            for number in range(AT_A_TIME)
        }


def bring(run: Run, scenes: Iterable[Scene], proxy: HoldingProxy, to: Standstill) -> list[Scene]:
    """Wait until each rollout is held, or over, or at a standstill; give those of which a cell is to tell."""
    scenes = list(scenes)

    def are_at(text: str) -> bool:
        halted = (
            proxy.lanes[s.app_id].is_reached or run.is_over(s) or run.has_shown(s, text) for s in scenes
        )
        return all(halted)

    match to:
        case Standstill.IN_FIRST_STAGE:
            eventually(lambda: are_at("stage 1 of"), timeout=RUN_SECONDS)
        case Standstill.IN_SECOND_STAGE:
            as_time_goes_by(proxy.cloud, lambda: are_at("baking"), timeout=RUN_SECONDS)
            eventually(lambda: are_at("stage 2 of"), timeout=RUN_SECONDS)
        case Standstill.AT_THE_END:
            as_time_goes_by(proxy.cloud, lambda: are_at("nothing"), timeout=RUN_SECONDS)
    held = [scene for scene in scenes if proxy.lanes[scene.app_id].is_reached]
    over = {scene.kind: scene for scene in scenes if run.is_over(scene) and scene not in held}
    return [*held, *over.values()]
