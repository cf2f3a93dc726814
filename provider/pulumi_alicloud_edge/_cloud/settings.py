"""The settings that the client of the cloud needs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CloudSettings:
    """Where the cloud is, who calls, and how fast. Keys and tokens do not show in its repr.

    Attributes:
        region: Region of the endpoints, such as ``cn-hangzhou``; not needed where endpoints are given.
        endpoint: Host (with or without scheme) for both products.
        ens_endpoint: Host for ENS; overrides ``endpoint``.
        esa_endpoint: Host for ESA; overrides ``endpoint``.
        allow_http: Plain HTTP to other hosts than this machine.
        access_key_id: Key; without one the vendor's credential chain is asked.
        access_key_secret: The key's secret.
        security_token: Token of a temporary key.
        profile: Profile that the credential chain uses, as ``ALIBABA_CLOUD_PROFILE`` would name it.
        calls_per_second: Cap on calls to each product; without one, only the cloud's throttling slows calls down.
    """

    region: str = ""
    endpoint: str = ""
    ens_endpoint: str = ""
    esa_endpoint: str = ""
    allow_http: bool = False
    access_key_id: str = field(default="", repr=False)
    access_key_secret: str = field(default="", repr=False)
    security_token: str = field(default="", repr=False)
    profile: str = ""
    calls_per_second: float | None = None
