"""What an older release has stored is read whatever has become of the bounds of inputs since."""

from __future__ import annotations

from typing import Any

import pytest
from tests.inputs.declared import dist, dist_file, push, push_file, release

from pulumi_alicloud_edge._model.policy import Budget, Share
from pulumi_alicloud_edge._resources.dist import DistHandler
from pulumi_alicloud_edge._resources.handler import ResourceHandler
from pulumi_alicloud_edge._resources.inputs import DistInputs, PushInputs, ReleaseInputs
from pulumi_alicloud_edge._resources.push import PushHandler
from pulumi_alicloud_edge._resources.release import ReleaseHandler
from pulumi_alicloud_edge._resources.stored_inputs import read_stored
from pulumi_alicloud_edge._resources.validation import read_inputs


@pytest.mark.parametrize(
    ("model", "properties"),
    [
        (PushInputs, push(rollout={"stages": [{"regions": ["a"]}, {}], "max_failed": "2%"})),
        (DistInputs, dist(match=[{"key": "region_id", "operator": "In", "values": ["a"]}])),
        (ReleaseInputs, release(percentage=10.0)),
    ],
)
def test_what_keeps_the_bounds_is_read_as_a_programs_inputs_are(
    model: Any, properties: dict[str, Any]
) -> None:
    assert read_stored(model, properties) == read_inputs(model, properties)


def test_what_breaks_a_bound_is_taken_as_it_was_stored() -> None:
    rollout = {"retries": 50.0, "timeout": "2h", "max_failed": "2%", "stages": [{"bake": "5m"}] * 30}
    stored = read_stored(DistInputs, dist(rollout=rollout, data=[dist_file(version=" 1.5, beta")]))
    assert stored is not None
    assert (stored.rollout.retries, stored.rollout.timeout) == (50, 7200.0)
    assert stored.rollout.max_failed == Budget(percent=2)
    assert len(DistHandler().plan(stored).policy.stages) == 30
    assert [str(artifact) for artifact in DistHandler().plan(stored).desired.artifacts] == [
        "assets@ 1.5, beta"
    ]


def test_what_has_another_type_falls_back_to_its_default() -> None:
    stored = read_stored(ReleaseInputs, release(rollout={"on_failure": "explode"}))
    assert stored is not None
    assert ReleaseHandler().plan(stored).policy.selection == (Share(100),)


def test_fields_that_exist_no_more_are_left_out_and_so_are_items_that_nobody_can_read() -> None:
    data = [push_file(colour="red"), "assets@1.5", {"version": "1.6"}]
    stored = read_stored(PushInputs, push(data=data, rollout={"colour": "red"}))
    assert stored is not None
    assert [str(item.artifact) for item in stored.data] == ["assets@1.5"]


@pytest.mark.parametrize(
    ("handler", "properties"),
    [
        (PushHandler(), {"data": [push_file()]}),
        (DistHandler(), {**dist(), "app_id": 5}),
        (ReleaseHandler(), {**release(), "env": "qa"}),
        (ReleaseHandler(), {**release(), "percentage": "half"}),
        (DistHandler(), dist(match=[{"key": "region_id", "operator": "In", "values": ["a"]}, "and r2"])),
        (DistHandler(), dist(match=[{"key": "region_id", "operator": "Near", "values": 7}])),
        (DistHandler(), dist(rollout={"stages": [{"bake": "5m"}, "all"]})),
    ],
)
def test_without_what_is_required_or_selects_there_is_nothing_to_read(
    handler: ResourceHandler[Any], properties: dict[str, Any]
) -> None:
    assert handler.stored(properties) is None
