"""The settings of a stack: Pulumi configuration first, then the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from pulumi_alicloud_edge._cloud.settings import CloudSettings
from pulumi_alicloud_edge._errors import SettingsError

NAMESPACE = "alicloud-edge"
ENDPOINT_VARIABLE = "ALICLOUD_EDGE_ENDPOINT"
DEFAULT_REGION = "cn-hangzhou"


class PreviewErrors(Enum):
    """What a preview does where the cloud shows that the rollout would fail."""

    FAIL = "fail"
    WARN = "warn"


@dataclass(frozen=True)
class Settings:
    """The settings of the configuration namespace ``alicloud-edge``.

    Attributes:
        cloud: How to reach the cloud.
        observe_on_diff: Whether a diff looks for drift without a refresh.
        preview_errors: Whether what the cloud shows to be wrong fails a preview, and the update before it begins.
    """

    cloud: CloudSettings
    observe_on_diff: bool = True
    preview_errors: PreviewErrors = PreviewErrors.FAIL


def read_settings(get: Callable[[str], object], environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Args:
        get: Returns the value of a full key such as ``alicloud-edge:region``, None where it is not set.
        environ: The environment.

    Raises:
        SettingsError: A value is invalid.
    """

    def text(key: str) -> str:
        value = get(f"{NAMESPACE}:{key}")
        return "" if value is None else str(value).strip()

    return Settings(
        CloudSettings(
            region=text("region") or DEFAULT_REGION,
            endpoint=text("endpoint") or environ.get(ENDPOINT_VARIABLE, "").strip(),
            ens_endpoint=text("ensEndpoint"),
            esa_endpoint=text("esaEndpoint"),
            allow_http=_truth("allowHttp", text("allowHttp"), default=False),
            access_key_id=text("accessKeyId"),
            access_key_secret=text("accessKeySecret"),
            security_token=text("securityToken"),
            profile=text("profile"),
            calls_per_second=_rate(text("callsPerSecond")),
        ),
        observe_on_diff=_truth("observeOnDiff", text("observeOnDiff"), default=True),
        preview_errors=_preview_errors(text("previewErrors")),
    )


def _truth(key: str, text: str, *, default: bool) -> bool:
    match text.lower():
        case "":
            return default
        case "true":
            return True
        case "false":
            return False
        case _:
            raise SettingsError(
                f"{NAMESPACE}:{key}", f"{text!r} is neither true nor false", "Set true or false."
            )


def _preview_errors(text: str) -> PreviewErrors:
    try:
        return PreviewErrors(text.lower() or PreviewErrors.FAIL.value)
    except ValueError:
        reason = f"{text!r} is neither fail nor warn"
        raise SettingsError(f"{NAMESPACE}:previewErrors", reason, "Set fail or warn.") from None


def _rate(text: str) -> float | None:
    if not text:
        return None
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate < float("inf"):
        key = f"{NAMESPACE}:callsPerSecond"
        raise SettingsError(
            key, f"{text!r} is not a positive number", "Set the number of calls a second, such as 10."
        )
    return rate
