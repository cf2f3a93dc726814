"""What all wire models share: the vendor's names, and tolerance for how values are written."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from pulumi_alicloud_edge._cloud.redaction import redact


class WireModel(BaseModel):
    """A part of a response. Unknown fields are ignored, and white space around texts is removed.

    The vendor's samples have texts that end with a line break.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, str_strip_whitespace=True, defer_build=True
    )


def _text(value: Any) -> Any:
    return "" if value is None else value


def _percentage(value: Any) -> Any:
    """Read 50, "50" and "50%": the schema says integer, the examples have a percent sign."""
    if not isinstance(value, str):
        return value
    return value.strip().removesuffix("%").strip() or None


def _unwrapped(value: Any) -> Any:
    """Read a list, wrapped in an object of one key or not; nothing is the empty list."""
    if isinstance(value, dict) and len(value) <= 1:
        value = next(iter(value.values()), None)
    return () if value is None else value


def _flag(value: Any) -> Any:
    return (value.strip() or None) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_text)]
"""A text that may be absent or null: the empty one then."""

Prose = Annotated[Text, AfterValidator(redact)]
"""A message of the cloud, which may quote the URL that it could not fetch; secrets are removed."""

Percentage = Annotated[Annotated[int, Field(ge=0, le=100)] | None, BeforeValidator(_percentage)]
"""A percentage as a number, None where there is none."""

Texts = Annotated[tuple[str, ...], BeforeValidator(_unwrapped)]
"""A list of texts that may be absent, null, or wrapped as in ``{"Region": [...]}``."""

Flag = Annotated[bool | None, BeforeValidator(_flag)]
"""A truth value in any spelling, None where there is none."""
