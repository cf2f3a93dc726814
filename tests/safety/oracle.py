"""The laws. They know what was done to the cloud, what each program declares, and nothing of how the provider thinks.

A law is judged by effects: what a resource's operation really moved or wiped. What somebody else did is no fault
of it, and where knowledge was lost for good (a process was killed before it could store anything) it may leave
things alone.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.safety.engine import DIST, PUSH, RELEASE, Judge, Operation, Stack
from tests.safety.world import OUTSIDE, Effect, World

from alicloud_edge_emulator.ens.records import State

LAWS = {
    "S1": "only its own",
    "S2": "declared stays",
    "S3": "a rollback restores what this rollout changed, and nothing else",
    "S4": "unknown is not covered",
    "S5": "bad news is checked before it destroys",
    "S6": "the inventory moves",
    "S7": "quiet after success",
    "S8": "what is left behind is remembered",
    "line": "every destructive act leaves one kept line",
    "healthy": "where nothing goes wrong, an up succeeds",
    "preview": "a preview and a refresh change nothing",
}
IN_PLACE = frozenset({"converged", "degraded"})
TOLD_LINES = int(os.environ.get("SAFETY_TOLD", "60"))
TOLD_BREACHES = 6
LOOK_MAY_BE_OLD = 10.0
"""Seconds that a look may be old which resources share while changes are only being considered."""
SHOWN_WITHIN = 60.0
"""Seconds after which the cloud shows whatever was done to it."""

Inputs = Mapping[str, Any]
Spot = tuple[str, str]
"""A data file and an instance."""


class BrokenLawError(AssertionError):
    """A law has been broken. The text is the story up to there.

    Attributes:
        laws: Which ones.
    """

    def __init__(self, broken: Iterable[tuple[str, str]], world: World) -> None:
        found = list(dict.fromkeys(broken))
        self.laws = tuple(dict.fromkeys(law for law, _ in found))
        told = [f"{law} ({LAWS[law]}): {what}" for law, what in found[:TOLD_BREACHES]]
        if len(found) > TOLD_BREACHES:
            told.append(f"and {len(found) - TOLD_BREACHES} more")
        story = "\n".join(world.story[-TOLD_LINES:])
        super().__init__("\n".join([*told, "", "The story:", story, "", "The cloud now:", world.table()]))


@dataclass
class Known:
    """What the oracle knows of one resource.

    Attributes:
        declared: Everything it was ever asked to be.
        put: The artifacts that it started itself, with the instances, since it was made.
        baseline: What each instance ran when the rollout under way began; None between rollouts.
        touched: What the rollout under way has changed.
        disturbed: What others have changed since it began.
        is_hazy: Whether a process of the rollout under way was killed.
        lines: All lines that it has ever kept.
    """

    declared: list[Inputs] = field(default_factory=list)
    put: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    baseline: dict[Spot, str | None] | None = None
    touched: set[Spot] = field(default_factory=set)
    disturbed: set[Spot] = field(default_factory=set)
    is_hazy: bool = False
    lines: list[str] = field(default_factory=list)
    release: tuple[str, int] | None = None


class Oracle(Judge):
    """Holds every operation against the laws.

    Args:
        laws: Which ones; all by default.

    Attributes:
        tried: How often the precondition of each law was met.
        is_broken: Whether a law has been broken.
    """

    def __init__(self, *laws: str) -> None:
        self.laws = frozenset(laws or LAWS)
        self.tried: Counter[str] = Counter()
        self._known: dict[str, Known] = {}
        self._quiet: dict[str, int] = {}
        self._seen = 0
        self._broken: list[tuple[str, str]] = []
        self.is_broken = False

    # What the engine tells

    def before(self, operation: Operation, world: World) -> None:
        """An operation begins: note what others have done since, and what is there."""
        self._note_others(world)
        known = self._known.setdefault(operation.actor, Known())
        if operation.kind == DIST and operation.run == "up":
            names = [item["name"] for item in operation.inputs["data"]]
            if known.baseline is None:
                known.baseline, known.touched, known.is_hazy = {}, set(), False
                known.disturbed = set(_moved_by_others(operation, world))
            for name in names:
                for instance in (*world.instances, *world.unserved):
                    known.baseline.setdefault((name, instance), world.running(name, instance))
        if operation.kind == RELEASE and known.release is None:
            known.release = world.served(operation.inputs["env"])

    def after(self, operation: Operation, world: World) -> None:
        """An operation has ended: judge it."""
        known = self._known.setdefault(operation.actor, Known())
        if operation.what in {"create", "update"}:
            known.declared.append(operation.inputs)
        known.lines += operation.lines
        for effect in operation.effects:
            self._judge_effect(operation, effect, known, world)
        self._note_others(world)
        self._judge_calm(operation, world)
        match operation.kind:
            case k if k == DIST:
                self._judge_dist(operation, known, world)
            case k if k == PUSH:
                self._judge_push(operation, world)
            case _:
                self._judge_release(operation, known, world)
        broken, self._broken = self._broken, []
        if broken:
            self.is_broken = True
            raise BrokenLawError(broken, world)
        self._close_books(operation, known, world)

    def _close_books(self, operation: Operation, known: Known, world: World) -> None:
        if operation.killed:
            self._forget(operation, known)
        lasts = operation.what in {"create", "update", "same", "read"} and operation.status in IN_PLACE
        if lasts and not operation.error and not operation.killed:
            known.baseline, known.release = None, None
        if operation.status == "rolled_back" and known.baseline is not None:
            # What it has left after all, it has said. What it did not select, it has not restored.
            over = {spot for spot in known.baseline if _is_selected(operation, spot, world)}
            known.disturbed -= over
            known.baseline = {spot: ran for spot, ran in known.baseline.items() if spot not in over} or None
        gone = operation.outputs is None and operation.what in {"read", "delete"}
        if gone and not operation.error and not operation.killed:
            self._known.pop(operation.actor, None)

    def after_run(self, stack: Stack, operations: list[Operation], *, whole: bool) -> None:
        """A run has ended."""
        fine = all(
            not each.error
            and not each.killed
            and not each.interrupted
            and (each.outputs is None or each.status in IN_PLACE)
            for each in operations
        )
        met = any(each.met for each in operations) or _others_interfere(stack, operations)
        if whole and operations and operations[0].run == "up" and fine and not met:
            self._quiet[stack.name] = len(stack.world.effects)
        elif operations and operations[0].run in {"up", "destroy"}:
            self._quiet.pop(stack.name, None)

    def renamed(self, actor: str, new: str) -> None:
        """A resource goes on under another name."""
        if actor in self._known:
            self._known[new] = self._known.pop(actor)

    def edited(self, stack: str) -> None:
        """A program has changed, or what its calls meet: its next run may have something to do."""
        self._quiet.pop(stack, None)

    def disturbed(self) -> None:
        """Something in the cloud has changed that leaves no effect in the log."""
        self._quiet.clear()

    # The laws

    def _judge_effect(self, operation: Operation, effect: Effect, known: Known, world: World) -> None:
        self._hold(
            "preview",
            operation.run in {"up", "destroy"} and operation.what not in {"look", "read", "same", "refuse"},
            f"{operation.actor} changed something by a mere {operation.what}: {effect}",
        )
        if operation.kind != DIST:
            return
        regions = world.places
        if effect.what == "clean":
            self._hold("S1", effect.region is not None, f"a clean that names no region: {effect}")
        forgets = effect.what == "clean" and world.cloud.dialect.superseded.value != "kept"
        for instance, before in effect.before.items():
            if forgets and before != effect.version:
                continue  # below another version, where the cloud shows nobody that it is there
            region = regions.get(instance, "")
            self._judge_own(operation, effect, known, instance, region)
            self._judge_declared(operation, effect, instance, region)
            self._judge_restored(operation, effect, known, instance, region)
            spot = (effect.name, instance)
            known.touched.add(spot)
            if effect.what == "start" and _names(operation.inputs).get(effect.name) == effect.version:
                known.put.setdefault(effect.unit, set()).add(instance)
        if effect.what == "clean" and effect.before:
            named = any(f"{effect.name}@{effect.version}" in line for line in operation.lines)
            if not operation.killed:
                self._hold("line", named, f"{effect} wiped {len(effect.before)} without a line that says so")

    def _judge_own(
        self, operation: Operation, effect: Effect, known: Known, instance: str, region: str
    ) -> None:
        """S1: inside the selection, or inside the one that it had when it put the artifact there."""
        now = operation.what in {"create", "update"} and _names(operation.inputs).get(effect.name) is not None
        inside = now and selects(operation.inputs, instance, region)
        if effect.what == "clean":
            had = [*known.declared, *([operation.inputs] if operation.what != "delete" else [])]
            inside |= any(
                _names(each).get(effect.name) == effect.version and selects(each, instance, region)
                for each in had
            )
        verb = "wiped" if effect.what == "clean" else "moved"
        self._hold(
            "S1",
            inside,
            f"{operation.actor} {verb} {instance} in {region}, which it never selected with "
            f"{effect.name}@{effect.version}: {effect}",
        )

    def _judge_declared(self, operation: Operation, effect: Effect, instance: str, region: str) -> None:
        """S2: what another resource of the program declares there stays."""
        for other, (kind, inputs) in operation.protected.items():
            if kind != DIST or inputs.get("app_id") != operation.inputs.get("app_id"):
                continue
            version = _names(inputs).get(effect.name)
            if version is None or not selects(inputs, instance, region):
                continue
            takes = version == effect.version if effect.what == "clean" else version != effect.version
            self._hold(
                "S2",
                not takes,
                f"{operation.actor} took away {effect.name}@{version} on {instance} in {region}, which {other} "
                f"declares: {effect}",
            )

    def _judge_restored(
        self, operation: Operation, effect: Effect, known: Known, instance: str, region: str
    ) -> None:
        """S3, as far as one effect can tell: what ran the desired version before the first start is left alone."""
        if operation.what not in {"create", "update"} or known.baseline is None:
            return
        desired = _names(operation.inputs).get(effect.name)
        spot = (effect.name, instance)
        if spot in known.disturbed or desired is None or not selects(operation.inputs, instance, region):
            return
        if known.baseline.get(spot) != desired:
            return
        takes = desired == effect.version if effect.what == "clean" else desired != effect.version
        self._hold(
            "S3",
            not takes,
            f"{instance} ran {effect.name}@{desired} before the rollout began, and the rollback took it away: "
            f"{effect}",
        )

    def _judge_dist(self, operation: Operation, known: Known, world: World) -> None:
        if operation.killed:
            return
        if operation.status == "rolled_back" and operation.what in {"create", "update"}:
            self._judge_rollback(operation, known, world)
        if operation.status == "converged" and operation.what in {"create", "update", "same", "read"}:
            self._judge_convergence(operation, world)
        self._judge_one_bad_read(operation, world)
        if operation.what in {"update", "delete"} and not operation.error:
            self._judge_left_behind(operation, known, world)

    def _judge_rollback(self, operation: Operation, known: Known, world: World) -> None:
        assert known.baseline is not None
        for (name, instance), before in known.baseline.items():
            region = world.instances.get(instance)
            spot = (name, instance)
            if region is None or spot in known.disturbed or not selects(operation.inputs, instance, region):
                continue
            if _names(operation.inputs).get(name) is None:
                continue
            runs = world.running(name, instance)
            spared = (
                known.is_hazy
                or (before is None and _is_named(operation.lines, name, runs))
                or _is_declared_beside(operation, name, instance, region)
            )
            self._hold(
                "S3",
                runs == before or spared,
                f"{operation.actor} was rolled back, and {instance} runs {name}@{runs}; before the rollout began "
                f"it ran {before or 'nothing'}",
            )

    def _judge_convergence(self, operation: Operation, world: World) -> None:
        if operation.met:
            return  # it may have read the past: that is no proof, but no lie either
        blind = world.hidden or world.cloud.dialect.inventory.value == "empty"
        if blind and operation.what in {"same", "read"}:
            return  # nothing tells of an instance that has joined since
        lately = operation.began - (LOOK_MAY_BE_OLD if operation.what == "same" else 0.0)
        if any(e.actor == OUTSIDE and e.at >= lately for e in world.effects):
            return
        if _is_in_flight(operation, world):
            return
        lacking = [
            f"{instance} runs {name}@{world.running(name, instance)}"
            for instance, region in world.instances.items()
            if selects(operation.declared, instance, region)
            for name, version in _names(operation.declared).items()
            if world.running(name, instance) != version
            and not _was_lost_unseen(operation, world, name, instance)
            and not _is_accepted(operation, world, name, instance)
        ]
        self._hold(
            "S4",
            not lacking,
            f"{operation.actor} is said to have converged after its {operation.what}, and {'; '.join(lacking)}",
        )

    def _judge_one_bad_read(self, operation: Operation, world: World) -> None:
        """S5: one stale or empty read alone leads to nothing that destroys."""
        rules = world.faults.rules()
        alone = len(rules) == 1 and rules[0]["effect"] in {"stale", "answer"} and operation.met == 1
        takes_any = (
            world.cloud.dialect.selector.value == "any"
        )  # else a stage may be refused, and rolled back
        if not alone or not takes_any or any(effect.actor != operation.actor for effect in operation.during):
            return
        if operation.what == "read":
            held = [
                instance
                for instance, region in world.instances.items()
                for name, version in _names(operation.inputs).items()
                if selects(operation.inputs, instance, region) and world.running(name, instance) == version
            ]
            self._hold(
                "S5",
                operation.outputs is not None or not held,
                f"{operation.actor} is said to be gone after one {rules[0]['effect']} read",
            )
        elif operation.what in {"create", "update"}:
            self._hold(
                "S5",
                operation.status != "rolled_back" or _may_not_displace(operation, world),
                f"{operation.actor} was rolled back after one {rules[0]['effect']} read: {operation.error}",
            )

    def _judge_left_behind(self, operation: Operation, known: Known, world: World) -> None:
        """S8: of what it put anywhere, nothing is left outside of what it declares now, unless a line says so."""
        if operation.what == "update" and operation.status not in IN_PLACE:
            return
        cleans = operation.inputs if operation.what == "update" else operation.olds
        if cleans.get("on_delete", "clean") != "clean":
            known.put.clear()  # what is left behind on purpose is nobody's any more
            return
        declared = _names(operation.inputs) if operation.what == "update" else {}
        for (name, version), instances in known.put.items():
            for instance in sorted(instances):
                region = world.instances.get(instance)
                if region is None or (name, instance) in known.disturbed:
                    continue
                if name in declared and selects(operation.inputs, instance, region):
                    continue
                if _was_forgotten(world, name, version, instance):
                    instances.discard(instance)
                    continue
                if _is_declared_beside(operation, name, instance, region):
                    continue
                self._hold(
                    "S8",
                    not world.holds(name, version, instance) or _is_named(known.lines, name, version),
                    f"{operation.actor} left {name}@{version} on {instance} in {region}, and no line says so",
                )

    def _judge_calm(self, operation: Operation, world: World) -> None:
        """S7, and that an operation with which nothing interferes does not fail."""
        quiet = self._quiet.get(operation.stack)
        if quiet is not None and operation.run == "up" and operation.what != "refuse":
            since = world.effects[quiet:]
            if all(effect.actor.startswith(f"{operation.stack}/") for effect in since) and not operation.met:
                # Without an inventory a name that is new to the stack has to be started to be sure of it (S4).
                lacked = all(
                    before != effect.version
                    for effect in operation.effects
                    for before in effect.before.values()
                )
                made_sure = operation.what == "create" and lacked and world.is_blind()
                self._hold(
                    "S7",
                    not operation.starts or made_sure,
                    f"{operation.actor} made {operation.starts} starts or cleans right after a success",
                )
        at_ease = (
            not operation.met
            and not operation.interrupted
            and not operation.killed
            and not world.hanging()
            and operation.what not in {"refuse", "look"}
            and world.cloud.dialect.selector.value == "any"
            and not (operation.kind == RELEASE and world.met())
            and not any(effect.what != "inventory" for effect in operation.during if effect.actor == OUTSIDE)
            and not _selects_nobody(operation, world)
            and not _may_not_displace(operation, world)
            and not _only_unserved_hold_it(operation, world)
        )
        if at_ease:
            moves = any(effect.what == "inventory" for effect in operation.during)
            law = "S6" if moves else "healthy"
            self._hold(law, not operation.error, f"{operation.actor} failed: {operation.error}")

    def _judge_push(self, operation: Operation, world: World) -> None:
        regions = operation.inputs.get("regions")
        for effect in operation.effects:
            for region in effect.before:
                self._hold("S1", regions is None or region in regions, f"pushed to {region}: {effect}")
        if operation.status == "converged" and not operation.met and operation.what != "delete":
            lacking = [
                f"{region} lacks {name}@{version}"
                for region in regions or sorted(set(world.instances.values()))
                for item in operation.inputs["data"]
                if not world.pushed(name := item["name"], version := item["version"], region)
            ]
            self._hold("S4", not lacking, f"{operation.actor}: {'; '.join(lacking)}")

    def _judge_release(self, operation: Operation, known: Known, world: World) -> None:
        if operation.killed or operation.what not in {"create", "update", "same", "read"}:
            return
        env = operation.inputs["env"]
        version, share = world.served(env)
        disturbed = any(effect.actor == OUTSIDE for effect in operation.during)
        if operation.status == "rolled_back" and known.release and not disturbed:
            before, had = known.release
            fine = (version, share) == (before, had)
            self._hold(
                "S3",
                fine,
                f"{env} serves {version} at {share} %; before it served {before} at {had} %",
            )
        if operation.status == "converged" and not operation.met and not disturbed:
            stages = (operation.declared.get("rollout") or {}).get("stages") or [{}]
            asked = stages[-1].get("percentage") or operation.declared.get("percentage") or 100
            fine = version == operation.declared["version_id"] and share == asked
            self._hold(
                "S4",
                fine,
                f"{env} serves {version} at {share} %; declared is {operation.declared['version_id']} at {asked} %",
            )

    # The oracle's own books

    @staticmethod
    def _forget(operation: Operation, known: Known) -> None:
        """What a process that was killed had done, no state can tell."""
        known.is_hazy = True
        for effect in operation.effects:
            if effect.what == "start":
                known.put.get(effect.unit, set()).difference_update(effect.before)

    def _hold(self, law: str, is_kept: object, what: str) -> None:
        if law not in self.laws:
            return
        self.tried[law] += 1
        if not is_kept:
            self._broken.append((law, what))

    def _note_others(self, world: World) -> None:
        """Whatever somebody changes disturbs the rollouts of all others."""
        new, self._seen = world.effects[self._seen :], len(world.effects)
        for effect in new:
            for actor, known in self._known.items():
                if actor != effect.actor:
                    known.disturbed.update((effect.name, instance) for instance in effect.before)
                if effect.what == "set":
                    for instance in effect.before:
                        known.put.get(effect.unit, set()).discard(instance)


def _is_selected(operation: Operation, spot: Spot, world: World) -> bool:
    """Return whether a resource declares a name on an instance; one that has gone counts as selected."""
    name, instance = spot
    region = world.instances.get(instance)
    return name in _names(operation.inputs) and (
        region is None or selects(operation.inputs, instance, region)
    )


def _was_forgotten(world: World, name: str, version: str, instance: str) -> bool:
    """Return whether the cloud shows no record of what another version has displaced: then nobody can clean it."""
    forgets = world.cloud.dialect.superseded.value != "kept"
    return forgets and world.running(name, instance) not in {None, version}


def _is_declared_beside(operation: Operation, name: str, instance: str, region: str) -> bool:
    """Return whether another resource of the program declares a data file on an instance."""
    return any(
        kind == DIST and name in _names(inputs) and selects(inputs, instance, region)
        for kind, inputs in operation.protected.values()
    )


def _is_in_flight(operation: Operation, world: World) -> bool:
    """Return whether somebody else has just changed what the cloud may show only later."""
    dialect = world.cloud.dialect
    late = dialect.visibility.value == "delayed" or dialect.clean.value == "later"
    since = world.loop.time() - SHOWN_WITHIN
    return late and any(e.at >= since and e.actor != operation.actor for e in world.effects)


def _moved_by_others(operation: Operation, world: World) -> Iterator[Spot]:
    """Return what somebody else has started so lately that it may arrive only now."""
    since = world.loop.time() - SHOWN_WITHIN
    for effect in world.effects:
        if effect.at >= since and effect.actor != operation.actor:
            yield from ((effect.name, instance) for instance in effect.before)


def _was_lost_unseen(operation: Operation, world: World, name: str, instance: str) -> bool:
    """Return whether nobody can know that an instance lacks something that has been rolled out before.

    Without an inventory one that shows no record of the name may not exist; and one that was left out of a start
    and comes back shows no difference until somebody starts it again.
    """
    if operation.what == "create":
        return False
    unserved = (operation.outputs or {}).get("__unserved") or {}
    if any(instance in those for those in unserved.values()):
        return True
    olds, region = operation.olds, world.places[instance]
    if _names(olds).get(name) != _names(operation.declared).get(name) or not selects(olds, instance, region):
        return False
    shown = any(
        instance in records and records[instance].state(world.now) is not State.DELETED
        for _, records in world.app.versions_of(name)
    )
    return world.is_blind() and not shown


def _is_accepted(operation: Operation, world: World, name: str, instance: str) -> bool:
    """Return whether a target has failed since the rollout, within the budget: that is no drift (rule 5)."""
    version = _names(operation.declared)[name]
    failed = any(
        unit.version == version and instance in records and records[instance].state(world.now) is State.FAILED
        for unit, records in world.app.versions_of(name)
    )
    stages = (operation.inputs.get("rollout") or {}).get("stages") or [{}]
    allows = stages[-1].get("max_failed") or (operation.inputs.get("rollout") or {}).get("max_failed")
    return operation.what == "same" and failed and bool(allows)


def _only_unserved_hold_it(operation: Operation, world: World) -> bool:
    """Return whether a removal has failed for instances alone that no clean reaches."""
    subject, still, _ = operation.error.partition(" still on ")
    units = re.findall(r"(\w+)@(\w+)", subject)
    return bool(still) and not any(world.holds(*unit, each) for unit in units for each in world.instances)


def _others_interfere(stack: Stack, operations: list[Operation]) -> bool:
    """Return whether somebody else changed something during a run, or so shortly before that it arrives only then."""
    since = min((each.began for each in operations), default=0.0) - SHOWN_WITHIN
    return any(e.at >= since and not e.actor.startswith(f"{stack.name}/") for e in stack.world.effects)


def _selects_nobody(operation: Operation, world: World) -> bool:
    """Return whether a stage of a distribution has no instance that is served."""
    if operation.kind != DIST:
        return False
    whole = operation.inputs.get("match")
    stages = (operation.inputs.get("rollout") or {}).get("stages") or [{}]
    return any(
        not any(_fits(stage.get("match") or whole, *each) for each in world.instances.items())
        for stage in stages
    )


def _may_not_displace(operation: Operation, world: World) -> bool:
    """Return whether the cloud moves nothing back below a newer version that has to stay, or shows nothing of it."""
    if operation.kind != DIST or world.cloud.dialect.redist.value != "ignored":
        return False
    forgets = (
        world.cloud.dialect.superseded.value == "vanishes"
        and "the cloud shows no record of it" in operation.error
    )
    return forgets or any(" stays on " in line for line in operation.lines)


def selects(inputs: Inputs, instance: str, region: str) -> bool:
    """Return whether a distribution's inputs select an instance: one of its stages does."""
    whole = inputs.get("match")
    stages = (inputs.get("rollout") or {}).get("stages") or [{}]
    return any(_fits(stage.get("match") or whole, instance, region) for stage in stages)


def _fits(match: Iterable[Mapping[str, Any]] | None, instance: str, region: str) -> bool:
    def holds(expression: Mapping[str, Any]) -> bool:
        subject = region if expression["key"] == "region_id" else instance
        is_in = subject in expression["values"]
        return is_in if expression["operator"] == "In" else not is_in

    return all(holds(expression) for expression in match or ())


def _names(inputs: Inputs) -> dict[str, str]:
    return {item["name"]: item["version"] for item in inputs.get("data") or ()}


def _is_named(lines: Iterable[str], name: str, version: str | None) -> bool:
    return any(f"{name}@{version}" in line for line in lines)


def each_law() -> Iterator[str]:
    """Return the names of all laws."""
    yield from LAWS
