"""What the file servers do first: download a push's source and compare it with what was declared."""

import asyncio
import hashlib
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

MAX_BYTES = 1 << 30
MAX_SECONDS = 60.0
CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Source:
    """Where a data file is and what is declared of it."""

    url: str
    md5: str | None
    size: int | None

    @property
    def is_http(self) -> bool:
        """Whether it can be fetched; any other scheme is taken on trust."""
        return urlsplit(self.url).scheme in {"http", "https"}


class Inspector:
    """Inspects sources away from the event loop, each once."""

    def __init__(self) -> None:
        self._inspections: dict[Source, asyncio.Task[str | None]] = {}

    def inspect(self, source: Source) -> asyncio.Task[str | None]:
        """What is wrong with a source, or None. A source that was found bad is looked at again."""
        known = self._inspections.get(source)
        if known is None or (known.done() and known.result() is not None):
            known = asyncio.create_task(asyncio.to_thread(problem_of, source))
            self._inspections[source] = known
        return known


def problem_of(source: Source) -> str | None:
    """Download a source and compare size and checksum; never names the url, which may carry a signature."""
    try:
        size, md5 = _download(source.url)
    except (httpx.HTTPError, httpx.InvalidURL, _TooMuchError) as error:
        return f"download failed: {_reason(error)}"
    if source.size is not None and size != source.size:
        return f"size mismatch: expected {source.size}, got {size}"
    if source.md5 and md5 != source.md5.lower():
        return f"md5 mismatch: expected {source.md5}, got {md5}"
    return None


class _TooMuchError(Exception):
    pass


def _download(url: str) -> tuple[int, str]:
    digest, size, deadline = hashlib.md5(usedforsecurity=False), 0, time.monotonic() + MAX_SECONDS
    with httpx.stream("GET", url, timeout=10, follow_redirects=True, trust_env=False) as response:
        response.raise_for_status()
        for chunk in response.iter_raw(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            if size > MAX_BYTES or time.monotonic() > deadline:
                raise _TooMuchError(f"more than {MAX_BYTES} bytes or {MAX_SECONDS:.0f} seconds")
    return size, digest.hexdigest()


def _reason(error: Exception) -> str:
    match error:
        case httpx.HTTPStatusError():
            return f"HTTP {error.response.status_code}"
        case httpx.ConnectError():
            return "connection refused or host unknown"
        case httpx.TimeoutException():
            return "timed out"
        case _TooMuchError():
            return str(error)
        case _:
            return type(error).__name__
