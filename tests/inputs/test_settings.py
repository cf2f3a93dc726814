"""The stack's configuration comes first, then the environment; what cannot be understood names its key."""

from __future__ import annotations

import pytest

from pulumi_alicloud_edge._errors import SettingsError
from pulumi_alicloud_edge._settings import Settings, read_settings


def settings(environ: dict[str, str] | None = None, **config: object) -> Settings:
    values = {f"alicloud-edge:{key}": value for key, value in config.items()}
    return read_settings(values.get, environ or {})


def test_without_any_configuration_there_are_defaults() -> None:
    read = settings()
    assert (read.cloud.region, read.cloud.endpoint, read.cloud.calls_per_second) == ("cn-hangzhou", "", None)
    assert (read.cloud.allow_http, read.observe_on_diff) == (False, True)


def test_the_configured_endpoint_beats_the_environments() -> None:
    environ = {"ALICLOUD_EDGE_ENDPOINT": "http://127.0.0.1:8787"}
    assert settings(environ).cloud.endpoint == "http://127.0.0.1:8787"
    assert settings(environ, endpoint="ens.example.com").cloud.endpoint == "ens.example.com"


def test_values_are_read_as_pulumi_stores_them() -> None:
    read = settings(region=" cn-beijing ", observeOnDiff="false", allowHttp=True, callsPerSecond="2.5")
    assert (read.cloud.region, read.observe_on_diff) == ("cn-beijing", False)
    assert (read.cloud.allow_http, read.cloud.calls_per_second) == (True, 2.5)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("allowHttp", "yes"),
        ("observeOnDiff", "0"),
        ("callsPerSecond", "fast"),
        ("callsPerSecond", "0"),
        ("callsPerSecond", "-1"),
        ("callsPerSecond", "nan"),
        ("callsPerSecond", "inf"),
    ],
)
def test_a_value_that_cannot_be_understood_names_its_key_and_what_to_do(key: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(**{key: value})
    assert caught.value.setting == f"alicloud-edge:{key}"
    assert caught.value.remedy
