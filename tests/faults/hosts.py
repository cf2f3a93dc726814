"""The hosts of the cells: in this process and in virtual time, or real ones, each with settings of its own."""

from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from typing import Any, Protocol

from tests.support.declarations import distribution
from tests.support.dynamic_host import CallFailedError, DynamicHost, Kind
from tests.support.emulator import Emulator
from tests.support.sdks import newest
from tests.support.virtual import VirtualEmulator, VirtualHost

Host = DynamicHost | VirtualHost
FASTER = 10.0
"""How many times faster time goes: in the hosts and in the cloud."""
NO_KEY = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ""}


class Setting(Enum):
    """How a host is set up."""

    USUAL = "usual"
    NO_CLOUD = "nobody listens where its endpoint leads"
    EXPIRED_TOKEN = "its key is a temporary one that has expired"
    RENEWED_TOKENS = "its key is a temporary one; asked again, the chain has another"


class Hosts(Protocol):
    """Hosts by setting, started when first needed.

    One that removes is apart from one that rolls out: it must not have been told in the same run that the data is
    wanted.
    """

    def get(self, setting: Setting = Setting.USUAL, *, removing: bool = False) -> Host:
        """Return the host of a setting."""
        ...

    def retire(self, setting: Setting = Setting.USUAL) -> None:
        """End the hosts of a setting, since they would remember what has happened; a run has hosts of its own."""
        ...


class VirtualHosts:
    """Hosts in this process.

    Args:
        emulator: The cloud.
    """

    def __init__(self, emulator: VirtualEmulator) -> None:
        self._emulator = emulator
        self._hosts: dict[tuple[Setting, bool], VirtualHost] = {}

    def get(self, setting: Setting = Setting.USUAL, *, removing: bool = False) -> VirtualHost:
        """Return the host of a setting."""
        if (setting, removing) not in self._hosts:
            self._hosts[setting, removing] = VirtualHost(self._emulator, config=_CONFIG[setting])
        return self._hosts[setting, removing]

    def retire(self, setting: Setting = Setting.USUAL) -> None:
        """Forget the hosts of a setting."""
        for removing in (False, True):
            self._hosts.pop((setting, removing), None)


class RealHosts:
    """Hosts that are processes, shared by the cells of one worker.

    Args:
        emulator: The cloud.
        chain: The address at which the vendor's credential chain finds temporary keys.
    """

    def __init__(self, emulator: Emulator, chain: str = "") -> None:
        self._options: dict[Setting, Callable[[], dict[str, Any]]] = {
            Setting.USUAL: lambda: {"emulator": emulator},
            Setting.NO_CLOUD: lambda: {"emulator": None},
            Setting.EXPIRED_TOKEN: lambda: {"emulator": emulator, "config": EXPIRED},
            Setting.RENEWED_TOKENS: lambda: {
                "emulator": emulator,
                "environment": {**NO_KEY, "ALIBABA_CLOUD_CREDENTIALS_URI": chain},
            },
        }
        self._hosts: dict[tuple[Setting, bool], DynamicHost] = {}

    def get(self, setting: Setting = Setting.USUAL, *, removing: bool = False) -> DynamicHost:
        """Return the host of a setting."""
        if (setting, removing) not in self._hosts:
            self._hosts[setting, removing] = _warm(
                DynamicHost(sdk=newest(), faster=FASTER, **self._options[setting]())
            )
        return self._hosts[setting, removing]

    def retire(self, setting: Setting = Setting.USUAL) -> None:
        """End the hosts of a setting, since they would remember what has happened; a run has hosts of its own."""
        for removing in (False, True):
            if (host := self._hosts.pop((setting, removing), None)) is not None:
                host.stop()

    def stop(self) -> None:
        """End all."""
        for setting in Setting:
            self.retire(setting)


EXPIRED = {"accessKeyId": "expired", "accessKeySecret": "secret", "securityToken": "token"}
"""The settings of a stack whose temporary key has run out."""
_CONFIG: dict[Setting, dict[str, str]] = {Setting.USUAL: {}, Setting.EXPIRED_TOKEN: EXPIRED}
"""The settings that need no process."""


def _warm(host: DynamicHost) -> DynamicHost:
    """Have a host import what it needs, which in its fast time would take longer than a look may."""
    with suppress(CallFailedError):
        host.read(Kind.DIST, "warm", {**distribution(app_id="warm"), "status": "converged"})
    return host
