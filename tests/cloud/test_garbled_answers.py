"""Whatever an answer looks like, it is read, or refused with an error of the package that tells what was wrong."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cloud.garbling import READERS, garbled, real_answers
from tests.cloud.scripted import scripted

from pulumi_alicloud_edge._errors import CloudError

OPERATIONS = st.sampled_from(sorted(READERS))
END = httpx.Response(500, json={"Code": "InternalError"})
"""What comes after the first answer: it ends the reading of pages, however large a total that one claims."""
HEADERS = st.dictionaries(
    st.sampled_from(("x-acs-retry-after", "x-ratelimit-user-api", "date", "content-type", "retry-after")),
    st.sampled_from(
        (
            *("1", "0", "-1", "", "9" * 400, "9" * 5000, "1e999", "TimeLeft:" + "9" * 5000, "TimeLeft:-1"),
            *("Mon, 01 Jan 99999999999 00:00:00 GMT", "yesterday", "text/html; charset=nonsense"),
        )
    ),
    max_size=3,
)


def read(operation: str, *answers: httpx.Response) -> object:
    """Read what the cloud answers to an operation."""
    cloud, _, _ = scripted(*answers)

    async def work() -> object:
        try:
            return await READERS[operation](cloud)
        finally:
            await cloud.aclose()

    return asyncio.run(work())


@pytest.mark.parametrize("operation", READERS)
def test_what_is_not_garbled_is_read(operation: str) -> None:
    for answer in real_answers()[operation]:
        assert read(operation, httpx.Response(200, content=answer), END) is not None


@given(data=st.data(), operation=OPERATIONS)
@settings(max_examples=500)
def test_a_garbled_answer_is_read_or_a_typed_error(data: st.DataObject, operation: str) -> None:
    answer = data.draw(st.sampled_from(real_answers()[operation]))
    garbage = data.draw(garbled(answer))
    with suppress(CloudError):
        read(operation, httpx.Response(200, content=garbage), END)


@given(
    status=st.integers(200, 599),
    content=st.binary(max_size=40) | st.sampled_from((b"[]", b"{}", b'{"Code": ' + b"9" * 5000 + b"}", b"")),
    headers=HEADERS,
    operation=OPERATIONS,
)
@settings(max_examples=200)
def test_any_status_headers_and_body_are_a_typed_error_or_an_empty_answer(
    status: int, content: bytes, headers: dict[str, str], operation: str
) -> None:
    with suppress(CloudError):
        read(operation, httpx.Response(status, content=content, headers=headers), END)


@given(data=st.data(), operation=OPERATIONS)
@settings(max_examples=150)
def test_a_cut_answer_is_never_read_as_a_whole(data: st.DataObject, operation: str) -> None:
    answer = data.draw(st.sampled_from(real_answers()[operation]))
    cut = data.draw(st.integers(0, len(json.dumps(json.loads(answer))) - 2))
    with pytest.raises(CloudError) as refused:
        read(operation, httpx.Response(200, content=answer[: cut % len(answer)]))
    assert refused.value.code == "HTTP200"
