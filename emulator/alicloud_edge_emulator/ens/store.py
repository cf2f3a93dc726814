"""The state of ENS: for each application its instances, and what was pushed and distributed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import inf
from typing import assert_never

from alicloud_edge_emulator.chance import Dice
from alicloud_edge_emulator.ens.app_state import AppState, Records, begin_app
from alicloud_edge_emulator.ens.commands import (
    ChangeInventory,
    CleanDist,
    EnsCommand,
    SetDist,
    SetPush,
    SettleSource,
    StartDist,
    StartPush,
)
from alicloud_edge_emulator.ens.inventory import change_inventory
from alicloud_edge_emulator.ens.records import Attempt, State, Unit, fixed
from alicloud_edge_emulator.problems import Refused
from alicloud_edge_emulator.world import PlacedData, Timing, World

QUEUE_SHARE = 0.5
"""At most this part of a target's time goes by before its turn comes."""
ESTABLISHED_SECONDS = 3600.0
"""How long ago the data that a world begins with had arrived."""


class EnsStore:
    """All applications of a world, changed by commands only."""

    def __init__(self, world: World, dice: Dice, at: float) -> None:
        self.world = world
        self._dice = dice
        self.regions = {region.id: region for region in world.regions}
        """The edge nodes that there are: those of the world, and those that were added since."""
        self.apps = {spec.app_id: begin_app(spec) for spec in world.applications}
        self._place_initial(at - ESTABLISHED_SECONDS)

    def apply(self, command: EnsCommand, at: float) -> None:
        """Change the state as a command says."""
        app = self.apps[command.app_id]
        match command:
            case StartPush():
                records = app.pushes.setdefault(command.unit, {})
                for region in command.targets:
                    records[region] = self._attempt_push(command, region, at, records.get(region))
            case SettleSource():
                _rewrite(app.pushes[command.unit], lambda attempt: attempt.settled(at, command.problem))
            case StartDist():
                records = app.dists.setdefault(command.unit, {})
                for instance in command.targets:
                    region = app.instances[instance]
                    records[instance] = self._attempt_dist(
                        command, instance, region, at, records.get(instance)
                    )
                app.touched.update((command.name, instance) for instance in command.targets)
            case CleanDist():
                _clean(app, command, at)
            case SetPush():
                _set(app.pushes.setdefault(command.unit, {}), command, at)
            case SetDist():
                _set(app.dists.setdefault(command.unit, {}), command, at)
                app.touched.update((command.name, instance) for instance in command.targets)
            case ChangeInventory():
                self.regions.update((region.id, region) for region in command.new_regions)
                change_inventory(app, command, at)
            case _:
                assert_never(command)

    def units_awaiting_source(self) -> list[tuple[str, Unit]]:
        """The pushes whose download has not ended, by application."""
        return [
            (app_id, unit)
            for app_id, app in self.apps.items()
            for unit, records in app.pushes.items()
            if any(attempt.awaits_source for attempt in records.values())
        ]

    def _attempt_push(self, command: StartPush, region: str, at: float, previous: Attempt | None) -> Attempt:
        timing = self._timing(command.app_id, region)
        attempt = self._draw(command, region, at, previous, timing=timing, work=timing.push_seconds)
        return replace(attempt, awaits_source=command.awaits_source)

    def _attempt_dist(
        self, command: StartDist, instance: str, region: str, at: float, previous: Attempt | None
    ) -> Attempt:
        timing = self._timing(command.app_id, region)
        attempt = self._draw(command, instance, at, previous, timing=timing, work=timing.dist_seconds)
        if attempt.failure or attempt.finished == inf:
            return attempt
        key = (command.app_id, command.name, command.version, instance, attempt.number)
        restart = self._dice.between(timing.restart_seconds, "restart", *key)
        return replace(attempt, finished=attempt.carried + restart)

    def _draw(
        self,
        command: StartPush | StartDist,
        target: str,
        at: float,
        previous: Attempt | None,
        *,
        timing: Timing,
        work: tuple[float, float],
    ) -> Attempt:
        number = 0 if previous is None else previous.number + 1
        key = (command.kind, command.app_id, command.name, command.version, target, number)
        seconds = self._dice.between(work, "work", *key)
        fate = self._dice.unit("fate", *key)
        failure = command.failing.get(target)
        if failure is None and fate < timing.fail_rate:
            failure = "transfer failed: connection reset by the file server"
        unlucky = timing.fail_rate <= fate < timing.fail_rate + timing.hang_rate
        end = inf if target in command.hanging or unlucky else at + seconds
        begins = at + seconds * QUEUE_SHARE * self._dice.unit("queue", *key)
        return Attempt(number, at, begins, end, end, failure).after(previous)

    def _timing(self, app_id: str, region: str) -> Timing:
        known = self.regions.get(region)
        return (known and known.timing) or self.apps[app_id].spec.timing or self.world.timing

    def _place_initial(self, at: float) -> None:
        for data in self.world.pushed:
            regions = data.regions or tuple(self.apps[data.app_id].regions)
            self.apply(SetPush(**_unit_of(data), targets=regions, state=_state_of(data)), at)
        for data in self.world.distributed:
            app = self.apps[data.app_id]
            targets = data.instances or tuple(_in_regions(app, data.regions))
            if not set(targets) <= app.instances.keys():
                raise Refused(
                    f"world.distributed: {data.app_id} has not all of the instances named for {data.name}"
                )
            self.apply(SetDist(**_unit_of(data), targets=targets, state=_state_of(data)), at)


def _in_regions(app: AppState, regions: tuple[str, ...] | None) -> Iterable[str]:
    return (instance for instance, region in app.instances.items() if regions is None or region in regions)


def _rewrite(records: Records, change: Callable[[Attempt], Attempt]) -> None:
    for target, attempt in records.items():
        records[target] = change(attempt)


def _clean(app: AppState, command: CleanDist, at: float) -> None:
    """Clean on the instances that are served: nobody is there to do it on stopped and removed ones."""
    records = app.dists.get(command.unit, {})
    served = app.served()
    for instance, attempt in records.items():
        in_scope = instance in served and command.region in {None, served[instance]}
        if in_scope and attempt.state(at) is not State.DELETED:
            records[instance] = replace(attempt, cleaned=at)
            app.touched.add((command.name, instance))


def _set(records: Records, command: SetPush | SetDist, at: float) -> None:
    for target in command.targets:
        if command.state is None:
            records.pop(target, None)
        else:
            records[target] = fixed(command.state, at=at, reason=command.reason, previous=records.get(target))


def _unit_of(data: PlacedData) -> dict[str, str]:
    return {"app_id": data.app_id, "name": data.name, "version": data.version}


def _state_of(data: PlacedData) -> State:
    return State.SUCCEEDED if data.state == "SUCCESS" else State.FAILED
