"""The client of one account: both products, with what they share."""

from __future__ import annotations

import asyncio
import time
from functools import cached_property
from typing import TYPE_CHECKING

from pulumi_alicloud_edge._cloud.credentials import credentials_source
from pulumi_alicloud_edge._cloud.endpoints import base_url
from pulumi_alicloud_edge._cloud.operation import Product
from pulumi_alicloud_edge._cloud.rate_limiter import RateLimiter
from pulumi_alicloud_edge._cloud.signature import utc_now
from pulumi_alicloud_edge._cloud.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    import httpx

    from pulumi_alicloud_edge._cloud.ens import Ens
    from pulumi_alicloud_edge._cloud.esa import Esa
    from pulumi_alicloud_edge._cloud.settings import CloudSettings
    from pulumi_alicloud_edge._errors import EdgeError


class Cloud:
    """ENS and ESA for one account and region. Building it opens nothing; use it from one event loop.

    Args:
        settings: Where the cloud is, who calls, how fast.
        clock: Monotonic seconds.
        now: The time that signatures carry.
        sleep: Waits for a number of seconds.
        transport: Replaces the network, for tests.

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
        self._transports = {
            product: Transport(
                base_url(product, settings),
                credentials,
                rate_limiter=RateLimiter(settings.calls_per_second),
                clock=clock,
                now=now,
                sleep=sleep,
                transport=transport,
            )
            for product in Product
        }

    def transient_error(self, subject: str) -> EdgeError | None:
        """Return why a call about an application is being retried; None where none is."""
        transient_errors = (transport.transient_error for transport in self._transports.values())
        return next(
            (
                transient_error
                for transient_error in transient_errors
                if transient_error and transient_error.subject == subject
            ),
            None,
        )

    @cached_property
    def ens(self) -> Ens:
        """Data files and applications."""
        from pulumi_alicloud_edge._cloud.ens import Ens

        return Ens(self._transports[Product.ENS])

    @cached_property
    def esa(self) -> Esa:
        """Edge containers."""
        from pulumi_alicloud_edge._cloud.esa import Esa

        return Esa(self._transports[Product.ESA])

    async def aclose(self) -> None:
        """Close all connections."""
        for transport in self._transports.values():
            await transport.aclose()
