"""Who calls: keys from the settings, or from the vendor's credential chain."""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pulumi_alicloud_edge._cloud.redaction import hide_queries_in_log
from pulumi_alicloud_edge._errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_alicloud_edge._cloud.settings import CloudSettings

_KEY_VARIABLES = ("ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN")
_REMEDY = (
    "Set alicloud-edge:accessKeyId and alicloud-edge:accessKeySecret (`pulumi config set --secret`), or "
    "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or log in with `aliyun configure`."
)


@dataclass(frozen=True)
class Credentials:
    """A key, its secret and, if the key is temporary, its token. Nothing of it shows in its repr."""

    access_key_id: str = field(repr=False)
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name, value in (
            ("accessKeyId", self.access_key_id),
            ("accessKeySecret", self.access_key_secret),
            ("securityToken", self.security_token),
        ):
            if value is not None and not _fits_a_header(value):
                raise SettingsError(
                    f"alicloud-edge:{name}",
                    "is empty or contains spaces, line breaks or other characters that a key cannot contain",
                    "Copy the value again, without anything around it.",
                )


class CredentialsSource(Protocol):
    """Where credentials come from."""

    async def get(self) -> Credentials:
        """Return the credentials to sign the next call with."""
        ...

    async def refresh(self, stale: Credentials) -> Credentials:
        """Return credentials that replace expired ones, or the same if there are no others."""
        ...


class StaticCredentials:
    """Keys that the settings name."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def get(self) -> Credentials:
        """Return the keys."""
        return self._credentials

    async def refresh(self, stale: Credentials) -> Credentials:  # noqa: ARG002  (there is nothing newer)
        """Return the same keys: settings do not change while the provider runs."""
        return self._credentials


class ChainCredentials:
    """The vendor's chain: environment, OIDC, CLI profile, profile file, instance role, URI."""

    def __init__(
        self, profile: str = "", load: Callable[[str], Callable[[], Credentials]] | None = None
    ) -> None:
        self._profile = profile
        self._load = load or _vendor_chain
        self._ask: Callable[[], Credentials] | None = None
        self._last: Credentials | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> Credentials:
        """Ask the chain, which caches its credentials and renews them before they expire."""
        async with self._lock:
            return await asyncio.to_thread(self._ask_chain)

    async def refresh(self, stale: Credentials) -> Credentials:
        """Ask a new chain, unless another call has done so since ``stale`` was used."""
        async with self._lock:
            if self._last == stale:
                self._ask = None
            return await asyncio.to_thread(self._ask_chain)

    def _ask_chain(self) -> Credentials:
        """Load and ask the chain; it reads files and the network, so it runs in a thread."""
        if self._ask is None:
            self._ask = self._load(self._profile)
        self._last = self._ask()
        return self._last


def credentials_source(settings: CloudSettings) -> CredentialsSource:
    """Choose where credentials come from: the settings where they name a key, else the vendor's chain.

    Keys in the environment, the chain's first source, are read here: the chain takes half a second to load.

    Raises:
        SettingsError: Only one half of a key is set.
    """
    if settings.access_key_id and settings.access_key_secret:
        return StaticCredentials(
            Credentials(settings.access_key_id, settings.access_key_secret, settings.security_token or None)
        )
    if settings.access_key_id or settings.access_key_secret:
        missing = "accessKeySecret" if settings.access_key_id else "accessKeyId"
        raise SettingsError(
            f"alicloud-edge:{missing}", "is not set, but the other half of the key is", _REMEDY
        )
    return _from_environment() or ChainCredentials(settings.profile)


def _from_environment() -> StaticCredentials | None:
    key, secret, token = (os.environ.get(f"ALIBABA_CLOUD_{name}") for name in _KEY_VARIABLES)
    return StaticCredentials(Credentials(key, secret, token or None)) if key and secret else None


def _vendor_chain(profile: str) -> Callable[[], Credentials]:
    # Imported when first needed: most stacks name their keys.
    from alibabacloud_credentials.provider import DefaultCredentialsProvider
    from alibabacloud_credentials.utils import auth_util

    # The package's loggers write the responses of key servers to stderr, as warnings.
    for logger in ("credentials", "alibabacloud-tea"):
        logging.getLogger(logger).disabled = True
    hide_queries_in_log("urllib3.connectionpool")
    if profile:
        # The package reads ALIBABA_CLOUD_PROFILE into these two when it is imported; the chain's providers
        # take the profile from here.
        auth_util.environment_profile_name = profile
        auth_util.client_type = profile
    chain: Any = None

    def ask() -> Credentials:
        nonlocal chain
        try:
            chain = chain or DefaultCredentialsProvider()
            found = chain.get_credentials()
        except Exception:  # noqa: BLE001  (the chain lets through whatever its providers raise)
            # The package's message names each provider that it tried, and may quote a server's response.
            where = f" (profile {profile!r})" if profile else ""
            raise SettingsError("credentials", f"none were found{where}", _REMEDY) from None
        return Credentials(
            found.get_access_key_id(), found.get_access_key_secret(), found.get_security_token() or None
        )

    return ask


def _fits_a_header(value: str) -> bool:
    return bool(value) and value.isascii() and value.isprintable() and " " not in value
