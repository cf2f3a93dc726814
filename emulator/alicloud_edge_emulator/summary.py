"""Everything in one small document for the page, and one region of it in detail."""

from typing import Any

from alicloud_edge_emulator.clock import wire_time
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.dialect import Dialect
from alicloud_edge_emulator.ens import summary as ens
from alicloud_edge_emulator.ens.app_state import AppState
from alicloud_edge_emulator.ens.tally import Tally
from alicloud_edge_emulator.esa import summary as esa
from alicloud_edge_emulator.faults import Faults
from alicloud_edge_emulator.journal import Entry, Journal
from alicloud_edge_emulator.problems import Refused

SHOWN_CALLS = 60


class Summary:
    """What is true now, whatever the dialect lets clients see of it, counted by region, version and state."""

    def __init__(self, cloud: Cloud, journal: Journal, faults: Faults) -> None:
        self._cloud = cloud
        self._journal = journal
        self._faults = faults
        self._tallies: dict[str, Tally] = {}

    def document(self) -> dict[str, Any]:
        """The whole cloud; its size depends on regions and data files, not on instances."""
        cloud = self._cloud
        now = cloud.clock.now()
        names = {region.id: region.name for region in cloud.ens.regions.values()}
        self._tallies = {app_id: self._tally(app_id, app) for app_id, app in cloud.ens.apps.items()}
        return {
            "time": wire_time(now),
            "time_scale": cloud.clock.scale,
            "seed": cloud.seed,
            "applications": [
                ens.summarize(app, self._tallies[app_id], names, now)
                for app_id, app in cloud.ens.apps.items()
            ],
            "container_apps": [
                esa.summarize(app, cloud.world.delays, now) for app in cloud.esa.apps.values()
            ],
            "calls": [_call(entry) for entry in self._journal.recent(SHOWN_CALLS)],
            "faults": [_fault(rule) for rule in self._faults.rules()],
            "dialect": _unusual(cloud.dialect),
        }

    def _tally(self, app_id: str, app: AppState) -> Tally:
        """The tally of an application, begun anew with its world."""
        former = self._tallies.get(app_id)
        return former if former is not None and former.app is app else Tally(app)

    def instances(self, app_id: str, region: str) -> dict[str, Any]:
        """The instances of one application in one region.

        Raises:
            Refused: This world has no such application or region.
        """
        app = self._cloud.ens.apps.get(app_id)
        if app is None:
            raise Refused(f"app_id: {app_id or 'nothing'} is not in this world")
        if region not in self._cloud.ens.regions:
            raise Refused(f"region: {region or 'nothing'} is not in this world")
        return ens.list_instances(app, region, self._cloud.clock.now())


def _call(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "time": entry.time,
        "action": entry.action,
        "app_id": entry.app_id,
        "status": entry.status,
        "code": entry.code,
    }


def _fault(rule: dict[str, Any]) -> dict[str, Any]:
    """What a rule does and to whom; its texts are shown where they strike."""
    return {key: rule[key] for key in ("effect", "action", "app_id", "count", "probability", "met")}


def _unusual(dialect: Dialect) -> dict[str, str]:
    """The open points that are settled otherwise than by default."""
    usual, actual = Dialect().model_dump(mode="json"), dialect.model_dump(mode="json")
    return {point: way for point, way in actual.items() if way != usual[point]}
