"""The three kinds of resource in the cloud of these tests: what they ask of it, and what is true there."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from tests.support.clouds import INSTANCES, REGIONS, stock
from tests.support.declarations import Archives, distribution, placed, with_sources
from tests.support.dynamic_host import Kind
from tests.support.emulator import CONTAINER_APP_ID, SMALL_APP_ID, VERSION_IDS, Emulator
from tests.support.sightings import placed_on, pushed_to, runs, serves

ROLLOUT = {"timeout": "4m", "stall_timeout": "3m"}


@dataclass(frozen=True)
class Actions:
    """The calls that a kind makes.

    Attributes:
        product: The product that it asks, as permissions name it.
        start: What begins a rollout.
        status: What is read again and again.
        once: What is read beside it, at the first look.
        remove: What takes it away; empty where nothing can.
    """

    product: str
    start: str
    status: str
    once: tuple[str, ...]
    remove: str = ""

    @property
    def changing(self) -> tuple[str, ...]:
        """The calls that change anything."""
        return (self.start, self.remove) if self.remove else (self.start,)


class Subject(ABC):
    """One kind of resource, with a former and a new version."""

    kind: ClassVar[Kind]
    word: ClassVar[str]
    actions: ClassVar[Actions]
    app_id: ClassVar[str]
    former: ClassVar[str] = "1"
    new: ClassVar[str] = "2"
    regions: ClassVar[int] = len(REGIONS)
    """How many regions its targets are in: something is taken away region by region."""
    whole: ClassVar[Mapping[str, Any]] = {}
    """What a stage says to mean every target."""

    def __init__(self, emulator: Emulator, archives: Archives) -> None:
        self.emulator = emulator
        self.archives = archives

    @abstractmethod
    def inputs(self, version: str, **rollout: Any) -> dict[str, Any]:
        """Return what a program declares."""

    @abstractmethod
    def put(self, version: str) -> None:
        """Have every target run a version, without any call of the provider's."""

    @abstractmethod
    def lose(self) -> None:
        """Have one target lose the former version."""

    @abstractmethod
    def fail(self, version: str) -> None:
        """Have one target fall ill of a version that it runs."""

    @abstractmethod
    def runs(self, version: str) -> bool:
        """Return whether every target runs a version, as is true in the cloud."""

    @abstractmethod
    def is_cleaned(self) -> bool:
        """Return whether nothing is left of it that could be taken away."""

    def prepare(self) -> None:  # noqa: B027 - most need nothing
        """Have in the cloud what a first rollout needs."""


class Push(Subject):
    """A data file onto the file servers of the application's two regions."""

    kind, word = Kind.PUSH, "push"
    app_id = SMALL_APP_ID
    actions = Actions("ens", "PushApplicationData", "DescribeDataPushResult", ("DescribeApplication",))

    def inputs(self, version: str, **rollout: Any) -> dict[str, Any]:
        """Return what a program declares."""
        return with_sources(self.archives.push(self.archives.file(version), rollout={**ROLLOUT, **rollout}))

    def put(self, version: str) -> None:
        """Have the file in every region."""
        stock(self.emulator, version)

    def lose(self) -> None:
        """Have one region lose it."""
        _drift(self.emulator, self.former, REGIONS[1], "ABSENT")

    def fail(self, version: str) -> None:
        """Have one region report it as failed."""
        _drift(self.emulator, version, REGIONS[1], "FAILED")

    def runs(self, version: str) -> bool:
        """Return whether every region has it."""
        return pushed_to(self.emulator, version) == dict.fromkeys(REGIONS, "SUCCESS")

    def is_cleaned(self) -> bool:
        """Return True: nothing can take pushed data away."""
        return True


class Dist(Subject):
    """A data file onto the application's three instances."""

    kind, word = Kind.DIST, "dist"
    app_id = SMALL_APP_ID
    actions = Actions(
        "ens",
        "DistApplicationData",
        "DescribeDataDistResult",
        ("DescribeApplication",),
        remove="CleanDistData",
    )

    def inputs(self, version: str, **rollout: Any) -> dict[str, Any]:
        """Return what a program declares."""
        return distribution(placed(version), rollout={**ROLLOUT, **rollout})

    def prepare(self) -> None:
        """Have both versions on the file servers."""
        stock(self.emulator, self.former, self.new)

    def put(self, version: str) -> None:
        """Have the file on every instance."""
        for instance in INSTANCES:
            _drift(self.emulator, version, instance, "SUCCESS")

    def lose(self) -> None:
        """Have one instance lose it."""
        _drift(self.emulator, self.former, INSTANCES[0], "ABSENT")

    def fail(self, version: str) -> None:
        """Have one instance report it as failed."""
        _drift(self.emulator, version, INSTANCES[0], "FAILED")

    def runs(self, version: str) -> bool:
        """Return whether every instance runs it."""
        there = placed_on(self.emulator, version) == dict.fromkeys(INSTANCES, "SUCCESS")
        return there and runs(self.emulator) == {version}

    def is_cleaned(self) -> bool:
        """Return whether no instance has any version."""
        return not runs(self.emulator)


class Release(Subject):
    """A container version in production."""

    kind, word = Kind.RELEASE, "release"
    whole: ClassVar[Mapping[str, Any]] = {"percentage": 100}
    app_id = CONTAINER_APP_ID
    former, new, _ = VERSION_IDS
    actions = Actions(
        "esa",
        "PublishEdgeContainerAppVersion",
        "GetEdgeContainerAppStatus",
        ("GetEdgeContainerAppVersion", "GetEdgeContainerAppResourceStatus"),
    )

    def inputs(self, version: str, **rollout: Any) -> dict[str, Any]:
        """Return what a program declares."""
        common = {"app_id": CONTAINER_APP_ID, "env": "prod", "version_id": version}
        return {**common, "rollout": {**ROLLOUT, **rollout}}

    def put(self, version: str) -> None:
        """Have production serve a version."""
        self.emulator.drift(app_id=CONTAINER_APP_ID, env="prod", version=version)

    def lose(self) -> None:
        """Have production serve a third version."""
        self.put(VERSION_IDS[2])

    def fail(self, version: str) -> None:  # noqa: ARG002
        """Have production serve a third version: the cloud has no failed release."""
        self.put(VERSION_IDS[2])

    def runs(self, version: str) -> bool:
        """Return whether production serves it."""
        return serves(self.emulator) == version

    def is_cleaned(self) -> bool:
        """Return True: nothing can unpublish a release."""
        return True


SUBJECTS: tuple[type[Subject], ...] = (Push, Dist, Release)


def _drift(emulator: Emulator, version: str, target: str, state: str) -> None:
    emulator.drift(app_id=SMALL_APP_ID, name="assets", version=version, targets=[target], state=state)
