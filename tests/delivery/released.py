"""A release over its life: declared and redeclared before an emulator in process, whose time passes in waits alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from tests.support.emulator import CONTAINER_APP_ID, VERSION_IDS
from tests.support.in_process import InProcess, runtime_before

from pulumi_alicloud_edge._delivery.run_context import Interrupt, RunContext
from pulumi_alicloud_edge._errors import EdgeError, InputError, NotFoundError, PartialStateError
from pulumi_alicloud_edge._operations.apply import create, update
from pulumi_alicloud_edge._operations.check import check
from pulumi_alicloud_edge._operations.context import OperationContext
from pulumi_alicloud_edge._operations.diff import diff
from pulumi_alicloud_edge._operations.listener import LineListener
from pulumi_alicloud_edge._operations.operation import Operation
from pulumi_alicloud_edge._operations.read import read
from pulumi_alicloud_edge._operations.results import Read
from pulumi_alicloud_edge._resources.messages import explain
from pulumi_alicloud_edge._resources.release import ReleaseHandler
from pulumi_alicloud_edge._runtime import Runtime

V1, V2, V3 = VERSION_IDS
URN = "urn:pulumi:test::edge::pulumi-python:dynamic/alicloud-edge:ContainerAppRelease::web"
PUBLISH, ROLLBACK = "PublishEdgeContainerAppVersion", "RollbackEdgeContainerAppVersion"
PUBLISHING_SECONDS = 6.0


def world(*, seconds: float = PUBLISHING_SECONDS, **more: Any) -> dict[str, Any]:
    """One app of three versions that serves nothing yet; a publish takes so long."""
    versions = [{"version_id": version, "name": version} for version in VERSION_IDS]
    regions = [{"region": region, "replicas": 2} for region in ("zhejiang", "jiangsu", "hubei")]
    app = {"app_id": CONTAINER_APP_ID, "name": "web", "versions": versions, "regions": regions}
    bounds = [seconds, seconds]
    return {"container_apps": [{**app, **more}], "timing": {"publish_seconds": bounds}}


class Lines:
    """Keeps all that was shown beside the resource."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def status(self, urn: str, text: str) -> None:  # noqa: ARG002
        self.shown.append(text)

    def note(self, urn: str, text: str) -> None:  # noqa: ARG002
        self.shown.append(text)

    def warn(self, text: str, urn: str = "") -> None:  # noqa: ARG002
        self.shown.append(text)


@dataclass(frozen=True)
class Result:
    """How a run ended.

    Attributes:
        outputs: What it has stored, or what was stored before.
        error: Why it has failed.
    """

    outputs: dict[str, Any]
    error: EdgeError | None = None


@dataclass(frozen=True)
class Timed(Operation[Any]):
    """An operation whose waits pass in the time of its release."""

    release: Released

    def run_context(self, doing: str = "") -> RunContext:
        """Return the world of a wait."""
        now = lambda: self.release.now  # noqa: E731
        return RunContext(
            clock=now,
            sleep=self.release.sleep,
            interrupt=self.context.cancellation,
            listener=LineListener(self.context.progress, self.urn, self.handler.label, now, doing),
        )


class Released:
    """One release of a program, over several runs; decides between create, update and nothing as the engine does.

    Attributes:
        cloud: The emulator.
        outputs: What is stored, None before the first run.
        done: What each run did: ``create``, ``update`` or ``same``.
        lines: All that was shown beside the resource.
    """

    def __init__(self, cloud: InProcess, runtime: Runtime) -> None:
        self.lines = Lines()
        self._runtime = runtime
        self.cloud = cloud
        self.now = 0.0
        self.outputs: dict[str, Any] | None = None
        self.done: list[str] = []
        self.interrupt_at: float | None = None
        self._events: list[tuple[float, Callable[[], None]]] = []
        self._declared: dict[str, Any] = {}
        self._failed = False

    def up(self, version: str, *, timeout: float | None = None, env: str = "prod", **more: Any) -> Result:
        """Run what `pulumi up` runs; its result may hold an error.

        Raises:
            EdgeError: The preview has failed.
        """
        inputs = {"app_id": CONTAINER_APP_ID, "version_id": version, "env": env, **more}
        operation = self._operation(timeout)
        check(operation, self._declared, inputs)
        if (
            self.outputs is not None
            and not diff(operation, self.outputs, inputs).changes
            and not self._failed
        ):
            self.done.append("same")
            return Result(self.outputs)
        self.done.append("create" if self.outputs is None else "update")
        try:
            if self.outputs is None:
                result = Result(create(operation, inputs).outputs)
            else:
                result = Result(update(operation, "it", self.outputs, inputs).outputs)
        except PartialStateError as error:
            result = Result(error.outputs, error.cause)
        except InputError:
            raise
        except EdgeError as error:
            return Result({}, error)
        self.outputs, self._failed = result.outputs, result.error is not None
        if not self._failed:
            self._declared = inputs
        return result

    def goes_on(self) -> None:
        """Begin another process after an interrupted one."""
        self._runtime.interrupt = Interrupt()

    def refresh(self) -> None:
        """Run what `pulumi refresh` runs."""
        assert self.outputs is not None
        found = read(self._operation(), self.outputs)
        assert isinstance(found, Read)
        self.outputs = found.outputs

    def console(self, version: str, percentage: int = 100) -> None:
        """Have somebody else release a version."""
        self.control(
            "POST", "/drift", app_id=CONTAINER_APP_ID, env="prod", version=version, percentage=percentage
        )

    def publish(self, version: str, percentage: int = 100, **more: Any) -> None:
        """Have somebody else ask for a release, which begins now."""
        asked = self._runtime.cloud.esa.publish_edge_container_app_version(
            CONTAINER_APP_ID, version, "prod", percentage=percentage, **more
        )
        self._runtime.run(asked)

    def at(self, moment: float, happens: Callable[[], None]) -> None:
        """Have something happen in a wait, that many seconds after the first run has begun."""
        self._events.append((moment, happens))

    def lose(self, version: str) -> None:
        """Have the cloud know a version no more."""
        esa = self._runtime.cloud.esa
        known = esa.get_edge_container_app_version

        async def get(app_id: str, version_id: str) -> Any:
            if version_id == version:
                raise NotFoundError(action="GetEdgeContainerAppVersion", code="No", message="no", status=404)
            return await known(app_id, version_id)

        vars(esa)["get_edge_container_app_version"] = get

    def hangs(self, count: int = 100) -> None:
        """Have what is published from now on come to no end."""
        self.faults({"action": PUBLISH, "effect": "target_hang", "targets": ["prod"], "count": count})

    def faults(self, *rules: Mapping[str, Any]) -> None:
        """Replace the fault rules."""
        self.control("PUT", "/faults", body=list(rules))

    def dialect(self, **ways: str) -> None:
        """Settle open points of the contract otherwise."""
        self.control("PUT", "/dialect", **ways)

    def control(self, method: str, path: str, *, body: Any = None, **fields: Any) -> Any:
        """Call the emulator's control interface."""

        async def call() -> Any:
            async with httpx.AsyncClient(transport=self.cloud._app) as client:
                response = await client.request(
                    method, f"http://emulator/_emulator{path}", json=body if body is not None else fields
                )
                assert response.is_success, response.text
                return response.json()

        loop = asyncio.new_event_loop()  # of its own: the emulator's database belongs to this thread
        try:
            return loop.run_until_complete(call())
        finally:
            loop.close()

    def sent(self, action: str = PUBLISH) -> list[dict[str, str]]:
        """What was sent to an operation."""
        return [sent for name, sent in self.cloud.calls if name == action]

    @property
    def shares(self) -> list[tuple[str, int]]:
        """Version and percentage of every publish call."""
        return [(sent["VersionId"], int(sent.get("Percentage", 0))) for sent in self.sent()]

    @property
    def serves(self) -> tuple[str, int]:
        """Version and percentage that the cloud ends up with in prod."""
        self.cloud.advance(1000)
        status = self._status()
        return status.publishing_version or status.deployed_version, status.publish_percentage or 0

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions that the cloud shows for prod."""
        return tuple(sorted(self._status().regions))

    def _status(self) -> Any:
        esa = self._runtime.cloud.esa
        return self._runtime.run(esa.get_edge_container_app_status(CONTAINER_APP_ID, "prod"))

    def _operation(self, timeout: float | None = None) -> Timed:
        context = OperationContext(URN, timeout, progress=self.lines, cancellation=self._runtime.interrupt)
        return Timed(ReleaseHandler(), self._runtime, context, self)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.cloud.advance(seconds)
        due = [event for event in self._events if event[0] <= self.now]
        self._events = [event for event in self._events if event not in due]
        for _, happens in due:
            await asyncio.to_thread(happens)
        if self.interrupt_at is not None and self.now >= self.interrupt_at:
            self._runtime.interrupt.set()
            self.interrupt_at = None


def text(result: Result) -> str:
    """The message of a failed run."""
    assert result.error is not None, f"it has not failed: {result.outputs}"
    return explain(result.error, ReleaseHandler.label)


def says(error: EdgeError) -> str:
    """The message of a failed preview."""
    return explain(error, ReleaseHandler.label)


@contextmanager
def releasing(**more: Any) -> Iterator[Released]:
    """A release before an app that serves what is said, nothing otherwise: ``prod={"version_id": …}``."""
    cloud = InProcess(world(**more))
    with runtime_before(cloud) as runtime:
        yield Released(cloud, runtime)
