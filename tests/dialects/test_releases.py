"""Releases come to the same end, however the cloud takes what its contract leaves open."""

from typing import Any

import pytest
from tests.support.dynamic_host import CallFailedError, Kind, Managed
from tests.support.emulator import CONTAINER_APP_ID, VERSION_IDS
from tests.support.virtual import VirtualEmulator, VirtualHost

FORMER, NEW, _ = VERSION_IDS


@pytest.fixture
def web(host: VirtualHost) -> Managed:
    return Managed(host, Kind.RELEASE)


@pytest.mark.dialects("release_fields", "partial_release", "text")
def test_a_version_takes_over_share_by_share(web: Managed, cloud: VirtualEmulator) -> None:
    web.up(released(FORMER))
    cloud.clear_calls()
    kept = web.up(released(NEW))
    assert kept.outputs["status"] == "converged"
    assert (kept.outputs["published_version"], kept.outputs["publish_percentage"]) == (NEW, 100)
    assert kept.outputs["baseline_version"] == FORMER
    shares = [call["params"]["Percentage"]["value"] for call in cloud.calls("PublishEdgeContainerAppVersion")]
    assert shares == ["10", "100"]
    cloud.clear_calls()
    web.up(released(NEW))
    assert web.done[-1] == "same"
    assert not cloud.calls("PublishEdgeContainerAppVersion")


@pytest.mark.dialects("release_fields", "partial_release", "rollback_env")
@pytest.mark.parametrize("staging", ["without staging", "with staging"])
def test_a_release_that_hangs_is_rolled_back(
    web: Managed, host: VirtualHost, cloud: VirtualEmulator, staging: str
) -> None:
    web.up(released(FORMER))
    if staging == "with staging":
        Managed(host, Kind.RELEASE, name="staging").up({**released(VERSION_IDS[2]), "env": "staging"})
    hanging = {"effect": "target_hang", "targets": ["prod"], "count": 1}
    cloud.faults([{"action": "PublishEdgeContainerAppVersion", **hanging}])
    with pytest.raises(CallFailedError, match=f"back to .*{FORMER}"):
        web.up(released(NEW, on_failure="rollback", stall_timeout="2s", retries=0))
    assert web.state is not None
    assert web.state.outputs["status"] == "rolled_back"
    assert web.state.outputs["published_version"] == FORMER
    if staging == "with staging":
        assert not cloud.calls("RollbackEdgeContainerAppVersion"), "it names no environment"
        environments = cloud.container_app()["environments"]
        assert environments["staging"]["DeployedVersion"] == VERSION_IDS[2]


@pytest.mark.dialects("release_fields", "partial_release", "text")
def test_a_share_is_lowered_kept_and_gone_back_to(web: Managed, cloud: VirtualEmulator) -> None:
    web.up(share(NEW, 50))
    web.up(share(NEW, 10))
    assert serves(cloud) == (NEW, 10)
    cloud.drift(app_id=CONTAINER_APP_ID, env="prod", version=NEW, percentage=100)
    cloud.advance(60)
    web.up(share(NEW, 10))
    assert (web.done[-1], serves(cloud)) == ("update", (NEW, 10))
    web.up(share(NEW, 10))
    assert web.done[-1] == "same"
    hanging = {"effect": "target_hang", "targets": ["prod"], "count": 1}
    cloud.faults([{"action": "PublishEdgeContainerAppVersion", **hanging}])
    with pytest.raises(CallFailedError, match=f"back to .*{NEW} on 10 % of prod"):
        web.up(share(VERSION_IDS[2], 30, on_failure="rollback", stall_timeout="2s", retries=0))
    assert serves(cloud) == (NEW, 10)


def share(version: str, percentage: int, **rollout: Any) -> dict[str, Any]:
    """A release to a share of prod."""
    common = {"app_id": CONTAINER_APP_ID, "env": "prod", "rollout": rollout}
    return {**common, "version_id": version, "percentage": percentage}


def serves(cloud: VirtualEmulator) -> tuple[str, int]:
    """What prod serves, and on how much of it."""
    cloud.advance(60)
    shown = cloud.container_app()["environments"]["prod"]
    version = shown["PublishingVersion"] or shown["DeployedVersion"]
    return str(version).strip(), int(shown["PublishPercentage"])


def released(version: str, **rollout: Any) -> dict[str, Any]:
    """A release to a tenth of prod, then to all of it."""
    stages = [{"percentage": 10, "bake": "0.5s"}, {"percentage": 100}]
    common = {"app_id": CONTAINER_APP_ID, "env": "prod"}
    return {**common, "version_id": version, "rollout": {"stages": stages, **rollout}}
