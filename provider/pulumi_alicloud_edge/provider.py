"""The three dynamic providers. Stored states name these classes and this module: neither may move.

They have no attributes, so that states store only their names. Their behaviour is in `adapters.dynamic`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_alicloud_edge.adapters.dynamic.provider import RolloutProvider

if TYPE_CHECKING:
    from pulumi_alicloud_edge.resources.handler import ResourceHandler


class AppDataPushProvider(RolloutProvider):
    """Provides `AppDataPush`."""

    def handler(self) -> ResourceHandler[Any]:
        """Return the kind that pushes data files."""
        from pulumi_alicloud_edge.resources.push import PushHandler

        return PushHandler()


class AppDataDistProvider(RolloutProvider):
    """Provides `AppDataDist`."""

    def handler(self) -> ResourceHandler[Any]:
        """Return the kind that distributes data files."""
        from pulumi_alicloud_edge.resources.dist import DistHandler

        return DistHandler()


class ContainerAppReleaseProvider(RolloutProvider):
    """Provides `ContainerAppRelease`."""

    def handler(self) -> ResourceHandler[Any]:
        """Return the kind that releases versions of container apps."""
        from pulumi_alicloud_edge.resources.release import ReleaseHandler

        return ReleaseHandler()
