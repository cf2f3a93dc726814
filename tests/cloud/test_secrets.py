"""No key, token or query of a URL gets into anything that people read."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest
from tests.cloud.scripted import URL, Script, Step, Time, refusal
from tests.delivery.answers import Answers, dist_page, push_page
from tests.support.marks import KEY_ID, SECRET, SIGNATURE, TOKEN, DebugLogs, marks_in

from pulumi_alicloud_edge._cloud.client import Cloud
from pulumi_alicloud_edge._cloud.credentials import Credentials, StaticCredentials
from pulumi_alicloud_edge._cloud.ens_wire import DistFile, PushFile
from pulumi_alicloud_edge._cloud.redaction import redact
from pulumi_alicloud_edge._cloud.settings import CloudSettings
from pulumi_alicloud_edge._delivery.records import fold
from pulumi_alicloud_edge._errors import CloudError, EdgeError

if TYPE_CHECKING:
    from pathlib import Path

    from pytest import LogCaptureFixture  # noqa: PT013

PRESIGNED = f"https://bucket.oss.example/a.tgz?Expires=1&Signature={SIGNATURE}"
FILE = PushFile(name="a", version="1", url=PRESIGNED)
SETTINGS = CloudSettings(endpoint=URL, access_key_id=KEY_ID, access_key_secret=SECRET, security_token=TOKEN)
MISMATCH = "Specified signature does not match our calculation."
ONCE, TWICE = quote(PRESIGNED, safe=""), quote(quote(PRESIGNED, safe=""), safe="")
CANONICAL = f"POST\n/\nData={ONCE}\nhost:ens.aliyuncs.com\nx-acs-security-token:{TOKEN}\n\nhost"
PLAIN_PARAMETERS = f"POST&%2F&AccessKeyId%3D{KEY_ID}%26Data%3D{TWICE}%26SecurityToken%3D{TOKEN}"
ECHOES = (
    f" server string to sign is:POST\n/\nData={PRESIGNED}\nx-acs-security-token:{TOKEN}",
    f" server StringToSign is [ACS3-HMAC-SHA256\nab12] server CanonicalRequest is [{CANONICAL}]",
    f" server CanonicalRequest is [{CANONICAL}] server StringToSign is [ACS3-HMAC-SHA256\nab12]",
    f" StringToSign is [ACS3-HMAC-SHA256\nab12] CanonicalRequest is [{CANONICAL}]",
    f" The server's string to sign is: {PLAIN_PARAMETERS}",
    f" server-side string_to_sign={PLAIN_PARAMETERS}",
    f" canonical request: {CANONICAL}",
)
ECHO = MISMATCH + ECHOES[1]


@pytest.mark.parametrize(
    "thing",
    [
        SETTINGS,
        Credentials(KEY_ID, SECRET, TOKEN),
        StaticCredentials(Credentials(KEY_ID, SECRET, TOKEN)),
        FILE,
    ],
)
def test_nothing_shows_secrets_when_printed(thing: object) -> None:
    assert not marks_in(f"{thing!r} {thing!s}")


@pytest.mark.parametrize(
    "trouble",
    [
        *(refusal(400, "SignatureDoesNotMatch", MISMATCH + echo) for echo in ECHOES),
        refusal(400, "InvalidParameter.Data", f"cannot fetch {PRESIGNED} for {KEY_ID} with {SECRET}"),
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
    assert not marks_in("".join(traceback.format_exception(caught.value)))
    assert not marks_in(repr(vars(caught.value)))
    assert not marks_in(caplog.text)


async def test_the_http_librarys_log_names_no_query(caplog: LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    cloud = Cloud(SETTINGS, transport=Script({"PushResults": {"PushResult": []}}))
    await cloud.ens.push_application_data("e-1", [FILE])
    assert "HTTP Request: POST http://127.0.0.1:8787/" in caplog.text
    assert not marks_in(caplog.text)
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
        ("cannot fetch oss://bucket/a?Signature=x.", "cannot fetch oss://bucket/a?…"),
        ("cannot fetch ftp://user:password@host/a", "cannot fetch ftp://host/a"),
        ("cannot fetch https://token@host/a?b", "cannot fetch https://host/a?…"),
        (
            "GET /a?OSSAccessKeyId=x&Expires=1&security-token=y&x-oss-signature=z gave 403",
            "GET /a?OSSAccessKeyId=…&Expires=1&security-token=…&x-oss-signature=… gave 403",
        ),
        (r"https:\/\/bucket\/a?Signature=x", r"https:\/\/bucket\/a?Signature=…"),
        ("the server is busy", "the server is busy"),
        (
            "x-acs-security-token: abc and X-Acs-Security-Token:def end",
            "x-acs-security-token: … and X-Acs-Security-Token:… end",
        ),
        ("SecurityToken%3Dabc%26x", "SecurityToken%3D…"),
        ("Data%3Dhttps%253A%252F%252Fb.example%252Fa%253FSignature%253Dx end", "Data%3D<url> end"),
        ("AccessKey%3DLTAI5tAbcdefgh%26x", "AccessKey%3DLTAI…%26x"),
        ("no response from sts.aliyuncs.com", "no response from sts.aliyuncs.com"),
        ("Signature: not accepted", "Signature: not accepted"),
        ("two\nlines   here", "two lines here"),
        ("my-secret twice: my-secret", "… twice: …"),
    ],
)
def test_what_is_taken_out_of_texts(text: str, clean: str) -> None:
    assert redact(text, ["my-secret"]) == clean


@pytest.mark.parametrize("echo", ECHOES)
def test_what_a_refused_signature_echoes_is_cut_and_the_reason_kept(echo: str) -> None:
    clean = redact(MISMATCH + echo)
    assert clean.rstrip(".") == MISMATCH.rstrip(".")


@pytest.mark.parametrize(
    "word", ["word ", "a", "a-", "://", "a://b?", "signature=", "Signature=x&", "%25", "%3A", "server "]
)
def test_long_texts_are_cut(word: str) -> None:
    assert len(redact(word * 1_000_000)) <= 500


async def test_what_the_cloud_says_of_targets_and_files_is_clean() -> None:
    said = f"cannot fetch {PRESIGNED} for {KEY_ID}"

    def failed(page: dict[str, Any]) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(
            json.dumps(page).replace("FAILED.", said).replace("SUCCESS.", said)
        )
        return document

    result = {"Name": "a", "Version": "1", "ResultCode": 300, "ResultDescrip": said}
    cloud = Answers(
        {
            "DescribeDataPushResult": failed(push_page(("a", "1", "FAILED", "r-1", "2026"))),
            "DescribeDataDistResult": failed(
                dist_page(("a", "1", "FAILED", "i-1", "2026"), ("a", "1", "SUCCESS", "i-2", "2026"))
            ),
            "PushApplicationData": {"PushResults": {"PushResult": [result]}},
            "DistApplicationData": {
                "DistInstanceIds": {"DistInstanceId": []},
                "DistResults": {"DistResult": [result]},
            },
            "GetEdgeContainerStagingDeployStatus": {"PodRestartState": {"LastTerminatedReason": said}},
        }
    ).cloud
    read = [
        await fold(cloud.ens.describe_data_push_result("e-1")),
        await fold(cloud.ens.describe_data_dist_result("e-1")),
        await cloud.ens.push_application_data("e-1", [FILE]),
        await cloud.ens.dist_application_data("e-1", [DistFile(name="a", version="1", dest_path="/opt")]),
        await cloud.esa.get_edge_container_staging_deploy_status("app-1"),
    ]
    clean = "cannot fetch https://bucket.oss.example/a.tgz?… for LTAI…"
    assert not marks_in(repr(read))
    assert repr(read).count(clean) == len(read)


class KeyServer(BaseHTTPRequestHandler):
    """Answers as a server of temporary keys does; by its path, with a fault."""

    def do_GET(self) -> None:
        keys = {"Code": "Success", "AccessKeyId": KEY_ID, "AccessKeySecret": SECRET, "SecurityToken": TOKEN}
        until = {} if "/endless" in self.path else {"Expiration": "2099-01-01T00:00:00Z"}
        body = json.dumps(keys | until).encode()
        self.send_response(403 if "/refused" in self.path else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def key_server() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), KeyServer)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


ASK_FOR_KEYS = """
import asyncio
from pulumi_alicloud_edge._cloud.credentials import ChainCredentials
found = asyncio.run(ChainCredentials().get())
print(len(found.access_key_secret), found)
"""


@pytest.mark.parametrize("path", ["keys", "refused", "endless"])
def test_the_vendors_chain_tells_nobody_what_a_server_of_keys_has_answered(
    key_server: str, tmp_path: Path, path: str
) -> None:
    logs = DebugLogs(tmp_path / "logs")
    uri = f"{key_server}/{path}?token={TOKEN}"
    env = {"HOME": str(tmp_path), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true", "DEBUG": "sdk"}
    env |= {"ALIBABA_CLOUD_CREDENTIALS_URI": uri, **logs.environment({})}
    asked = subprocess.run([sys.executable, "-c", ASK_FOR_KEYS], env=env, capture_output=True, check=False)
    assert asked.stdout.decode().startswith(f"{len(SECRET)} ") is (path == "keys"), asked.stderr.decode()
    assert f"/{path}" in logs.text()
    assert not marks_in(asked.stdout + asked.stderr)
    assert not marks_in(logs.text())
