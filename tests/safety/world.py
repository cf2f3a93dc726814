"""The emulated cloud in this process, with a record of all that was done to it, by whom, and what that moved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Self

import httpx
from starlette.requests import Request
from tests.support.virtual_clock import VirtualLoop, enter, leave
from tests.support.virtual_runtime import LATENCY

from alicloud_edge_emulator.call import Answer, Call
from alicloud_edge_emulator.chance import Dice
from alicloud_edge_emulator.clock import EmulatedClock
from alicloud_edge_emulator.cloud import Cloud as EmulatedCloud
from alicloud_edge_emulator.drift import drift
from alicloud_edge_emulator.ens.applications import describe_application
from alicloud_edge_emulator.ens.commands import CleanDist, SetDist, SetPush, StartDist, StartPush
from alicloud_edge_emulator.ens.product import ENS
from alicloud_edge_emulator.ens.records import Attempt, State
from alicloud_edge_emulator.ens.store import AppState
from alicloud_edge_emulator.ens.tally import running
from alicloud_edge_emulator.esa.commands import SetRelease, StartRelease
from alicloud_edge_emulator.esa.product import ESA
from alicloud_edge_emulator.esa.release_models import Env, current
from alicloud_edge_emulator.faults import Faults
from alicloud_edge_emulator.gateway.connections import Cut, Dropped
from alicloud_edge_emulator.gateway.endpoint import Gateway
from alicloud_edge_emulator.journal import Journal
from alicloud_edge_emulator.ledger import Command, Ledger
from alicloud_edge_emulator.world import World as WorldFile

APP = "app-of-the-fleet"
EDGE_APP = "app-88068867578379000001"
REGIONS = ("r1", "r2", "r3")
NAMES = ("assets", "levels", "maps")
VERSIONS = ("1", "2", "3", "4", "5", "6")
EDGE_VERSIONS = tuple(f"ver-{number}" for number in (1, 2, 3))
STARTING = frozenset({"DistApplicationData", "CleanDistData", "PushApplicationData"})
STARTING_RELEASE = frozenset({"PublishEdgeContainerAppVersion", "RollbackEdgeContainerAppVersion"})

OUTSIDE = "outside"


@dataclass(frozen=True)
class Effect:
    """One change of the cloud.

    Attributes:
        at: The virtual second.
        actor: Which resource's operation was under way: ``stack/name``; `OUTSIDE` for somebody else.
        what: ``start``, ``clean``, ``set``, ``push``, ``release``, ``inventory``.
        name: The data file, or the environment of a release.
        version: Its version.
        region: Where a clean was sent to; None for everywhere.
        before: The targets that it moved or wiped, with the version that each ran before (None for none).
        detail: What else there is to tell.
    """

    at: float
    actor: str
    what: str
    name: str = ""
    version: str = ""
    region: str | None = None
    before: Mapping[str, str | None] = field(default_factory=dict)
    detail: str = ""

    @property
    def unit(self) -> tuple[str, str]:
        """Name and version."""
        return self.name, self.version

    def __str__(self) -> str:
        moved = ", ".join(f"{target} (ran {version or 'nothing'})" for target, version in self.before.items())
        where = f" in {self.region}" if self.region else " everywhere" if self.what == "clean" else ""
        label = f"{self.name}@{self.version}" if self.name else ""
        return f"{self.at:9.2f}  {self.actor}: {self.what} {label}{where} {self.detail}: {moved or 'moves nothing'}"


class _Recorded(EmulatedCloud):
    """The emulated cloud, telling of every change."""

    world_of: World

    def commit(self, command: Command) -> None:
        self.world_of.note(command)
        super().commit(command)


class World:
    """A cloud with one ENS application and one ESA app, its virtual time, and the log of what was done to it.

    Args:
        fleet: Region → the ids of its instances.
        distributed: (name, version, instances) that run already.
        dialect: How the contract's open points are settled.
        seconds: How long a distribution to an instance takes, between these bounds.
        seed: What decides about the timing.
    """

    def __init__(
        self,
        *,
        fleet: Mapping[str, Sequence[str]] | None = None,
        distributed: Sequence[tuple[str, str, Sequence[str]]] = (),
        dialect: Mapping[str, str] | None = None,
        seconds: tuple[float, float] = (1.0, 4.0),
        seed: int = 0,
    ) -> None:
        self.loop = VirtualLoop()
        enter(self.loop)
        self.actor = OUTSIDE
        self.effects: list[Effect] = []
        self.calls: list[tuple[str, str, dict[str, str]]] = []
        self.story: list[str] = []
        self.unserved: dict[str, str] = {}
        """Instances that the inventory lists and that the cloud does not serve, with their regions."""
        self.hidden = False
        """Whether DescribeApplication is denied."""
        fleet = fleet or {region: tuple(f"{region}-{number}" for number in (1, 2, 3)) for region in REGIONS}
        self.places = {each: region for region, those in fleet.items() for each in those}
        """Every instance that there ever was, with its region."""
        document = _document(fleet, distributed, dialect or {}, seconds)
        self._ledger = Ledger(None)
        clock = EmulatedClock(real=self.loop.epoch)
        self.cloud = _Recorded.new(
            WorldFile.model_validate(document), seed=seed, clock=clock, ledger=self._ledger
        )
        assert isinstance(self.cloud, _Recorded)
        self.cloud.world_of = self
        self.faults = Faults(Dice(seed))
        self._met = 0
        operations = {**ENS.operations, "DescribeApplication": self._describe_application}
        self._gateway = Gateway(
            self.cloud, Journal(), self.faults, (replace(ENS, operations=operations), ESA)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        self.loop.drop_tasks()
        self.loop.close()
        self._ledger._db.close()
        leave(self.loop)

    def tell(self, line: str) -> None:
        """Add a line to the story."""
        self.story.append(f"{self.loop.time():9.2f}  {line}")

    @property
    def now(self) -> float:
        """The emulated time."""
        return self.cloud.clock.now()

    @property
    def app(self) -> AppState:
        """The state of the ENS application."""
        return self.cloud.ens.apps[APP]

    @property
    def instances(self) -> dict[str, str]:
        """The instances that are served, with their regions."""
        instances = self.app.instances
        assert isinstance(instances, dict)
        return instances

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.loop.advance(seconds)

    def running(self, name: str, instance: str) -> str | None:
        """Return the version of a data file that an instance runs; None for none."""
        versions = [
            (unit.version, records[instance])
            for unit, records in self.app.versions_of(name)
            if instance in records
        ]
        return running(versions, self.now) or None

    def holds(self, name: str, version: str, instance: str) -> bool:
        """Return whether an instance has an artifact, or is being given it."""
        for unit, records in self.app.versions_of(name):
            if unit.version == version and instance in records:
                return _is_held(records[instance], self.now)
        return False

    def pushed(self, name: str, version: str, region: str) -> bool:
        """Return whether a region's file server has an artifact."""
        for unit, records in self.app.pushes.items():
            if unit == (name, version) and region in records:
                return records[region].state(self.now) is State.SUCCEEDED
        return False

    def served(self, env: str) -> tuple[str, int]:
        """Return the version that an environment has been released, and the share that it has reached."""
        release = current(self.cloud.esa.apps[EDGE_APP].releases.get(Env(env)), self.now)
        return (release.version, release.percentage(self.now)) if release else ("", 0)

    def hanging(self) -> bool:
        """Return whether anything is under way that never ends."""
        records = [*self.app.dists.values(), *self.app.pushes.values()]
        return any(
            attempt.state(self.now) in {State.WORKING, State.RESTARTING} and attempt.finished == float("inf")
            for each in records
            for attempt in each.values()
        )

    def table(self) -> str:
        """Show what every instance runs."""
        lines = []
        for instance, region in self.instances.items():
            runs = ", ".join(
                f"{name}@{version}" for name in NAMES if (version := self.running(name, instance))
            )
            lines.append(f"{instance} in {region}: {runs or 'nothing'}")
        return "\n".join(lines)

    # What happens from outside

    def drift(self, name: str, version: str, targets: Sequence[str], state: str = "SUCCESS") -> None:
        """Have somebody else put instances or regions into a state."""
        drift(
            self.cloud,
            {"app_id": APP, "name": name, "version": version, "targets": list(targets), "state": state},
        )

    def add_instance(self, instance: str, region: str) -> None:
        """Have an instance join."""
        self.instances[instance] = self.places[instance] = region
        self._log(Effect(self.loop.time(), OUTSIDE, "inventory", detail=f"{instance} joins {region}"))

    def remove_instance(self, instance: str) -> None:
        """Have an instance leave; the records of it stay."""
        region = self.instances.pop(instance, None)
        if region is not None:
            self._log(Effect(self.loop.time(), OUTSIDE, "inventory", detail=f"{instance} leaves {region}"))

    def stop_serving(self, instance: str) -> None:
        """Have an instance be listed that starts leave out."""
        region = self.instances.pop(instance, None)
        if region is not None:
            self.unserved[instance] = region
            self._log(
                Effect(self.loop.time(), OUTSIDE, "inventory", detail=f"{instance} is served no longer")
            )

    def serve_again(self, instance: str) -> None:
        """Have a listed instance be served."""
        region = self.unserved.pop(instance, None)
        if region is not None:
            self.instances[instance] = region
            self._log(Effect(self.loop.time(), OUTSIDE, "inventory", detail=f"{instance} is served again"))

    def break_targets(self, *targets: str, hang: bool = False) -> None:
        """Have whatever is started on these targets fail from now on, or hang."""
        effect = "target_hang" if hang else "target_fail"
        self.disturb({"effect": effect, "targets": list(targets)})

    def misread(self, effect: str, *, skip: int = 0, seconds: float = 5.0) -> None:
        """Have one status read show the past (``stale``), or nothing (``empty``)."""
        rule: dict[str, Any] = {"action": "DescribeDataDistResult", "count": 1, "skip": skip}
        if effect == "stale":
            rule |= {"effect": "stale", "seconds": seconds}
        else:
            rule |= {"effect": "answer", "body": {"DistResults": {"DistResult": []}, **EMPTY_PAGE}}
        self.disturb(rule)

    def heal(self) -> None:
        """Have nothing go wrong any more, and what hangs fail."""
        self.disturb()
        for unit, records in self.app.dists.items():
            stuck = [
                instance
                for instance, attempt in records.items()
                if attempt.finished == float("inf")
                and attempt.state(self.now) is not State.DELETED
                and instance in self.instances
            ]
            if stuck:
                self.drift(unit.name, unit.version, stuck, "FAILED")

    def disturb(self, *rules: Mapping[str, Any]) -> None:
        """Have calls meet these faults from now on, in place of those before."""
        self._met += sum(int(rule["met"]) for rule in self.faults.rules())
        self.faults.put(list(rules))

    def is_blind(self) -> bool:
        """Return whether nobody is told which instances there are."""
        return self.hidden or self.cloud.dialect.inventory.value == "empty"

    def met(self) -> int:
        """Count the calls that have met a fault."""
        return self._met + sum(int(rule["met"]) for rule in self.faults.rules())

    # What is recorded

    def note(self, command: Command) -> None:
        """Record a change that is about to be made."""
        match command:
            case StartDist() | SetDist():
                what = "start" if isinstance(command, StartDist) else "set"
                before = {each: self.running(command.name, each) for each in command.targets}
                detail = str(command.state) if isinstance(command, SetDist) else ""
                self._log(self._effect(what, command.name, command.version, before, detail=detail))
            case CleanDist():
                records = self.app.dists.get(command.unit, {})
                wiped = {
                    instance: self.running(command.name, instance)
                    for instance, region in self.instances.items()
                    if instance in records
                    and command.region in {None, region}
                    and _is_held(records[instance], self.now)
                }
                self._log(self._effect("clean", command.name, command.version, wiped, region=command.region))
            case StartPush() | SetPush():
                self._log(self._effect("push", command.name, command.version, dict.fromkeys(command.targets)))
            case StartRelease():
                for env in command.envs:
                    version, share = self.served(env)
                    self._log(self._effect("release", env, command.version, {env: f"{version} at {share} %"}))
            case SetRelease():
                self._log(self._effect("release", command.env, command.version, {}))
            case _:
                pass

    def _effect(
        self,
        what: str,
        name: str,
        version: str,
        before: Mapping[str, str | None],
        *,
        region: str | None = None,
        detail: str = "",
    ) -> Effect:
        return Effect(self.loop.time(), self.actor, what, name, version, region, before, detail)

    def _log(self, effect: Effect) -> None:
        self.effects.append(effect)
        self.story.append(f"           {effect}")

    @contextmanager
    def acting(self, actor: str) -> Iterator[None]:
        """Whatever changes meanwhile is this actor's doing."""
        before, self.actor = self.actor, actor
        try:
            yield
        finally:
            self.actor = before

    def later(self, seconds: float, change: Callable[[], None]) -> asyncio.TimerHandle:
        """Have something happen from outside after so many seconds, whatever is under way then."""

        def happen() -> None:
            with self.acting(OUTSIDE):
                change()

        return self.loop.call_later(seconds, happen)

    # How calls reach it

    def _describe_application(self, cloud: EmulatedCloud, call: Call) -> Answer:
        if self.hidden:
            from alicloud_edge_emulator.errors import ApiError

            raise ApiError(403, "NoPermission", "You are not authorized to do this operation.")
        served = dict(self.instances)
        self.instances.update(self.unserved)
        try:
            return describe_application(cloud, call)
        finally:
            self.instances.clear()
            self.instances.update(served)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one call of the cloud API."""
        body = request.content
        selector = {
            "type": "http",
            "method": request.method,
            "path": request.url.path,
            "raw_path": request.url.raw_path,
            "root_path": "",
            "scheme": "http",
            "query_string": request.url.query,
            "headers": [(key.lower(), value) for key, value in request.headers.raw],
            "server": ("127.0.0.1", 8787),
            "client": ("127.0.0.1", 1),
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        response = await self._gateway.serve(Request(selector, receive))
        if isinstance(response, Dropped | Cut):
            raise httpx.ReadError("the connection was reset", request=request)
        return httpx.Response(
            response.status_code, headers=response.raw_headers, content=bytes(response.body), request=request
        )


EMPTY_PAGE = {"PageNumber": 1, "PageSize": 100, "TotalCount": 0}


def _is_held(attempt: Attempt, now: float) -> bool:
    """Return whether an artifact is on a target, or on its way there."""
    under_way = attempt.state(now) in {State.SUCCEEDED, State.WORKING, State.RESTARTING}
    return under_way or attempt.arrival(now) is not None


class Wire(httpx.AsyncBaseTransport):
    """Carries one process's calls to the world. The process may die at one of them.

    Args:
        world: Where they go.
        kill_at: The number of the call at which the process dies, counted from 0; None for never.
        kill_after: Whether that call still has its effect.
    """

    def __init__(self, world: World, kill_at: int | None = None, *, kill_after: bool = False) -> None:
        self._world = world
        self._left = kill_at
        self._after = kill_after
        self.is_dead = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one call."""
        action = request.headers["x-acs-action"]
        dies = self._left == 0
        if self._left is not None:
            self._left -= 1
        if self.is_dead or (dies and not self._after):
            await self._die()
        await asyncio.sleep(LATENCY)
        self._world.calls.append((self._world.actor, action, dict(request.url.params)))
        response = await self._world.answer(request)
        if dies:
            await self._die()
        return response

    async def _die(self) -> None:
        self.is_dead = True
        asyncio.get_running_loop().stop()
        await asyncio.Event().wait()


def _document(
    fleet: Mapping[str, Sequence[str]],
    distributed: Sequence[tuple[str, str, Sequence[str]]],
    dialect: Mapping[str, str],
    seconds: tuple[float, float],
) -> dict[str, Any]:
    """Return the world file."""
    return {
        "regions": [{"id": region} for region in dict.fromkeys((*REGIONS, *fleet))],
        "timing": {"dist_seconds": seconds, "push_seconds": seconds, "publish_seconds": (2.0, 4.0)},
        "fetch_sources": False,
        "applications": [
            {
                "app_id": APP,
                "name": "fleet",
                "instances": {region: list(instances) for region, instances in fleet.items()},
            }
        ],
        "container_apps": [
            {
                "app_id": EDGE_APP,
                "name": "web",
                "versions": [{"version_id": each, "name": each} for each in EDGE_VERSIONS],
                "regions": [{"region": "r1"}],
                "prod": {"version_id": EDGE_VERSIONS[0]},
            }
        ],
        "pushed": [
            {
                "app_id": APP,
                "name": name,
                "version": version,
                "regions": list(dict.fromkeys((*REGIONS, *fleet))),
            }
            for name in NAMES
            for version in VERSIONS
        ],
        "distributed": [
            {"app_id": APP, "name": name, "version": version, "instances": list(instances)}
            for name, version, instances in distributed
        ],
        "dialect": dict(dialect),
    }
