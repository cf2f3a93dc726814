"""No key, token or query of a URL gets into anything that people read."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.cloud.scripted import URL, Script, Step, Time, refusal

from pulumi_alicloud_edge.cloud.credentials import Credentials, StaticCredentials
from pulumi_alicloud_edge.cloud.ens_wire import PushFile
from pulumi_alicloud_edge.cloud.redaction import redact
from pulumi_alicloud_edge.cloud.session import Cloud
from pulumi_alicloud_edge.cloud.settings import CloudSettings
from pulumi_alicloud_edge.errors import CloudError, EdgeError

if TYPE_CHECKING:
    from pytest import LogCaptureFixture  # noqa: PT013

KEY, SECRET, TOKEN = "LTAI5tSecretKeyId", "hunter2hunter2", "CAISkeepthistokentoyourself"
PRESIGNED = "https://bucket.oss.example/a.tgz?Expires=1&Signature=presigned-part"
SECRETS = (KEY, SECRET, TOKEN, "presigned-part")
FILE = PushFile(name="a", version="1", url=PRESIGNED)
SETTINGS = CloudSettings(endpoint=URL, access_key_id=KEY, access_key_secret=SECRET, security_token=TOKEN)
ECHO = (
    f"Specified signature does not match. server string to sign is:POST\n/\nData={PRESIGNED}\n"
    f"x-acs-security-token:{TOKEN}"
)


def assert_clean(text: str) -> None:
    assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize(
    "thing",
    [SETTINGS, Credentials(KEY, SECRET, TOKEN), StaticCredentials(Credentials(KEY, SECRET, TOKEN)), FILE],
)
def test_nothing_shows_secrets_when_printed(thing: object) -> None:
    assert_clean(f"{thing!r} {thing!s}")


@pytest.mark.parametrize(
    "trouble",
    [
        refusal(400, "SignatureDoesNotMatch", ECHO),
        refusal(400, "InvalidParameter.Data", f"cannot fetch {PRESIGNED} for {KEY} with {SECRET}"),
        refusal(500, "InternalError", f"token {TOKEN}"),
        httpx.Response(502, text=f"<html>{PRESIGNED} {TOKEN}</html>"),
        httpx.Response(200, text=f'{{"Url": "{PRESIGNED} {TOKEN}"'),
        httpx.Response(200, json={"PushResults": PRESIGNED}),
        httpx.LocalProtocolError(f"Illegal header value {TOKEN}"),
        httpx.ReadError(f"POST {PRESIGNED}"),
    ],
)
async def test_errors_and_their_tracebacks_are_clean(trouble: Step, caplog: LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    time = Time()
    cloud = Cloud(SETTINGS, clock=time.clock, sleep=time.sleep, transport=Script(trouble))
    with pytest.raises(EdgeError) as caught:
        await cloud.ens.push_application_data("e-1", [FILE])
    assert_clean("".join(traceback.format_exception(caught.value)))
    assert_clean(repr(vars(caught.value)))
    assert_clean(caplog.text)


async def test_the_http_librarys_log_names_no_query(caplog: LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    cloud = Cloud(SETTINGS, transport=Script({"PushResults": {"PushResult": []}}))
    await cloud.ens.push_application_data("e-1", [FILE])
    assert "HTTP Request: POST http://127.0.0.1:8787/" in caplog.text
    assert_clean(caplog.text)
    assert "Data=" not in caplog.text


async def test_the_clouds_useful_words_are_kept() -> None:
    message = "The specified field Data invalid. Please check it again."
    cloud = Cloud(SETTINGS, transport=Script(refusal(400, "InvalidParameter.Data", message)))
    with pytest.raises(CloudError) as caught:
        await cloud.ens.push_application_data("e-1", [FILE])
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (
            "cannot fetch https://b.example/a.tgz?Signature=x now",
            "cannot fetch https://b.example/a.tgz?… now",
        ),
        ("see https://api.aliyun.com/help for more", "see https://api.aliyun.com/help for more"),
        ("got https%3A%2F%2Fb.example%2Fa%3FSignature%3Dx end", "got <url> end"),
        ("key LTAI5tAbcdefgh and STS.NUabcdefgh", "key LTAI… and STS.…"),
        ("No match. server string to sign is:POST\n/\nsecret", "No match"),
        ("server CanonicalRequest is:[POST\nsecret]", ""),
        ("the server is busy", "the server is busy"),
        ("two\nlines   here", "two lines here"),
        ("my-secret twice: my-secret", "… twice: …"),
    ],
)
def test_what_is_taken_out_of_texts(text: str, clean: str) -> None:
    assert redact(text, ["my-secret"]) == clean


def test_long_texts_are_cut() -> None:
    assert len(redact("word " * 1000)) == 500
