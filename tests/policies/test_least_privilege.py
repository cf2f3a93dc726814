"""The RAM policies of docs/policies: each allows what it is for and no more, and needs every action that it names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.support.emulator import CONTAINER_APP_ID, KEY_ID, KEY_SECRET, VERSION_IDS
from tests.support.in_process import InProcess, runtime_before

from pulumi_alicloud_edge._errors import (
    EdgeError,
    PartialStateError,
    PermissionDeniedError,
    RolloutFailedError,
)
from pulumi_alicloud_edge._operations.apply import create, update
from pulumi_alicloud_edge._operations.check import check
from pulumi_alicloud_edge._operations.context import OperationContext
from pulumi_alicloud_edge._operations.delete import delete
from pulumi_alicloud_edge._operations.operation import Operation
from pulumi_alicloud_edge._operations.read import read
from pulumi_alicloud_edge._resources.dist import DistHandler
from pulumi_alicloud_edge._resources.handler import ResourceHandler
from pulumi_alicloud_edge._resources.push import PushHandler
from pulumi_alicloud_edge._resources.queries import container_app_status
from pulumi_alicloud_edge._resources.release import ReleaseHandler
from pulumi_alicloud_edge._runtime import Runtime

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "policies"
APP, REGIONS = "an-application", ("cn-a", "cn-b")
IN_STAGING = CONTAINER_APP_ID.replace("1", "2")
FIRST, SECOND, BROKEN = VERSION_IDS
AT_ONCE = [0.0, 0.0]


def container_app(app_id: str, **releases: Any) -> dict[str, Any]:
    versions: list[dict[str, str]] = [{"version_id": version, "name": version} for version in (FIRST, SECOND)]
    versions.append({"version_id": BROKEN, "name": "broken", "behaviour": "crash_loop"})
    regions = [{"region": "huadong", "replicas": 2}]
    return {"app_id": app_id, "name": app_id, "versions": versions, "regions": regions, **releases}


WORLD: dict[str, Any] = {
    "regions": [{"id": region} for region in REGIONS],
    "applications": [{"app_id": APP, "name": "it", "instances": dict.fromkeys(REGIONS, 1)}],
    "container_apps": [
        container_app(CONTAINER_APP_ID, prod={"version_id": FIRST}),
        container_app(IN_STAGING, staging={"version_id": FIRST}),
    ],
    "pushed": [{"app_id": APP, "name": "assets", "version": version} for version in "12"],
    "distributed": [{"app_id": APP, "name": "assets", "version": "1"}],
    "timing": {"push_seconds": AT_ONCE, "dist_seconds": AT_ONCE, "publish_seconds": AT_ONCE},
    "fetch_sources": False,
}


def push(version: str) -> dict[str, Any]:
    sources = {f"assets@{version}": "https://example.com/assets"}
    data = [{"name": "assets", "version": version}]
    return {"app_id": APP, "data": data, "regions": list(REGIONS), "__sources": sources}


def dist(version: str) -> dict[str, Any]:
    return {"app_id": APP, "data": [{"name": "assets", "version": version, "dest_path": "/opt/assets"}]}


def release(version: str, **more: Any) -> dict[str, Any]:
    return {"app_id": CONTAINER_APP_ID, "version_id": version, "env": "prod", **more}


class Identity:
    """Somebody who may do certain things and no others.

    Args:
        cloud: The cloud, which knows nobody else.
        runtime: What calls it.
    """

    def __init__(self, cloud: InProcess, runtime: Runtime) -> None:
        self.cloud = cloud
        self.runtime = runtime
        self.push, self.dist, self.release = map(
            self._operation, (PushHandler(), DistHandler(), ReleaseHandler())
        )

    def _operation(self, kind: ResourceHandler[Any]) -> Operation[Any]:
        return Operation(kind, self.runtime, OperationContext())

    def status(self, app_id: str, env: str) -> Any:
        """What a program sees of a release."""
        return self.runtime.run(container_app_status(self.runtime, {"app_id": app_id, "env": env}))

    @property
    def called(self) -> set[str]:
        """The actions that it has tried."""
        return {f"{'esa' if 'EdgeContainer' in action else 'ens'}:{action}" for action, _ in self.cloud.calls}

    @property
    def refused(self) -> set[str]:
        """Those among them that were denied."""
        answers = zip(self.cloud.calls, self.cloud.answers, strict=True)
        return {action for (action, _), answer in answers if b'"NoPermission"' in answer}


Promise = Callable[[Identity], bool]


def refreshes(kind: str, inputs: dict[str, Any]) -> Promise:
    return lambda identity: read(getattr(identity, kind), inputs).outputs["status"] == "converged"


def brings(kind: str, inputs: dict[str, Any]) -> Promise:
    return lambda identity: create(getattr(identity, kind), inputs).outputs["status"] == "converged"


def cleans(identity: Identity) -> bool:
    delete(identity.dist, {**dist("1"), "owned": {"assets": ["1"]}})
    return True


def rolls_back(identity: Identity) -> bool:
    rollout = {"on_failure": "rollback", "stall_timeout": 0.5, "retries": 0.0}
    stored = {**release(FIRST), "status": "converged"}
    with pytest.raises(PartialStateError) as failed:
        update(identity.release, "id", stored, release(BROKEN, rollout=rollout))
    is_rollout = isinstance(failed.value.cause, RolloutFailedError)
    return is_rollout and failed.value.outputs["status"] == "rolled_back"


READING: dict[str, Promise] = {
    "ens:DescribeApplication": lambda identity: "2 instances" in check(identity.dist, {}, dist("2")).impact,
    "ens:DescribeDataDistResult": refreshes("dist", dist("1")),
    "ens:DescribeDataPushResult": refreshes("push", push("1")),
    "esa:GetEdgeContainerAppResourceStatus": lambda i: i.status(CONTAINER_APP_ID, "prod").pods_total == 2,
    "esa:GetEdgeContainerAppStatus": refreshes("release", release(FIRST)),
    "esa:GetEdgeContainerAppVersion": refreshes("release", release(FIRST)),
    "esa:GetEdgeContainerStagingDeployStatus": lambda i: (
        i.status(IN_STAGING, "staging").pod_phase == "Running"
    ),
}
STARTING: dict[str, Promise] = {
    "ens:CleanDistData": cleans,
    "ens:DistApplicationData": brings("dist", dist("2")),
    "ens:PushApplicationData": brings("push", push("3")),
    "esa:PublishEdgeContainerAppVersion": brings("release", release(SECOND)),
    "esa:RollbackEdgeContainerAppVersion": rolls_back,
}
"""For each action, something that the provider promises and that needs it."""
PROMISES = {"preview": READING, "rollout": READING | STARTING}


def actions(policy: str) -> list[str]:
    document = json.loads((FOLDER / f"{policy}.json").read_text())
    (statement,) = document["Statement"]
    assert (document["Version"], statement["Effect"], statement["Resource"]) == ("1", "Allow", "*")
    listed: list[str] = statement["Action"]
    return listed


@pytest.fixture
def identity() -> Iterator[Callable[..., Identity]]:
    """Makes identities."""
    with ExitStack() as stack:

        def make(policy: str, without: str = "") -> Identity:
            allowed = [action for action in actions(policy) if action != without]
            cloud = InProcess({**WORLD, "keys": [{"id": KEY_ID, "secret": KEY_SECRET, "allow": allowed}]})
            return Identity(cloud, stack.enter_context(runtime_before(cloud)))

        yield make


def kept(promise: Promise, identity: Identity) -> bool:
    try:
        return promise(identity)
    except EdgeError:
        return False


@pytest.mark.parametrize("policy", PROMISES)
def test_a_policy_names_each_action_once_and_has_a_reason_for_it(policy: str) -> None:
    assert actions(policy) == sorted(PROMISES[policy])


@pytest.mark.parametrize("policy", PROMISES)
def test_with_its_policy_all_that_is_promised_works(policy: str, identity: Callable[..., Identity]) -> None:
    called: set[str] = set()
    for promise in PROMISES[policy].values():
        somebody = identity(policy)
        assert promise(somebody)
        assert not somebody.refused
        called |= somebody.called
    assert called == set(actions(policy))


@pytest.mark.parametrize(
    ("policy", "action"), [(policy, action) for policy in PROMISES for action in PROMISES[policy]]
)
def test_without_one_of_its_actions_something_promised_fails(
    policy: str, action: str, identity: Callable[..., Identity]
) -> None:
    somebody = identity(policy, without=action)
    assert not kept(PROMISES[policy][action], somebody)
    assert somebody.refused == {action.partition(":")[2]}


@pytest.mark.parametrize("action", STARTING)
def test_who_may_only_look_starts_nothing_and_is_told_what_to_allow(
    action: str, identity: Callable[..., Identity]
) -> None:
    somebody = identity("preview")
    assert not kept(STARTING[action], somebody)
    assert somebody.refused
    assert somebody.refused == {action for action, _ in somebody.cloud.calls} & {
        a.partition(":")[2] for a in STARTING
    }


def test_a_denied_start_names_the_action(identity: Callable[..., Identity]) -> None:
    somebody = identity("preview")
    with pytest.raises(PermissionDeniedError) as denied:
        create(somebody.push, push("3"))
    assert denied.value.ram_action == "ens:PushApplicationData"
