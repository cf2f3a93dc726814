"""How many instances are where with which data, counted so that a look at a large fleet stays cheap."""

from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush
from math import inf
from typing import NamedTuple, Self

from alicloud_edge_emulator.ens.records import Attempt, State
from alicloud_edge_emulator.ens.store import AppState

Versions = list[tuple[str, Attempt]]
"""The versions of one data file on one instance, each with its newest attempt."""


class Standing(NamedTuple):
    """Where an instance is with a data file: what was last done there, and what it runs meanwhile."""

    version: str
    state: State
    runs: str
    """The version that it runs; empty when there is none."""
    reason: str
    """Why it failed."""


class Place(NamedTuple):
    """A data file in a region."""

    name: str
    region: str


def standing(versions: Versions, now: float) -> Standing:
    """Where an instance is. What was removed or overtaken gives way to what the instance runs."""
    version, newest = versions[0] if len(versions) == 1 else max(versions, key=lambda item: item[1].touched)
    state, runs = newest.state(now), running(versions, now)
    if runs and state in {State.SUCCEEDED, State.DELETED}:
        return Standing(runs, State.SUCCEEDED, runs, "")
    return Standing(version, state, runs, newest.description(now) if state is State.FAILED else "")


def running(versions: Iterable[tuple[str, Attempt]], now: float) -> str:
    """The version that arrived last."""
    arrivals = [
        (arrival, version) for version, attempt in versions if (arrival := attempt.arrival(now)) is not None
    ]
    return max(arrivals)[1] if arrivals else ""


class Tally:
    """The instances of an application by data file, region and standing.

    What an instance will be when is fixed with its last command. So each is looked at when its next change is
    due and not before: a look costs what has changed since the one before it. A command makes a new tally
    necessary.
    """

    def __init__(self, app: AppState, now: float) -> None:
        self._app = app
        self._revision = app.revision
        self._counts: dict[Place, Counter[Standing]] = {}
        self._due: list[tuple[float, int, _Member]] = []
        for name in dict.fromkeys(unit.name for unit in app.dists):
            for instance, versions in versions_by_instance(app, name).items():
                place = Place(name, app.instances.get(instance, ""))
                self._count(_Member(place, versions, standing(versions, now)), now)
        heapify(self._due)

    @classmethod
    def of(cls, app: AppState, former: Self | None, now: float) -> Self:
        """A tally of an application as it is now: the former one, while no command has changed anything."""
        if former is not None and former._app is app and former._revision == app.revision:  # noqa: SLF001
            return former
        return cls(app, now)

    def look(self, now: float) -> Mapping[Place, Counter[Standing]]:
        """The counts at a moment, which is never before that of the last look."""
        changed = []
        while self._due and self._due[0][0] <= now:
            _, _, member = heappop(self._due)
            counts = self._counts[member.place]
            counts[member.standing] -= 1
            if not counts[member.standing]:
                del counts[member.standing]
            changed.append(member)
        for member in changed:
            self._count(member._replace(standing=standing(member.versions, now)), now, ordered=True)
        return self._counts

    def _count(self, member: "_Member", now: float, *, ordered: bool = False) -> None:
        self._counts.setdefault(member.place, Counter())[member.standing] += 1
        due = min((attempt.next_change(now) for _, attempt in member.versions), default=inf)
        if due == inf:
            return
        # The number only decides between equal moments: members have no order of their own.
        entry = (due, id(member), member)
        if ordered:
            heappush(self._due, entry)
        else:
            self._due.append(entry)


class _Member(NamedTuple):
    """An instance and how it was counted."""

    place: Place
    versions: Versions
    standing: Standing


def versions_by_instance(app: AppState, name: str) -> dict[str, Versions]:
    """For each instance that has records of a data file, its versions."""
    found: dict[str, Versions] = {}
    for unit, records in app.versions_of(name):
        for instance, attempt in records.items():
            found.setdefault(instance, []).append((unit.version, attempt))
    return found
