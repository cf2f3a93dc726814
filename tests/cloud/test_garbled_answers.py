"""Whatever an answer looks like, only errors of the package come out of reading it."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cloud.scripted import sample, scripted

from pulumi_alicloud_edge.cloud.ens_status import Reading
from pulumi_alicloud_edge.errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from pulumi_alicloud_edge.cloud.session import Cloud


async def read_pushes(cloud: Cloud) -> None:
    async for group in cloud.ens.describe_data_push_result("e-1"):
        assert all(group.targets(Reading(lambda words: words)))


async def read_dists(cloud: Cloud) -> None:
    async for group in cloud.ens.describe_data_dist_result("e-1"):
        assert all(group.targets(Reading(lambda words: words)))


def status(cloud: Cloud) -> Awaitable[Any]:
    return cloud.esa.get_edge_container_app_status("app-1", "prod")


def application(cloud: Cloud) -> Awaitable[Any]:
    return cloud.ens.describe_application("e-1")


STAT = {"InstanceStat": [{"InstanceId": "i-1", "RegionId": "r-1"}]}
APPLICATION = {
    "Application": {
        "AppMetaData": {"AppId": "e"},
        "DetailStat": {"AppVersionStat": [{"DistrictStat": [STAT]}]},
    }
}
RESOURCES = {"Regions": [{"Region": "huadong", "Ready": 1, "Total": 1}], "RequestId": "R"}
STAGING = {"Phase": "Running", "PodRestartState": {"RestartCount": 1}, "VIPs": ["10.0.0.1"]}
LISTING = {"Applications": {"Application": [{"AppList": {"App": [{"AppId": "e", "AppInfo": "{}"}]}}]}}

READERS: list[tuple[dict[str, Any], Callable[[Cloud], Awaitable[Any]]]] = [
    (sample("push_application_data"), lambda cloud: cloud.ens.push_application_data("e-1", [])),
    (sample("dist_application_data"), lambda cloud: cloud.ens.dist_application_data("e-1", [])),
    (sample("describe_data_push_result"), read_pushes),
    (sample("describe_data_dist_result"), read_dists),
    (sample("get_edge_container_app_status"), status),
    (APPLICATION, application),
    ({**LISTING, "TotalCount": 1}, lambda cloud: cloud.ens.list_applications()),
    (RESOURCES, lambda cloud: cloud.esa.get_edge_container_app_resource_status("app-1")),
    (STAGING, lambda cloud: cloud.esa.get_edge_container_staging_deploy_status("app-1")),
]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


@st.composite
def mutated(draw: st.DrawFn) -> tuple[Any, Callable[[Cloud], Awaitable[Any]]]:
    document, read = draw(st.sampled_from(READERS))
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        path = draw(st.sampled_from(list(places(document))))
        if not path:
            return draw(values), read
        holder = document
        for key in path[:-1]:
            holder = holder[key]
        if isinstance(holder, dict) and draw(st.booleans()):
            del holder[path[-1]]
        else:
            holder[path[-1]] = draw(values)
        if not isinstance(document, dict):
            break
    return document, read


@settings(max_examples=400)
@given(case=mutated())
async def test_mutated_answers_raise_typed_errors_only(
    case: tuple[Any, Callable[[Cloud], Awaitable[Any]]],
) -> None:
    document, read = case
    content = json.dumps(document).encode()
    # The second answer ends the reading of pages, however large a total the first one claims.
    end = httpx.Response(500, json={"Code": "InternalError"})
    cloud, _, _ = scripted(httpx.Response(200, content=content), end)
    with suppress(CloudError):
        await read(cloud)


@settings(max_examples=150)
@given(
    status=st.integers(min_value=200, max_value=599),
    content=st.binary(max_size=40) | st.builds(lambda value: json.dumps(value).encode(), values),
    reader=st.sampled_from(READERS),
)
async def test_any_status_and_body_raise_typed_errors_only(
    status: int, content: bytes, reader: tuple[dict[str, Any], Callable[[Cloud], Awaitable[Any]]]
) -> None:
    cloud, _, _ = scripted(httpx.Response(status, content=content))
    with suppress(CloudError):
        await reader[1](cloud)


@settings(max_examples=150)
@given(cut=st.integers(min_value=0, max_value=2000), reader=st.sampled_from(READERS))
async def test_a_cut_answer_is_never_read_as_a_whole(
    cut: int, reader: tuple[dict[str, Any], Callable[[Cloud], Awaitable[Any]]]
) -> None:
    content = json.dumps(reader[0]).encode()
    cloud, _, _ = scripted(httpx.Response(200, content=content[: cut % len(content)]))
    try:
        await reader[1](cloud)
    except CloudError as error:
        assert error.code == "HTTP200"  # noqa: PT017
    else:
        raise AssertionError("half an answer was taken for one")
