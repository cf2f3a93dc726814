"""The exact shapes of ENS answers, odd capitals and string counts included."""

from collections.abc import Iterable, Sequence
from typing import Any

from alicloud_edge_emulator.call import Answer
from alicloud_edge_emulator.clock import wire_time
from alicloud_edge_emulator.dialect import Text
from alicloud_edge_emulator.ens.paging import Page
from alicloud_edge_emulator.ens.records import State, Unit
from alicloud_edge_emulator.ens.views import Entry, Seen
from alicloud_edge_emulator.world import Region

PUSH_WORDS = {
    State.SUCCEEDED: "SUCCESS",
    State.FAILED: "FAILED",
    State.WORKING: "PUSHING",
    State.RESTARTING: "PUSHING",
    State.DELETED: "FAILED",
}
DIST_WORDS = {
    State.SUCCEEDED: "SUCCESS",
    State.FAILED: "FAILED",
    State.WORKING: "DISTING",
    State.RESTARTING: "POD_RESTARTING",
    State.DELETED: "DELETED",
}


def start_results(results: Iterable[tuple[Unit, int, str]], text: Text) -> list[Answer]:
    """PushResult and DistResult: how each file's start was taken."""
    return [
        {
            "Name": unit.name,
            "Version": unit.version,
            "ResultCode": code,
            "ResultDescrip": _words(description, text),
        }
        for unit, code, description in results
    ]


def push_status(page: Page, text: Text) -> Answer:
    """DescribeDataPushResult: `StatusStatS` with a capital S at its end, counts as integers."""
    results = [
        {
            "Name": entry.unit.name,
            "Version": entry.unit.version,
            "StatusStatS": {
                "StatusStat": [
                    {
                        "Status": PUSH_WORDS[state],
                        "RegionIdCount": _count(len(group), text),
                        "RegionIds": {"RegionId": [_target("RegionId", seen, text) for seen in group]},
                    }
                    for state, group in _by_state(entry)
                ]
            },
        }
        for entry in page.entries
    ]
    return {"PushResults": {"PushResult": results}, **_page_fields(page, text)}


def dist_status(page: Page, text: Text) -> Answer:
    """DescribeDataDistResult: `StatusStats`, counts as strings."""
    results = [
        {
            "Name": entry.unit.name,
            "Version": entry.unit.version,
            "StatusStats": {
                "StatusStat": [
                    {
                        "Status": DIST_WORDS[state],
                        "InstanceCount": str(len(group)),
                        "Instances": {"Instance": [_target("InstanceId", seen, text) for seen in group]},
                    }
                    for state, group in _by_state(entry)
                ]
            },
        }
        for entry in page.entries
    ]
    return {"DistResults": {"DistResult": results}, **_page_fields(page, text)}


def ens_regions(regions: Iterable[Region]) -> Answer:
    """DescribeEnsRegions: the list is wrapped in its own name."""
    return {
        "Code": 0,
        "EnsRegions": {
            "EnsRegions": [
                {
                    "EnsRegionId": region.id,
                    "Name": region.name or region.id,
                    "EnName": region.name or region.id,
                    "Area": region.area,
                    "Province": region.province,
                }
                for region in regions
            ]
        },
    }


def _by_state(entry: Entry) -> Iterable[tuple[State, Sequence[Seen]]]:
    groups: dict[State, list[Seen]] = {}
    for seen in entry.targets:
        groups.setdefault(seen.state, []).append(seen)
    return sorted(groups.items(), key=lambda item: list(State).index(item[0]))


def _target(id_key: str, seen: Seen, text: Text) -> Answer:
    return {
        id_key: seen.target,
        "StartTime": _words(wire_time(seen.started), text),
        "UpdateTime": _words(wire_time(seen.updated), text),
        "StatusDescrip": _words(seen.description, text),
    }


def _page_fields(page: Page, text: Text) -> Answer:
    return {
        "PageNumber": _count(page.number, text),
        "PageSize": _count(page.size, text),
        "TotalCount": _count(page.total, text),
    }


def _count(number: int, text: Text) -> Any:
    return str(number) if text is Text.UNTIDY else number


def _words(value: str, text: Text) -> str:
    return f"{value}\n" if value and text is Text.UNTIDY else value
