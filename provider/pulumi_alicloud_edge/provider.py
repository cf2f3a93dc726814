"""The three dynamic providers. Stored states name these classes and this module: neither may move.

They hold nothing, so that what is stored of them is their name alone, which tells the resource that each provides.
What they do is in `adapters.dynamic`.
"""

from __future__ import annotations

from pulumi_alicloud_edge.adapters.dynamic.provider import RolloutProvider


class AppDataPushProvider(RolloutProvider):
    """Provides `AppDataPush`."""


class AppDataDistProvider(RolloutProvider):
    """Provides `AppDataDist`."""


class ContainerAppReleaseProvider(RolloutProvider):
    """Provides `ContainerAppRelease`."""
