"""Waits: what they say, when they end, and that many go on at a time."""

import pytest
from tests.support.clouds import HOURS, REGIONS, stock
from tests.support.declarations import Archives, distribution, with_sources
from tests.support.dynamic_host import CallFailedError, DynamicHost, Kind, Managed, Start, eventually
from tests.support.emulator import CONTAINER_APP_ID, SMALL_APP_ID, VERSION_IDS, Emulator
from tests.support.sdks import Sdk
from tests.support.sightings import starts

AT_MOST = 60.0
"""Seconds, far fewer than anything takes in a slow cloud."""


def test_progress_is_told_beside_the_resource_when_something_changes(
    sdk: Sdk, start: Start, slow: Emulator, archives: Archives
) -> None:
    host = start(sdk=sdk)
    push = Managed(host, Kind.PUSH, "assets")
    up = host.begin(lambda: push.up(with_sources(archives.push(regions=list(REGIONS)))))
    host.await_line("0/2 regions")
    slow.advance(2 * HOURS)
    up.result()
    host.await_line("2/2 regions")

    shown = [line for line in host.lines if line.is_passing]
    assert [line.text.rpartition(",")[0] or line.text for line in shown] == [
        "assets 1: 2 regions",
        "0/2 regions",
        "2/2 regions",
    ]
    assert {line.urn for line in shown} == {Kind.PUSH.urn("assets")}
    assert not [line for line in host.lines if not line.is_passing]
    assert not host.stderr


@pytest.mark.usefixtures("stocked")
def test_without_an_engine_nothing_is_told_and_all_goes_well(sdk: Sdk, start: Start) -> None:
    host = start(sdk=sdk, with_engine=False)
    dist = Managed(host, Kind.DIST)

    assert dist.up(distribution()).outputs["status"] == "converged"
    dist.destroy()

    assert not host.lines
    assert not host.stderr


@pytest.mark.usefixtures("slow")
def test_the_host_ends_soon_after_its_engine_is_gone(start: Start, archives: Archives) -> None:
    host = start()
    push = Managed(host, Kind.PUSH)
    up = host.begin(lambda: push.up(with_sources(archives.push())))
    host.await_line("0/2 regions")

    host.lose_engine()

    eventually(lambda: host.process.poll() is not None, timeout=30)
    with pytest.raises(CallFailedError):
        up.result()


@pytest.mark.usefixtures("slow")
def test_custom_timeouts_beat_the_rollouts_own(sdk: Sdk, start: Start, archives: Archives) -> None:
    push = Managed(start(sdk=sdk), Kind.PUSH)

    with pytest.raises(CallFailedError, match="the timeout has passed; last seen: 0/2 regions"):
        push.up(with_sources(archives.push(rollout={"timeout": "1h"})), timeout=1.0)


def test_custom_timeouts_hold_for_updates_and_deletes_too(
    start: Start, slow: Emulator, world: dict[str, object]
) -> None:
    slow.world({**world, "delays": {"clean_seconds": HOURS}})
    slow.dialect(clean="later")
    stock(slow, "1")
    state = Managed(start(), Kind.DIST).up(distribution())
    host = start()

    with pytest.raises(CallFailedError, match=f"is still on 3 instances of {SMALL_APP_ID} after cleaning"):
        host.delete(Kind.DIST, state.id, state.outputs, timeout=1.0)


def test_a_rollout_that_stalls_fails_before_its_timeout(
    host: DynamicHost, slow: Emulator, archives: Archives
) -> None:
    push = Managed(host, Kind.PUSH)
    with pytest.raises(CallFailedError, match="no progress within stall_timeout; last seen: 0/2 regions"):
        push.up(with_sources(archives.push(rollout={"timeout": "1h", "stall_timeout": 1, "retries": 0})))
    assert starts(slow) == ["PushApplicationData"]


def test_cancel_ends_every_wait_soon_and_keeps_the_states(
    sdk: Sdk, start: Start, slow: Emulator, archives: Archives
) -> None:
    host = start(sdk=sdk)
    push, release = Managed(host, Kind.PUSH), Managed(host, Kind.RELEASE)
    ups = [
        host.begin(lambda: push.up(with_sources(archives.push()))),
        host.begin(
            lambda: release.up({"app_id": CONTAINER_APP_ID, "version_id": VERSION_IDS[1], "env": "prod"})
        ),
    ]
    host.await_line("0/2 regions")
    host.await_line("pods ready")
    slow.clear_calls()

    host.cancel()
    failures = [up.exception(timeout=AT_MOST) for up in ups]

    for failure in failures:
        assert isinstance(failure, CallFailedError)
        assert failure.message.startswith("Interrupted at ")
        assert failure.message.endswith(
            "What is under way goes on in the cloud; the next `pulumi up` continues from there."
        )
        assert failure.kept is not None
        assert failure.kept.outputs["status"] == "interrupted"

    slow.advance(2 * HOURS)
    push.host = release.host = start(sdk=sdk)
    assert push.up(with_sources(archives.push())).outputs["status"] == "converged"
    state = release.up({"app_id": CONTAINER_APP_ID, "version_id": VERSION_IDS[1], "env": "prod"})
    assert state.outputs["status"] == "converged"
    assert push.done == release.done == ["create", "update"]
    assert not starts(slow)


def test_many_resources_roll_out_at_a_time(
    sdk: Sdk, start: Start, slow: Emulator, archives: Archives
) -> None:
    host, many = start(sdk=sdk), 24
    pushes = [Managed(host, Kind.PUSH, f"push-{number}") for number in range(many)]
    inputs = [with_sources(archives.push(archives.file("1", name))) for name in (p.name for p in pushes)]
    ups = [
        host.begin(lambda push=push, given=given: push.up(given))  # type: ignore[misc]
        for push, given in zip(pushes, inputs, strict=True)
    ]

    eventually(lambda: len(starts(slow)) == many, timeout=30)

    slow.advance(2 * HOURS)
    assert {up.result().outputs["status"] for up in ups} == {"converged"}


def test_cancel_reaches_a_host_that_is_busy_with_many_resources(
    sdk: Sdk, start: Start, slow: Emulator, archives: Archives
) -> None:
    host, many = start(sdk=sdk), 24
    pushes = [Managed(host, Kind.PUSH, f"push-{number}") for number in range(many)]
    inputs = [with_sources(archives.push(archives.file("1", push.name))) for push in pushes]
    ups = [
        host.begin(lambda push=push, given=given: push.up(given))  # type: ignore[misc]
        for push, given in zip(pushes, inputs, strict=True)
    ]
    eventually(lambda: len(starts(slow)) == many, timeout=30)

    host.cancel()
    failures = [up.exception(timeout=AT_MOST) for up in ups]

    assert all(isinstance(failure, CallFailedError) and failure.kept for failure in failures)


def test_reads_are_shared_by_resources_that_wait_for_the_same_application(
    host: DynamicHost, slow: Emulator, archives: Archives
) -> None:
    pushes = [Managed(host, Kind.PUSH, f"push-{number}") for number in range(8)]
    inputs = [with_sources(archives.push(archives.file("1", push.name))) for push in pushes]
    ups = [
        host.begin(lambda push=push, given=given: push.up(given))  # type: ignore[misc]
        for push, given in zip(pushes, inputs, strict=True)
    ]
    eventually(lambda: len(starts(slow)) == len(pushes))
    slow.clear_calls()
    eventually(lambda: len(slow.calls()) >= len(pushes))
    host.cancel()
    for up in ups:
        up.exception()
    names = [call["params"]["DataNames"]["value"].count(",") + 1 for call in slow.calls()]
    assert max(names) > 1
