"""The floor with a load: dynamic resources that do nothing, with all the properties that the provider's have."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource

from bench.floor import NothingProvider
from pulumi_alicloud_edge._sdk.app_data_push import OUTPUTS as PUSH_OUTPUTS
from pulumi_alicloud_edge._sdk.properties import SOURCES, declared, set_apart_sources

OUTPUTS = {
    "status": "converged",
    "request_ids": ["00000000-0000-0000-0000-000000000000"],
    "converged_at": "2026-01-01T00:00:00Z",
    "state_version": 1,
    "placements": [{"name": "data-0", "version": "1", "total": 30, "succeeded": 30, "failed_targets": []}],
    "baseline": {"data-0": "1"},
    "owned": {"data-0": ["1"]},
}


class AlikeProvider(NothingProvider):
    """Does nothing, and stores as much as the provider."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make nothing."""
        return CreateResult("nothing", {**props, **OUTPUTS})


class Alike(Resource, module="floor", name="Alike"):
    """A resource that is nothing, with the secret and the outputs that the provider's resources have."""

    def __init__(self, name: str, inputs: dict[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        data, sources = set_apart_sources(inputs["data"])
        secret = {SOURCES: sources} if "url" in inputs["data"][0] else {}
        properties = declared({**inputs, "data": data, **secret}, PUSH_OUTPUTS)
        super().__init__(AlikeProvider(), name, properties, opts)
