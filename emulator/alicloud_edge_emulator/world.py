"""The world file: accounts, regions, applications and the state in which they begin."""

from datetime import datetime
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from alicloud_edge_emulator.dialect import Dialect
from alicloud_edge_emulator.problems import Refused, explain

Text = Annotated[str, Field(min_length=1)]
Seconds = tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]]
Rate = Annotated[float, Field(ge=0, le=1)]
MAX_INSTANCES = 1_000_000
Instances = dict[str, Annotated[int, Field(ge=0, le=MAX_INSTANCES)] | tuple[Text, ...]]
"""Region to a number of instances, or to their ids."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Key(_Part):
    """An access key and what it may do."""

    id: Text
    secret: Text
    security_token: str | None = None
    expires: AwareDatetime | None = None
    allow: tuple[str, ...] = ("*",)
    """RAM actions, with wildcards: `ens:Describe*`."""

    def expired(self, now: datetime) -> bool:
        """Whether a temporary key has run out."""
        return self.expires is not None and now >= self.expires


class Timing(_Part):
    """How long work takes, in emulated seconds: for each target a draw between the two bounds."""

    push_seconds: Seconds = (1.0, 3.0)
    dist_seconds: Seconds = (1.0, 3.0)
    restart_seconds: Seconds = (0.0, 0.0)
    """POD_RESTARTING after a dist; nothing of it when both are 0."""
    publish_seconds: Seconds = (2.0, 4.0)
    fail_rate: Rate = 0.0
    hang_rate: Rate = 0.0

    @model_validator(mode="after")
    def _ordered(self) -> "Timing":
        for name in ("push_seconds", "dist_seconds", "restart_seconds", "publish_seconds"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name}: the first bound is above the second")
        return self


class Delays(_Part):
    """How long the dialects that delay something do so, in emulated seconds."""

    visibility_seconds: float = Field(2.0, ge=0)
    clean_seconds: float = Field(2.0, ge=0)
    release_fields_seconds: float = Field(1.0, ge=0)


class Region(_Part):
    """An ENS edge node."""

    id: Text
    name: str = ""
    area: str = ""
    province: str = ""
    timing: Timing | None = None


class Application(_Part):
    """An ENS application and its instances by region: a number, or their ids."""

    app_id: Text
    name: Text
    cluster: Text = "default"
    description: str = ""
    stable_version: Text = "v1"
    instances: Instances
    stopped: Instances = {}
    """Those that are stopped at the beginning: so many of a region's, or their ids."""
    timing: Timing | None = None


class VersionStatus(StrEnum):
    """Build state of a container version."""

    CREATING = "creating"
    CREATED = "created"
    FAILED = "failed"


class Behaviour(StrEnum):
    """What the pods of a container version do."""

    HEALTHY = "healthy"
    CRASH_LOOP = "crash_loop"
    IMAGE_PULL_FAILURE = "image_pull_failure"


class ContainerVersion(_Part):
    """A version of an edge container app."""

    version_id: Annotated[str, Field(pattern="^ver-")]
    name: Text
    status: VersionStatus = VersionStatus.CREATED
    behaviour: Behaviour = Behaviour.HEALTHY
    image: str = "nginx:1.27"
    remarks: str = ""


class DeployRegion(_Part):
    """Where an edge container app runs, and on how many replicas.

    The cloud speaks of resources by large regions (`huadong`), and publishes to the provinces in them (`zhejiang`).
    """

    region: Text
    isp: Literal["", "cmcc", "chinanet", "unicom"] = ""
    replicas: Annotated[int, Field(ge=1)] = 1
    provinces: tuple[Text, ...] = ()
    """Those of it that can be published to; none: the region itself can be."""

    @property
    def published_to(self) -> tuple[str, ...]:
        """Return the names by which a release reaches this region."""
        return self.provinces or (self.region,)


class InitialRelease(_Part):
    """The version that an environment serves when the world begins."""

    version_id: str
    percentage: Annotated[int, Field(ge=1, le=100)] = 100


class ContainerApp(_Part):
    """An ESA edge container app."""

    app_id: Annotated[str, Field(pattern=r"^app-\d{16,60}$")]
    name: Text
    remarks: str = ""
    versions: tuple[ContainerVersion, ...] = ()
    regions: tuple[DeployRegion, ...] = ()
    staging: InitialRelease | None = None
    prod: InitialRelease | None = None
    timing: Timing | None = None

    @property
    def provinces(self) -> tuple[str, ...]:
        """Return all names that a release may name as its regions."""
        return tuple(dict.fromkeys(name for region in self.regions for name in region.published_to))


class PlacedData(_Part):
    """Data that is there already: pushed to regions, or distributed to the instances of regions."""

    app_id: str
    name: Text
    version: Text
    regions: tuple[str, ...] | None = None
    instances: tuple[str, ...] | None = None
    state: Literal["SUCCESS", "FAILED"] = "SUCCESS"


class World(_Part):
    """Everything that the emulated cloud begins with."""

    comment: str = ""
    keys: tuple[Key, ...] = (Key(id="emulator", secret="emulator-secret"),)  # noqa: S106 - the public default
    regions: tuple[Region, ...] = ()
    timing: Timing = Timing()
    delays: Delays = Delays()
    fetch_sources: bool = True
    """Whether a push downloads its url and checks it."""
    applications: tuple[Application, ...] = ()
    container_apps: tuple[ContainerApp, ...] = ()
    pushed: tuple[PlacedData, ...] = ()
    distributed: tuple[PlacedData, ...] = ()
    dialect: Dialect = Dialect()

    @model_validator(mode="after")
    def _consistent(self) -> "World":
        regions = _unique("regions", [region.id for region in self.regions])
        _unique("keys", [key.id for key in self.keys])
        apps = _unique("applications", [app.app_id for app in self.applications])
        _unique("container_apps", [app.app_id for app in self.container_apps])
        for app in self.applications:
            _known(f"applications.{app.app_id}.instances", app.instances, regions)
            _check_stopped(app)
        for container_app in self.container_apps:
            _check_releases(container_app)
        for field in ("pushed", "distributed"):
            for data in getattr(self, field):
                _known(f"{field}.app_id", [data.app_id], apps)
                _known(f"{field}.regions", data.regions or (), regions)
        return self


def _unique(what: str, ids: list[str]) -> set[str]:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise ValueError(f"{what}: {name} is there twice")
        seen.add(name)
    return seen


def _known(what: str, names: Any, known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{what}: {name} is not in this world")


def _check_stopped(app: Application) -> None:
    where = f"applications.{app.app_id}.stopped"
    for region, those in app.stopped.items():
        present = app.instances.get(region, ())
        number = present if isinstance(present, int) else len(present)
        if isinstance(those, int) and those > number:
            raise ValueError(f"{where}: {region} has {number} instances only")
        if isinstance(those, tuple):
            _known(where, those, set() if isinstance(present, int) else set(present))


def _check_releases(app: ContainerApp) -> None:
    versions = _unique(f"container_apps.{app.app_id}.versions", [v.version_id for v in app.versions])
    _unique(f"container_apps.{app.app_id}.regions", [f"{r.region} {r.isp}" for r in app.regions])
    for release in (app.staging, app.prod):
        if release is not None:
            _known(f"container_apps.{app.app_id}", [release.version_id], versions)


def parse_world(text: str | bytes) -> World:
    """A world from its JSON.

    Raises:
        Refused: It is no JSON, or no world; the text names every fault with its path.
    """
    try:
        return World.model_validate_json(text)
    except ValidationError as error:
        raise Refused(explain("world", error)) from error


def load_world(path: Path | None) -> World:
    """The world of a file, or the one that comes with the emulator.

    Raises:
        Refused: The file cannot be read or is no world.
    """
    if path is None:
        return parse_world((files(__package__) / "worlds" / "default.json").read_bytes())
    try:
        return parse_world(path.read_bytes())
    except OSError as error:
        raise Refused(f"world: {path}: {error.strerror}") from error
