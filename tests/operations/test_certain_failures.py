"""A preview fails where the cloud shows that the rollout would have to, and only for what somebody has just written."""

from collections.abc import Iterable
from typing import Any

import pytest
from tests.operations.conftest import Start
from tests.support.clouds import REGIONS
from tests.support.declarations import Archives, distribution, placed, with_sources
from tests.support.dynamic_host import Kind, Managed
from tests.support.emulator import CONTAINER_APP_ID, SMALL_APP_ID, VERSION_IDS
from tests.support.virtual import VirtualEmulator, VirtualHost

from pulumi_alicloud_edge._errors import SettingsError

NO_APP = "e76f8985-0000-0000-0000-000000000000"
WUXI = "cn-wuxi-5"
UNPUSHED = "data[0]: assets@1 is pushed to no region: push it first (AppDataPush, depends_on)"


def release(**more: Any) -> dict[str, Any]:
    return {"app_id": CONTAINER_APP_ID, "env": "prod", "version_id": VERSION_IDS[0], **more}


def within(*regions: str) -> list[dict[str, Any]]:
    return [{"key": "region_id", "operator": "In", "values": list(regions)}]


def pushed_to(cloud: VirtualEmulator, regions: Iterable[str], version: str = "1") -> None:
    where = {"app_id": SMALL_APP_ID, "name": "assets", "version": version, "targets": list(regions)}
    cloud.drift(**where, state="SUCCESS")


@pytest.mark.parametrize("kind", [Kind.PUSH, Kind.DIST])
def test_an_application_that_does_not_exist(host: VirtualHost, archives: Archives, kind: Kind) -> None:
    declared = {
        Kind.PUSH: with_sources(archives.push(app_id=NO_APP)),
        Kind.DIST: distribution(app_id=NO_APP),
    }[kind]
    (failure,) = host.check(kind, declared).failures
    assert failure.startswith("app_id: Describe")
    assert failure.endswith("Check the id, and that it belongs to this account and region, then run again.")


def test_a_version_that_does_not_exist(host: VirtualHost) -> None:
    (failure,) = host.check(Kind.RELEASE, release(version_id="ver-unheard-of")).failures
    assert failure.startswith(f"version_id: GetEdgeContainerAppVersion for {CONTAINER_APP_ID} failed with ")


def test_a_signature_that_is_not_accepted(host: VirtualHost, stocked: VirtualEmulator) -> None:
    stocked.faults([{"effect": "error", "code": "SignatureDoesNotMatch", "status": 400}])
    (failure,) = host.check(Kind.DIST, distribution()).failures
    assert "SignatureDoesNotMatch" in failure
    assert "Check the access key" in failure


def test_one_refusal_alone_is_not_believed(host: VirtualHost, stocked: VirtualEmulator) -> None:
    stocked.faults([{"effect": "error", "code": "SignatureDoesNotMatch", "status": 400, "count": 1}])
    assert not host.check(Kind.DIST, distribution()).failures


def test_a_file_that_is_pushed_nowhere(host: VirtualHost) -> None:
    assert host.check(Kind.DIST, distribution()).failures == (UNPUSHED,)


def test_a_file_that_is_not_pushed_to_every_region(host: VirtualHost, emulator: VirtualEmulator) -> None:
    pushed_to(emulator, [WUXI])
    (failure,) = host.check(Kind.DIST, distribution()).failures
    (other,) = set(REGIONS) - {WUXI}
    where = f"{other}, where instances are selected: push it there, or select less"
    assert failure == f"data[0]: assets@1 is not pushed to {where}"
    assert not host.check(Kind.DIST, distribution(match=within(WUXI))).failures


def test_a_file_that_runs_need_not_be_pushed_any_more(host: VirtualHost, stocked: VirtualEmulator) -> None:
    Managed(host, Kind.DIST).up(distribution())
    stocked.drift(app_id=SMALL_APP_ID, name="assets", version="1", targets=list(REGIONS), state="FAILED")
    again = distribution(rollout={"retries": 1})
    assert not host.check(Kind.DIST, again).failures


def test_a_file_that_the_program_pushes_itself_is_not_missed(host: VirtualHost, archives: Archives) -> None:
    host.check(Kind.PUSH, with_sources(archives.push()))
    assert not host.check(Kind.DIST, distribution()).failures
    assert host.check(Kind.DIST, distribution(placed("2"))).failures


def test_a_region_beside_a_valid_one(host: VirtualHost) -> None:
    dist = host.check(Kind.DIST, distribution(match=within(WUXI, "cn-shanghai-cmcc-44")))
    lost = f"cn-shanghai-cmcc-44 is not a region of {SMALL_APP_ID} (did you mean cn-shanghai-cmcc-4?)"
    assert dist.failures == (f"match[0].values[1]: {lost}",)


def test_a_push_may_come_before_the_instances(host: VirtualHost, archives: Archives) -> None:
    push = with_sources(archives.push(regions=[WUXI, "cn-chengdu-telecom-4"]))
    assert not host.check(Kind.PUSH, push).failures


def test_what_nobody_has_edited_is_not_blamed(host: VirtualHost, stocked: VirtualEmulator) -> None:
    declared = distribution(match=within(*REGIONS))
    dist = Managed(host, Kind.DIST)
    dist.up(declared)
    stocked.inventory(app_id=SMALL_APP_ID, remove=["i-shanghai-1", "i-shanghai-2"])
    assert not host.check(Kind.DIST, declared, olds=declared).failures
    bumped = distribution(placed("2"), match=within(*REGIONS))
    assert not host.check(Kind.DIST, bumped, olds=declared).failures


def test_where_previews_only_warn(start: Start) -> None:
    host = start(previewErrors="warn")
    assert not host.check(Kind.DIST, distribution()).failures
    assert any(line.text == f"will fail: {UNPUSHED}" for line in host.lines)


def test_previews_fail_or_warn(start: Start) -> None:
    with pytest.raises(SettingsError, match="neither fail nor warn"):
        start(previewErrors="perhaps")
