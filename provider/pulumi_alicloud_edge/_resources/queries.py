"""Queries of programs and scripts: validated like inputs, and bounded in time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import Field

from pulumi_alicloud_edge._delivery.status import read_app_data, read_container_app
from pulumi_alicloud_edge._errors import EdgeError, FieldError, InputError
from pulumi_alicloud_edge._resources.fields import InputModel, Token
from pulumi_alicloud_edge._resources.inputs import Env
from pulumi_alicloud_edge._resources.validation import read_inputs

if TYPE_CHECKING:
    from pulumi_alicloud_edge._model.status import AppDataStatus, ContainerAppStatus
    from pulumi_alicloud_edge._runtime import Runtime

ANSWERED_WITHIN = 120.0
"""Seconds that a query may take, over all calls and retries."""

T = TypeVar("T")
Q = TypeVar("Q", bound=InputModel)


class AppDataQuery(InputModel):
    """Ask which versions of an application's data files are where (DescribeDataPushResult, DescribeDataDistResult)."""

    app_id: Token
    """The ENS application."""
    names: tuple[Token, ...] | None = Field(default=None, min_length=1)
    """Only these data files; without them, all."""


class ContainerAppQuery(InputModel):
    """Ask how an edge container app is released in one environment (GetEdgeContainerAppStatus)."""

    app_id: Token
    """The app, ``app-…``."""
    env: Env
    """The environment."""


async def app_data_status(runtime: Runtime, asked: Mapping[str, Any]) -> AppDataStatus:
    """Return the status of an application's data. To be run on the runtime's loop.

    Raises:
        EdgeError: The query is invalid, or the cloud did not respond.
    """
    query = _read(AppDataQuery, asked)
    return await _in_time(read_app_data(runtime.cloud, query.app_id, query.names or ()))


async def container_app_status(runtime: Runtime, asked: Mapping[str, Any]) -> ContainerAppStatus:
    """Return the status of an app's release. To be run on the runtime's loop.

    Raises:
        EdgeError: The query is invalid, or the cloud did not respond.
    """
    query = _read(ContainerAppQuery, asked)
    return await _in_time(read_container_app(runtime.cloud, query.app_id, query.env.value))


def _read(model: type[Q], asked: Mapping[str, Any]) -> Q:
    query = read_inputs(model, asked)
    if query is None:
        raise InputError((FieldError("", "a value is not known yet: use the function's _output variant"),))
    return query


async def _in_time(reading: Coroutine[Any, Any, T]) -> T:
    try:
        return await asyncio.wait_for(reading, ANSWERED_WITHIN)
    except TimeoutError:
        raise EdgeError(f"The cloud did not respond in full within {ANSWERED_WITHIN:.0f} s.") from None
