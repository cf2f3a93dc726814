"""No garbled answer makes a rollout done that is not.

Each rollout here is half way: one target is there, another on its way. One answer of the real client's is garbled,
always in the same way, and the rollout goes on to its end in a time that only its sleeps pass.

The law: it may end as converged only where the answers, as they were given, say so in their own words. A garbled
answer that says SUCCESS of every target that is meant cannot be told from a true one, and nobody could ask for that.
What is meant are the targets that the program names; else those that any answer names, for an answer that names fewer
than there are cannot be told from a smaller application. Counts beside the lists do not matter: the vendor's own
samples contradict theirs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cloud.garbling import garbled, hurt_once
from tests.delivery.answers import Answers
from tests.delivery.conducted import Heard
from tests.support.emulator import CONTAINER_APP_ID, VERSION_IDS
from tests.support.in_process import InProcess

from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.ens_wire import DistFile, PushFile
from pulumi_alicloud_edge._delivery.dist import DistPort
from pulumi_alicloud_edge._delivery.port import Port
from pulumi_alicloud_edge._delivery.push import PushPort
from pulumi_alicloud_edge._delivery.reads import Reads
from pulumi_alicloud_edge._delivery.release import ReleaseOrder, ReleasePort
from pulumi_alicloud_edge._delivery.run_context import Interrupt, RunContext
from pulumi_alicloud_edge._delivery.runner import RolloutResult, carry_out
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.outcome import RolloutStatus
from pulumi_alicloud_edge._model.policy import Everywhere, InRegions, RolloutPolicy, Selector, Share, Stage
from pulumi_alicloud_edge._reconcile.decisions import Desired

APP, REGIONS, INSTANCES = "an-application", ("cn-a", "cn-b"), ("i-a", "i-b")
PUSHED, PLACED = Artifact("assets", "2"), Artifact("levels", "2")
VERSION = Artifact(CONTAINER_APP_ID, VERSION_IDS[1])
AGES = [10_000.0, 10_000.0]
WORLD: Mapping[str, Any] = {
    "regions": [{"id": region} for region in REGIONS],
    "applications": [
        {
            "app_id": APP,
            "name": "it",
            "instances": {region: [instance] for region, instance in zip(REGIONS, INSTANCES, strict=True)},
        }
    ],
    "container_apps": [
        {
            "app_id": CONTAINER_APP_ID,
            "name": "it",
            "versions": [{"version_id": version, "name": "it"} for version in VERSION_IDS[:2]],
            "regions": [{"region": "huadong", "replicas": 4}],
            "prod": {"version_id": VERSION_IDS[0]},
        }
    ],
    "pushed": [
        {"app_id": APP, "name": "assets", "version": "2", "regions": REGIONS[:1]},
        *({"app_id": APP, "name": "levels", "version": version} for version in "12"),
    ],
    "distributed": [
        {"app_id": APP, "name": "levels", "version": "2", "instances": INSTANCES[:1]},
        {"app_id": APP, "name": "levels", "version": "1", "instances": INSTANCES[1:]},
    ],
    "timing": {"push_seconds": AGES, "dist_seconds": AGES, "publish_seconds": AGES},
    "fetch_sources": False,
}


@dataclass(frozen=True)
class Scene:
    """A rollout that is half way.

    Attributes:
        selector: What it is to reach.
        make: Makes its port.
        unit: What it rolls out.
        status: The operation that tells how far it is.
        backed: Whether answers, by operation and as they were given, say that it is done.
    """

    selector: Selector
    make: Callable[[Cloud, Stage], Port]
    artifact: Artifact
    status: str
    backed: Callable[[Mapping[str, list[Any]]], bool]


def push_port(cloud: Cloud, stage: Stage) -> Port:
    files = {PUSHED: PushFile(name=PUSHED.name, version=PUSHED.version, url="fake://files/assets")}
    return PushPort(
        ens=cloud.ens, reads=Reads(cloud), app_id=APP, files=files, artifacts=(PUSHED,), stages=(stage,)
    )


def dist_port(cloud: Cloud, stage: Stage) -> Port:
    files = {PLACED: DistFile(name=PLACED.name, version=PLACED.version, dest_path="/opt/levels")}
    return DistPort(
        ens=cloud.ens, reads=Reads(cloud), app_id=APP, files=files, artifacts=(PLACED,), stages=(stage,)
    )


def release_port(cloud: Cloud, stage: Stage) -> Port:
    order = ReleaseOrder(None, None, None)
    return ReleasePort(
        esa=cloud.esa, app_id=CONTAINER_APP_ID, env="prod", artifact=VERSION, stages=(stage,), order=order
    )


def is_pushed(answers: Mapping[str, list[Any]], *, named: tuple[str, ...]) -> bool:
    shown = answers[PUSH]
    there = {target for answer in shown for target in _under(answer, "RegionId", PUSHED, "SUCCESS")}
    listed = {target for answer in shown for target in _under(answer, "RegionId", PUSHED)}
    return bool(there) and there >= (set(named) or listed)


def is_placed(answers: Mapping[str, list[Any]]) -> bool:
    there = {target for answer in answers[DIST] for target in _under(answer, "InstanceId", PLACED, "SUCCESS")}
    listed = {word for given in answers.values() for answer in given for word in _words(answer, "InstanceId")}
    return bool(there) and there >= listed


def is_released(answers: Mapping[str, list[Any]], *, percentage: int) -> bool:
    shown = [status for answer in answers["GetEdgeContainerAppStatus"] for status in _objects(answer)]
    return any(_says_released(status, percentage) for status in shown if "PublishStatus" in status)


def _says_released(status: dict[str, Any], percentage: int) -> bool:
    """Whether a status names our version, at our share of the environment and no other."""
    if VERSION.version not in {_text(status, key) for key in ("PublishingVersion", "DeployedVersion")}:
        return False
    reached = int("0" + "".join(filter(str.isdigit, _text(status, "PublishPercentage")))[:4])
    match _text(status, "PublishStatus").lower():
        case "published":
            return reached in {percentage, 0}
        case "rollbacked":
            return percentage == 100
        case "publishing" | "pubishing" | "rollbacking":
            return reached == percentage < 100
        case _:
            return False


def _under(node: Any, key: str, artifact: Artifact, status: str = "") -> Iterator[str]:
    """The targets that a document lists under a unit and a status, in whatever shape."""
    for result in _objects(node):
        if (_text(result, "Name"), _text(result, "Version")) == (artifact.name, artifact.version):
            for stat in _objects(result):
                if not status or _text(stat, "Status").upper() == status:
                    yield from _words(stat, key)


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _objects(child)


def _words(node: Any, key: str) -> Iterator[str]:
    """Every text under a key; also within texts that hold documents themselves."""
    for each in _objects(node):
        for name, value in each.items():
            if name == key and isinstance(value, str) and value.strip():
                yield value.strip()
            elif isinstance(value, str) and value.lstrip().startswith(("{", "[")):
                yield from _words(_parsed(value.encode()), key)


def _text(node: dict[str, Any], key: str) -> str:
    return str(node.get(key, "")).strip()


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


PUSH, DIST = "DescribeDataPushResult", "DescribeDataDistResult"
RELEASE = "GetEdgeContainerAppStatus"
SCENES = {
    "push to named regions": Scene(
        InRegions(REGIONS), push_port, PUSHED, PUSH, partial(is_pushed, named=REGIONS)
    ),
    "push everywhere": Scene(Everywhere(), push_port, PUSHED, PUSH, partial(is_pushed, named=())),
    "dist everywhere": Scene(Everywhere(), dist_port, PLACED, DIST, is_placed),
    "release to all": Scene(Share(100), release_port, VERSION, RELEASE, partial(is_released, percentage=100)),
    "release to a part": Scene(
        Share(60), release_port, VERSION, RELEASE, partial(is_released, percentage=60)
    ),
}


@cache
def real_answers(name: str) -> dict[str, bytes]:
    """What each operation answers while a scene's rollout is half way."""
    return asyncio.run(_recorded(SCENES[name]))


async def _recorded(scene: Scene) -> dict[str, bytes]:
    cloud = InProcess(WORLD)
    client = cloud.client()
    port = scene.make(client, Stage(scene.selector))
    await _carried_out(scene, port, lambda: 0.0, _until(3))
    cloud.advance(5_000.0)
    await port.observe()
    cloud.close()
    actions = (action for action, _ in cloud.calls)
    return dict(zip(actions, cloud.answers, strict=True))


def _until(naps: int) -> Callable[[float], Any]:
    """Sleeps that end in a failure, after some of them."""
    left = iter(range(naps))

    async def sleep(_: float) -> None:
        if next(left, None) is None:
            raise TimeoutError

    return sleep


async def _carried_out(
    scene: Scene, port: Port, clock: Callable[[], float], sleep: Callable[[float], Any]
) -> RolloutResult | None:
    policy = RolloutPolicy(stages=(Stage(scene.selector),), retries=0, timeout=8.0, stall_timeout=4.0)
    around = RunContext(clock=clock, sleep=sleep, interrupt=Interrupt(), listener=Heard())
    try:
        return await carry_out(
            port, Desired((scene.artifact,), exclusive=scene.make is not push_port), policy, around
        )
    except TimeoutError:
        return None


def concluded(scene: Scene, given: Mapping[str, bytes]) -> RolloutStatus:
    """Carry a scene's rollout out before a cloud that always gives these answers."""

    async def work() -> RolloutStatus:
        answers = Answers({action: httpx.Response(200, content=content) for action, content in given.items()})
        cloud = answers.cloud

        async def sleep(seconds: float) -> None:
            answers.now += seconds

        ended = await _carried_out(
            scene, scene.make(cloud, Stage(scene.selector)), lambda: answers.now, sleep
        )
        await cloud.aclose()
        assert ended is not None
        return ended.outcome.status

    return asyncio.run(work())


DONE = (RolloutStatus.CONVERGED, RolloutStatus.DEGRADED)


@pytest.mark.parametrize("name", SCENES)
def test_what_is_half_way_is_not_done(name: str) -> None:
    given = real_answers(name)
    assert concluded(SCENES[name], given) is RolloutStatus.FAILED
    assert not SCENES[name].backed({action: [json.loads(content)] for action, content in given.items()})


def hold_the_law(scene: Scene, given: Mapping[str, bytes]) -> bool:
    """See that a scene is done only if its answers say so; whether it is."""
    done = concluded(scene, given) in DONE
    assert not done or scene.backed({action: [_parsed(content)] for action, content in given.items()}), given
    return done


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("push to named regions", 1),  # the other region's SUCCESS
        ("push everywhere", 1),  # the region that lacked it, where the inventory suggests both
        ("dist everywhere", 1),
        ("release to all", 0),  # published, and at the whole: no single word says both
        ("release to a part", 0),  # no single word is exactly our share
    ],
)
def test_one_wrong_place_makes_it_done_only_where_it_says_so(name: str, ends: int) -> None:
    scene, given = SCENES[name], real_answers(name)
    hurts = hurt_once(given[scene.status])
    assert sum(hold_the_law(scene, {**given, scene.status: hurt}) for hurt in hurts) == ends


@pytest.mark.parametrize("name", SCENES)
@given(data=st.data())
@settings(max_examples=60)
def test_garbled_answers_make_it_done_only_where_they_say_so(name: str, data: st.DataObject) -> None:
    scene, given = SCENES[name], dict(real_answers(name))
    action = data.draw(st.just(scene.status) | st.just(scene.status) | st.sampled_from(sorted(given)))
    given[action] = data.draw(garbled(given[action]))
    hold_the_law(scene, given)
