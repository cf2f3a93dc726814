"""What the provider's process says, keeps and logs holds no key, no token and no query of a url."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.support.clouds import REGIONS, stock
from tests.support.declarations import Archives, distribution, with_sources
from tests.support.dynamic_host import CallFailedError, DynamicHost, Kind, Start
from tests.support.emulator import CONTAINER_APP_ID, VERSION_IDS, Emulator
from tests.support.marks import KEY_ID, SECRET, SIGNATURE, TOKEN, DebugLogs, marked_key, marks_in
from tests.support.sdks import Sdk

TEMPORARY_KEY = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": KEY_ID,
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET,
    "ALIBABA_CLOUD_SECURITY_TOKEN": TOKEN,
}
RELEASE = {"app_id": CONTAINER_APP_ID, "version_id": VERSION_IDS[1], "env": "prod"}
ECHO = (
    "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\nab12] "
    f"server CanonicalRequest is [POST\n/\nAccessKeyId={KEY_ID}&Data={{}}\nx-acs-security-token:{TOKEN}]"
)
"""What the gateway answers to a signature that it does not accept: the request as it has read it."""
NO_RETRIES = {"retries": 0}


@pytest.fixture
def logs(tmp_path: Path) -> DebugLogs:
    return DebugLogs(tmp_path / "logs")


@pytest.fixture
def emulator(emulator: Emulator, world: dict[str, Any]) -> Emulator:
    """A cloud that knows the marked key alone."""
    emulator.world({**world, "keys": [marked_key()]})
    stock(emulator, "1")
    return emulator


def every_call(host: DynamicHost, kind: Kind, inputs: Mapping[str, Any]) -> Iterator[str]:
    """Call each operation; gives what it answered, or how it failed and what is kept in spite of it."""
    stored = {key: value for key, value in inputs.items() if key != "__sources"}
    operations: tuple[Callable[[], object], ...] = (
        lambda: host.check(kind, inputs).failures,  # its inputs are what the engine has just given
        lambda: host.diff(kind, "id", stored, inputs),
        lambda: host.create(kind, inputs),
        lambda: host.update(kind, "id", stored, inputs),
        lambda: host.read(kind, "id", stored),
        lambda: host.delete(kind, "id", stored),
    )
    for operation in operations:
        try:
            yield repr(operation())
        except CallFailedError as failed:
            yield f"{failed.message}\n{failed.kept}"


def test_nothing_tells_a_secret_though_the_cloud_repeats_them(
    sdk: Sdk, start: Start, emulator: Emulator, archives: Archives, logs: DebugLogs
) -> None:
    file = archives.file("2")
    file["url"] += f"?Signature={SIGNATURE}"
    words = f"{file['url']} is not for {KEY_ID}"
    host = start(sdk=sdk, environment=TEMPORARY_KEY | logs.environment(dict(sdk.environment)))
    troubles: tuple[dict[str, Any], ...] = (
        {"effect": "target_fail", "action": "*ApplicationData", "description": words},
        {"effect": "error", "status": 400, "code": "Refused", "message": f"{words}, {SECRET} and {TOKEN}"},
        {
            "effect": "error",
            "status": 400,
            "code": "SignatureDoesNotMatch",
            "message": ECHO.format(file["url"]),
        },
        {"effect": "delay", "seconds": 0.0},
    )

    told: list[str] = []
    for trouble in troubles:
        emulator.faults([trouble])
        told += every_call(
            host, Kind.PUSH, with_sources(archives.push(file, regions=list(REGIONS), rollout=NO_RETRIES))
        )
        told += every_call(host, Kind.DIST, distribution(rollout=NO_RETRIES))
        told += every_call(host, Kind.RELEASE, RELEASE)

    quoted = [text for text in told if "assets-2?… is not for LTAI…" in text]
    assert len(quoted) > 10
    assert sum("'status': 'converged'" in text for text in told) > 3
    said = "\n".join([*told, host.stderr, *(line.text for line in host.lines)])
    assert not marks_in(said)
    assert "httpcore" in logs.text()
    assert not marks_in(logs.text())


@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_signed_for_plain_http_to_another_machine(
    start: Start, emulator: Emulator, archives: Archives, kind: Kind
) -> None:
    inputs = {
        Kind.PUSH: with_sources(archives.push()),
        Kind.DIST: distribution(),
        Kind.RELEASE: RELEASE,
    }[kind]
    # Were the calls made, they would reach the emulator: every address of this machine's leads there.
    elsewhere = emulator.url.replace("127.0.0.1", "0.0.0.0")
    host = start(config={"endpoint": elsewhere})

    told = list(every_call(host, kind, inputs))

    refusal = "plain HTTP to 0.0.0.0 would send signed requests and data URLs unencrypted"
    assert sum(refusal in text for text in told) >= 3, told
    assert not emulator.calls()
