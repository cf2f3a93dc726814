"""Many connections at once: every one of them is answered."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.support.caller import Caller
from tests.support.emulator import APP_ID

CONNECTIONS, CALLS = 64, 2000


def test_many_calls_over_many_connections_are_all_answered(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine a connection may idle for long: the pool must not close one that a thread is about to use.
    kept = httpx.Limits(
        max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=None
    )

    def call(_: int) -> int:
        return caller.call("DescribeDataDistResult", AppId=APP_ID).status_code

    with httpx.Client(timeout=120, trust_env=False, limits=kept) as client:
        monkeypatch.setattr(caller.emulator, "http", client)
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            assert set(threads.map(call, range(CALLS))) == {200}
