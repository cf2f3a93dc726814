"""Failures as the engine gets them: the message alone, and the state that is kept."""

import pytest
from tests.support.clouds import INSTANCES
from tests.support.declarations import Archives, distribution, with_sources
from tests.support.dynamic_host import UNKNOWN, CallFailedError, DynamicHost, Kind, Managed, Start
from tests.support.emulator import CONTAINER_APP_ID, CRASHING_VERSION_ID, SMALL_APP_ID, VERSION_IDS, Emulator
from tests.support.sdks import Sdk
from tests.support.sightings import placed_on, starts

FAILING = {"effect": "target_fail", "action": "DistApplicationData", "targets": [INSTANCES[0]]}
NO_RETRIES = {"retries": 0}


def test_a_failed_create_tells_its_message_alone_keeps_its_state_and_is_updated_next(
    sdk: Sdk, start: Start, stocked: Emulator
) -> None:
    dist = Managed(start(sdk=sdk), Kind.DIST, "assets")
    stocked.faults([FAILING])

    with pytest.raises(CallFailedError) as failed:
        dist.up(distribution(rollout=NO_RETRIES))

    message, kept = failed.value.message, failed.value.kept
    assert message.startswith(f"distribution of assets@1 in {SMALL_APP_ID}: 1 instance failed, max_failed")
    assert f"{INSTANCES[0]}: assets@1: transfer failed: no space left on device" in message
    assert "Traceback" not in message
    assert kept is not None
    assert kept.reasons == (message,)
    assert kept.id == f"{SMALL_APP_ID}/assets"
    assert kept.outputs["status"] == "failed"
    assert kept.outputs["owned"] == {"assets": [{"versions": ["1"], "selection": [{}]}]}

    stocked.faults([])
    fixed = dist.up(distribution(rollout=NO_RETRIES))

    assert dist.done == ["create", "update"]
    assert fixed.outputs["status"] == "converged"
    assert fixed.id == kept.id


def test_a_failed_update_keeps_what_is_known_now(sdk: Sdk, start: Start, stocked: Emulator) -> None:
    release = Managed(start(sdk=sdk), Kind.RELEASE, "web")
    inputs = {"app_id": CONTAINER_APP_ID, "env": "staging"}
    release.up({**inputs, "version_id": VERSION_IDS[0]})

    with pytest.raises(CallFailedError) as failed:
        release.up({**inputs, "version_id": CRASHING_VERSION_ID, "rollout": NO_RETRIES})

    assert "CrashLoopBackOff" in failed.value.message
    assert "Traceback" not in failed.value.message
    assert failed.value.kept is not None
    assert failed.value.kept.outputs["status"] == "failed"
    assert failed.value.kept.outputs["baseline_version"] == VERSION_IDS[0]
    assert starts(stocked) == ["PublishEdgeContainerAppVersion"] * 2


def test_a_failed_delete_tells_its_message_alone(sdk: Sdk, start: Start, stocked: Emulator) -> None:
    dist = Managed(start(sdk=sdk), Kind.DIST)
    dist.up(distribution())
    dist.host = start(sdk=sdk)
    refusal = {"effect": "error", "status": 400, "code": "NoPermission", "message": "Permission denied."}
    stocked.faults([{**refusal, "action": "CleanDistData"}])

    with pytest.raises(CallFailedError, match=r"^CleanDistData for .* failed with NoPermission") as failed:
        dist.destroy()

    assert "Allow ens:CleanDistData to this identity" in failed.value.message
    assert "Traceback" not in failed.value.message


def test_settings_that_cannot_be_understood_are_told_by_each_call(sdk: Sdk, start: Start) -> None:
    host = start(sdk=sdk, config={"callsPerSecond": "fast"})

    checked = host.check(Kind.DIST, distribution())

    assert checked.failures == (
        "alicloud-edge:callsPerSecond: 'fast' is not a positive number. Set the number of calls a second, such as 10.",
    )
    with pytest.raises(
        CallFailedError, match=r"^alicloud-edge:callsPerSecond: 'fast' is not a positive number"
    ):
        host.create(Kind.DIST, distribution())


def test_what_is_not_known_yet_is_neither_refused_nor_asked_about(
    sdk: Sdk, start: Start, stocked: Emulator
) -> None:
    host = start(sdk=sdk)
    file = {"name": "assets", "version": UNKNOWN, "dest_path": "/opt/assets"}
    unknown = (
        distribution(app_id=UNKNOWN),
        distribution(data=UNKNOWN),
        distribution(file),
        distribution(UNKNOWN),  # type: ignore[arg-type]
        distribution(rollout=UNKNOWN),
        distribution(match=[{"key": "region_id", "operator": "In", "values": [UNKNOWN]}]),
    )
    for inputs in unknown:
        assert not host.check(Kind.DIST, inputs).failures, inputs
    assert not stocked.calls()


def test_a_fault_beside_what_is_not_known_yet_is_told(host: DynamicHost) -> None:
    file = {"name": "assets", "version": UNKNOWN, "dest_path": "opt"}
    checked = host.check(Kind.DIST, distribution(file, app_id=UNKNOWN))
    assert checked.failures == ("data[0].dest_path: must be an absolute path",)


@pytest.mark.usefixtures("stocked")
def test_a_change_to_what_is_not_known_yet_is_a_change(host: DynamicHost) -> None:
    dist = Managed(host, Kind.DIST)
    state = dist.up(distribution())
    later = {"name": "assets", "version": UNKNOWN, "dest_path": "/opt/assets"}

    differing = host.diff(Kind.DIST, state.id, state.outputs, distribution(later))
    elsewhere = host.diff(Kind.DIST, state.id, state.outputs, distribution(app_id=UNKNOWN))

    assert differing.changes
    assert not differing.replaces
    assert elsewhere.changes
    assert elsewhere.replaces == ("app_id",)


def test_another_application_or_environment_is_another_resource(host: DynamicHost) -> None:
    dist, release = distribution(), {"app_id": CONTAINER_APP_ID, "version_id": VERSION_IDS[0], "env": "prod"}

    moved = host.diff(Kind.DIST, "it", dist, distribution(app_id="another"))
    promoted = host.diff(Kind.RELEASE, "it", release, {**release, "env": "staging"})

    assert (moved.changes, moved.replaces) == (True, ("app_id",))
    assert (promoted.changes, promoted.replaces) == (True, ("env",))


def test_a_fault_of_a_push_never_tells_its_url(host: DynamicHost, archives: Archives) -> None:
    inputs = with_sources(archives.push(archives.file("1", md5="short")))
    inputs["__sources"] = {"assets@1": "https://bucket/file?Signature=5iGn4tUr3"}
    failures = host.check(Kind.PUSH, inputs).failures
    assert failures == ("data[0].md5: must be an MD5 in 32 hexadecimal digits",)


def test_a_fixed_create_needs_no_second_start_of_what_has_arrived(
    host: DynamicHost, stocked: Emulator
) -> None:
    dist = Managed(host, Kind.DIST)
    stocked.faults([FAILING])
    with pytest.raises(CallFailedError):
        dist.up(distribution(rollout=NO_RETRIES))
    stocked.advance(60)
    stocked.faults([])
    stocked.clear_calls()

    dist.up(distribution(rollout=NO_RETRIES))

    (call,) = stocked.calls("DistApplicationData")
    assert INSTANCES[0] in call["params"]["DistStrategy"]["value"]
    assert INSTANCES[1] not in call["params"]["DistStrategy"]["value"]
    assert set(placed_on(stocked).values()) == {"SUCCESS"}
