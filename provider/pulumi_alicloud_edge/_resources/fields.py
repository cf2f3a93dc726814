"""The types of input values, each with its bounds and error messages."""

from __future__ import annotations

import re
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pulumi_alicloud_edge._model.policy import Budget
from pulumi_alicloud_edge._resources.durations import parse_duration
from pulumi_alicloud_edge._resources.markers import Allowed, WrittenAs

LONGEST_TEXT = 1024
_WHOLE = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%", re.ASCII)
_MODE = re.compile(r"0?[0-7]{3}|[0-7]{4}", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://.", re.ASCII)
_UNQUOTED = "must be text: quote it; the number that has arrived cannot be trusted, since 1.10 arrives as 1.1"
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class InputModel(BaseModel):
    """Base of input models: unknown keys are field errors, and nothing changes once it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(_UNQUOTED if _is_number(value) else "must be text")  # noqa: TRY004
    if not value.strip():
        raise ValueError("must not be empty")
    if value != value.strip():
        raise ValueError("must not begin or end with white space")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"must not be longer than {LONGEST_TEXT} characters")
    if _CONTROL.search(value):
        raise ValueError("must not contain control characters")
    return value


def _token(value: Any) -> str:
    text = _text(value)
    if "," in text:
        raise ValueError("must not contain a comma: the cloud's filters are comma-separated lists")
    return text


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value // 1:
        raise ValueError("must be a whole number")
    return int(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")  # noqa: TRY004 - pydantic collects ValueError
    return value


def _md5(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-fA-F]{32}", value):
        raise ValueError("must be an MD5 in 32 hexadecimal digits")
    return value.lower()


def _file_mode(value: Any) -> int:
    digits = value if isinstance(value, str) else str(_whole(value))
    if not _MODE.fullmatch(digits):
        raise ValueError('must be a mode in octal digits as for chmod, such as 755 or "0755" (not 0o755)')
    if not isinstance(value, str) and _is_literal(digits):
        raise ValueError(
            f'is the number {oct(int(value))}: write "{int(value):04o}", the digits as for chmod'
        )
    return int(digits)


def _is_literal(digits: str) -> bool:
    """Return whether a number can only be an octal literal: others may do what the owner may not, or it is 0o777."""
    owner, *others = (int(digit) for digit in digits[-3:])
    return any(other & ~owner for other in others) or int(digits) == 0o777  # noqa: PLR2004


def _budget(value: Any) -> Budget:
    if isinstance(value, Budget):
        return value
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value.strip())):
        percent = Fraction(match[1])
        if percent <= _WHOLE:
            return Budget(percent=percent)
    elif not isinstance(value, str) and _is_number(value) and value == value // 1 and value >= 0:
        return Budget(count=int(value))
    raise ValueError('must be a count such as 3 or a percentage such as "2%"')


def _utc_time(value: Any) -> str:
    if isinstance(value, str) and _UTC.fullmatch(value):
        try:
            datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z")
        except ValueError:
            pass
        else:
            return value
    raise ValueError("must be a time in UTC such as 2026-12-01T03:00:00Z")


def _positive_duration(value: Any) -> float:
    seconds = parse_duration(value)
    if seconds <= 0:
        raise ValueError("must be longer than 0")
    return seconds


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _absolute_path(value: Any) -> str:
    text = _text(value)
    if not text.startswith("/"):
        raise ValueError("must be an absolute path")
    return text


def _with_prefix(prefix: str) -> BeforeValidator:
    def read(value: Any) -> str:
        token = _token(value)
        if not token.startswith(prefix) or token == prefix:
            raise ValueError(f"must begin with {prefix}")
        return token

    return BeforeValidator(read)


def _operator(value: Any) -> str:
    text = _text(value)
    if text not in ("In", "NotIn"):
        raise ValueError("must be In or NotIn")
    return text


def url(value: Any) -> str:
    """Return a URL that the cloud can fetch from. Errors never quote it: it may be presigned.

    Raises:
        ValueError: It is not a usable URL.
    """
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 - pydantic collects ValueError
    if not value:
        raise ValueError("is required: the cloud fetches the file from there")
    if not value.isprintable() or " " in value:
        raise ValueError("must not contain white space or control characters")
    if not _SCHEME.match(value):
        raise ValueError("must begin with a scheme, such as https://")
    return value


Text = Annotated[str, BeforeValidator(_text)]
"""Text without control characters or white space around it."""
Token = Annotated[str, BeforeValidator(_token), Allowed("no commas")]
"""Text that can be part of the cloud's comma-separated lists."""
AppId = Annotated[str, _with_prefix("app-"), Allowed("begins with ``app-``")]
VersionId = Annotated[str, _with_prefix("ver-"), Allowed("begins with ``ver-``")]
AbsolutePath = Annotated[str, BeforeValidator(_absolute_path), Allowed("begins with ``/``")]
Operator = Annotated[str, BeforeValidator(_operator), Allowed("``In`` or ``NotIn``")]
Url = Annotated[str, BeforeValidator(url), Allowed("begins with a scheme; no white space")]
Flag = Annotated[bool, BeforeValidator(_flag)]
Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number; the engine passes numbers as floats."""
Size = Annotated[Whole, Field(ge=0, le=2**53)]
Seconds = Annotated[Whole, Field(ge=1, le=7 * 86400)]
Md5 = Annotated[str, BeforeValidator(_md5), Allowed("32 hexadecimal digits")]
FileMode = Annotated[int, BeforeValidator(_file_mode), WrittenAs("int | str"), Allowed("3 or 4 octal digits")]
FailureBudget = Annotated[
    Budget,
    BeforeValidator(_budget),
    WrittenAs("int | str"),
    Allowed('a count (``3``) or a percentage, rounded down (``"2%"``)'),
]
_DURATION = WrittenAs("int | float | str")
Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    _DURATION,
    Allowed('``"90s"``, ``"5m"``, ``"1h30m"`` or seconds, at most 30 days'),
]
PositiveDuration = Annotated[
    float,
    BeforeValidator(_positive_duration),
    _DURATION,
    Allowed('``"90s"``, ``"5m"``, ``"1h30m"`` or seconds, more than 0 and at most 30 days'),
]
UtcTime = Annotated[str, BeforeValidator(_utc_time), Allowed("UTC, such as ``2026-12-01T03:00:00Z``")]
Percentage = Annotated[Whole, Field(ge=1, le=100)]
