"""One account's way into the cloud: both products, with what they share."""

from __future__ import annotations

import asyncio
import time
from functools import cached_property
from typing import TYPE_CHECKING

from pulumi_alicloud_edge.cloud.caller import Caller
from pulumi_alicloud_edge.cloud.credentials import credentials_source
from pulumi_alicloud_edge.cloud.endpoints import base_url
from pulumi_alicloud_edge.cloud.operation import Product
from pulumi_alicloud_edge.cloud.pace import Pace
from pulumi_alicloud_edge.cloud.signature import utc_now

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    import httpx

    from pulumi_alicloud_edge.cloud.ens import Ens
    from pulumi_alicloud_edge.cloud.esa import Esa
    from pulumi_alicloud_edge.cloud.settings import CloudSettings
    from pulumi_alicloud_edge.errors import EdgeError


class Cloud:
    """ENS and ESA for one account and region. Building it opens nothing; use it from one event loop.

    Args:
        settings: Where the cloud is, who calls, how fast.
        clock: Monotonic seconds.
        now: The time that signatures bear.
        sleep: Waits so many seconds.
        transport: What carries the requests, in place of the network.

    Raises:
        SettingsError: The settings cannot work.
    """

    def __init__(
        self,
        settings: CloudSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        credentials = credentials_source(settings)
        self._callers = {
            product: Caller(
                base_url(product, settings),
                credentials,
                pace=Pace(settings.calls_per_second),
                clock=clock,
                now=now,
                sleep=sleep,
                transport=transport,
            )
            for product in Product
        }

    def trouble(self, subject: str) -> EdgeError | None:
        """Tell why a call about an application is being made again, None where all goes well."""
        troubles = (caller.trouble for caller in self._callers.values())
        return next((trouble for trouble in troubles if trouble and trouble.subject == subject), None)

    @cached_property
    def ens(self) -> Ens:
        """Data files and applications."""
        from pulumi_alicloud_edge.cloud.ens import Ens

        return Ens(self._callers[Product.ENS])

    @cached_property
    def esa(self) -> Esa:
        """Edge containers."""
        from pulumi_alicloud_edge.cloud.esa import Esa

        return Esa(self._callers[Product.ESA])

    async def aclose(self) -> None:
        """Close all connections."""
        for caller in self._callers.values():
            await caller.aclose()
