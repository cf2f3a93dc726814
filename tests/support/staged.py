"""Staged rollouts of all kinds, each of an application of its own, so that many can go on side by side."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Self, TypeVar, assert_never

from tests.support.clouds import HOURS, REGIONS
from tests.support.declarations import Archives, distribution, placed, with_sources
from tests.support.dynamic_host import DynamicHost, Kept, Kind, Managed, eventually
from tests.support.emulator import VERSION_IDS, Emulator
from tests.support.stack import Declared

T = TypeVar("T")
APPS = 42
BAKE = "0.3s"
PUSHED, PLACED = "levels", "assets"
"""The data file that is pushed, and the one that is distributed, which lies on the file servers already."""
STAGES = 2
"""Each rollout has so many, and each of them takes one call to start."""
STARTS = {
    Kind.PUSH: "PushApplicationData",
    Kind.DIST: "DistApplicationData",
    Kind.RELEASE: "PublishEdgeContainerAppVersion",
}
SLOW = {
    timing: [HOURS, HOURS]
    for timing in ("push_seconds", "dist_seconds", "restart_seconds", "publish_seconds")
}
FIRST = ("i-1",)
"""The instances of the first stage."""
INSTANCES = {REGIONS[0]: FIRST, REGIONS[1]: ("i-2", "i-3")}
CANARY = [{"key": "region_id", "operator": "In", "values": [REGIONS[0]]}]


@dataclass(frozen=True)
class Scene:
    """A rollout in two stages with a bake between them.

    Attributes:
        kind: What is rolled out.
        number: Which application it is of, from 0.
        archives: Where its data files come from.
        emulator: The cloud.
        bake: How long the first stage is watched.
    """

    kind: Kind
    number: int
    archives: Archives
    emulator: Emulator
    bake: str = BAKE

    @property
    def app_id(self) -> str:
        return _container_app(self.number) if self.kind is Kind.RELEASE else _data_app(self.number)

    def inputs(self, version: str) -> dict[str, Any]:
        """What a program declares: the first or the second version, ``"1"`` or ``"2"``."""
        match self.kind:
            case Kind.PUSH:
                stages: list[dict[str, Any]] = [{"regions": [REGIONS[0]], "bake": self.bake}, {}]
                file = self.archives.file(version, PUSHED)
                return self.archives.push(file, app_id=self.app_id, rollout={"stages": stages})
            case Kind.DIST:
                stages = [{"match": CANARY, "bake": self.bake}, {}]
                return distribution(placed(version, PLACED), app_id=self.app_id, rollout={"stages": stages})
            case Kind.RELEASE:
                stages = [{"percentage": 10, "bake": self.bake}, {"percentage": 100}]
                what = {"app_id": self.app_id, "version_id": VERSION_IDS[int(version) - 1], "env": "prod"}
                return {**what, "rollout": {"stages": stages}}
        assert_never(self.kind)

    def as_sent(self, version: str) -> dict[str, Any]:
        """The same as the engine sends it to the provider."""
        inputs = self.inputs(version)
        return with_sources(inputs) if self.kind is Kind.PUSH else inputs

    def declared(self, version: str) -> Declared:
        """The same as a resource of a program."""
        return Declared(self.kind, self.name, self.inputs(version))

    @property
    def name(self) -> str:
        """What its resource is called."""
        return f"it-{self.number}"

    def starts(self) -> int:
        """How many calls have started anything for it: those that the cloud has taken."""
        calls = self.emulator.calls(STARTS[self.kind])
        return sum(call["app_id"] == self.app_id and call["status"] == 200 for call in calls)

    def targets(self) -> Counter[str]:
        """How many targets have which version in the end, where everything else is a fault."""
        match self.kind:
            case Kind.PUSH:
                units = [unit for unit in self.emulator.app(self.app_id)["pushed"] if unit["name"] == PUSHED]
                states = [(unit["version"], state) for unit in units for state in unit["regions"].values()]
                return Counter(v if state == "SUCCESS" else f"{v} {state}" for v, state in states)
            case Kind.DIST:
                running = self.emulator.app(self.app_id)["running"].get(PLACED, {})
                return sum((Counter(versions) for versions in running.values()), Counter())
            case Kind.RELEASE:
                prod = self.emulator.container_app(self.app_id)["environments"]["prod"]
                return Counter({_release_number(prod["DeployedVersion"]): prod["PublishPercentage"]})
        assert_never(self.kind)

    def baseline(self, outputs: Mapping[str, Any]) -> str:
        """The version that outputs name as the one to go back to."""
        if self.kind is Kind.RELEASE:
            return _release_number(outputs["baseline_version"])
        return str(outputs["baseline"].get(PUSHED if self.kind is Kind.PUSH else PLACED, ""))

    def everywhere(self, *versions: str) -> Counter[str]:
        """What `targets` are to be; of a push, all versions lie side by side."""
        match self.kind:
            case Kind.PUSH:
                return Counter(dict.fromkeys(versions, len(INSTANCES)))
            case Kind.DIST:
                return Counter({versions[-1]: sum(map(len, INSTANCES.values()))})
            case Kind.RELEASE:
                return Counter({versions[-1]: 100})
        assert_never(self.kind)


class Program:
    """The staged rollouts that one stack declares, over several runs.

    Args:
        host: The provider's process of the first run.
        scenes: What is rolled out.
    """

    def __init__(self, host: DynamicHost, scenes: Iterable[Scene]) -> None:
        self.host = host
        self.scenes = list(scenes)
        self.resources = [Managed(host, scene.kind, scene.name) for scene in self.scenes]
        self._lines_before = 0

    def run_in(self, host: DynamicHost) -> Self:
        """Have the next run in another process."""
        self.host = host
        for resource in self.resources:
            resource.host = host
        return self

    def begin(self, version: str = "1") -> list[Future[Kept]]:
        """Begin what `pulumi up` does for each of them."""
        self._lines_before = len(self.host.lines)
        pairs = zip(self.resources, self.scenes, strict=True)
        return [_begin(resource, scene.as_sent(version)) for resource, scene in pairs]

    def only(self, scenes: Iterable[Scene]) -> Self:
        """Go on with some of them only."""
        chosen = set(scenes)
        pairs = list(zip(self.scenes, self.resources, strict=True))
        self.resources = [resource for scene, resource in pairs if scene in chosen]
        self.scenes = [scene for scene in self.scenes if scene in chosen]
        return self

    def shown(self, text: str = "stage ") -> set[str]:
        """The names of those whose line has held a text in this run; by default, that of waiting for the cloud."""
        urns = {line.urn for line in self.host.lines[self._lines_before :] if text in line.text}
        return {urn.rpartition("::")[2] for urn in urns}

    def finish(self, ups: list[Future[Kept]]) -> None:
        """Wait for the end of all; time stands still in the cloud until each has seen how things are."""
        ends = list(zip(self.scenes, ups, strict=True))
        eventually(lambda: all(up.done() or scene.name in self.shown() for scene, up in ends))
        as_time_goes_by(self.scenes[0].emulator, lambda: all(up.done() for up in ups))


def _begin(resource: Managed, inputs: Mapping[str, Any]) -> Future[Kept]:
    return resource.host.begin(lambda: resource.up(inputs))


def many_apps(world: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    """The world with many applications alike; what is to be distributed is on their file servers already."""
    container_app = world["container_apps"][0]
    apps = [{"app_id": _data_app(n), "name": f"app-{n}", "instances": INSTANCES} for n in range(APPS)]
    pushed = [
        {"app_id": app["app_id"], "name": PLACED, "version": version}
        for app in apps
        for version in ("1", "2")
    ]
    return {
        **world,
        "applications": apps,
        "container_apps": [{**container_app, "app_id": _container_app(n)} for n in range(APPS)],
        "pushed": pushed,
        **changed,
    }


def as_time_goes_by(emulator: Emulator, condition: Callable[[], T], *, timeout: float = 30.0) -> T:
    """Wait until something is true while work that is `SLOW` goes on in the cloud: it does at no other time."""

    def moved() -> T:
        emulator.advance(HOURS / 20)
        return condition()

    return eventually(moved, timeout=timeout)


def _data_app(number: int) -> str:
    return f"e76f8985-7965-41fc-925b-{number:012d}"


def _container_app(number: int) -> str:
    return f"app-{number:020d}"


def _release_number(version_id: str) -> str:
    return str(VERSION_IDS.index(version_id) + 1) if version_id else ""
