"""The kinds of values that inputs are made of, each with its bounds in words a user understands."""

from __future__ import annotations

import re
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pulumi_alicloud_edge.model.policy import Budget
from pulumi_alicloud_edge.resources.durations import parse_duration

LONGEST_TEXT = 1024
_WHOLE = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%", re.ASCII)
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class InputModel(BaseModel):
    """Base of input models: unknown keys are field errors, and nothing changes once it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f'must be text; write "{value}"' if _is_number(value) else "must be text")  # noqa: TRY004
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
        raise ValueError("must not contain a comma: the cloud's filters are comma lists")
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
    mode = _whole(value)
    if not re.fullmatch(r"[0-7]{3,4}", str(mode)):
        raise ValueError("must be a mode in octal digits as for chmod, such as 755 (not 0o755)")
    return mode


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


Text = Annotated[str, BeforeValidator(_text)]
"""Text without control characters or white space around it."""
Token = Annotated[str, BeforeValidator(_token)]
"""Text that can stand in the cloud's comma lists."""
Flag = Annotated[bool, BeforeValidator(_flag)]
Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number; the engine hands numbers over as floats."""
Size = Annotated[Whole, Field(ge=0, le=2**53)]
Seconds = Annotated[Whole, Field(ge=1, le=7 * 86400)]
Md5 = Annotated[str, BeforeValidator(_md5)]
FileMode = Annotated[int, BeforeValidator(_file_mode)]
FailureBudget = Annotated[Budget, BeforeValidator(_budget)]
Duration = Annotated[float, BeforeValidator(parse_duration)]
PositiveDuration = Annotated[float, BeforeValidator(_positive_duration)]
UtcTime = Annotated[str, BeforeValidator(_utc_time)]
Percentage = Annotated[Whole, Field(ge=1, le=100)]
