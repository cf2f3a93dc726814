"""What no decent client sends: it is refused in a word, and the next call is served as ever."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from tests.support.caller import Caller
from tests.support.emulator import APP_ID, Emulator

HOST = b"Host: localhost\r\n"
HALVES = (b"", b"POST / HT", b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\nhalf")


@pytest.fixture(autouse=True)
def still_serves(emulator: Emulator) -> Iterator[None]:
    before = len(emulator.log)
    yield
    Caller(emulator).ok("ListApplications")
    assert "Traceback" not in emulator.log[before:]


def send(emulator: Emulator, data: bytes) -> int | None:
    """Send bytes, then nothing more; the status of what comes back, or None where nothing does."""
    host, _, port = emulator.endpoint.partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(1 << 16)
        except TimeoutError:
            raise
        except OSError:  # closed on us, in one of its many ways
            return None
    return int(answer.split()[1]) if answer else None


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", id="TLS"),
        pytest.param(b"HELLO\r\n\r\n", id="no-http"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="no-host"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"colonless\r\n\r\n", id="header-without-colon"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n", id="nul-in-header"),
        pytest.param(b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n", id="space-in-target"),
        pytest.param(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", id="negative-length"),
        pytest.param(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: ten\r\n\r\n", id="length-in-words"),
        pytest.param(
            b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            id="two-lengths",
        ),
    ],
)
def test_what_is_no_http_is_a_bad_request(emulator: Emulator, request_bytes: bytes) -> None:
    assert send(emulator, request_bytes) == 400


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\nhalf", id="short-body"),
        pytest.param(
            b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", id="wrong-chunk"
        ),
        pytest.param(b"POST / HTTP/1.1\r\nHos", id="cut-head"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_a_request_that_breaks_off_is_dropped(emulator: Emulator, request_bytes: bytes) -> None:
    assert send(emulator, request_bytes) in {None, 400}


def test_a_head_may_be_long(caller: Caller) -> None:
    assert caller.call("DescribeDataPushResult", AppId=APP_ID, DataNames="x" * 60_000).is_success
    long = b"GET /_emulator/health?" + b"x" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    assert send(caller.emulator, long) == 200


def test_a_head_may_not_be_without_end(emulator: Emulator) -> None:
    endless = b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"x" * (1 << 20) + b"\r\n\r\n"
    assert send(emulator, endless) in {None, 400}


def test_many_that_break_off_in_the_middle_keep_nobody_waiting(caller: Caller) -> None:
    host, _, port = caller.emulator.endpoint.partition(":")
    with ExitStack() as stack:
        for part in HALVES * 100:
            half = stack.enter_context(socket.create_connection((host, int(port)), timeout=20))
            half.sendall(part)
        assert caller.ok("ListApplications")["TotalCount"] >= 1


@pytest.mark.parametrize(("megabytes", "status"), [(15, 400), (17, 413)])
def test_a_body_may_be_large_and_not_without_end(emulator: Emulator, megabytes: int, status: int) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(megabytes):
            yield b"x" * (1 << 20)

    headers = {"x-acs-action": "PushApplicationData", "x-acs-version": "2017-11-10"}
    assert emulator.http.post(emulator.url, content=chunks(), headers=headers).status_code == status


@pytest.mark.parametrize(
    "body", [b"\xff\xfe\x00", b"AppId=%ZZ&=&&&;", b"AppId=%ff%fe", b"{}", b"\x00" * 1000]
)
def test_a_body_that_is_no_form_is_an_error_of_the_api(emulator: Emulator, body: bytes) -> None:
    headers = {
        "x-acs-action": "PushApplicationData",
        "x-acs-version": "2017-11-10",
        "content-type": "application/x-www-form-urlencoded",
    }
    answer = emulator.http.post(emulator.url, content=body, headers=headers)
    assert (answer.status_code, answer.json()["Code"]) == (400, "MissingAccessKeyId")


def test_bytes_that_are_no_text_come_through_the_query_and_the_record(caller: Caller) -> None:
    answer = caller.emulator.http.post(f"{caller.emulator.url}/?AppId=%ff%00%0a&Action=ListApplications")
    assert answer.status_code == 400
    caller.emulator.control("GET", "/calls").json()
    caller.emulator.control("GET", "/summary").json()


def test_json_without_end_is_an_invalid_parameter(caller: Caller) -> None:
    deep = "[" * 20_000
    for parameters in ({"EnsRegionIds": deep}, {"EnsRegionIds": f'{deep}"/"'}):
        answer = caller.call("DescribeDataDistResult", form={"AppId": APP_ID, **parameters})
        assert (answer.status_code, answer.json()["Code"]) == (400, "InvalidParameter.EnsRegionIds"), (
            answer.text
        )
    assert caller.call("PushApplicationData", form={"AppId": APP_ID, "Data": deep}).status_code == 400


@pytest.mark.parametrize(("method", "path", "status"), [("PUT", "/", 405), ("GET", "/elsewhere", 404)])
def test_other_methods_and_paths_are_told(emulator: Emulator, method: str, path: str, status: int) -> None:
    assert emulator.http.request(method, f"{emulator.url}{path}").status_code == status


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"{}", b"\xff", b"[" * 20_000])
def test_a_control_call_of_another_shape_is_refused_and_changes_nothing(
    emulator: Emulator, body: bytes
) -> None:
    before = emulator.state()["applications"]
    for method, path in (("PUT", "/dialect"), ("POST", "/drift"), ("POST", "/clock")):
        answer = emulator.control(method, path, content=body)
        unchanged = (path, body) == ("/dialect", b"{}")
        assert answer.status_code == (200 if unchanged else 400), (path, answer.text)
    assert emulator.state()["applications"] == before
