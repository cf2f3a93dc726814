"""How the functions that programs and scripts use ask the cloud, with the settings that hold where they are called."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi

from pulumi_alicloud_edge._model.status import AppDataStatus, ContainerAppStatus

if TYPE_CHECKING:
    from pulumi_alicloud_edge._runtime import Runtime

T = TypeVar("T")


class StatusError(pulumi.RunError):
    """The cloud could not be asked, or refused. Its text says what to do; a Pulumi program ends with that text."""


Query = Callable[["Runtime", Mapping[str, Any]], Coroutine[Any, Any, T]]


async def app_data(runtime: Runtime, asked: Mapping[str, Any]) -> AppDataStatus:
    """Ask how an application's data is."""
    from pulumi_alicloud_edge._resources.queries import app_data_status

    with _explained("get_app_data_status"):
        return await app_data_status(runtime, asked)


async def container_app(runtime: Runtime, asked: Mapping[str, Any]) -> ContainerAppStatus:
    """Ask how an app is released."""
    from pulumi_alicloud_edge._resources.queries import container_app_status

    with _explained("get_container_app_status"):
        return await container_app_status(runtime, asked)


def ask(query: Query[T], asked: Mapping[str, Any]) -> T:
    """Ask, and wait for the answer.

    Args:
        query: The question.
        asked: Its arguments, plain.

    Raises:
        StatusError: The cloud could not be asked, or refused.
    """
    return _begin(query, asked).result()


def _begin(query: Query[T], asked: Mapping[str, Any]) -> Future[T]:
    """Ask on the runtime's own loop, so that a program's loop is never needed for the answer."""
    from pulumi_alicloud_edge._runtime import RUNTIMES

    with _explained("alicloud-edge"):
        # `pulumi.Config` would warn of every key that is set as a secret.
        runtime = RUNTIMES.of_settings(pulumi.runtime.get_config)
    return runtime.begin(query(runtime, asked))


def ask_when_known(query: Query[T], inputs: Mapping[str, Any]) -> pulumi.Output[T]:
    """Ask once all inputs are known.

    Args:
        query: The question.
        inputs: Its arguments, plain or as Outputs.
    """

    def begin(asked: Mapping[str, Any]) -> asyncio.Future[T]:
        return asyncio.wrap_future(_begin(query, asked))

    return pulumi.Output.all(**inputs).apply(begin)


@contextmanager
def _explained(subject: str) -> Iterator[None]:
    from pulumi_alicloud_edge._errors import EdgeError

    try:
        yield
    except EdgeError as error:
        from pulumi_alicloud_edge._resources.messages import explain

        raise StatusError(f"{subject}: {explain(error)}") from None
