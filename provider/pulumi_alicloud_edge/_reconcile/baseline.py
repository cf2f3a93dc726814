"""What each target ran when a rollout began, so that a rollback restores that and nothing else (S3).

For each name and target, the baseline is the version that it ran, nothing, or unknown. It is recorded at the last look
before the first start of a target, kept through failed and interrupted runs, and dropped after a success. A completed
rollback drops it for what it has restored, and for nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from pulumi_alicloud_edge._model.observation import Artifact, Observation, newest_record, running_versions
from pulumi_alicloud_edge._model.policy import Everywhere, Selector
from pulumi_alicloud_edge._model.selection import Belongs, belongs_to_any, is_within
from pulumi_alicloud_edge._model.stored_selection import read_selection, write_selection

EXCEPTIONS_KEPT = 200
"""Targets and regions that a stored baseline names one by one; what does not fit becomes unknown."""


class Before(Enum):
    """Why no version is known that a target ran."""

    NOTHING = "nothing"
    UNKNOWN = "unknown"


Former = str | Before
"""A version, or why there is none."""


@dataclass
class Baseline:
    """What targets ran before, by name of what is rolled out.

    Attributes:
        of_targets: For each name, target → what it ran.
        of_regions: For each name, region → what its targets ran, except those in `of_targets`.
        of_others: For each name, what all other targets ran.
        others_within: For each name, the selection to which `of_others` applies. Without an entry, it applies to all
            that is selected.
        rolled_back: For each name, the selection that a rollback has restored since: what is stored does not apply
            to its targets.
        selection: What is selected now; empty where that does not matter.
        beside: For each name, what those selected targets ran at the first start that it did not start.
        attempted: For each name, the versions that this rollout has started, through all its runs.
        since: For each name, the cloud's time of the newest record when the rollout began: a record that is not
            newer was there before, even if it shows only since a newer version was cleaned.
    """

    of_targets: dict[str, dict[str, Former]] = field(default_factory=dict)
    of_regions: dict[str, dict[str, Former]] = field(default_factory=dict)
    of_others: dict[str, Former] = field(default_factory=dict)
    others_within: dict[str, tuple[Selector, ...]] = field(default_factory=dict)
    rolled_back: dict[str, tuple[Selector, ...]] = field(default_factory=dict)
    selection: tuple[Selector, ...] = ()
    beside: dict[str, dict[str, Former]] = field(default_factory=dict)
    attempted: dict[str, set[str]] = field(default_factory=dict)
    since: dict[str, str] = field(default_factory=dict)

    def note(
        self,
        artifacts: Iterable[Artifact],
        targets: Iterable[str],
        observation: Observation,
        *,
        all_meant: bool = True,
    ) -> None:
        """Record what targets run that are about to be started; what is recorded already stays.

        A target without a record of any version of the name ran nothing. One that runs a version which this rollout
        has not started ran that version, whatever the others ran.

        Args:
            artifacts: What is about to be started.
            targets: Where.
            observation: What the cloud shows.
            all_meant: Whether these are all targets of the start; if not, the others have no record, and ran
                nothing.
        """
        targets = tuple(targets)
        for artifact in artifacts:
            known = self.of_targets.setdefault(artifact.name, {})
            running = running_versions(observation, artifact.name)
            seen = set().union(*observation.versions_of(artifact.name).values())
            ours = {artifact.version, *self.attempted.get(artifact.name, ())}
            for target in targets:
                if target in known:
                    continue
                runs = running.get(target)
                covered = self._is_covered(artifact.name, target, observation.regions)
                if target in seen and (runs is None or runs in ours) and covered is not Belongs.NO:
                    known[target] = self.before(artifact.name, target, observation.regions)
                else:
                    known[target] = self.beside.get(artifact.name, {}).get(target, runs or Before.NOTHING)
            if not all_meant:
                self.of_others.setdefault(artifact.name, Before.NOTHING)

    def note_beside(
        self, artifacts: Iterable[Artifact], targets: Iterable[str], observation: Observation
    ) -> None:
        """Record what all selected targets run before the first start of a rollout, whichever targets it starts.

        This covers targets that already run what is desired, and those of later stages that this run does not
        reach. What an earlier run has recorded takes precedence.
        """
        targets = tuple(targets)
        for artifact in artifacts:
            running = running_versions(observation, artifact.name)
            self.since.setdefault(artifact.name, newest_record(observation, artifact.name))
            known = self.beside.setdefault(artifact.name, {})
            for target in targets:
                if self._is_covered(artifact.name, target, observation.regions) is Belongs.NO:
                    known.setdefault(target, running.get(target, Before.NOTHING))

    def _is_covered(self, name: str, target: str, regions: Mapping[str, str]) -> Belongs:
        """Return whether the stored common answer applies to a target."""
        if name not in self.of_others or self._is_restored(name, target, regions):
            return Belongs.NO
        within = self.others_within.get(name)
        if within is None or is_within(self.selection, within):
            return Belongs.YES
        return belongs_to_any(within, target, regions.get(target, ""))

    def _is_restored(self, name: str, target: str, regions: Mapping[str, str]) -> bool:
        """Return whether a rollback may have restored a target since the baseline was stored."""
        restored = self.rolled_back.get(name, ())
        return belongs_to_any(restored, target, regions.get(target, "")) is not Belongs.NO

    def note_started(self, artifacts: Iterable[Artifact]) -> None:
        """Note that this rollout has started these."""
        for artifact in artifacts:
            self.attempted.setdefault(artifact.name, set()).add(artifact.version)

    def before(self, name: str, target: str, regions: Mapping[str, str]) -> Former:
        """Return what a target ran of a name.

        Args:
            name: The name.
            target: The target.
            regions: Target → its region, as far as known.
        """
        for known in (self.of_targets, self.beside):
            if target in (of_name := known.get(name, {})):
                return of_name[target]
        if self._is_restored(name, target, regions):
            return Before.UNKNOWN
        covered = self._is_covered(name, target, regions) is Belongs.YES
        others = self.of_others[name] if covered else Before.UNKNOWN
        of_regions = self.of_regions.get(name, {})
        if of_regions and not regions.get(target):
            return Before.UNKNOWN  # it may be in one of those
        return of_regions.get(regions.get(target, ""), others)

    def targets(self) -> frozenset[str]:
        """Return the targets that have an entry of their own."""
        return frozenset().union(*self.of_targets.values())

    def versions(self, name: str) -> frozenset[str]:
        """Return the versions that targets ran of a name."""
        formers = {*self.of_targets.get(name, {}).values(), *self.of_regions.get(name, {}).values()}
        formers.add(self.of_others.get(name, Before.UNKNOWN))
        return frozenset(former for former in formers if isinstance(former, str))

    def __bool__(self) -> bool:
        """Whether anything was noted."""
        return bool(self.of_targets or self.of_others)


def stored_baseline(
    baseline: Baseline, regions: Mapping[str, str], selection: tuple[Selector, ...] = ()
) -> dict[str, Any]:
    """Return a baseline in a form for the state whose size does not grow with the fleet.

    The most common answer of each name applies to all targets without an entry. The others are listed by region where
    a whole region has the same answer, else one by one.

    Args:
        baseline: What is known.
        regions: Target → its region, as far as known.
        selection: What the rollout selects.
    """
    names: dict[str, Any] = {}
    for name in sorted({*baseline.of_targets, *baseline.of_others, *baseline.beside, *baseline.attempted}):
        of_targets = {**baseline.beside.get(name, {}), **baseline.of_targets.get(name, {})}
        counts = Counter(of_targets.values())
        others = baseline.of_others.get(name) or (counts.most_common(1)[0][0] if counts else Before.UNKNOWN)
        within = baseline.others_within.get(name, selection)
        apart = frozenset() if is_within(selection, within) else _outside(within, of_targets, regions)
        exceptions = _exceptions(of_targets, baseline.of_regions.get(name, {}), others, regions, apart)
        names[name] = {
            "others": _write(Before.UNKNOWN if exceptions is None else others),
            "exceptions": exceptions or [],
            "attempted": sorted(baseline.attempted.get(name, ())),
            "since": baseline.since.get(name, ""),
        }
        if within:
            names[name]["within"] = write_selection(within)
        restored = baseline.rolled_back.get(name)
        if restored and not (regions and _is_noted(restored, of_targets, regions)):
            names[name]["rolled_back"] = write_selection(restored)
    return names


def after_rollback(
    stored: Any, names: Collection[str], selection: tuple[Selector, ...], regions: Mapping[str, str]
) -> dict[str, Any]:
    """Return the part of a stored baseline that a completed rollback has not restored.

    That is the baseline of other names, and of targets that only an earlier run selected.

    Args:
        stored: What `stored_baseline` returned, or anything else.
        names: The names of what was rolled back.
        selection: What it selected.
        regions: Target → its region, as far as known.
    """
    rest: dict[str, Any] = {}
    for name, entry in stored.items() if isinstance(stored, dict) else ():
        if name not in names:
            rest[name] = entry
            continue
        within = read_selection(entry.get("within")) if isinstance(entry, dict) else None
        if within is None or is_within(within, selection):
            continue
        restored = tuple(dict.fromkeys((*(read_selection(entry.get("rolled_back")) or ()), *selection)))
        exceptions = [
            {**each, "targets": sorted(_outside(restored, _texts(each.get("targets")), regions))}
            for each in entry.get("exceptions") or ()
        ]
        rest[name] = {**entry, "exceptions": exceptions, "rolled_back": write_selection(restored)}
    return rest


def read_baseline(stored: Any, selection: tuple[Selector, ...] = ()) -> Baseline:
    """Read a stored baseline as far as possible: what is damaged or missing is unknown.

    Args:
        stored: What `stored_baseline` returned, or anything else.
        selection: What the rollout selects now.
    """
    baseline = Baseline(selection=selection)
    for name, entry in stored.items() if isinstance(stored, dict) else ():
        if not isinstance(entry, dict):
            continue
        baseline.of_others[name] = _read(entry.get("others"))
        if "within" in entry and selection:
            if within := read_selection(entry["within"]):
                baseline.others_within[name] = within
            else:
                baseline.of_others[name] = Before.UNKNOWN
        if "rolled_back" in entry:
            baseline.rolled_back[name] = read_selection(entry["rolled_back"]) or (Everywhere(),)
        if isinstance(since := entry.get("since"), str):
            baseline.since[name] = since
        attempted = entry.get("attempted")
        baseline.attempted[name] = {str(v) for v in attempted} if isinstance(attempted, list) else set()
        exceptions = entry.get("exceptions")
        if not isinstance(exceptions, list) or not all(isinstance(each, dict) for each in exceptions):
            baseline.of_others[name] = Before.UNKNOWN  # the exceptions cannot be identified any more
            exceptions = []
        for exception in exceptions:
            former = _read(exception.get("ran"))
            of_regions = dict.fromkeys(_texts(exception.get("regions")), former)
            baseline.of_regions.setdefault(name, {}).update(of_regions)
            of_targets = dict.fromkeys(_texts(exception.get("targets")), former)
            baseline.of_targets.setdefault(name, {}).update(of_targets)
    return baseline


def _exceptions(
    of_targets: Mapping[str, Former],
    of_regions: Mapping[str, Former],
    others: Former,
    regions: Mapping[str, str],
    apart: Collection[str],
) -> list[dict[str, Any]] | None:
    """Return what differs from the common answer, which does not apply to targets ``apart``; None for too many.

    A region has one answer only where all its targets have entries: a target that joined since does not change the
    answer that an earlier run recorded for the region.
    """
    by_region: dict[str, set[Former | None]] = {}
    for target, region in regions.items():
        by_region.setdefault(region, set()).add(of_targets.get(target))
    whole = {
        region: former
        for region, formers in by_region.items()
        if region and len(formers) == 1 and (former := next(iter(formers))) is not None
    }
    answers = {**of_regions, **whole}
    found: dict[Former, tuple[set[str], set[str]]] = {}
    for region, former in answers.items():
        if former != others:
            found.setdefault(former, (set(), set()))[0].add(region)
    for target, former in of_targets.items():
        region = regions.get(target, "")
        if former != answers.get(region, others) or (not region and answers) or target in apart:
            found.setdefault(former, (set(), set()))[1].add(target)
    if sum(len(rs) + len(ts) for rs, ts in found.values()) > EXCEPTIONS_KEPT:
        return None
    return [
        {"ran": _write(former), "regions": sorted(in_regions), "targets": sorted(in_targets)}
        for former, (in_regions, in_targets) in sorted(found.items(), key=lambda item: str(_write(item[0])))
    ]


def _is_noted(
    selectors: tuple[Selector, ...], of_targets: Mapping[str, Former], regions: Mapping[str, str]
) -> bool:
    """Return whether all targets of a selection have an entry of their own."""
    return all(
        t in of_targets for t, r in regions.items() if belongs_to_any(selectors, t, r) is not Belongs.NO
    )


def _outside(
    within: tuple[Selector, ...], targets: Iterable[str], regions: Mapping[str, str]
) -> frozenset[str]:
    """Return the targets that are not certainly within a selection."""
    return frozenset(t for t in targets if belongs_to_any(within, t, regions.get(t, "")) is not Belongs.YES)


def _write(former: Former) -> dict[str, str] | str:
    return {"version": former} if isinstance(former, str) else former.value


def _read(value: Any) -> Former:
    if isinstance(value, dict) and isinstance(value.get("version"), str):
        return str(value["version"])
    return Before.NOTHING if value == Before.NOTHING.value else Before.UNKNOWN


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
