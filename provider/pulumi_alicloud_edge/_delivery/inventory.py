"""The instances of an application: in which region each is, and which are stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_alicloud_edge._delivery.preview_reads import StatusReads

_RUNNING = ("", "running")
"""The cloud's statuses of a running instance, in lower case; empty where it shows none."""


@dataclass(frozen=True)
class Inventory:
    """What DescribeApplication lists.

    Attributes:
        regions: Instance → region; empty where the cloud lists none, or not for this identity.
        statuses: Instance → the cloud's status of it.
    """

    regions: Mapping[str, str]
    statuses: Mapping[str, str]

    @property
    def stopped(self) -> frozenset[str]:
        """Instances that it shows in another status than running."""
        return frozenset(i for i, status in self.statuses.items() if status.lower() not in _RUNNING)


EMPTY_INVENTORY = Inventory({}, {})


async def read_inventory(reads: StatusReads, app_id: str) -> Inventory:
    """Return the inventory of an application; an empty one where the cloud lists none."""
    application = await reads.inventory(app_id)
    if application is None:
        return EMPTY_INVENTORY
    return Inventory(
        {instance.instance_id: instance.region_id for instance in application.instances},
        {instance.instance_id: instance.status for instance in application.instances},
    )
