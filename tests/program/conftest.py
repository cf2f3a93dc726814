"""Programs against Pulumi's mocks: nothing runs, and what they register is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pulumi.runtime import mocks, rpc

Program = Callable[[], Any]


@dataclass(frozen=True)
class Secret:
    """A value that the engine encrypts and does not show."""

    value: Any


@dataclass(frozen=True)
class Registered:
    """A resource as the engine would get it; others are named as ``Type name``."""

    type: str
    name: str
    inputs: dict[str, Any]
    parent: str = ""
    after: frozenset[str] = frozenset()


class _Made(mocks.Mocks):
    """Treats every resource as made, with a status as if it had converged."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return f"{args.name}-id", {**args.inputs, "status": "converged"}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"{args.token} is not to be called")


class _Monitor(mocks.MockMonitor):
    """Writes down what is registered, beside answering it."""

    def __init__(self) -> None:
        super().__init__(_Made())
        self.registered: list[Registered] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the monitor's own name
        if request.type != "pulumi:pulumi:Stack":
            inputs = rpc.deserialize_properties(request.object)
            inputs.pop("__provider", None)
            self.registered.append(
                Registered(
                    request.type.rpartition(":")[2],
                    request.name,
                    _with_secrets(inputs),
                    _named(request.parent),
                    frozenset(map(_named, request.dependencies)),
                )
            )
        return super().RegisterResource(request)


def _named(urn: str) -> str:
    type_, _, name = urn.rpartition("::")
    return f"{type_.rpartition(':')[2]} {name}"


def _with_secrets(value: Any) -> Any:
    if isinstance(value, dict) and rpc._special_sig_key in value:
        return Secret(value["value"])
    if isinstance(value, dict):
        return {key: _with_secrets(item) for key, item in value.items()}
    return [_with_secrets(item) for item in value] if isinstance(value, list) else value


@pytest.fixture
def register() -> Callable[..., list[Registered]]:
    """Run a program; gives what it registered, in that order."""

    def run(program: Program, *, preview: bool = False) -> list[Registered]:
        monitor = _Monitor()
        mocks.set_mocks(monitor.mocks, preview=preview, monitor=monitor)
        mocks.test(program)()
        return monitor.registered

    return run
