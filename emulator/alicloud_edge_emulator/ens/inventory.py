"""How a change of an application's inventory bears on the records of its data."""

from collections.abc import Callable, Iterable

from alicloud_edge_emulator.ens.app_state import AppState, touch
from alicloud_edge_emulator.ens.commands import ChangeInventory
from alicloud_edge_emulator.ens.records import Attempt


def change_inventory(app: AppState, command: ChangeInventory, at: float) -> None:
    """Carry out a change: regions first, then what is removed, added, stopped and started.

    Args:
        app: The application.
        command: What changes; its instances and regions have been checked against the application.
        at: The emulated moment, in seconds since the epoch.
    """
    app.regions = [region for region in app.regions if region not in command.leave]
    app.regions += [region for region in command.enter if region not in app.regions]
    if command.forget:
        for records in app.pushes.values():
            for region in command.leave:
                records.pop(region, None)
    _remove(app, command, at)
    app.instances |= command.add
    for instance in command.add:
        app.removed.pop(instance, None)
    app.stopped = (app.stopped | set(command.stop)) - set(command.start)
    _rewrite(app, command.stop, lambda attempt: attempt.halt(at))
    _rewrite(app, (*command.start, *command.add), lambda attempt: attempt.resume(at))


def _remove(app: AppState, command: ChangeInventory, at: float) -> None:
    """Remove instances. What ran on them stands still; their records stay unless they are to be forgotten."""
    _rewrite(app, command.remove, lambda attempt: attempt.halt(at))
    for instance in command.remove:
        region = app.instances.pop(instance)
        app.stopped.discard(instance)
        if command.forget:
            for records in app.dists.values():
                records.pop(instance, None)
        elif any(instance in records for records in app.dists.values()):
            app.removed[instance] = region


def _rewrite(app: AppState, instances: Iterable[str], change: Callable[[Attempt], Attempt]) -> None:
    targets = set(instances)
    for records in app.dists.values():
        for instance in targets & records.keys():
            records[instance] = change(records[instance])
    touch(app, targets)
