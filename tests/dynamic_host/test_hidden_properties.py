"""Properties that no display shows reach the provider on every SDK: the urls of pushes, and what repairs remember."""

import pytest
from tests.support.clouds import INSTANCES, REGIONS
from tests.support.declarations import Archives, distribution, placed, with_sources
from tests.support.dynamic_host import CallFailedError, Kind, Managed, Start
from tests.support.emulator import SMALL_APP_ID, Emulator
from tests.support.sdks import Sdk
from tests.support.sightings import starts


def test_the_cloud_is_told_the_url_of_a_push(
    sdk: Sdk, start: Start, emulator: Emulator, archives: Archives
) -> None:
    push = Managed(start(sdk=sdk), Kind.PUSH)
    for version in ("1", "2"):
        push.up(with_sources(archives.push(archives.file(version), regions=list(REGIONS))))
    told = [call["params"]["Data"]["value"] for call in emulator.calls("PushApplicationData")]
    assert push.done == ["create", "update"]
    assert [
        f"{emulator.url}/files/assets-{version}" in data for version, data in zip("12", told, strict=True)
    ]
    with pytest.raises(CallFailedError, match="md5 mismatch"):
        push.up(with_sources(archives.push(archives.file("3", md5="0" * 32), rollout={"retries": 0})))


def test_a_version_that_comes_back_after_a_repair_is_told(sdk: Sdk, start: Start, stocked: Emulator) -> None:
    host = start(sdk=sdk)
    dist = Managed(host, Kind.DIST)
    for version in ("1", "2"):
        dist.up(distribution(placed(version)))
    for _ in range(2):
        stocked.advance(5)
        stocked.drift(
            app_id=SMALL_APP_ID, name="assets", version="1", state="SUCCESS", targets=[INSTANCES[2]]
        )
        dist.up(distribution(placed("2")))
    assert dist.done == ["create", "update", "update", "update"]
    host.await_line("assets 1 has come back where 2 is declared")


def test_where_urls_cannot_be_had_a_push_is_refused_before_anything_is_called(
    oldest_sdk: Sdk, start: Start, emulator: Emulator, archives: Archives
) -> None:
    edits = {"(self, request, context)": "(self, asked, context)", "request.": "asked."}
    push = Managed(start(sdk=oldest_sdk, edits=edits), Kind.PUSH)
    with pytest.raises(CallFailedError, match="data: the urls did not arrive: update the package pulumi"):
        push.up(with_sources(archives.push()))
    assert not starts(emulator)
