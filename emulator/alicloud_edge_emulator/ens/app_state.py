"""The state of one ENS application: its regions and instances, and the records of its data."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from alicloud_edge_emulator.ens.records import Attempt, Unit
from alicloud_edge_emulator.world import Application

Records = dict[str, Attempt]
"""Target to its newest attempt."""


@dataclass(slots=True)
class AppState:
    """One application: what the world says of it, its inventory, and the records of its data."""

    spec: Application
    regions: list[str]
    """The regions in which the application is, in the order in which it came there."""
    instances: dict[str, str]
    """Instance to its region: all that DescribeApplication lists, stopped ones too."""
    stopped: set[str]
    """Instances that are listed and not served."""
    removed: dict[str, str] = field(default_factory=dict)
    """Former instances and their regions, as long as there are records of them."""
    pushes: dict[Unit, Records] = field(default_factory=dict)
    dists: dict[Unit, Records] = field(default_factory=dict)
    touched: set[tuple[str, str]] = field(default_factory=set)
    """Data files and instances on which something was done since they were last taken from here."""

    def served(self) -> Mapping[str, str]:
        """Return the instances that a dist or a clean reaches, each with its region."""
        if not self.stopped:
            return self.instances
        return {
            instance: region for instance, region in self.instances.items() if instance not in self.stopped
        }

    def region_of(self, instance: str) -> str | None:
        """Return the region of an instance, also of a former one; None where it never was."""
        return self.instances.get(instance, self.removed.get(instance))

    def versions_of(self, name: str) -> list[tuple[Unit, Records]]:
        """The distributed versions of a data file."""
        return [(unit, records) for unit, records in self.dists.items() if unit.name == name]

    def newest(self, name: str, instance: str) -> tuple[Unit, Attempt] | None:
        """The last thing that was done with a data file on an instance, whichever the version."""
        found = [(unit, records[instance]) for unit, records in self.versions_of(name) if instance in records]
        return max(found, key=lambda item: item[1].touched, default=None)

    def in_place_of(self, unit: Unit, instance: str, now: float) -> tuple[Unit, Attempt] | None:
        """The other version that came after a unit on an instance: was started later, or else arrived later."""
        newest = self.newest(unit.name, instance)
        if newest is not None and newest[0] != unit:
            return newest
        arrived = [
            (arrival, other, records[instance])
            for other, records in self.versions_of(unit.name)
            if instance in records and (arrival := records[instance].arrival(now)) is not None
        ]
        _, last, attempt = max(arrived, default=(None, unit, None), key=lambda item: item[0] or (0.0, 0.0))
        return None if last == unit or attempt is None else (last, attempt)


def begin_app(spec: Application) -> AppState:
    """Return an application as the world file describes it, without data."""
    instances: dict[str, str] = {}
    for region, those in spec.instances.items():
        ids = those if isinstance(those, tuple) else tuple(_numbered(spec.app_id, region, those))
        instances.update(dict.fromkeys(ids, region))
    stopped: set[str] = set()
    for region, those in spec.stopped.items():
        here = [instance for instance, where in instances.items() if where == region]
        stopped.update(those if isinstance(those, tuple) else here[:those])
    return AppState(spec, list(spec.instances), instances, stopped)


def new_instance_ids(app: AppState, region: str, count: int) -> tuple[str, ...]:
    """Return ids for instances that are added to a region: the next ones that were never in use there."""
    used = app.instances.keys() | app.removed.keys()
    many = _numbered(app.spec.app_id, region, len(used) + count)
    return tuple(instance for instance in many if instance not in used)[:count]


def instance_id(app_id: str, region: str, number: int | str) -> str:
    """Return an id in the cloud's form, the same for the same arguments."""
    digest = blake2b(f"{app_id} {region} {number}".encode(), digest_size=10).hexdigest()
    return f"i-5{digest}"


def _numbered(app_id: str, region: str, count: int) -> Iterator[str]:
    return (instance_id(app_id, region, number) for number in range(count))


def touch(app: AppState, instances: Iterable[str]) -> None:
    """Note that something was done on instances, with every data file that has a record there."""
    targets = set(instances)
    for unit, records in app.dists.items():
        app.touched.update((unit.name, instance) for instance in targets & records.keys())
