"""What an operation of the cloud is: product, action, method, and whether it changes anything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal


class Product(Enum):
    """The two products that the provider talks to; the value is the name in hosts and in RAM actions."""

    ENS = "ens"
    ESA = "esa"

    @property
    def api_version(self) -> str:
        """The version of the product's API, sent as ``x-acs-version``."""
        return _API_VERSIONS[self]


_API_VERSIONS = {Product.ENS: "2017-11-10", Product.ESA: "2024-09-10"}


class Effect(Enum):
    """What a call does; it decides whether the call may be repeated after an unclear failure."""

    READ = "read"
    START = "start"


@dataclass(frozen=True)
class Operation:
    """One operation of a product.

    Attributes:
        product: Whose operation.
        action: The vendor's name of it, sent as ``x-acs-action``.
        effect: Whether the call starts something or only reads.
        method: HTTP method; the vendor's own clients use GET for a few reads only.
    """

    product: Product
    action: str
    effect: Effect = Effect.READ
    method: Literal["GET", "POST"] = "POST"

    @property
    def ram_action(self) -> str:
        """The permission that the call needs, as a RAM policy names it."""
        return f"{self.product.value}:{self.action}"
