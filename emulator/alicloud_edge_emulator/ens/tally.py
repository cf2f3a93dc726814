"""How many instances are where with which data, counted so that a look at a large fleet stays cheap."""

from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import NamedTuple

from alicloud_edge_emulator.ens.app_state import AppState, Records
from alicloud_edge_emulator.ens.records import Attempt, State, Unit

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


class _Member(NamedTuple):
    """An instance and how it was counted."""

    place: Place
    versions: Versions
    standing: Standing


class Tally:
    """The instances of an application by data file, region and standing.

    What an instance will be when is fixed by the last command about it. So each is looked at after a command
    and when its next change is due, and not in between: a look costs what has changed since the one before.
    """

    def __init__(self, app: AppState) -> None:
        self.app = app
        self._counts: dict[Place, Counter[Standing]] = {}
        self._members: dict[tuple[str, str], _Member] = {}
        self._due: list[tuple[float, int, tuple[str, str], _Member]] = []
        self._entries = count()

    def look(self, now: float) -> Mapping[Place, Counter[Standing]]:
        """The counts at a moment, which is never before that of the last look."""
        touched, self.app.touched = self.app.touched, set()
        versions = {name: self.app.versions_of(name) for name in {name for name, _ in touched}}
        for name, instance in touched:
            self._recount((name, instance), _on(instance, versions[name]), now)
        while self._due and self._due[0][0] <= now:
            _, _, key, member = heappop(self._due)
            if self._members.get(key) is member:
                self._recount(key, member.versions, now)
        return self._counts

    def _recount(self, key: tuple[str, str], versions: Versions, now: float) -> None:
        former = self._members.pop(key, None)
        if former is not None:
            counts = self._counts[former.place]
            counts[former.standing] -= 1
            if not counts[former.standing]:
                del counts[former.standing]
        if not versions:
            return
        name, instance = key
        member = _Member(Place(name, self.app.instances.get(instance, "")), versions, standing(versions, now))
        self._members[key] = member
        self._counts.setdefault(member.place, Counter())[member.standing] += 1
        due = min(attempt.next_change(now) for _, attempt in versions)
        if due < inf:
            # The running number decides between equal moments: members have no order of their own.
            heappush(self._due, (due, next(self._entries), key, member))


def _on(instance: str, records_of: list[tuple[Unit, Records]]) -> Versions:
    return [(unit.version, records[instance]) for unit, records in records_of if instance in records]


def versions_by_instance(app: AppState, name: str) -> dict[str, Versions]:
    """For each instance that has records of a data file, its versions."""
    found: dict[str, Versions] = {}
    for unit, records in app.versions_of(name):
        for instance, attempt in records.items():
            found.setdefault(instance, []).append((unit.version, attempt))
    return found
