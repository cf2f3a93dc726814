"""The provider in a host that has changed: without what it holds on to there, it works on and says what is missing.

Each test takes one hold away by editing the host's own source.
"""

import pytest
from tests.support.clouds import HOURS, INSTANCES, stock
from tests.support.declarations import Archives, distribution, placed, with_sources
from tests.support.dynamic_host import CallFailedError, DynamicHost, Kind, Managed, Start, eventually
from tests.support.emulator import SMALL_APP_ID, Emulator
from tests.support.sdks import Sdk
from tests.support.sightings import starts

OTHER_EXECUTOR = {
    "from concurrent import futures": """
import threading
from concurrent import futures as real

class Executor(real.Executor):
    def __init__(self, max_workers):
        self.free = threading.Semaphore(max_workers)

    def submit(self, call, *args, **kwargs):
        future = real.Future()
        threading.Thread(target=lambda: self.run(future, call, args, kwargs), daemon=True).start()
        return future

    def run(self, future, call, args, kwargs):
        with self.free:
            future.set_result(call(*args, **kwargs))

class futures:
    ThreadPoolExecutor = Executor
"""
}
OTHER_CANCEL = {"def Cancel(self, request, context):": "def Cancel(self, request, context, why=None):"}
OTHER_PARAMETERS = {
    "(self, request, context)": "(self, asked, about)",
    "request.": "asked.",
    "context.": "about.",
}
OTHER_NAME = {"DynamicResourceProviderServicer": "SomeOtherServicer"}
TIMEOUT = 2.0
CHANGED = "This version of Pulumi's dynamic host is not fully supported: {}. Everything else works."
FAILING = {"effect": "target_fail", "action": "DistApplicationData"}


def warnings(host: DynamicHost) -> list[str]:
    return [line.text for line in host.lines if line.is_warning]


def test_an_executor_that_cannot_be_widened_rolls_out_four_at_a_time(
    start: Start, slow: Emulator, archives: Archives
) -> None:
    host = start(edits=OTHER_EXECUTOR)
    pushes = [Managed(host, Kind.PUSH, f"push-{number}") for number in range(6)]
    inputs = [with_sources(archives.push(archives.file("1", push.name))) for push in pushes]
    ups = [
        host.begin(lambda push=push, given=given: push.up(given))  # type: ignore[misc]
        for push, given in zip(pushes, inputs, strict=True)
    ]

    eventually(lambda: len(starts(slow)) == 4)

    assert warnings(host) == [CHANGED.format("only four resources roll out at a time")]
    slow.advance(2 * HOURS)
    eventually(lambda: len(starts(slow)) == 6)
    slow.advance(2 * HOURS)
    assert {up.result().outputs["status"] for up in ups} == {"converged"}


def test_a_host_whose_cancel_is_another_waits_for_the_rollout_to_end(
    sdk: Sdk, start: Start, slow: Emulator, archives: Archives
) -> None:
    host = start(sdk=sdk, edits=OTHER_CANCEL)
    push = Managed(host, Kind.PUSH)
    up = host.begin(lambda: push.up(with_sources(archives.push())))
    host.await_line("0/2 regions")

    host.cancel()

    assert warnings(host) == [CHANGED.format("Ctrl-C waits for the rollouts under way")]
    assert not up.done()
    slow.advance(2 * HOURS)
    assert up.result().outputs["status"] == "converged"


def test_without_its_cancel_rollouts_end_within_their_timeout_and_the_next_up_goes_on(
    start: Start, slow: Emulator, archives: Archives
) -> None:
    inputs = with_sources(archives.push(archives.file("1", "levels"), rollout={"timeout": TIMEOUT}))
    taken_back = distribution(placed("2"), rollout={"timeout": TIMEOUT, "on_failure": "rollback"})
    stock(slow, "1", "2")
    slow.drift(app_id=SMALL_APP_ID, name="assets", version="1", targets=list(INSTANCES), state="SUCCESS")
    host = start(edits=OTHER_CANCEL)
    push, dist = Managed(host, Kind.PUSH), Managed(host, Kind.DIST)
    dist.up(distribution())
    ups = [host.begin(lambda: push.up(inputs)), host.begin(lambda: dist.up(taken_back))]
    eventually(lambda: len(starts(slow)) == len(ups))

    host.cancel()
    failures = [up.exception(timeout=60) for up in ups]

    for failure in failures:
        assert isinstance(failure, CallFailedError)
        assert "the timeout has passed" in failure.message
        assert failure.kept is not None
    slow.clear_calls()
    slow.advance(2 * HOURS)
    push.host = start()
    assert push.up(inputs).outputs["status"] == "converged"
    assert not starts(slow)


def test_a_host_that_hides_its_calls_rolls_out_and_loses_a_failed_state(
    sdk: Sdk, start: Start, stocked: Emulator
) -> None:
    host = start(sdk=sdk, edits=OTHER_PARAMETERS)
    dist = Managed(host, Kind.DIST)
    stocked.faults([FAILING])

    with pytest.raises(CallFailedError, match="no space left on device") as failed:
        dist.up(distribution(rollout={"retries": 0}), timeout=1.0)

    assert failed.value.kept is None
    assert warnings(host) == [
        "The state of a failed resource could not be saved: the next `pulumi up` starts from what the cloud shows."
    ]
    stocked.faults([])
    assert dist.up(distribution()).outputs["status"] == "converged"


def test_a_host_with_another_servicer_rolls_out_in_silence(sdk: Sdk, start: Start, stocked: Emulator) -> None:
    host = start(sdk=sdk, edits=OTHER_NAME)
    dist = Managed(host, Kind.DIST)

    assert dist.up(distribution()).outputs["status"] == "converged"

    assert not host.lines
    assert starts(stocked) == ["DistApplicationData"]


def test_a_host_that_formats_failures_otherwise_still_tells_the_message(
    start: Start, stocked: Emulator
) -> None:
    edits = {"import traceback\n": "from traceback import format_exc\n", "traceback.format_exc": "format_exc"}
    dist = Managed(start(edits=edits), Kind.DIST)
    stocked.faults([FAILING])

    with pytest.raises(CallFailedError, match="no space left on device") as failed:
        dist.up(distribution(rollout={"retries": 0}))

    assert failed.value.kept is not None
    assert "no space left on device" in failed.value.kept.reasons[0]
    assert "Traceback" not in failed.value.kept.reasons[0]


def test_an_edit_that_does_not_hit_is_no_test(start: Start) -> None:
    with pytest.raises(RuntimeError, match="the host has no 'no such text'"):
        start(edits={"no such text": ""})
