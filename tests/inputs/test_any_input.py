"""Whatever a program declares is either taken or refused with faults; nothing else ever comes of it."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi.runtime import rpc
from pydantic import BaseModel
from tests.inputs.declared import dist, push, release

from pulumi_alicloud_edge.errors import InputError, InputFault
from pulumi_alicloud_edge.resources.inputs import DistInputs, PushInputs, ReleaseInputs
from pulumi_alicloud_edge.resources.validation import has_unknown, read_inputs

MODELS = [(PushInputs, push), (DistInputs, dist), (ReleaseInputs, release)]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -1, 0, 1, 100]),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["5m", "2%", "100%", "1.5", "In", "clean", "prod", "app-1", "ver-1", "/opt", "\ud800"]),
    st.just(rpc.UNKNOWN),
    st.just(pulumi.output.UNKNOWN),
)
keys = st.one_of(
    st.sampled_from(
        [
            *(
                "app_id",
                "data",
                "name",
                "version",
                "rollout",
                "stages",
                "regions",
                "match",
                "percentage",
                "bake",
            ),
            *("max_failed", "timeout", "key", "operator", "values", "strategies", "__sources", "md5", "size"),
        ]
    ),
    st.text(min_size=1, max_size=5),
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)


def _read(model: type[BaseModel], properties: dict[str, Any]) -> None:
    found: tuple[InputFault, ...] = ()
    inputs: BaseModel | None = None
    try:
        inputs = read_inputs(model, properties)
    except InputError as error:
        found = error.faults or (InputFault("", ""),)
    assert all(fault.path and fault.reason for fault in found)
    assert found or (inputs is None) == has_unknown(properties)


@pytest.mark.parametrize("model", [model for model, _ in MODELS])
@given(properties=st.dictionaries(keys, anything, max_size=8))
@settings(max_examples=100)
def test_any_properties(model: type[BaseModel], properties: dict[str, Any]) -> None:
    _read(model, properties)


@pytest.mark.parametrize(("model", "make"), MODELS)
@given(data=st.data())
@settings(max_examples=150)
def test_good_inputs_with_one_value_replaced_by_anything(
    model: type[BaseModel], make: Any, data: Any
) -> None:
    properties = make(rollout={"stages": [{"bake": "5m"}], "max_failed": 1, "timeout": "1h"})
    holder, key = data.draw(st.sampled_from(list(_places(properties))))
    holder[key] = data.draw(anything)
    _read(model, properties)


def _places(value: Any) -> Any:
    """Every place in nested inputs where a value stands: what holds it, and under which key."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield value, key
        yield from _places(item)
