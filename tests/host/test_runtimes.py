"""The runtimes of a process: which one a caller gets, and a request to stop from another thread."""

import asyncio
import threading

import pytest

from pulumi_alicloud_edge._delivery.run_context import Interrupt, InterruptedWaitError
from pulumi_alicloud_edge._errors import SettingsError
from pulumi_alicloud_edge._runtime import Runtimes


def config(**settings: str) -> dict[str, str]:
    return {f"alicloud-edge:{key}": value for key, value in settings.items()}


def test_the_hosts_first_configuration_stays() -> None:
    runtimes = Runtimes()
    runtimes.configure(config(region="cn-wuxi").get)
    runtimes.configure(config(region="cn-hangzhou").get)
    assert runtimes.configured().settings.cloud.region == "cn-wuxi"


def test_a_host_that_was_not_configured_is_told_so() -> None:
    with pytest.raises(SettingsError, match="nothing is configured"):
        Runtimes().configured()


def test_settings_that_cannot_be_understood_are_told_by_the_first_call_that_needs_them() -> None:
    runtimes = Runtimes()
    runtimes.configure(config(callsPerSecond="many").get)
    with pytest.raises(SettingsError, match="callsPerSecond"):
        _ = runtimes.configured().settings


def test_programs_with_the_same_settings_share_a_runtime() -> None:
    runtimes, one, other = Runtimes(), config(region="cn-wuxi"), config(region="cn-hangzhou")
    assert runtimes.of_settings(one.get) is runtimes.of_settings(dict(one).get)
    assert runtimes.of_settings(one.get) is not runtimes.of_settings(other.get)


def test_a_configuration_that_changes_later_changes_no_runtime() -> None:
    """The SDK has one configuration in a process: that of the stack whose program runs now."""
    runtimes, now = Runtimes(), config(region="cn-wuxi")
    runtime = runtimes.of_settings(now.get)
    now |= config(region="cn-hangzhou")
    assert runtime.settings.cloud.region == "cn-wuxi"
    assert runtimes.of_settings(now.get) is not runtime


@pytest.mark.parametrize("whose", ["the host's", "a program's"])
def test_an_interrupt_ends_every_wait_of_the_process(whose: str) -> None:
    runtimes = Runtimes()
    runtimes.configure({}.get)
    runtime = runtimes.configured() if whose == "the host's" else runtimes.of_settings({}.get)
    waits = threading.Event()

    async def wait() -> None:
        waits.set()
        await asyncio.sleep(3600)

    ended = runtime.begin(runtime.interrupt.ends(wait()))
    assert waits.wait(30)
    runtimes.interrupt()
    with pytest.raises(InterruptedWaitError):
        ended.result(30)
    with pytest.raises(InterruptedWaitError):
        runtime.run(runtime.interrupt.ends(wait()))


async def test_work_that_is_done_before_the_request_comes_gives_its_result() -> None:
    interrupt = Interrupt()

    async def work() -> int:
        return 1

    assert await interrupt.ends(work()) == 1
    interrupt.set()
    with pytest.raises(InterruptedWaitError):
        await interrupt.ends(work())
