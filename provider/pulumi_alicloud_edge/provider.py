"""The three dynamic providers. Stored states name these classes and this module: neither may move.

They have no attributes, so that states store only their names, which tell the resource that each provides. Their
behaviour is in `_adapters.dynamic`.
"""

from __future__ import annotations

from pulumi_alicloud_edge._adapters.dynamic.provider import RolloutProvider


class AppDataPushProvider(RolloutProvider):
    """Provides `AppDataPush`."""


class AppDataDistProvider(RolloutProvider):
    """Provides `AppDataDist`."""


class ContainerAppReleaseProvider(RolloutProvider):
    """Provides `ContainerAppRelease`."""
