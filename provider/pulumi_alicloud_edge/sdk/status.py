"""Functions that ask the cloud how data and releases are, for programs and scripts.

Inside a Pulumi program the stack's config (`alicloud-edge:…`) holds, as for the resources; outside of one there is
none, and all comes from the environment. Both work in a preview too.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi

from pulumi_alicloud_edge.model.status import AppDataStatus, ContainerAppStatus

if TYPE_CHECKING:
    from pulumi_alicloud_edge.runtime import Runtime
    from pulumi_alicloud_edge.settings import Settings

T = TypeVar("T")


class StatusError(pulumi.RunError):
    """The cloud could not be asked, or refused. Its text says what to do; a Pulumi program ends with that text."""


def get_app_data_status(app_id: str, names: Sequence[str] | None = None) -> AppDataStatus:
    """Ask which versions of an application's data files are where (DescribeDataPushResult, DescribeDataDistResult).

    Args:
        app_id: The ENS application.
        names: Only these data files; without them, all.

    Raises:
        StatusError: The cloud could not be asked, or refused.
    """
    return _begin(_app_data, {"app_id": app_id, "names": names}).result()


def get_app_data_status_output(
    app_id: pulumi.Input[str], names: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None
) -> pulumi.Output[AppDataStatus]:
    """Ask the same as `get_app_data_status`, of Inputs: an Output, read once they are known."""
    return _begin_when_known(_app_data, {"app_id": app_id, "names": names})


def get_container_app_status(app_id: str, env: str) -> ContainerAppStatus:
    """Ask how an edge container app is released in one environment (GetEdgeContainerAppStatus).

    Args:
        app_id: The app, ``app-…``.
        env: ``staging`` or ``prod``.

    Raises:
        StatusError: The cloud could not be asked, or refused.
    """
    return _begin(_container_app, {"app_id": app_id, "env": env}).result()


def get_container_app_status_output(
    app_id: pulumi.Input[str], env: pulumi.Input[str]
) -> pulumi.Output[ContainerAppStatus]:
    """Ask the same as `get_container_app_status`, of Inputs: an Output, read once they are known."""
    return _begin_when_known(_container_app, {"app_id": app_id, "env": env})


Query = Callable[["Runtime", Mapping[str, Any]], Coroutine[Any, Any, T]]


async def _app_data(runtime: Runtime, asked: Mapping[str, Any]) -> AppDataStatus:
    from pulumi_alicloud_edge.resources.queries import app_data_status

    with _explained("get_app_data_status"):
        return await app_data_status(runtime, asked)


async def _container_app(runtime: Runtime, asked: Mapping[str, Any]) -> ContainerAppStatus:
    from pulumi_alicloud_edge.resources.queries import container_app_status

    with _explained("get_container_app_status"):
        return await container_app_status(runtime, asked)


def _begin(query: Query[T], asked: Mapping[str, Any]) -> Future[T]:
    """Ask on the runtime's own loop, so that a program's loop is never needed for the answer."""
    with _explained("alicloud-edge"):
        runtime = _runtime()
    return runtime.begin(query(runtime, asked))


def _begin_when_known(query: Query[T], inputs: Mapping[str, Any]) -> pulumi.Output[T]:
    def ask(asked: Mapping[str, Any]) -> asyncio.Future[T]:
        return asyncio.wrap_future(_begin(query, asked))

    return pulumi.Output.all(**inputs).apply(ask)


@contextmanager
def _explained(subject: str) -> Iterator[None]:
    from pulumi_alicloud_edge.errors import EdgeError

    try:
        yield
    except EdgeError as error:
        from pulumi_alicloud_edge.resources.messages import explain

        raise StatusError(f"{subject}: {explain(error)}") from None


_runtimes: dict[Settings, Runtime] = {}
_lock = threading.Lock()


def _runtime() -> Runtime:
    """Return the runtime for the settings that hold here: the programs of one process may be of several stacks."""
    from pulumi_alicloud_edge.runtime import Runtime

    # `pulumi.Config` would warn of every key that is set as a secret.
    runtime = Runtime(pulumi.runtime.get_config)
    with _lock:
        return _runtimes.setdefault(runtime.settings, runtime)
