"""Emulated clouds to measure before, and stacks over them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from support.declarations import distribution, placed
from support.emulator import KEY_ID, KEY_SECRET, Emulator
from support.sdks import plain
from support.stack import Declared, Stack, dist, push

from bench.children import ROOT

REGIONS = tuple(f"cn-edge-{number}" for number in range(6))
INSTANCES_PER_REGION = 5

_FLOOR_PROGRAM = """\
import json
from pathlib import Path

import pulumi

from bench.{module} import {resource}

made = {}
for declared in json.loads((Path(__file__).parent / "resources.json").read_text()):
    options = pulumi.ResourceOptions(depends_on=[made[name] for name in declared["after"]])
    made[declared["name"]] = {resource}(declared["name"], declared["inputs"], options)
"""
FLOOR_PROGRAM = _FLOOR_PROGRAM.replace("{module}", "floor").replace("{resource}", "Nothing")
ALIKE_PROGRAM = _FLOOR_PROGRAM.replace("{module}", "alike").replace("{resource}", "Alike")


def world(applications: int, *, seconds: float) -> dict[str, Any]:
    """Applications of 30 instances each, on which everything takes equally long."""
    default = json.loads((files("alicloud_edge_emulator") / "worlds" / "default.json").read_text())
    span = [seconds, seconds]
    apps = [
        {"app_id": app_id(number), "name": f"app-{number}", "instances": dict.fromkeys(REGIONS, 5)}
        for number in range(applications)
    ]
    return {
        **{key: default[key] for key in default if key in ("keys", "account_id")},
        "regions": [{"id": region} for region in REGIONS],
        "applications": apps,
        "timing": {"push_seconds": span, "dist_seconds": span, "publish_seconds": span},
    }


def app_id(number: int) -> str:
    """The id of one of its applications."""
    return f"e76f8985-7965-41fc-925b-{number:012d}"


def pairs(application: int, count: int) -> list[Declared]:
    """Pushes of one application, each with the distribution that follows it."""
    declared = []
    for number in range(count):
        name, key = f"data-{number}", f"{application}-{number}"
        file = {"name": name, "version": "1", "url": f"fake://files/{name}", "size": 10}
        pushing = {"app_id": app_id(application), "data": [file], "regions": list(REGIONS)}
        declared.append(push(pushing, name=f"push-{key}"))
        placing = distribution(placed("1", name), app_id=app_id(application))
        declared.append(dist(placing, name=f"dist-{key}", after=(f"push-{key}",)))
    return declared


def stack(folder: Path, emulator: Emulator, declared: list[Declared], program: str = "") -> Stack:
    """A stack that declares these, over the provider or over another program's resources."""
    made = Stack(folder, emulator, plain())
    made.env["PYTHONPATH"] += os.pathsep + str(ROOT)
    made.env["ALIBABA_CLOUD_ACCESS_KEY_ID"], made.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = KEY_ID, KEY_SECRET
    made.config({"accessKeyId": KEY_ID, "accessKeySecret": KEY_SECRET})
    made.declare(*declared)
    if program:
        made.program(program)
    return made


Seconds = Mapping[str, float]
