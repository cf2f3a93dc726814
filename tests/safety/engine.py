"""A small model of Pulumi's engine over the provider's real operations, and the one place that knows how to call them.

What it stores when is what the engine stores:

    what happened                          inputs   outputs  next up
    create or update went well             new      new      compares
    create failed, state kept              new      new      updates in any case
    create failed, state not kept          none     none     creates
    update failed, state kept              old      new      updates in any case
    update failed, state not kept          old      old      compares
    no change                              new      old      compares
    killed                                 old      old      as before
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.safety.world import APP, STARTING, STARTING_RELEASE, Effect, Wire, World
from tests.support.virtual_runtime import VirtualRuntime, wire_form

from pulumi_alicloud_edge._errors import EdgeError, InputError, PartialStateError
from pulumi_alicloud_edge._model.identity import program_name
from pulumi_alicloud_edge._model.stored_claim import write_claim
from pulumi_alicloud_edge._operations.apply import create, update
from pulumi_alicloud_edge._operations.check import check
from pulumi_alicloud_edge._operations.context import OperationContext
from pulumi_alicloud_edge._operations.delete import delete
from pulumi_alicloud_edge._operations.diff import diff
from pulumi_alicloud_edge._operations.operation import Operation as Neutral
from pulumi_alicloud_edge._operations.read import read
from pulumi_alicloud_edge._operations.results import Gone
from pulumi_alicloud_edge._registry import Registry
from pulumi_alicloud_edge._resources.dist import DistHandler
from pulumi_alicloud_edge._resources.handler import ResourceHandler
from pulumi_alicloud_edge._resources.messages import explain
from pulumi_alicloud_edge._resources.push import PushHandler
from pulumi_alicloud_edge._resources.release import ReleaseHandler
from pulumi_alicloud_edge._runtime import Runtime

TYPE = "pulumi-python:dynamic/alicloud-edge:"
DIST, PUSH, RELEASE = "AppDataDist", "AppDataPush", "ContainerAppRelease"
KINDS: dict[str, Callable[[], ResourceHandler[Any]]] = {
    DIST: DistHandler,
    PUSH: PushHandler,
    RELEASE: ReleaseHandler,
}

T = TypeVar("T")
Properties = dict[str, Any]


class KilledError(BaseException):
    """The process is gone; nothing of what it was doing is known."""


@dataclass(frozen=True)
class Resource:
    """A resource as a program declares it."""

    kind: str
    name: str
    inputs: Mapping[str, Any]
    depends_on: tuple[str, ...] = ()


@dataclass
class Stored:
    """A resource as a stack's state has it."""

    kind: str
    name: str
    id: str
    inputs: Properties
    outputs: Properties
    init_failed: bool = False
    beside: frozenset[str] = frozenset()
    """What the program declared when it was last created or updated; later ones it cannot know in a destroy."""


@dataclass
class Operation:
    """One operation on one resource, and how it ended.

    Attributes:
        stack: The stack.
        name: The resource.
        what: ``create``, ``update``, ``read``, ``delete``, ``refuse`` (by check or diff), ``same``, ``look``
            (a preview's check and diff).
        run: ``up``, ``preview``, ``refresh`` or ``destroy``.
        inputs: What it is to be; for a read or a delete what is stored.
        olds: The outputs before.
        outputs: The outputs after; None where the resource is gone or never came.
        protected: The other resources that are declared meanwhile: name → kind and inputs.
        effects: What it changed in the cloud.
        starts: How many starting or cleaning calls it made.
        lines: What was said for good.
        error: How it failed.
        met: How many of its calls met a fault.
        impact: What a preview says that it would touch.
        began: The virtual second at which it began.
    """

    stack: str
    name: str
    kind: str
    what: str
    run: str
    inputs: Mapping[str, Any]
    olds: Mapping[str, Any]
    protected: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    outputs: Mapping[str, Any] | None = None
    effects: tuple[Effect, ...] = ()
    during: tuple[Effect, ...] = ()
    starts: int = 0
    lines: tuple[str, ...] = ()
    error: str = ""
    killed: bool = False
    interrupted: bool = False
    met: int = 0
    impact: str = ""
    began: float = 0.0

    @property
    def actor(self) -> str:
        """Who it is in the log of effects."""
        return f"{self.stack}/{self.name}"

    @property
    def declared(self) -> Mapping[str, Any]:
        """What is judged: for a read what the outputs say, since a failed update has not stored its inputs."""
        return self.outputs if self.what == "read" and self.outputs else self.inputs

    @property
    def status(self) -> str:
        """The status that it leaves."""
        return str((self.outputs or {}).get("status", ""))

    def __str__(self) -> str:
        ending = "killed" if self.killed else self.error or self.status or "done"
        return f"{self.actor}: {self.what} → {ending}"


class _Lines:
    """Collects the lines that a user would see beside resources."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.kept: list[str] = []

    def status(self, urn: str, text: str) -> None:
        """A passing line."""

    def note(self, urn: str, text: str) -> None:
        """A line for good."""
        self._keep(urn, text)

    def warn(self, text: str, urn: str = "") -> None:
        """A warning."""
        self._keep(urn, text)

    def _keep(self, urn: str, text: str) -> None:
        self.kept.append(text)
        self._world.tell(f"    {urn.rpartition('::')[2]} says: {text}")


class _Runtime(VirtualRuntime):
    """A runtime whose process may die at one of its calls."""

    def __init__(self, world: World, wire: Wire) -> None:
        super().__init__(world.loop, wire)
        self._wire = wire

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Drive work to its end, unless the process dies."""
        try:
            return super().run(work)
        except RuntimeError:
            if not self._wire.is_dead:
                raise
        self._virtual.drop_tasks()
        raise KilledError


class Host:
    """One process that serves the operations of one phase of a run."""

    def __init__(self, world: World, wire: Wire, program: Iterable[Resource]) -> None:
        self.lines = _Lines(world)
        self.runtime = _Runtime(world, wire)
        self._kinds = {name: make() for name, make in KINDS.items()}
        announce(self.runtime, program)

    def operation(self, kind: str, urn: str) -> Neutral[Any]:
        """Return an operation on one resource."""
        context = OperationContext(urn, progress=self.lines, cancellation=self.runtime.interrupt)
        return Neutral(self._kinds[kind], self.runtime, context)

    def text(self, kind: str, error: EdgeError) -> str:
        """Return an error as a user reads it."""
        return explain(error, self._kinds[kind].label)


class _Announced:
    """What a program has written into the register that the processes of a run share."""

    is_certain = True

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self._entries = entries

    def append(self, entry: dict[str, Any]) -> None:
        """Nobody else reads in this model."""

    def read(self) -> Iterator[dict[str, Any]]:
        """Return each entry once."""
        entries, self._entries = self._entries, []
        yield from entries


def announce(runtime: Runtime, program: Iterable[Resource]) -> None:
    """Do what the user's own process does for the processes of a run: tell what the program declares.

    Where no program runs (a destroy), ``program`` is empty.
    """
    entries = []
    for resource in program:
        kind = KINDS[resource.kind]()
        name = program_name(f"{TYPE}{resource.kind}", resource.name, "")
        try:
            inputs = kind.stored(wire_form(resource.inputs))
        except InputError:  # the program tells what it declares before anybody has checked the stages
            whole = {key: value for key, value in resource.inputs.items() if key != "rollout"}
            inputs = kind.stored(wire_form(whole))
        claims = [write_claim(claim) for claim in kind.claims(name, inputs)] if inputs is not None else None
        entries.append({"program": name, "claims": claims})
    runtime.registry = Registry(_Announced(entries))  # type: ignore[arg-type]


class Stack:
    """A program and its state, run after run.

    Args:
        world: The cloud.
        name: The stack's name.
        judge: Is asked after every operation and every run.
    """

    def __init__(self, world: World, name: str, judge: Judge | None = None) -> None:
        self.world = world
        self.name = name
        self.program: dict[str, Resource] = {}
        self.states: dict[str, Stored] = {}
        self.judge = judge or Judge()

    def declare(self, *resources: Resource) -> None:
        """Make this the program."""
        self.program = {resource.name: resource for resource in resources}
        self.judge.edited(self.name)
        for resource in resources:
            self.world.tell(f"{self.name} declares {resource.name}: {shorten(resource.inputs)}")

    def dist(self, name: str, *files: tuple[str, str], **more: Any) -> None:
        """Declare a distribution, in place of what was declared under this name."""
        self.put(Resource(DIST, name, dist_inputs(*files, **more)))

    def put(self, resource: Resource) -> None:
        """Declare one resource, in place of what was declared under its name."""
        self.program[resource.name] = resource
        self.judge.edited(self.name)
        self.world.tell(f"{self.name} declares {resource.name}: {shorten(resource.inputs)}")

    def drop(self, name: str) -> None:
        """Declare a resource no more."""
        del self.program[name]
        self.judge.edited(self.name)
        self.world.tell(f"{self.name} declares {name} no more")

    def rename(self, name: str, new: str, *, alias: bool = False) -> None:
        """Rename a resource; with an alias, the engine knows that it is the same."""
        resource = self.program.pop(name)
        self.program[new] = Resource(resource.kind, new, resource.inputs, resource.depends_on)
        self.world.tell(f"{self.name} renames {name} to {new}{' with an alias' if alias else ''}")
        if alias and name in self.states:
            self.states[new] = self.states.pop(name)
            self.states[new].name = new
            self.judge.renamed(f"{self.name}/{name}", f"{self.name}/{new}")

    # Runs

    def up(
        self,
        targets: Iterable[str] = (),
        *,
        preview: bool = False,
        deletes_after_errors: bool = True,
        interrupt_after: float | None = None,
        kill_at: int | None = None,
        kill_after: bool = False,
    ) -> list[Operation]:
        """Run ``pulumi up``, for some resources only where ``targets`` names them."""
        chosen = set(targets)
        if preview:
            self.preview(targets)
        how = f" --target {', '.join(sorted(chosen))}" if chosen else ""
        with self._run("up", how, interrupt_after, kill_at, kill_after=kill_after) as run:
            failed: set[str] = set()
            for resource in self._in_order():
                if chosen and resource.name not in chosen:
                    continue
                if run.ended:
                    break
                if failed.intersection(resource.depends_on) or run.up(resource).error:
                    failed.add(resource.name)
            gone = [
                name for name in self.states if name not in self.program and (not chosen or name in chosen)
            ]
            for name in reversed(gone if deletes_after_errors or not failed else []):
                if not run.ended:
                    run.delete(self.states[name])
        return run.operations

    def preview(self, targets: Iterable[str] = ()) -> list[Operation]:
        """Run ``pulumi preview``."""
        chosen = set(targets)
        with self._run("preview") as run:
            for resource in self._in_order():
                if not chosen or resource.name in chosen:
                    run.look(resource)
        return run.operations

    def refresh(self) -> list[Operation]:
        """Run ``pulumi refresh``."""
        with self._run("refresh") as run:
            for stored in list(self.states.values()):
                run.read(stored)
        return run.operations

    def destroy(
        self,
        targets: Iterable[str] = (),
        *,
        interrupt_after: float | None = None,
        kill_at: int | None = None,
        kill_after: bool = False,
    ) -> list[Operation]:
        """Run ``pulumi destroy``, which runs no program."""
        chosen = set(targets)
        how = f" --target {', '.join(sorted(chosen))}" if chosen else ""
        with self._run("destroy", how, interrupt_after, kill_at, kill_after=kill_after) as run:
            run.destroyed = chosen or set(self.states)
            for stored in reversed(list(self.states.values())):
                if (not chosen or stored.name in chosen) and not run.ended:
                    run.delete(stored)
        return run.operations

    def _in_order(self) -> Iterator[Resource]:
        """Return the program's resources, those that others depend on first."""
        given: set[str] = set()
        left = list(self.program.values())
        while left:
            ready = [each for each in left if given.issuperset(set(each.depends_on) & self.program.keys())]
            for resource in ready:
                yield resource
                given.add(resource.name)
                left.remove(resource)

    @contextmanager
    def _run(
        self,
        what: str,
        how: str = "",
        interrupt_after: float | None = None,
        kill_at: int | None = None,
        *,
        kill_after: bool = False,
    ) -> Iterator[_Run]:
        extra = f", Ctrl-C after {interrupt_after:.1f} s" if interrupt_after is not None else ""
        extra += f", killed at call {kill_at}" if kill_at is not None else ""
        self.world.tell(f"pulumi {what}{how} of {self.name}{extra}")
        wire = Wire(self.world, kill_at, kill_after=kill_after)
        program = () if what == "destroy" else tuple(self.program.values())
        run = _Run(self, what, Host(self.world, wire, program))
        if interrupt_after is not None:
            self.world.loop.call_later(interrupt_after, run.interrupt)
        yield run
        run.is_over = True
        self.world.loop.drop_tasks()
        self.judge.after_run(self, run.operations, whole=not how)


class _Run:
    """One phase of a run."""

    def __init__(self, stack: Stack, what: str, host: Host) -> None:
        self.operations: list[Operation] = []
        self.destroyed: set[str] = set()
        self.ended = False
        self.is_over = False
        self._stack = stack
        self._what = what
        self._host = host
        self._interrupted = False

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        if not self.is_over:
            self._interrupted = self.ended = True
            self._stack.world.tell("    Ctrl-C")
            self._host.runtime.interrupt.set()

    def up(self, resource: Resource) -> Operation:
        """Check, compare, and create or update what has changed."""
        stored = self._stack.states.get(resource.name)
        news = wire_form(resource.inputs)
        olds = stored.outputs if stored else {}
        with self._operation(resource.name, resource.kind, news, olds) as operation:
            operation.what = "refuse"
            check(self._of(operation), deepcopy(stored.inputs) if stored else {}, deepcopy(news))
            if stored is None:
                self._create(operation, resource, news)
                return operation
            difference = diff(self._of(operation), deepcopy(stored.outputs), deepcopy(news))
            if not difference.changes and not stored.init_failed:
                operation.what, operation.outputs = "same", stored.outputs
                stored.inputs = news
                return operation
            self._update(operation, stored, news)
        return operation

    def _create(self, operation: Operation, resource: Resource, news: Properties) -> None:
        operation.what = "create"
        failed = False
        try:
            created = create(self._of(operation), deepcopy(news))
            id_, outputs = created.id, wire_form(created.outputs)
        except PartialStateError as error:
            failed, id_, outputs = True, error.id, wire_form(error.outputs)
            operation.error = self._host.text(resource.kind, error)
        operation.outputs = outputs
        beside = frozenset(self._stack.program)
        self._stack.states[resource.name] = Stored(
            resource.kind, resource.name, id_, news, outputs, init_failed=failed, beside=beside
        )

    def _update(self, operation: Operation, stored: Stored, news: Properties) -> None:
        operation.what = "update"
        try:
            updated = update(self._of(operation), stored.id, deepcopy(stored.outputs), deepcopy(news))
            stored.inputs, stored.outputs, stored.init_failed = news, wire_form(updated.outputs), False
        except PartialStateError as error:
            operation.error = self._host.text(stored.kind, error)
            stored.outputs, stored.init_failed = wire_form(error.outputs), True
        operation.outputs = stored.outputs
        stored.beside = frozenset(self._stack.program)

    def look(self, resource: Resource) -> Operation:
        """Check and compare, no more."""
        stored = self._stack.states.get(resource.name)
        news = wire_form(resource.inputs)
        with self._operation(
            resource.name, resource.kind, news, stored.outputs if stored else {}
        ) as operation:
            operation.what = "look"
            olds = deepcopy(stored.inputs) if stored else {}
            operation.impact = check(self._of(operation), olds, deepcopy(news)).impact
            if stored is not None and not stored.init_failed:
                difference = diff(self._of(operation), deepcopy(stored.outputs), deepcopy(news))
                operation.impact = difference.impact or operation.impact
        return operation

    def read(self, stored: Stored) -> Operation:
        """Read what the cloud shows into the state."""
        with self._operation(stored.name, stored.kind, stored.inputs, stored.outputs) as operation:
            operation.what = "read"
            found = read(self._of(operation), deepcopy(stored.outputs))
            if isinstance(found, Gone):
                del self._stack.states[stored.name]
            else:
                operation.outputs = stored.outputs = wire_form(found.outputs)
        return operation

    def delete(self, stored: Stored) -> Operation:
        """Remove it."""
        with self._operation(stored.name, stored.kind, stored.inputs, stored.outputs) as operation:
            operation.what = "delete"
            delete(self._of(operation), deepcopy(stored.outputs))
            del self._stack.states[stored.name]
        return operation

    def _of(self, operation: Operation) -> Neutral[Any]:
        urn = f"urn:pulumi:{self._stack.name}::project::{TYPE}{operation.kind}::{operation.name}"
        return self._host.operation(operation.kind, urn)

    def _protected(self, name: str) -> dict[str, tuple[str, Mapping[str, Any]]]:
        """Return what other resources of the program declare: in a destroy, those that stay."""
        if self._what == "destroy":
            return {
                other: (stored.kind, stored.inputs)
                for other, stored in self._stack.states.items()
                if other != name and other not in self.destroyed and other in self._stack.states[name].beside
            }
        return {
            other: (resource.kind, resource.inputs)
            for other, resource in self._stack.program.items()
            if other != name
        }

    @contextmanager
    def _operation(
        self, name: str, kind: str, inputs: Mapping[str, Any], olds: Mapping[str, Any]
    ) -> Iterator[Operation]:
        world, stack = self._stack.world, self._stack
        operation = Operation(
            stack.name, name, kind, "", self._what, inputs, deepcopy(dict(olds)), self._protected(name)
        )
        effects, calls, lines, met = (
            len(world.effects),
            len(world.calls),
            len(self._host.lines.kept),
            world.met(),
        )
        operation.began = world.loop.time()
        stack.judge.before(operation, world)
        with world.acting(operation.actor):
            try:
                yield operation
            except KilledError:
                operation.killed = self.ended = True
                world.tell("    killed")
            except EdgeError as error:
                operation.error = self._host.text(kind, error)
        operation.interrupted = self._interrupted
        operation.during = tuple(world.effects[effects:])
        operation.effects = tuple(e for e in operation.during if e.actor == operation.actor)
        operation.starts = sum(
            action in STARTING | STARTING_RELEASE
            for actor, action, _ in world.calls[calls:]
            if actor == operation.actor
        )
        operation.lines = tuple(self._host.lines.kept[lines:])
        operation.met = world.met() - met
        self.operations.append(operation)
        world.tell(f"  {operation}")
        stack.judge.after(operation, world)


class Judge:
    """Is asked after every operation and every run. This one finds nothing wrong."""

    def before(self, operation: Operation, world: World) -> None:
        """An operation begins."""

    def after(self, operation: Operation, world: World) -> None:
        """An operation has ended."""

    def after_run(self, stack: Stack, operations: list[Operation], *, whole: bool) -> None:
        """A run has ended."""

    def renamed(self, actor: str, new: str) -> None:
        """A resource goes on under another name."""

    def edited(self, stack: str) -> None:
        """A program has changed."""


def dist_inputs(*files: tuple[str, str], **more: Any) -> Properties:
    """Return the inputs of a distribution of (name, version) pairs."""
    data = [{"name": name, "version": version, "dest_path": f"/opt/{name}"} for name, version in files]
    return {"app_id": APP, "data": data, **{key: value for key, value in more.items() if value is not None}}


def region_in(*regions: str) -> list[Properties]:
    """Return the expressions that select regions."""
    return [{"key": "region_id", "operator": "In", "values": list(regions)}]


def region_not_in(*regions: str) -> list[Properties]:
    """Return the expressions that select all regions but these."""
    return [{"key": "region_id", "operator": "NotIn", "values": list(regions)}]


def instance_in(*instances: str) -> list[Properties]:
    """Return the expressions that select instances."""
    return [{"key": "instance_id", "operator": "In", "values": list(instances)}]


def instance_not_in(*instances: str) -> list[Properties]:
    """Return the expressions that select all instances but these."""
    return [{"key": "instance_id", "operator": "NotIn", "values": list(instances)}]


def shorten(inputs: Mapping[str, Any]) -> str:
    """Show inputs in one line."""

    def shown(match: Any) -> str:
        return " and ".join(f"{e['key']} {e['operator']} {','.join(e['values'])}" for e in match)

    parts = []
    for key, value in inputs.items():
        match key:
            case "app_id":
                continue
            case "data":
                parts.append(", ".join(f"{item['name']}@{item['version']}" for item in value))
            case "match":
                parts.append(f"where {shown(value)}")
            case "rollout":
                settings = {name: each for name, each in value.items() if name != "stages"}
                stages = [
                    f"[{shown(stage['match']) if stage.get('match') else stage.get('percentage', 'all')}"
                    f"{' bake ' + str(stage['bake']) if stage.get('bake') else ''}]"
                    for stage in value.get("stages", ())
                ]
                parts.append(" ".join([*stages, *(f"{name}={each}" for name, each in settings.items())]))
            case _:
                parts.append(f"{key}={value}")
    return "; ".join(part for part in parts if part)
