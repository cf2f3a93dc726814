"""Whatever a program declares is refused with paths, and then nothing has been called; or it is taken, and then the
cloud takes the calls that come of it. Nothing else ever comes of it, no exception above all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.dynamic import CheckResult
from tests.inputs.anything import any_properties, nearly, over_the_wire
from tests.inputs.declared import dist, dist_file, push, push_file, release
from tests.support.in_process import InProcess, runtime_before

from pulumi_alicloud_edge import provider as providers
from pulumi_alicloud_edge._adapters.dynamic import provider as adapter
from pulumi_alicloud_edge._adapters.dynamic.unknowns import with_unknowns
from pulumi_alicloud_edge._errors import CloudError
from pulumi_alicloud_edge._model.unknown import has_unknown
from pulumi_alicloud_edge._reconcile.decisions import StartRequest
from pulumi_alicloud_edge._runtime import RUNTIMES

APP_ID = "app-1234567890123456"
CONTAINER_APP_ID = re.compile(r"app-\d{16,60}")
EXPRESSION = {"key": "region_id", "operator": "In", "values": ["cn-a"]}
ROLLOUT = {
    "max_failed": "2%",
    "on_failure": "rollback",
    "retries": 1.0,
    "timeout": "1h",
    "stall_timeout": "5m",
}


@dataclass(frozen=True, repr=False)
class Resource:
    """One of the three as the host knows it, and inputs of it that are in order."""

    provider: Any
    good: tuple[dict[str, Any], ...]

    def __repr__(self) -> str:
        return type(self.provider).__name__

    @property
    def urn(self) -> str:
        return (
            f"urn:pulumi:test::edge::pulumi-python:dynamic/alicloud-edge:{type(self.provider).__name__}::it"
        )


def staged(*stages: dict[str, Any]) -> dict[str, Any]:
    return {**ROLLOUT, "stages": [{"name": "first", "bake": "1m", **stages[0]}, *stages[1:]]}


PUSH = Resource(
    providers.AppDataPushProvider(),
    (
        push(data=[push_file(timeout=60.0)], rollout=staged({"regions": ["cn-a"]}, {})),
        push(regions=["cn-a", "cn-b"]),
        push(strategies={"name": "ScheduleToRegionId", "parameters": {"operator": "In", "values": ["cn-a"]}}),
    ),
)
DIST = Resource(
    providers.AppDataDistProvider(),
    (
        dist(
            data=[dist_file(decompress=True, target_dir_name="a", timeout=60.0)],
            rollout=staged({"match": [EXPRESSION]}, {}),
            on_delete="retain",
        ),
        dist(match=[EXPRESSION]),
    ),
)
RELEASE = Resource(
    providers.ContainerAppReleaseProvider(),
    (
        release(app_id=APP_ID, remarks="spring", rollout=staged({"percentage": 10.0}, {})),
        release(app_id=APP_ID, regions=["jiangsu"], full_release=True, publish_type="region"),
        release(app_id=APP_ID, percentage=50.0, start_time="2026-12-01T03:00:00Z"),
    ),
)
RESOURCES = pytest.mark.parametrize("resource", [PUSH, DIST, RELEASE], ids=("push", "dist", "release"))
SEEN = re.compile(
    r"(rollout\.stages\[\d+\]: )?the selection matches no |rollout\.on_failure: rollback would return"
    r"|data\[\d+\]: \S+ is (pushed to no region|not pushed to )|\S+: \S+ is not an? (region|instance) of "
    r"|(app_id|version_id): \w+ for \S+ failed with "
)
"""What only the cloud can tell of inputs that are in order."""
PATH = re.compile(r'(\.?[^\W\d]\w*|\[\d+\]|\["(\\.|[^"\\])*"\])+: \S|' + SEEN.pattern)


@pytest.fixture(scope="module")
def cloud() -> Iterator[InProcess]:
    """An emulated cloud, to which every call of the providers goes."""
    cloud = InProcess({})
    with runtime_before(cloud) as runtime:
        before, RUNTIMES._host = RUNTIMES._host, runtime
        yield cloud
        RUNTIMES._host = before


def checked(resource: Resource, properties: dict[str, Any]) -> CheckResult:
    """Call check as the host does: in a frame that holds the engine's request."""

    def serve(request: Any, context: Any) -> CheckResult:
        assert (request, context) != (None, None)
        result: CheckResult = resource.provider.check({}, dict(properties))
        return result

    return serve(SimpleNamespace(urn=resource.urn), object())


def hold_the_law(resource: Resource, cloud: InProcess, declared: dict[str, Any]) -> None:
    properties = over_the_wire(declared)
    cloud.begin(world_of(properties))
    cloud.calls.clear()
    result = checked(resource, properties)
    reasons = [failure.reason for failure in result.failures]
    assert all(PATH.match(reason) and len(reason) < 5000 and reason.isprintable() for reason in reasons), (
        reasons
    )
    assert not any(failure.property for failure in result.failures)
    if reasons:
        assert not cloud.calls or all(map(SEEN.match, reasons)), "called though the inputs are not in order"
    elif not has_unknown(with_unknowns(properties)):
        assert {key: result.inputs.get(key) for key in properties} == properties or "nan" in repr(properties)
        for call in starts_of(resource, properties):
            told = asked(call)
            assert told is None or is_the_clouds_to_say(told, properties), told


def starts_of(resource: Resource, properties: dict[str, Any]) -> Iterable[tuple[Any, StartRequest]]:
    """The start of each stage, with the port that makes it."""
    kind, runtime = resource.provider.handler(), RUNTIMES.configured()
    inputs = kind.read(adapter._neutral(properties))
    port = kind.port(runtime, inputs, None)
    for index, stage in enumerate(kind.plan(inputs).policy.stages):
        yield port, StartRequest(index, stage.selector, kind.plan(inputs).desired.artifacts, None)


def asked(start: tuple[Any, StartRequest]) -> CloudError | None:
    """Start; the cloud's refusal, if it refuses."""
    port, request = start
    try:
        RUNTIMES.configured().run(port.start(request))
    except CloudError as refusal:
        return refusal
    return None


def is_the_clouds_to_say(refusal: CloudError, properties: dict[str, Any]) -> bool:
    """Whether a refusal is about what only the cloud can know: ids, raw policies, and what can be selected by."""
    expressions = [
        *(properties.get("match") or ()),
        *(
            e
            for stage in (properties.get("rollout") or {}).get("stages") or ()
            for e in stage.get("match") or ()
        ),
    ]
    match refusal.code:
        case "InvalidParameter.appid":
            return CONTAINER_APP_ID.fullmatch(properties["app_id"]) is None
        case "InvalidParameter.PushStrategy" | "InvalidParameter.DistStrategy":
            keys = {expression["key"] for expression in expressions}
            return "strategies" in properties or not keys <= {"region_id", "instance_id"}
        case _:
            return False


def world_of(properties: dict[str, Any]) -> dict[str, Any]:
    """A world that has whatever these properties name, as far as they name anything."""
    app_id, version_id = (
        value if isinstance(value := properties.get(key), str) else "" for key in ("app_id", "version_id")
    )
    regions = sorted({"cn-a", *_listed(properties)})
    instances = dict.fromkeys(regions, 1)
    world: dict[str, Any] = {"regions": [{"id": region} for region in regions], "fetch_sources": False}
    if CONTAINER_APP_ID.fullmatch(app_id):
        versions = [{"version_id": version_id, "name": "it"}] if version_id.startswith("ver-") else []
        named = [{"region": region} for region in regions]
        apps = [{"app_id": app_id, "name": "it", "versions": versions, "regions": named}]
        return {**world, "container_apps": apps}
    return world | (
        {"applications": [{"app_id": app_id, "name": "it", "instances": instances}]} if app_id else {}
    )


def _listed(value: Any) -> Iterator[str]:
    """Every text that stands in some list."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, str) and item)
    if isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _listed(item)


@RESOURCES
@given(properties=any_properties)
@settings(max_examples=50, suppress_health_check=list(HealthCheck))
def test_any_properties(resource: Resource, cloud: InProcess, properties: dict[str, Any]) -> None:
    hold_the_law(resource, cloud, properties)


@RESOURCES
@given(data=st.data())
@settings(max_examples=120, suppress_health_check=list(HealthCheck))
def test_inputs_in_order_but_for_a_few_places(
    resource: Resource, cloud: InProcess, data: st.DataObject
) -> None:
    good = data.draw(st.sampled_from(resource.good))
    hold_the_law(resource, cloud, data.draw(nearly(good)))


@RESOURCES
def test_inputs_in_order_are_taken_by_provider_and_cloud(resource: Resource, cloud: InProcess) -> None:
    for good in resource.good:
        properties = over_the_wire(good)
        cloud.begin(world_of(properties))
        assert all(SEEN.match(failure.reason) for failure in checked(resource, properties).failures)
        assert [asked(start) for start in starts_of(resource, properties)].count(None)
