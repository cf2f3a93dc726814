# ruff: noqa: FBT001 - a rule takes what is drawn for it
"""Whatever programs declare and whatever goes wrong, the safety rules hold: invented lives, judged at every step.

    SAFETY_EXAMPLES=5000 SAFETY_SEED=7 python -m pytest tests/safety/test_law.py -s

looks further than `make test` does, and elsewhere with each seed. `SAFETY_SHRINK=1` has a life that breaks a law made
as short as can be, and `SAFETY_TOLD=500` has more of it told.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from tests.safety.engine import (
    PUSH,
    RELEASE,
    Operation,
    Resource,
    Stack,
    dist_inputs,
    instance_in,
    instance_not_in,
    region_in,
    region_not_in,
)
from tests.safety.oracle import LAWS, Oracle, selects
from tests.safety.world import APP, EDGE_APP, EDGE_VERSIONS, REGIONS, VERSIONS, World

EXAMPLES = int(os.environ.get("SAFETY_EXAMPLES", "30"))
SEEDS = tuple(int(each) for each in os.environ.get("SAFETY_SEED", "1,2,3,4").split(","))
SHRINK = bool(os.environ.get("SAFETY_SHRINK"))
STEPS = int(os.environ.get("SAFETY_STEPS", "30"))
JUDGED = tuple(filter(None, os.environ.get("SAFETY_LAWS", "").split(","))) or tuple(LAWS)

NAMES = ("assets", "levels")
RESOURCES = ("a", "b", "c")
UNIVERSE = {f"{region}-{number}": region for region in REGIONS for number in range(1, 6)}
"""Every instance that there ever may be."""

DIALECT = {
    "paging": ("groups", "targets"),
    "visibility": ("immediate", "delayed"),
    "enumeration": ("all", "as_begun"),
    "superseded": ("kept", "deleted", "vanishes"),
    "clean": ("deleted", "later", "vanishes"),
    "redist": ("anew", "ignored", "restarts_all"),
    "selector": ("any", "region_in"),
    "inventory": ("listed", "listed", "empty"),
}
dialects = st.fixed_dictionaries({}, optional={key: st.sampled_from(ways) for key, ways in DIALECT.items()})
regions = st.sampled_from(REGIONS)
instances = st.sampled_from([each for each in UNIVERSE if not each.endswith(("4", "5"))])
some_regions = st.lists(regions, min_size=1, max_size=2, unique=True)
some_instances = st.lists(instances, min_size=1, max_size=3, unique=True)
selections = st.one_of(
    st.none(),
    some_regions.map(lambda chosen: region_in(*chosen)),
    some_regions.map(lambda chosen: region_in(*chosen)),
    some_regions.map(lambda chosen: region_not_in(*chosen)),
    some_instances.map(lambda chosen: instance_in(*chosen)),
    some_instances.map(lambda chosen: instance_not_in(*chosen)),
    st.tuples(some_regions, some_instances).map(
        lambda both: [*region_in(*both[0]), *instance_not_in(*both[1])]
    ),
)
files = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from(VERSIONS[:3]), min_size=1, max_size=len(NAMES)
).map(lambda chosen: tuple(sorted(chosen.items())))
rollouts = st.fixed_dictionaries(
    {"timeout": st.just(20000), "retries": st.sampled_from((0, 2))},
    optional={
        "on_failure": st.sampled_from(("stop", "rollback", "rollback")),
        "max_failed": st.sampled_from((0, 1, "34%")),
        "stages": st.tuples(regions, st.sampled_from((0, 600)), st.sampled_from((0, 600))).map(
            lambda drawn: [{"match": region_in(drawn[0]), "bake": drawn[1]}, {"bake": drawn[2]}]
        ),
    },
)
names = st.sampled_from(RESOURCES)
one_edit = st.one_of(
    st.tuples(st.just("declare"), names, files, selections, rollouts),
    st.tuples(st.just("files"), names, files),
    st.tuples(st.just("files"), names, files),
    st.tuples(st.just("match"), names, selections),
    st.tuples(st.just("match"), names, selections),
    st.tuples(st.just("rollout"), names, rollouts),
    st.tuples(st.just("retain"), names),
    st.tuples(st.just("drop"), names),
    st.tuples(st.just("rename"), names, names, st.booleans()),
)
edits = st.lists(one_edit, max_size=3)
first = st.tuples(st.just("declare"), st.just("a"), files, selections, rollouts)
stack_names = st.sampled_from(("one", "one", "two"))
resource_names = st.sampled_from(RESOURCES)
moments = st.one_of(st.floats(min_value=0.0, max_value=6.0), st.floats(min_value=0.0, max_value=700.0))
call_numbers = st.integers(min_value=0, max_value=25)


class Law(RuleBasedStateMachine):
    """Programs, runs, faults and other people's hands on one cloud."""

    tried: ClassVar[Counter[str]] = Counter()
    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.oracle = Oracle(*JUDGED)
        self.world = World()
        self.stacks: dict[str, Stack] = {}

    @initialize(
        dialect=dialects,
        number=st.integers(0, 3),
        one=st.lists(one_edit, max_size=2).flatmap(lambda more: first.map(lambda made: [made, *more])),
        two=st.lists(first, max_size=1),
        ready=st.booleans(),
    )
    def begin(self, dialect: dict[str, str], number: int, one: Any, two: Any, ready: bool) -> None:
        """A world begins."""
        self.world.close()
        self.world = World(dialect=dialect, seed=number)
        self.world.tell(f"a world with {dialect or 'the default dialect'}")
        self.stacks = {name: Stack(self.world, name, self.oracle) for name in ("one", "two", "edge")}
        self.edit("one", one)
        self.edit("two", two)
        if ready:
            self._ran(self.stacks["one"].up())
            self._ran(self.stacks["two"].up())

    # Edits

    def edit(self, stack: str, edits: list[tuple[Any, ...]]) -> None:
        """Change a program, as commits do."""
        known = self.stacks[stack]
        for what, name, *rest in edits:
            inputs = self._inputs(stack, name)
            match what:
                case "declare":
                    chosen, match, rollout = rest
                    self._declare(stack, name, dist_inputs(*chosen, match=match, rollout=rollout))
                case "files" if inputs is not None:
                    self._declare(stack, name, {**inputs, "data": dist_inputs(*rest[0])["data"]})
                case "match" if inputs is not None:
                    others = {key: value for key, value in inputs.items() if key != "match"}
                    self._declare(stack, name, {**others, "match": rest[0]} if rest[0] else others)
                case "rollout" if inputs is not None:
                    self._declare(stack, name, {**inputs, "rollout": rest[0]})
                case "retain" if inputs is not None:
                    kept = inputs.get("on_delete", "clean") == "retain"
                    self._declare(stack, name, {**inputs, "on_delete": "clean" if kept else "retain"})
                case "drop" if name in known.program:
                    known.drop(name)
                case "rename" if name in known.program:
                    new, alias = rest
                    if new not in known.program and new not in known.states:
                        known.rename(name, new, alias=alias)

    @rule(stack=stack_names, changed=edits)
    def edit_only(self, stack: str, changed: list[tuple[Any, ...]]) -> None:
        """A program is changed."""
        self.edit(stack, changed)

    @rule(chosen=files, where=st.one_of(st.none(), some_regions))
    def push(self, chosen: Any, where: list[str] | None) -> None:
        """Versions are pushed that nobody has pushed."""
        data = [{"name": f"pushed-{name}", "version": version} for name, version in chosen]
        sources = {f"{item['name']}@{item['version']}": "fake://files/it" for item in data}
        inputs = {"app_id": APP, "data": data, "__sources": sources}
        self.stacks["one"].put(Resource(PUSH, "push", inputs | ({"regions": where} if where else {})))
        self._ran(self.stacks["one"].up(["push"]))

    # Runs

    @rule(stack=stack_names, changed=edits, preview=st.booleans(), deletes=st.booleans())
    def up(self, stack: str, changed: Any, preview: bool, deletes: bool) -> None:
        """A run."""
        self.edit(stack, changed)
        self._ran(self.stacks[stack].up(preview=preview, deletes_after_errors=deletes))

    @rule(stack=stack_names, changed=edits)
    def up_twice(self, stack: str, changed: Any) -> None:
        """A run, and another right after it."""
        self.edit(stack, changed)
        self._ran(self.stacks[stack].up())
        self._ran(self.stacks[stack].up())

    @rule(stack=stack_names, changed=edits, names=st.sets(resource_names, min_size=1, max_size=2))
    def targeted_up(self, stack: str, changed: Any, names: set[str]) -> None:
        """A run for some of the resources."""
        self.edit(stack, changed)
        self._ran(self.stacks[stack].up(sorted(names)))

    @rule(stack=stack_names, changed=edits, moment=moments)
    def interrupted_up(self, stack: str, changed: Any, moment: float) -> None:
        """A run that is ended by Ctrl-C."""
        self.edit(stack, changed)
        self._ran(self.stacks[stack].up(interrupt_after=moment))

    @rule(stack=stack_names, changed=edits, number=call_numbers, after=st.booleans())
    def killed_up(self, stack: str, changed: Any, number: int, after: bool) -> None:
        """A run whose process dies."""
        self.edit(stack, changed)
        self._ran(self.stacks[stack].up(kill_at=number, kill_after=after))

    @rule(
        stack=stack_names,
        changed=edits,
        broken=some_instances,
        count=st.sampled_from((None, 1, 2)),
        hang=st.booleans(),
    )
    def broken_up(self, stack: str, changed: Any, broken: list[str], count: int | None, hang: bool) -> None:
        """A run during which targets fail."""
        self.edit(stack, changed)
        fault: dict[str, Any] = {"effect": "target_hang" if hang else "target_fail", "targets": broken}
        self._up_with(stack, fault | ({"count": count} if count else {}))

    @rule(stack=stack_names, changed=edits, effect=st.sampled_from(("stale", "empty")), moment=moments)
    def misread_up(self, stack: str, changed: Any, effect: str, moment: float) -> None:
        """A run in which one status read shows the past, or nothing."""
        self.edit(stack, changed)
        if self.world.cloud.dialect.visibility.value == "delayed":
            return  # two things at once could not be told from one
        self.world.pass_time(10)
        due = self.world.later(moment, lambda: self.world.misread(effect, seconds=moment + 5))
        self._ran(self.stacks[stack].up())
        due.cancel()
        self._heal()

    @rule(
        stack=stack_names,
        changed=edits,
        action=st.sampled_from(("DistApplicationData", "CleanDistData")),
        skip=st.integers(0, 2),
    )
    def lost_up(self, stack: str, changed: Any, action: str, skip: int) -> None:
        """A run that does not hear what became of a call."""
        self.edit(stack, changed)
        self._up_with(stack, {"effect": "drop_after", "action": action, "count": 1, "skip": skip})

    @rule(
        stack=stack_names,
        changed=edits,
        moment=moments,
        instance=instances,
        change=st.sampled_from(("add", "remove", "stop", "serve")),
    )
    def moving_up(self, stack: str, changed: Any, moment: float, instance: str, change: str) -> None:
        """A run during which the inventory changes."""
        self.edit(stack, changed)
        due = self.world.later(moment, lambda: self._move(instance, change))
        self._ran(self.stacks[stack].up())
        due.cancel()

    @rule(stack=stack_names)
    def preview(self, stack: str) -> None:
        """A preview."""
        self._ran(self.stacks[stack].preview())

    @rule(stack=stack_names)
    def refresh(self, stack: str) -> None:
        """A refresh."""
        self._ran(self.stacks[stack].refresh())

    @rule(stack=stack_names, effect=st.sampled_from(("stale", "empty")), skip=st.integers(0, 2))
    def misread_refresh(self, stack: str, effect: str, skip: int) -> None:
        """A refresh in which one status read shows the past, or nothing."""
        self.world.misread(effect, skip=skip, seconds=100)
        self._ran(self.stacks[stack].refresh())
        self._heal()

    @rule(stack=stack_names)
    def destroy(self, stack: str) -> None:
        """A stack is destroyed."""
        self._ran(self.stacks[stack].destroy())

    @rule(stack=stack_names, name=resource_names)
    def targeted_destroy(self, stack: str, name: str) -> None:
        """One resource is destroyed."""
        if name in self.stacks[stack].states:
            self._ran(self.stacks[stack].destroy([name]))

    @rule(
        version=st.sampled_from(EDGE_VERSIONS),
        steps=st.sampled_from(((), (10, 100), (10, 50), (50, 100))),
        on_failure=st.sampled_from(("stop", "rollback")),
        fault=st.sampled_from((None, None, "target_fail", "target_hang")),
        moment=st.one_of(st.none(), st.floats(min_value=0, max_value=8)),
    )
    def release(
        self, version: str, steps: tuple[int, ...], on_failure: str, fault: str | None, moment: float | None
    ) -> None:
        """A container version is released."""
        rollout: dict[str, Any] = {"on_failure": on_failure, "stall_timeout": 60}
        if steps:
            rollout["stages"] = [{"percentage": share} for share in steps]
        inputs = {"app_id": EDGE_APP, "version_id": version, "env": "prod", "rollout": rollout}
        self.stacks["edge"].put(Resource(RELEASE, "web", inputs))
        if fault:
            self.world.disturb({"effect": fault, "action": "PublishEdgeContainerAppVersion", "count": 1})
        self._ran(self.stacks["edge"].up(interrupt_after=moment))
        self._heal()

    @rule()
    def refresh_release(self) -> None:
        """A refresh of the release's stack."""
        self._ran(self.stacks["edge"].refresh())

    # What others do

    @rule(
        name=st.sampled_from(NAMES),
        version=st.sampled_from(VERSIONS[:3]),
        chosen=some_instances,
        state=st.sampled_from(("SUCCESS", "SUCCESS", "DELETED", "ABSENT", "FAILED")),
    )
    def drift(self, name: str, version: str, chosen: list[str], state: str) -> None:
        """Somebody distributes or removes a version.

        A failure over the version that runs leaves no record that it does, so nobody could know.
        """
        present = [each for each in chosen if each in self.world.instances]
        if state == "FAILED":
            present = [each for each in present if self.world.running(name, each) != version]
        if present:
            self.world.pass_time(5)
            self.world.drift(name, version, present, state)
            self.world.pass_time(5)

    @rule(
        instance=st.sampled_from(sorted(UNIVERSE)), change=st.sampled_from(("add", "remove", "stop", "serve"))
    )
    def inventory(self, instance: str, change: str) -> None:
        """An instance joins, leaves, or is served no longer."""
        self._move(instance, change)
        self.world.pass_time(5)

    @rule()
    def deny(self) -> None:
        """The inventory may not be read, or may again."""
        self._show_inventory(hidden=not self.world.hidden)

    def _show_inventory(self, *, hidden: bool) -> None:
        if self.world.hidden and not hidden:
            self.oracle.disturbed()  # what comes to light now may have changed long ago
        self.world.hidden = hidden
        self.world.tell("the inventory is denied" if self.world.hidden else "the inventory may be read")

    @rule(seconds=st.sampled_from((5.0, 60.0, 4000.0)))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.world.pass_time(seconds)

    # The end

    def teardown(self) -> None:
        """In the end all programs come to what they declare, and then rest."""
        try:
            if not self.oracle.is_broken:
                self._show_inventory(hidden=False)
                self._heal()
                for stack in self.stacks.values():
                    self._ran(stack.up())
                    self._ran(stack.up())
        finally:
            type(self).tried.update(self.oracle.tried)
            self.world.close()

    def _declare(self, stack: str, name: str, inputs: dict[str, Any]) -> None:
        """Declare it, unless another resource of the program contradicts: that is refused, and no question here."""
        others = [each for other, each in self.stacks[stack].program.items() if other != name]
        versions = {item["name"]: item["version"] for item in inputs["data"]}
        for other in others:
            if other.kind == PUSH:
                continue
            clash = any(
                versions.get(item["name"], item["version"]) != item["version"]
                for item in other.inputs["data"]
            )
            if clash and any(
                selects(inputs, each, region) and selects(other.inputs, each, region)
                for each, region in UNIVERSE.items()
            ):
                return
        self.stacks[stack].put(Resource("AppDataDist", name, inputs))

    def _inputs(self, stack: str, name: str) -> dict[str, Any] | None:
        resource = self.stacks[stack].program.get(name)
        return dict(resource.inputs) if resource else None

    def _up_with(self, stack: str, fault: dict[str, Any]) -> None:
        self.world.tell(f"a fault: {fault}")
        self.world.disturb(fault)
        self._ran(self.stacks[stack].up())
        self._heal()

    def _heal(self) -> None:
        self.world.heal()
        self.world.pass_time(5)

    def _move(self, instance: str, change: str) -> None:
        world = self.world
        match change:
            case "add" if instance not in world.instances and instance not in world.unserved:
                world.add_instance(instance, UNIVERSE[instance])
            case "remove" if len(world.instances) > 1:
                world.remove_instance(instance)
            case "stop" if len(world.instances) > 1:
                world.stop_serving(instance)
            case "serve":
                world.serve_again(instance)

    def _ran(self, operations: list[Operation]) -> None:
        for operation in operations:
            ending = (
                "killed" if operation.killed else "failed" if operation.error else operation.status or "done"
            )
            self.done[f"{operation.run} {operation.what} {ending}"] += 1


def invent_lives(examples: int, number: int) -> None:
    """Invent lives of programs until one breaks a law, or there are enough; the same ones for the same number."""
    Law.tried.clear()
    Law.done.clear()
    profile = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink) if SHRINK else (Phase.generate,),
        report_multiple_bugs=False,
        print_blob=False,
    )
    machine = seed(number)(Law)
    run_state_machine_as_test(machine, settings=profile)


@pytest.mark.timeout(0 if EXAMPLES > 500 else 900)
@pytest.mark.parametrize("number", SEEDS)
def test_no_life_breaks_a_law(number: int) -> None:
    began = time.perf_counter()
    try:
        invent_lives(EXAMPLES, number)
    finally:
        print(summary(time.perf_counter() - began))  # noqa: T201 - what it is run for


def summary(seconds: float) -> str:
    """Print how much was tried."""
    total = sum(Law.done.values())
    laws = ", ".join(f"{law} {count}" for law, count in sorted(Law.tried.items()))
    done = "\n".join(f"{count:7} × {what}" for what, count in sorted(Law.done.items()))
    return f"\n{total} operations in {seconds:.0f} s, {total / seconds:.0f} a second\njudged: {laws}\n{done}"
