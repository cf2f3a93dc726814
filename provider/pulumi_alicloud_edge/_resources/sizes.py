"""The size limit of one call to the cloud."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pulumi_alicloud_edge._cloud.parameters import LONGEST_QUERY, encoded
from pulumi_alicloud_edge._errors import FieldError


def size_errors(path: str, queries: Iterable[Mapping[str, str]]) -> Iterator[FieldError]:
    """Find inputs that are too long for one start call.

    Args:
        path: The input that is likely to be too long.
        queries: The parameters of each stage's start.
    """
    longest = max(len(encoded(query)) for query in queries)
    if longest > LONGEST_QUERY:
        reason = (
            f"is too long for one call ({longest} of {LONGEST_QUERY} bytes, including the other parameters)"
        )
        yield FieldError(path, f"{reason}: split it over several resources")
