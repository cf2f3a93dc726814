"""Which handler a resource has: the one list of them. A handler is imported when it is first asked for."""

from __future__ import annotations

from typing import Any

from pulumi_alicloud_edge._resources.handler import ResourceHandler


def handler_of(resource: str) -> ResourceHandler[Any]:
    """Return the handler of a resource.

    Args:
        resource: The name of its class in a program.

    Raises:
        LookupError: There is no such resource.
    """
    match resource:
        case "AppDataPush":
            from pulumi_alicloud_edge._resources.push import PushHandler

            return PushHandler()
        case "AppDataDist":
            from pulumi_alicloud_edge._resources.dist import DistHandler

            return DistHandler()
        case "ContainerAppRelease":
            from pulumi_alicloud_edge._resources.release import ReleaseHandler

            return ReleaseHandler()
        case _:
            raise LookupError(f"there is no resource {resource}")
