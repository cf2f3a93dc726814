"""Every key of an answer is one of the vendor's model, and every key of the model is in the answer."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_ens20171110 import models as ens_models
from alibabacloud_esa20240910 import models as esa_models
from tests.support.caller import Caller
from tests.support.emulator import APP_ID, CONTAINER_APP_ID, VERSION_IDS, Emulator

MODELS = {"ens": ens_models, "esa": esa_models}
DATA = json.dumps([{"name": "assets", "version": "1", "destPath": "/opt/assets"}])
APP = {"AppId": APP_ID}
WEB = {"AppId": CONTAINER_APP_ID}
VERSION = {**WEB, "VersionId": VERSION_IDS[0]}
CALLS: dict[str, tuple[str, dict[str, str]]] = {
    "PushApplicationData": ("ens", {**APP, "Data": DATA}),
    "DescribeDataPushResult": ("ens", APP),
    "DistApplicationData": ("ens", {**APP, "Data": DATA}),
    "DescribeDataDistResult": ("ens", APP),
    "ListApplications": ("ens", {}),
    "DescribeApplication": ("ens", APP),
    "DescribeEnsRegions": ("ens", {}),
    "CleanDistData": ("ens", {**APP, "DataName": "assets", "DataVersion": "1"}),
    "GetEdgeContainerAppStatus": ("esa", WEB),
    "GetEdgeContainerApp": ("esa", WEB),
    "ListEdgeContainerApps": ("esa", {}),
    "GetEdgeContainerAppVersion": ("esa", VERSION),
    "ListEdgeContainerAppVersions": ("esa", WEB),
    "GetEdgeContainerAppResourceStatus": ("esa", WEB),
    "GetEdgeContainerStagingDeployStatus": ("esa", WEB),
    "GetEdgeContainerDeployRegions": ("esa", WEB),
    "PublishEdgeContainerAppVersion": ("esa", {**VERSION, "PublishEnv": "prod"}),
    "RollbackEdgeContainerAppVersion": ("esa", VERSION),
}


@pytest.fixture
def caller(emulator: Emulator) -> Caller:
    """A world in which there is something to show everywhere."""
    caller = Caller(emulator)
    for env in ("staging", "prod"):
        caller.ok("PublishEdgeContainerAppVersion", product="esa", **{**VERSION, "PublishEnv": env})
    caller.ok("PushApplicationData", AppId=APP_ID, Data=DATA)
    emulator.advance(60)
    caller.ok("DistApplicationData", AppId=APP_ID, Data=DATA)
    emulator.advance(60)
    return caller


def body_of(caller: Caller, action: str) -> tuple[Any, Any]:
    """The answer as it came, and the vendor's model of it."""
    product, parameters = CALLS[action]
    raw = caller.ok(action, product=product, **parameters)
    return raw, getattr(MODELS[product], f"{action}ResponseBody")().from_map(raw)


@pytest.mark.parametrize("action", CALLS)
def test_no_key_is_foreign_to_the_vendors_model(caller: Caller, action: str) -> None:
    raw, model = body_of(caller, action)
    assert model.to_map() == raw


@pytest.mark.parametrize("action", [action for action, (product, _) in CALLS.items() if product == "esa"])
def test_no_key_of_the_vendors_model_is_missing(caller: Caller, action: str) -> None:
    _, model = body_of(caller, action)
    assert list(absent(model)) == []


def absent(model: Any, path: str = "") -> Iterator[str]:
    for name, value in vars(model).items():
        where = f"{path}.{name}"
        if value is None:
            yield where
        for part in value if isinstance(value, list) else [value]:
            if hasattr(part, "to_map"):
                yield from absent(part, where)
