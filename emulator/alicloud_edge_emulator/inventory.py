"""Changes of an application's inventory while it runs, as `POST /_emulator/inventory` orders them."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.ens.app_state import AppState, new_instance_ids
from alicloud_edge_emulator.ens.commands import ChangeInventory
from alicloud_edge_emulator.problems import Refused, explain
from alicloud_edge_emulator.world import MAX_INSTANCES, Region, Text


class InventoryOrder(BaseModel):
    """What changes in the inventory of one application; in this order, whatever the order of the keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    app_id: str
    add_regions: tuple[Region, ...] = ()
    """Edge nodes as in a world file; the application is in them from now on, the world knows them."""
    remove_regions: tuple[str, ...] = ()
    """Regions that the application leaves, with all its instances there."""
    remove: tuple[str, ...] = ()
    """Instances that are not listed and not served any more."""
    forget: bool = False
    """Whether the records of what is removed go with it; they stay otherwise."""
    add: dict[str, Annotated[int, Field(ge=1, le=MAX_INSTANCES)] | tuple[Text, ...]] = {}
    """Region to the ids of new instances, or to how many."""
    stop: tuple[str, ...] = ()
    """Instances that stay listed and are not served until they are started."""
    start: tuple[str, ...] = ()


def change_inventory(cloud: Cloud, request: Any) -> dict[str, list[str]]:
    """Carry out an order.

    Returns:
        Region to the ids of the instances that were added there.

    Raises:
        Refused: The order is malformed, changes nothing, or names what this application has not.
    """
    try:
        order = InventoryOrder.model_validate(request)
    except ValidationError as error:
        raise Refused(explain("inventory", error)) from error
    app = cloud.ens.apps.get(order.app_id)
    if app is None:
        raise Refused(f"inventory.app_id: {order.app_id} is not in this world")
    command = _command(app, order, known_regions=cloud.ens.regions)
    cloud.commit(command)
    added: dict[str, list[str]] = {}
    for instance, region in command.add.items():
        added.setdefault(region, []).append(instance)
    return added


def _command(app: AppState, order: InventoryOrder, *, known_regions: Iterable[str]) -> ChangeInventory:
    known = set(known_regions)
    new = {region.id for region in order.add_regions}
    _check("add_regions", new & set(app.regions), "is a region of the application already")
    _check("remove_regions", set(order.remove_regions) - set(app.regions), "is no region of the application")
    _check("add", order.add.keys() - known - new, "is not in this world; name it in add_regions too")
    _check("add", order.add.keys() & set(order.remove_regions), "is in remove_regions too")
    leaving = tuple(i for i, region in app.instances.items() if region in order.remove_regions)
    command = ChangeInventory(
        app_id=order.app_id,
        new_regions=tuple(region for region in order.add_regions if region.id not in known),
        enter=tuple(dict.fromkeys([*(region.id for region in order.add_regions), *order.add])),
        leave=order.remove_regions,
        add=_added(app, order),
        remove=tuple(dict.fromkeys([*leaving, *order.remove])),
        forget=order.forget,
        stop=order.stop,
        start=order.start,
    )
    _check_instances(app, command)
    return command


def _added(app: AppState, order: InventoryOrder) -> dict[str, str]:
    added: dict[str, str] = {}
    for region, those in order.add.items():
        ids = those if isinstance(those, tuple) else new_instance_ids(app, region, those)
        _check("add", set(ids) & (app.instances.keys() | added.keys()), "is there already")
        added.update(dict.fromkeys(ids, region))
    return added


def _check_instances(app: AppState, command: ChangeInventory) -> None:
    _check("remove", set(command.remove) - app.instances.keys(), "is no instance of the application")
    present = app.instances.keys() - set(command.remove) | command.add.keys()
    _check("stop", set(command.stop) - present, "is no instance of the application")
    _check("start", set(command.start) - present, "is no instance of the application")
    _check("start", set(command.start) & set(command.stop), "is in stop too")
    if not (command.enter or command.leave or command.remove or command.stop or command.start):
        raise Refused("inventory: nothing to change")


def _check(key: str, wrong: Iterable[str], reason: str) -> None:
    for name in sorted(wrong):
        raise Refused(f"inventory.{key}: {name} {reason}")
