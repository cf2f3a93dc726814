"""Pushes and distributions come to the same end, however the cloud takes what its contract leaves open."""

from collections import Counter
from typing import Any

import pytest
from tests.support.clouds import INSTANCES, REGIONS
from tests.support.declarations import Archives, distribution, placed, with_sources
from tests.support.dynamic_host import CallFailedError, Kind, Managed
from tests.support.emulator import SMALL_APP_ID
from tests.support.virtual import VirtualEmulator, VirtualHost

DATA = (
    "paging",
    "visibility",
    "enumeration",
    "superseded",
    "clean",
    "redist",
    "selector",
    "inventory",
    "text",
)


class Assets:
    """A data file of the small application, pushed and distributed: to one region first, then to all."""

    def __init__(self, host: VirtualHost, archives: Archives, cloud: VirtualEmulator) -> None:
        self._archives = archives
        self._cloud = cloud
        self.push = Managed(host, Kind.PUSH)
        self.dist = Managed(host, Kind.DIST)

    def deliver(self, version: str, **rollout: Any) -> None:
        """Push a version and distribute it."""
        self.push.up(with_sources(self._archives.push(self._archives.file(version))))
        self.dist.up(staged(version, **rollout))

    @property
    def status(self) -> str:
        assert self.dist.state is not None
        return str(self.dist.state.outputs["status"])

    def running(self) -> dict[str, int]:
        """Version → number of instances that run it."""
        counts: Counter[str] = Counter()
        for versions in self._cloud.app(SMALL_APP_ID)["running"].get("assets", {}).values():
            counts.update(versions)
        return dict(counts)

    def starts(self) -> int:
        """Number of start calls that the cloud took."""
        calls = self._cloud.calls("PushApplicationData") + self._cloud.calls("DistApplicationData")
        return sum(call["status"] == 200 for call in calls)


@pytest.fixture
def assets(host: VirtualHost, archives: Archives, cloud: VirtualEmulator) -> Assets:
    return Assets(host, archives, cloud)


@pytest.mark.dialects(*DATA, "dist_code")
def test_a_whole_life(assets: Assets, cloud: VirtualEmulator) -> None:
    assets.deliver("1")
    cloud.clear_calls()
    assets.deliver("2")
    assert (assets.running(), assets.starts()) == ({"2": len(INSTANCES)}, 3)
    assets.deliver("2")
    assert (assets.push.done[-1], assets.dist.done[-1], assets.starts()) == ("same", "same", 3)
    assert not cloud.calls("CleanDistData"), "a bump cleans nothing"
    assets.deliver("1")
    assert assets.running() == {"1": len(INSTANCES)}
    assets.dist.host = VirtualHost(cloud)
    assets.dist.destroy()
    assert not assets.running()


@pytest.mark.dialects("selector", "inventory", "redist", "visibility")
def test_a_target_that_fails_once_is_started_again(assets: Assets, cloud: VirtualEmulator) -> None:
    assets.deliver("1")
    cloud.faults([_failing(INSTANCES[-1], count=2)])
    assets.deliver("2")
    assert (assets.status, assets.running()) == ("converged", {"2": len(INSTANCES)})


@pytest.mark.dialects("paging", "enumeration", "superseded", "redist", "selector", "inventory", "text")
def test_a_failure_beyond_the_budget_rolls_back(assets: Assets, cloud: VirtualEmulator) -> None:
    assets.deliver("1")
    cloud.faults([_failing(INSTANCES[-1], count=2 + _refused_first(cloud))])
    with pytest.raises(CallFailedError, match="back to assets@1") as failure:
        assets.deliver("2", retries=0, on_failure="rollback")
    assert INSTANCES[-1] in failure.value.message
    assert (assets.status, assets.running()) == ("rolled_back", {"1": len(INSTANCES)})


@pytest.mark.dialects("enumeration", "visibility", "inventory", "paging")
def test_a_resource_that_is_made_again_adopts_what_is_there(
    assets: Assets, archives: Archives, host: VirtualHost, cloud: VirtualEmulator
) -> None:
    assets.deliver("1")
    cloud.clear_calls()
    again = Assets(host, archives, cloud)
    again.deliver("1")
    assert (again.status, again.running()) == ("converged", {"1": len(INSTANCES)})
    if cloud.state()["dialect"]["inventory"] == "listed":
        assert again.starts() == 0


def staged(version: str, **rollout: Any) -> dict[str, Any]:
    """A distribution to one region, then to all."""
    match = [{"key": "region_id", "operator": "In", "values": [REGIONS[0]]}]
    stages = [{"name": "canary", "match": match, "bake": "0.5s"}, {"name": "all"}]
    return distribution(placed(version), rollout={"stages": stages, **rollout})


def _failing(instance: str, *, count: int) -> dict[str, Any]:
    fault = {"effect": "target_fail", "targets": [instance], "description": "disk full", "count": count}
    return {"action": "DistApplicationData", **fault}


def _refused_first(cloud: VirtualEmulator) -> bool:
    """Return whether the cloud refuses a start for single instances, which is then made by region."""
    return bool(cloud.state()["dialect"]["selector"] == "region_in")


@pytest.mark.dialects("repush")
def test_a_push_that_failed_is_made_again(
    host: VirtualHost, archives: Archives, cloud: VirtualEmulator
) -> None:
    cloud.faults([{**_failing(REGIONS[0], count=1), "action": "PushApplicationData"}])
    push = Managed(host, Kind.PUSH)
    kept = push.up(with_sources(archives.push(archives.file("1"))))
    assert kept.outputs["status"] == "converged"


@pytest.mark.dialects("denied")
def test_a_denied_start_names_the_permission(cloud: VirtualEmulator, archives: Archives) -> None:
    reader = VirtualHost(cloud, config={"accessKeyId": "emulator-readonly"})
    with pytest.raises(CallFailedError, match="Allow ens:PushApplicationData") as failure:
        Managed(reader, Kind.PUSH).up(with_sources(archives.push(archives.file("1"))))
    assert failure.value.kept is None
