"""Real answers of the emulated cloud, of every operation and in several of its ways, and how they get garbled."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from hypothesis import strategies as st
from tests.support.emulator import APP_ID, CONTAINER_APP_ID, REGIONS, VERSION_IDS
from tests.support.in_process import InProcess

from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.ens_wire import DistFile, PushFile
from pulumi_alicloud_edge._delivery.records import count, fold

DATA, RELEASE = (APP_ID, CONTAINER_APP_ID)
PUSHED = PushFile(name="assets", version="1", url="fake://files/assets")
PLACED = DistFile(name="assets", version="1", dest_path="/opt/assets")
READERS: Mapping[str, Callable[[Cloud], Awaitable[Any]]] = {
    "PushApplicationData": lambda cloud: cloud.ens.push_application_data(DATA, [PUSHED]),
    "DescribeDataPushResult": lambda cloud: fold(cloud.ens.describe_data_push_result(DATA)),
    "DistApplicationData": lambda cloud: cloud.ens.dist_application_data(DATA, [PLACED]),
    "DescribeDataDistResult": lambda cloud: fold(cloud.ens.describe_data_dist_result(DATA)),
    "DescribeDataDistResult, counted": lambda cloud: count(cloud.ens.describe_data_dist_result(DATA)),
    "CleanDistData": lambda cloud: cloud.ens.clean_dist_data(DATA, "gone", "1"),
    "DescribeApplication": lambda cloud: cloud.ens.describe_application(DATA),
    "ListApplications": lambda cloud: cloud.ens.list_applications(),
    "DescribeEnsRegions": lambda cloud: cloud.ens.describe_ens_regions(),
    "PublishEdgeContainerAppVersion": lambda cloud: cloud.esa.publish_edge_container_app_version(
        RELEASE, VERSION_IDS[1], "staging", percentage=50
    ),
    "RollbackEdgeContainerAppVersion": lambda cloud: cloud.esa.rollback_edge_container_app_version(
        RELEASE, VERSION_IDS[0]
    ),
    "GetEdgeContainerAppStatus": lambda cloud: cloud.esa.get_edge_container_app_status(RELEASE, "staging"),
    "GetEdgeContainerApp": lambda cloud: cloud.esa.get_edge_container_app(RELEASE),
    "ListEdgeContainerApps": lambda cloud: cloud.esa.list_edge_container_apps(),
    "GetEdgeContainerAppVersion": lambda cloud: cloud.esa.get_edge_container_app_version(
        RELEASE, VERSION_IDS[1]
    ),
    "ListEdgeContainerAppVersions": lambda cloud: cloud.esa.list_edge_container_app_versions(RELEASE),
    "GetEdgeContainerAppResourceStatus": lambda cloud: cloud.esa.get_edge_container_app_resource_status(
        RELEASE
    ),
    "GetEdgeContainerStagingDeployStatus": lambda cloud: cloud.esa.get_edge_container_staging_deploy_status(
        RELEASE
    ),
    "GetEdgeContainerDeployRegions": lambda cloud: cloud.esa.get_edge_container_deploy_regions(RELEASE),
}
WAYS: tuple[dict[str, str], ...] = (
    {},
    {"paging": "targets", "text": "untidy", "enumeration": "as_begun"},
    {"dist_code": "sample", "inventory": "empty", "release_fields": "both_stay", "repush": "answers_300"},
)


@cache
def real_answers() -> dict[str, tuple[bytes, ...]]:
    """Each operation's answers from the middle of a rollout, in which some targets are there and some have failed."""
    return asyncio.run(_recorded())


async def _recorded() -> dict[str, tuple[bytes, ...]]:
    world = json.loads((files("alicloud_edge_emulator") / "worlds" / "default.json").read_text())
    placed = {"app_id": DATA, "name": "assets", "version": "1"}
    recorded: dict[str, list[bytes]] = {name: [] for name in READERS}
    for ways in WAYS:
        there = [{**placed, "regions": REGIONS[:2]}, {**placed, "regions": REGIONS[2:3], "state": "FAILED"}]
        cloud = InProcess({**world, "dialect": ways, "pushed": there, "distributed": there[:1]})
        client = cloud.client()
        for name, read in READERS.items():
            await read(client)
            recorded[name].append(cloud.answers[-1])
            cloud.advance(0.4)
        cloud.close()
    return {name: tuple(answers) for name, answers in recorded.items()}


DIGITS = "@many digits@"
"""Stands for a number with more digits than Python reads; put into the text once that is made."""
TELLING = ("SUCCESS", "published", 100, "")
plausible = st.sampled_from(
    (*TELLING, "success\n", "FAILED", "PUSHING", "publishing", "100", "100%", 99, True)
)
odd: st.SearchStrategy[Any] = st.sampled_from(
    (
        *(None, False, 0, 1, -1, 2, 101, 300, 2**63, 10**400, 0.5, 1e308, DIGITS, "9" * 5000, "-1"),
        *(
            [],
            {},
            [[]],
            [{}],
            [None],
            {"": {}},
            "[" * 3000,
            '{"a": ' * 3000,
            " ",
            "\n",
            "\x00",
            "\N{BOM}",
            "x" * 10_000,
        ),
    )
)
wrong = plausible | odd | st.text(max_size=8) | st.integers() | st.floats(allow_nan=False)
TEXTUAL: tuple[Callable[[str], str], ...] = (
    lambda text: "\N{BOM}" + text,
    lambda text: text + text,
    lambda text: f"[{text}]",
    lambda text: text.replace(":", ": NaN, 'x':", 1),
    lambda text: text.replace("{", '{"Code": "", "Message": "", ', 1),
    lambda text: text.replace("}", ', "Status": "FAILED"}', 1),
    lambda text: "{" * 5000 + text,
    str.upper,
    str.lower,
)


@st.composite
def garbled(draw: st.DrawFn, answer: bytes) -> bytes:
    """An answer of which keys are gone or changed, lists cut or doubled, values swapped; or the text itself is hurt."""
    document = json.loads(answer)
    for _ in range(draw(st.integers(1, 3))):
        spots = list(_spots(document))
        if spots:
            hurt = draw(st.sampled_from(HURTS))
            hurt(draw, *draw(st.sampled_from(spots)), spots)
    text = json.dumps(document).replace(f'"{DIGITS}"', "9" * 5000)
    if draw(st.integers(0, 9)) == 0:
        text = draw(st.sampled_from(TEXTUAL))(text)
    content = text.encode()
    if draw(st.integers(0, 9)) == 0:
        content = content[: draw(st.integers(0, len(content)))] + draw(st.sampled_from((b"", b"\xff", b"}")))
    return content


Spot = tuple[Any, Any]
"""A place of a document: what holds it, and under which key."""


def _drop(_: st.DrawFn, holder: Any, key: Any, __: list[Spot]) -> None:
    del holder[key]


def _empty(_: st.DrawFn, holder: Any, key: Any, __: list[Spot]) -> None:
    holder[key] = None


def _replace(draw: st.DrawFn, holder: Any, key: Any, _: list[Spot]) -> None:
    holder[key] = copy.deepcopy(draw(plausible | wrong))


def _double(_: st.DrawFn, holder: Any, key: Any, __: list[Spot]) -> None:
    if isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))


def _cut(_: st.DrawFn, holder: Any, key: Any, __: list[Spot]) -> None:
    if isinstance(holder, list):
        del holder[key:]


def _swap(draw: st.DrawFn, holder: Any, key: Any, spots: list[Spot]) -> None:
    other, at = draw(st.sampled_from(spots))
    holder[key], other[at] = copy.deepcopy(other[at]), copy.deepcopy(holder[key])


def _rename(draw: st.DrawFn, holder: Any, key: Any, _: list[Spot]) -> None:
    if isinstance(holder, dict):
        holder[draw(st.sampled_from((key.lower(), key.upper(), key[:-1])))] = holder.pop(key)


def _wrap(draw: st.DrawFn, holder: Any, key: Any, _: list[Spot]) -> None:
    holder[key] = draw(st.sampled_from(([holder[key]], {"Item": holder[key]}, json.dumps(holder[key]))))


HURTS = (_drop, _empty, _replace, _replace, _double, _cut, _swap, _rename, _wrap)


def hurt_once(answer: bytes) -> Iterator[bytes]:
    """An answer with one place dropped, emptied, cut off, or changed into a word that means much; every place."""
    for index in range(len(list(_spots(json.loads(answer))))):
        for word in (*TELLING, None):
            document = json.loads(answer)
            holder, key = list(_spots(document))[index]
            holder[key] = word
            yield json.dumps(document).encode()
        document = json.loads(answer)
        holder, key = list(_spots(document))[index]
        if isinstance(holder, list):
            del holder[key:]
        else:
            del holder[key]
        yield json.dumps(document).encode()


def _spots(node: Any) -> Iterator[Spot]:
    """Every place of a document."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in list(children):
        yield node, key
        yield from _spots(child)
