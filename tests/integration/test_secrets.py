"""What must not be seen: the signature of a presigned url, and the keys."""

import pytest
from support.declarations import Archives, distribution
from support.emulator import KEY_SECRET, Emulator
from support.sightings import starts
from support.stack import Stack, dist, push

pytestmark = pytest.mark.cli
SIGNATURE = "5iGn4tUr3"


def test_the_signature_of_a_url_is_never_seen_and_another_one_is_no_change(
    stack: Stack, archives: Archives, emulator: Emulator
) -> None:
    def presigned(number: int) -> None:
        file = archives.file("1")
        file["url"] += f"?Expires={number}&Signature={SIGNATURE}{number}"
        stack.declare(push(archives.push(file)), dist(distribution()))

    presigned(1)
    first = stack.up(preview=True)
    shown = [first.output, stack.preview("--diff").output, stack.export()]
    presigned(2)
    emulator.clear_calls()
    preview = stack.preview("--diff")
    second = stack.up()
    shown += [preview.output, second.output, stack.export(), stack.destroy().output]

    assert first.ok, str(first)
    assert not [text for text in shown if SIGNATURE in text]
    assert not [text for text in shown if KEY_SECRET in text]
    assert not any(SIGNATURE.encode() in file.read_bytes() for file in stack.backend_files())
    assert preview.counts() == {"unchanged": 3}, str(preview)
    assert second.counts() == {"unchanged": 3}, str(second)
    assert not starts(emulator)


def test_a_push_that_fails_does_not_tell_the_signature_of_its_url(stack: Stack, archives: Archives) -> None:
    file = archives.file("1")
    file["url"] = file["url"].replace("assets-1", f"nothing?Signature={SIGNATURE}")
    stack.declare(push(archives.push(file, rollout={"retries": 0})))

    failed = stack.up(preview=True)

    assert not failed.ok
    assert "download failed: HTTP 404" in failed.output, str(failed)
    assert SIGNATURE not in failed.output + stack.export()


def test_a_secret_key_of_the_stack_reaches_the_cloud_and_no_state(stack: Stack, archives: Archives) -> None:
    del stack.env["ALIBABA_CLOUD_ACCESS_KEY_ID"], stack.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
    for option in ("--plaintext", "accessKeyId=emulator"), ("--secret", f"accessKeySecret={KEY_SECRET}"):
        kind, setting = option
        key, _, value = setting.partition("=")
        assert stack.run("config", "set", kind, f"alicloud-edge:{key}", value).ok
    stack.declare(push(archives.push()))

    up = stack.up()

    assert up.ok, str(up)
    assert KEY_SECRET not in up.output + stack.export()
