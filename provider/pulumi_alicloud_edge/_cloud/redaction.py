"""Removes secrets from texts that others wrote: the cloud's messages and the logs of libraries."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_LENGTH = 500
_MAX_READ = 16384
_SCHEME = "[a-z][a-z0-9+.-]{0,20}"
_URL = rf"\b{_SCHEME}"
_ENCODED = "%(?:25){0,3}"
"""The prefix of a character that was URL-encoded once or several times."""
_SUBSTITUTES = (
    # The response to a refused signature quotes the request that the server signed, with the token: "server
    # StringToSign is […] server CanonicalRequest is […]", or "server string to sign is:…".
    (
        re.compile(
            r"\W{0,20}(?:(?:\bthe\s)?\bserver(?:'s|-side)?\W{0,20}(?:string|canonical)"
            r"|string[\s_-]{0,3}to[\s_-]{0,3}sign|canonical[\s_-]{0,3}request).*",
            re.IGNORECASE | re.DOTALL,
        ),
        "",
    ),
    (
        re.compile(rf"(?:\b|(?<=3D)){_SCHEME}{_ENCODED}3A(?:/|{_ENCODED}2F){{2}}[^\s\"'<>]+", re.IGNORECASE),
        "<url>",
    ),
    (re.compile(rf"({_URL}://)[^\s/?#\"'<>@]*@", re.IGNORECASE), r"\1"),
    (re.compile(rf"({_URL}://[^\s?\"'<>]+)\?[^\s\"'<>]*", re.IGNORECASE), r"\1?…"),
    # The rest of a query whose host is missing.
    (
        re.compile(
            rf"\b([\w-]{{0,40}}(?:signature|token|credential|accesskeyid)(?:=|{_ENCODED}3D))[^\s&\"'<>]+",
            re.IGNORECASE,
        ),
        r"\1…",
    ),
    (re.compile(r"\b(x-acs-security-token\s?:\s?)[^\s\"'<>]+", re.IGNORECASE), r"\1…"),
    (re.compile(r"(?:\b|(?<=3[Dd]))(LTAI|STS\.)[0-9A-Za-z]{8,}"), r"\1…"),
)
_QUERY = re.compile(r"\?\S*")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Remove secrets, and users and queries of URLs, from a text, and make it one line of bounded length."""
    for secret in secrets:
        text = text.replace(secret, "…")
    text = text[:_MAX_READ]
    for pattern, substitute in _SUBSTITUTES:
        text = pattern.sub(substitute, text)
    line = " ".join(text.split())
    return line if len(line) <= _MAX_LENGTH else line[: _MAX_LENGTH - 1] + "…"


def hide_queries_in_log(logger: str) -> None:
    """Make an HTTP library log its requests without their queries, which hold presigned URLs and tokens."""
    logging.getLogger(logger).addFilter(_without_queries)


def _without_queries(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(map(_without_query, record.args))
    return True


def _without_query(argument: object) -> object:
    match argument:
        case httpx.URL():
            return argument.copy_with(query=None)
        case str():
            return _QUERY.sub("", argument)
        case _:
            return argument
