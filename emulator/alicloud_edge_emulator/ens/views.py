"""What the describes show of the records: the dialect's choices about reading, each in one place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf

from alicloud_edge_emulator.dialect import Clean, Dialect, Enumeration, Superseded, Visibility
from alicloud_edge_emulator.ens.app_state import AppState, Records
from alicloud_edge_emulator.ens.records import Attempt, State, Unit
from alicloud_edge_emulator.world import Delays


@dataclass(frozen=True, slots=True)
class Seen:
    """One target's record as a reader sees it."""

    target: str
    state: State
    started: float
    updated: float
    description: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One unit and the records seen of it."""

    unit: Unit
    targets: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Lens:
    """A reader's moment and the dialect that it reads under."""

    now: float
    dialect: Dialect
    delays: Delays

    def look(self, target: str, attempt: Attempt) -> Seen | None:
        """What is seen of a target whose newest attempt this is."""
        shown = self._shown(attempt)
        if shown is None:
            return None
        now = self._moment_for(shown)
        state = shown.state(now)
        if state is State.DELETED and self.dialect.clean is Clean.VANISHES:
            return None
        return Seen(target, state, shown.started, shown.changed(now), shown.description(now))

    def _shown(self, attempt: Attempt) -> Attempt | None:
        """The newest attempt that shows by now: dialects `visibility` and `enumeration`."""
        shown: Attempt | None = attempt
        while shown is not None and self.now < self._shows_from(shown):
            shown = shown.previous
        return shown

    def _shows_from(self, attempt: Attempt) -> float:
        delayed = self.dialect.visibility is Visibility.DELAYED
        shows = attempt.started + (self.delays.visibility_seconds if delayed else 0)
        return max(shows, attempt.appears) if self.dialect.enumeration is Enumeration.AS_BEGUN else shows

    def _moment_for(self, attempt: Attempt) -> float:
        """The moment at which to read an attempt: before its cleaning as long as that does not show."""
        if self.dialect.clean is Clean.LATER and self.now < attempt.cleaned + self.delays.clean_seconds:
            return min(self.now, _just_before(attempt.cleaned))
        return self.now


def see_pushes(app: AppState, lens: Lens) -> Iterator[Entry]:
    """Everything that was pushed for an application."""
    for unit, records in app.pushes.items():
        yield _entry(unit, records, lens)


def see_dists(app: AppState, lens: Lens) -> Iterator[Entry]:
    """Everything that was distributed to an application's instances."""
    running = None if lens.dialect.superseded is Superseded.KEPT else running_versions(app, lens)
    for unit, records in app.dists.items():
        entry = _entry(unit, records, lens)
        yield entry if running is None else _without_superseded(entry, running, lens)


def running_versions(app: AppState, lens: Lens) -> Mapping[tuple[str, str], tuple[float, float, str]]:
    """For (name, instance), the newest success: when it ended, when it started, and which version."""
    newest: dict[tuple[str, str], tuple[float, float, str]] = {}
    for unit, records in app.dists.items():
        for seen in _entry(unit, records, lens).targets:
            if seen.state is State.SUCCEEDED:
                key = (unit.name, seen.target)
                newest[key] = max(
                    newest.get(key, (-inf, -inf, "")), (seen.updated, seen.started, unit.version)
                )
    return newest


def _entry(unit: Unit, records: Records, lens: Lens) -> Entry:
    looks = (lens.look(target, attempt) for target, attempt in records.items())
    return Entry(unit, tuple(seen for seen in looks if seen is not None))


def _without_superseded(
    entry: Entry, running: Mapping[tuple[str, str], tuple[float, float, str]], lens: Lens
) -> Entry:
    """Dialect `superseded`: an older version's success gives way to the newer one's."""
    kept: list[Seen] = []
    for seen in entry.targets:
        ended, _, version = running.get((entry.unit.name, seen.target), (0.0, 0.0, entry.unit.version))
        if seen.state is not State.SUCCEEDED or version == entry.unit.version:
            kept.append(seen)
        elif lens.dialect.superseded is Superseded.DELETED:
            kept.append(Seen(seen.target, State.DELETED, seen.started, ended, ""))
    return Entry(entry.unit, tuple(kept))


def _just_before(moment: float) -> float:
    return moment - 1e-3
