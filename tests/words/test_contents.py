"""What a push remembers of its versions' content: enough to refuse another one, small, and readable when damaged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._resources.contents import (
    CONTENTS,
    KEPT_IN_ALL,
    digests,
    known_contents,
    show_contents,
    without_undeclared,
)
from pulumi_alicloud_edge._resources.inputs import PushDataInput

MD5, OTHER = "0" * 32, "1" * 32


def file(version: str = "1", name: str = "assets", **content: Any) -> PushDataInput:
    return PushDataInput(name=name, version=version, **content)


def placed(version: str = "1", **counts: int) -> dict[str, Any]:
    return {"name": "assets", "version": version, "counts": counts, "total": 2, "failed": []}


def state(status: str = "converged", arrived: int = 2, **item: Any) -> dict[str, Any]:
    data = [{"name": "assets", "version": "1", **item}]
    return {"status": status, "data": data, "placements": [placed(converged=arrived)]}


def remember(*files: PushDataInput, before: Any = None) -> dict[str, Any]:
    known = known_contents(before or {}, {})
    return {CONTENTS: show_contents(known, files, [item.artifact for item in files])}


def test_versions_of_long_ago_are_known_in_the_order_in_which_they_came() -> None:
    outputs = remember(file("1", md5=MD5, size=7))
    outputs = remember(file("2", md5=OTHER), before=outputs)
    outputs = remember(file("1", md5=MD5), before=outputs)
    known = known_contents(outputs, {})
    assert list(known) == [Artifact("assets", "2"), Artifact("assets", "1")]
    assert known[Artifact("assets", "1")] == digests(file("1", md5=MD5, size=7))
    assert MD5 not in json.dumps(outputs)


def test_ten_versions_of_a_name_are_remembered_and_of_many_names_so_many_in_all() -> None:
    outputs: dict[str, Any] = {}
    for number in range(15):
        outputs = remember(file(str(number), md5=MD5), before=outputs)
    assert [entry["version"] for entry in outputs[CONTENTS]] == [str(number) for number in range(5, 15)]
    for number in range(KEPT_IN_ALL):
        outputs = remember(file("1", f"name-{number}", size=number), before=outputs)
    assert len(outputs[CONTENTS]) == KEPT_IN_ALL
    assert {entry["name"] for entry in outputs[CONTENTS]} == {f"name-{n}" for n in range(KEPT_IN_ALL)}


def test_what_arrived_nowhere_and_what_declares_nothing_is_not_remembered() -> None:
    assert show_contents({}, [file(md5=MD5)], []) == []
    assert remember(file()) == {CONTENTS: []}


@pytest.mark.parametrize(
    ("outputs", "inputs", "content"),
    [
        pytest.param(state(md5=MD5), {}, {"md5": MD5}, id="outputs of a release that remembered nothing"),
        pytest.param(state(md5=MD5.upper()), {}, {"md5": MD5}, id="in capitals"),
        pytest.param(state(size=7.0), {}, {"size": 7}, id="a number as the engine has it"),
        pytest.param(state(), state(md5=MD5), {"md5": MD5}, id="inputs that were no change"),
        pytest.param(state(size=7), state(md5=MD5), {"md5": MD5, "size": 7}, id="both"),
        pytest.param(state(md5=MD5), state(md5=OTHER), {"md5": MD5}, id="what was pushed counts first"),
        pytest.param(state("failed"), state(md5=MD5), None, id="inputs from before a failure"),
        pytest.param(state(arrived=0, md5=MD5), {}, None, id="what arrived nowhere"),
        pytest.param(state(), {"data": [{"name": "assets"}, 7, {"version": "1"}]}, None, id="damaged inputs"),
        pytest.param(state(), {"data": "x"}, None, id="inputs of another make"),
        pytest.param({}, {}, None, id="nothing"),
    ],
)
def test_what_is_known_from_outputs_and_inputs(
    outputs: dict[str, Any], inputs: dict[str, Any], content: dict[str, Any] | None
) -> None:
    known = known_contents(outputs, inputs).get(Artifact("assets", "1"), {})
    assert known == digests(file(**content or {}))


@pytest.mark.parametrize("damaged", [None, 7, "x", {}, [7], [None], [[]], [{}], [{"name": "a"}]])
def test_what_is_damaged_is_read_as_far_as_it_goes(damaged: Any) -> None:
    assert known_contents({CONTENTS: damaged}, {}) == {}
    (entry,) = remember(file(md5=MD5, size=7))[CONTENTS]
    rest = damaged if isinstance(damaged, list) else []
    assert list(known_contents({CONTENTS: [*rest, entry]}, {})) == [Artifact("assets", "1")]
    known = known_contents({CONTENTS: [{**entry, "md5": damaged}]}, {})[Artifact("assets", "1")]
    assert known == {"size": entry["size"]}


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ({}, {"md5": MD5}, True),
        ({"md5": MD5, "size": 7.0}, {"size": 7.0}, True),
        ({"size": 7.0}, {"md5": MD5}, True),
        ({"md5": None}, {"md5": MD5}, True),
        ({"md5": MD5}, {"md5": OTHER}, False),
        ({"size": 7.0}, {"size": 8.0, "md5": MD5}, False),
        ({}, {"md5": MD5, "timeout": 9.0}, False),
        ({"version": "2"}, {"md5": MD5}, False),
    ],
)
def test_only_what_both_declare_can_differ(before: dict[str, Any], after: dict[str, Any], same: bool) -> None:  # noqa: FBT001
    item = {"name": "assets", "version": "1"}
    one, other = without_undeclared([item | before], [item | after])
    assert (one == other) is same


@pytest.mark.parametrize("other", [None, "x", [], [{}, {}], [7]])
def test_lists_that_do_not_match_differ_as_they_are(other: Any) -> None:
    data = [{"name": "assets", "version": "1", "md5": MD5}]
    assert without_undeclared(data, other) == (data, other)
