"""What a user reads when something is wrong, and how an up after that goes on."""

import pytest
from tests.support.clouds import REGIONS
from tests.support.declarations import Archives, distribution
from tests.support.dynamic_host import Kind
from tests.support.emulator import SMALL_APP_ID, VERSION_IDS, Emulator
from tests.support.sightings import pushed_to
from tests.support.stack import Declared, Ran, Stack, dist, push, release

NO_APP_ID = "00000000-7965-41fc-925b-9648bb6bf650"
NO_CONTAINER_APP_ID = "app-00000000000000000001"

pytestmark = pytest.mark.cli


def is_readable(ran: Ran) -> bool:
    """No traceback, no words of Python's or gRPC's own."""
    strange = ("Traceback", "Error(", "Exception", 'File "', "grpc")
    found = [word for word in strange if word in ran.output]
    assert not found, f"{found} in\n{ran}"
    return True


def test_a_wrong_md5_is_told_with_regions_and_the_clouds_words_and_can_be_fixed_under_the_same_version(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    wrong = archives.file("1", md5="0" * 32)
    stack.declare(push(archives.push(wrong, regions=list(REGIONS), rollout={"retries": 0})))

    failed = stack.up()

    assert not failed.ok
    assert is_readable(failed)
    words = f"assets@1: md5 mismatch: expected {'0' * 32}"
    assert any(f"{region}: {words}" in failed.output for region in REGIONS), str(failed)
    assert SMALL_APP_ID in failed.output
    assert stack.outputs("assets")["status"] == "failed"

    stack.declare(push(archives.push(regions=list(REGIONS), rollout={"retries": 0})))
    fixed = stack.up(preview=True)

    assert fixed.ok, str(fixed)
    assert set(pushed_to(emulator).values()) == {"SUCCESS"}


def test_every_fault_of_a_resource_is_told_at_once_with_its_path_before_anything_is_called(
    stack: Stack, emulator: Emulator
) -> None:
    stack.declare(
        Declared(
            Kind.DIST,
            "assets-everywhere",
            {
                "app_id": " ",
                "data": [
                    {"name": "as,sets", "version": 1.5, "dest_path": "opt"},
                    {"name": "levels", "version": "", "dest_path": "/opt", "file_mode": 999, "colour": "red"},
                ],
                "match": [{"key": "region_id", "operator": "Like", "values": []}],
                "rollout": {"max_failed": "200%", "timeout": "soon", "retries": -1},
                "on_delete": "burn",
            },
        )
    )

    refused = stack.preview()

    assert not refused.ok
    assert is_readable(refused)
    for path in (
        "app_id: ",
        "data[0].name: ",
        "data[0].version: ",
        "data[0].dest_path: ",
        "data[1].version: ",
        "data[1].file_mode: ",
        "data[1].colour: ",
        "match[0].operator: ",
        "match[0].values: ",
        "rollout.max_failed: ",
        "rollout.timeout: ",
        "rollout.retries: ",
        "on_delete: ",
    ):
        assert path in refused.output, f"{path}: {refused}"
    assert "<nil>" not in refused.output
    assert "data: must not be empty" not in refused.output
    assert not emulator.calls()


def test_a_missing_permission_is_named(stack: Stack, archives: Archives) -> None:
    stack.env["ALIBABA_CLOUD_ACCESS_KEY_ID"] = "emulator-readonly"
    stack.declare(push(archives.push()), release(VERSION_IDS[1]))

    denied = stack.up("--continue-on-error")

    assert not denied.ok
    assert is_readable(denied)
    assert "Allow ens:PushApplicationData to this identity in RAM" in denied.output, str(denied)
    assert "Allow esa:PublishEdgeContainerAppVersion to this identity in RAM" in denied.output, str(denied)
    assert SMALL_APP_ID in denied.output
    assert "RequestId" in denied.output
    assert not stack.resources, "nothing was made"


def test_an_unknown_application_is_told_by_its_id(stack: Stack, archives: Archives) -> None:
    stack.declare(push(archives.push(app_id=NO_APP_ID)))
    preview = stack.preview()
    stack.declare(release(VERSION_IDS[0], app_id=NO_CONTAINER_APP_ID))
    failed = stack.up()

    for ran, app_id in ((preview, NO_APP_ID), (failed, NO_CONTAINER_APP_ID)):
        assert not ran.ok
        assert is_readable(ran)
        assert app_id in ran.output
        assert "belongs to this account and region" in ran.output, str(ran)


def test_missing_credentials_are_told_once_and_simply(stack: Stack, archives: Archives) -> None:
    del stack.env["ALIBABA_CLOUD_ACCESS_KEY_ID"], stack.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
    stack.declare(push(archives.push()))

    preview, failed = stack.preview(), stack.up()

    assert preview.ok, str(preview)
    assert "impact unknown: " in preview.output
    assert not failed.ok
    assert is_readable(failed)
    assert "alicloud-edge:accessKeyId" in failed.output, str(failed)


def test_an_unreachable_endpoint_does_not_stop_a_preview_and_fails_an_up_with_what_to_check(
    stack: Stack, archives: Archives
) -> None:
    stack.env["ALICLOUD_EDGE_ENDPOINT"] = "http://127.0.0.1:9"
    stack.declare(push(archives.push()))

    preview, failed = stack.preview(), stack.up()

    assert preview.ok, str(preview)
    assert "impact unknown: " in preview.output
    assert not failed.ok
    assert is_readable(failed)
    assert "127.0.0.1:9" in failed.output
    assert "Check the network, alicloud-edge:region and alicloud-edge:endpoint" in failed.output, str(failed)


def test_what_one_resource_lacks_does_not_keep_another_from_rolling_out(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    emulator.faults([{"effect": "target_fail", "action": "DistApplicationData"}])
    stack.declare(push(archives.push()), dist(distribution(rollout={"retries": 0})), release(VERSION_IDS[1]))

    failed = stack.up()

    assert not failed.ok
    assert is_readable(failed)
    assert set(pushed_to(emulator).values()) == {"SUCCESS"}
    assert stack.outputs("assets")["status"] == "converged"
    assert "no space left on device" in failed.output, str(failed)
