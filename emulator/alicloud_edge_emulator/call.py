"""One call as the products see it: who asks what, at which moment."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from alicloud_edge_emulator.dialect import Dialect
from alicloud_edge_emulator.errors import api_not_found, unsupported_method

if TYPE_CHECKING:
    from alicloud_edge_emulator.cloud import Cloud

ALL_TARGETS = "*"

Answer = dict[str, Any]
Handler = Callable[["Cloud", "Call"], Answer | Awaitable[Answer]]


class Place(StrEnum):
    """Where a parameter came from."""

    QUERY = "query"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter's text and the place it came from."""

    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class TargetFaults:
    """What was ordered for targets of the work that a call starts."""

    failing: Mapping[str, str] = field(default_factory=dict)
    """Target (or `*`) to the description of its failure."""
    hanging: frozenset[str] = frozenset()

    def failure(self, target: str) -> str | None:
        """Why this target is to fail, if it is."""
        return self.failing.get(target, self.failing.get(ALL_TARGETS))

    def hangs(self, target: str) -> bool:
        """Whether this target is never to finish."""
        return target in self.hanging or ALL_TARGETS in self.hanging

    def stops(self, target: str) -> bool:
        """Whether this target is never to succeed, for work that knows no failed end."""
        return self.hangs(target) or self.failure(target) is not None


def _nothing(_dialect: Dialect) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Product:
    """A cloud product behind the gateway."""

    name: str
    version: str
    ram_prefix: str
    host: str
    operations: Mapping[str, Handler]
    post_only: frozenset[str] = frozenset()
    """The operations that are not served by GET."""
    withheld: Callable[[Dialect], frozenset[str]] = _nothing
    """The operations that are not served under a dialect."""

    def handler(self, action: str, method: str, dialect: Dialect) -> Handler:
        """Return what serves an action.

        Args:
            action: Its name.
            method: The HTTP method of the call.
            dialect: May leave out an operation.

        Raises:
            ApiError: The product does not serve it, or not by this method.
        """
        handler = self.operations.get(action)
        if handler is None or action in self.withheld(dialect):
            raise api_not_found(dialect.unserved)
        if action in self.post_only and method != "POST":
            raise unsupported_method()
        return handler


@dataclass(frozen=True, slots=True)
class Call:
    """A call that the gateway has let through. One call sees one moment."""

    action: str
    parameters: Mapping[str, Parameter]
    now: float
    target_faults: TargetFaults = field(default_factory=TargetFaults)

    def text(self, name: str) -> str | None:
        """A parameter's text; None when it is absent or empty."""
        parameter = self.parameters.get(name)
        return parameter.value if parameter and parameter.value else None

    def words(self, name: str) -> frozenset[str] | None:
        """A comma list as the ENS filters write it; None filters nothing."""
        text = self.text(name)
        return None if text is None else frozenset(word.strip() for word in text.split(",") if word.strip())


def merge_parameters(query: str, form: str) -> dict[str, Parameter]:
    """All parameters of a request, wherever the client placed them."""
    merged: dict[str, Parameter] = {}
    for text, place in ((query, Place.QUERY), (form, Place.FORM)):
        for name, value in parse_qsl(text, keep_blank_values=True):
            merged[name] = Parameter(value, place)
    return merged
