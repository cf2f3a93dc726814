"""The floor: dynamic resources that do nothing, with the inputs that the provider's resources have."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class NothingProvider(ResourceProvider):
    """Does nothing."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make nothing."""
        return CreateResult("nothing", props)


class Nothing(Resource, module="floor", name="Nothing"):
    """A resource that is nothing."""

    def __init__(self, name: str, inputs: dict[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(NothingProvider(), name, dict(inputs), opts)
