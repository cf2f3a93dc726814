"""Every change of ENS state, as plain data that can be kept and applied again."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from alicloud_edge_emulator.ens.records import State, Unit
from alicloud_edge_emulator.world import Region


class _Command(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    app_id: str
    name: str
    version: str

    @property
    def unit(self) -> Unit:
        """The data file that the command is about."""
        return Unit(self.name, self.version)


class _Start(_Command):
    targets: tuple[str, ...]
    failing: dict[str, str] = {}
    """Targets whose failure was ordered, with its description."""
    hanging: tuple[str, ...] = ()


class StartPush(_Start):
    """Begin to push a unit to regions."""

    kind: Literal["start_push"] = "start_push"
    awaits_source: bool = False


class SettleSource(_Command):
    """The download that a push waits for has ended."""

    kind: Literal["settle_source"] = "settle_source"
    problem: str | None


class SetPush(_Command):
    """Put regions into a state from outside; None forgets them."""

    kind: Literal["set_push"] = "set_push"
    targets: tuple[str, ...]
    state: State | None
    reason: str = ""


class StartDist(_Start):
    """Begin to distribute a unit to instances."""

    kind: Literal["start_dist"] = "start_dist"


class CleanDist(_Command):
    """Remove a unit from the instances of one region, or of all."""

    kind: Literal["clean_dist"] = "clean_dist"
    region: str | None


class SetDist(_Command):
    """Put instances into a state from outside; None forgets them."""

    kind: Literal["set_dist"] = "set_dist"
    targets: tuple[str, ...]
    state: State | None
    reason: str = ""


class ChangeInventory(BaseModel):
    """Add, remove, stop and start instances of an application, and change the regions that it is in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["change_inventory"] = "change_inventory"
    app_id: str
    new_regions: tuple[Region, ...] = ()
    """Edge nodes that the world did not have."""
    enter: tuple[str, ...] = ()
    """Regions that the application is in from now on."""
    leave: tuple[str, ...] = ()
    """Regions that it is in no longer."""
    add: dict[str, str] = {}
    """Instance to its region."""
    remove: tuple[str, ...] = ()
    forget: bool = False
    """Whether the records of what is removed go with it."""
    stop: tuple[str, ...] = ()
    start: tuple[str, ...] = ()


EnsCommand = StartPush | SettleSource | SetPush | StartDist | CleanDist | SetDist | ChangeInventory
