"""Keeps secrets out of texts that others wrote: the cloud's messages, and the HTTP library's log."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_LENGTH = 500
_SUBSTITUTES = (
    # A refused signature is answered with the whole string that the server signed, token and all.
    (re.compile(r"\W*\bserver\W*(?:string|canonical).*", re.IGNORECASE | re.DOTALL), ""),
    (re.compile(r"https?%3A%2F%2F[^\s\"'<>]+", re.IGNORECASE), "<url>"),
    (re.compile(r"(https?://[^\s?\"'<>]+)\?[^\s\"'<>]*", re.IGNORECASE), r"\1?…"),
    (re.compile(r"\b(LTAI|STS\.)[0-9A-Za-z]{8,}"), r"\1…"),
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Take secrets and queries of URLs out of a text, and make it one line of bearable length."""
    for secret in secrets:
        text = text.replace(secret, "…")
    for pattern, substitute in _SUBSTITUTES:
        text = pattern.sub(substitute, text)
    line = " ".join(text.split())
    return line if len(line) <= _MAX_LENGTH else line[: _MAX_LENGTH - 1] + "…"


def hide_queries_in_log() -> None:
    """Make httpx log its requests without their queries, which hold presigned URLs."""
    logging.getLogger("httpx").addFilter(_without_queries)


def _without_queries(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            arg.copy_with(query=None) if isinstance(arg, httpx.URL) else arg for arg in record.args
        )
    return True
