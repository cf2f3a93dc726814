from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pulumi_alicloud_edge._cloud.credentials import (
    ChainCredentials,
    Credentials,
    StaticCredentials,
    credentials_source,
)
from pulumi_alicloud_edge._cloud.settings import CloudSettings
from pulumi_alicloud_edge._errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ASK_THE_CHAIN = """
import asyncio, json, sys
from pulumi_alicloud_edge._cloud.credentials import ChainCredentials
from pulumi_alicloud_edge._errors import SettingsError
try:
    found = asyncio.run(ChainCredentials(sys.argv[1]).get())
    print(json.dumps([found.access_key_id, found.access_key_secret, found.security_token]))
except SettingsError as error:
    print(json.dumps([str(error), error.remedy]))
"""


def ask_the_chain(home: Path, profile: str = "", **env: str) -> list[str | None]:
    """Ask the vendor's chain in a process of its own: it reads its environment once, when imported."""
    hermetic = {"HOME": str(home), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true", **env}
    done = subprocess.run(
        [sys.executable, "-c", ASK_THE_CHAIN, profile],
        env=hermetic,
        capture_output=True,
        text=True,
        check=True,
    )
    answer: list[str | None] = json.loads(done.stdout)
    return answer


def write_profiles(home: Path) -> None:
    profiles = [
        {"name": name, "mode": "AK", "access_key_id": f"{name}-id", "access_key_secret": f"{name}-secret"}
        for name in ("default", "work")
    ]
    (home / ".aliyun").mkdir()
    (home / ".aliyun" / "config.json").write_text(json.dumps({"current": "default", "profiles": profiles}))


def test_the_chain_reads_the_environment(tmp_path: Path) -> None:
    keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "env-id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "env-secret"}
    assert ask_the_chain(tmp_path, **keys) == ["env-id", "env-secret", None]
    token = {"ALIBABA_CLOUD_SECURITY_TOKEN": "env-token"}
    assert ask_the_chain(tmp_path, **keys, **token) == ["env-id", "env-secret", "env-token"]


def test_the_chain_reads_the_profile_that_is_named(tmp_path: Path) -> None:
    write_profiles(tmp_path)
    assert ask_the_chain(tmp_path) == ["default-id", "default-secret", None]
    assert ask_the_chain(tmp_path, "work") == ["work-id", "work-secret", None]


def test_a_chain_without_credentials_says_what_to_do(tmp_path: Path) -> None:
    text, remedy = ask_the_chain(tmp_path)
    assert text == "credentials: none were found"
    assert remedy is not None
    for way in ("alicloud-edge:accessKeyId", "ALIBABA_CLOUD_ACCESS_KEY_ID", "aliyun configure"):
        assert way in remedy
    write_profiles(tmp_path)
    assert ask_the_chain(tmp_path, "nobody")[0] == "credentials: none were found (profile 'nobody')"


async def test_keys_in_the_settings_win_over_the_chain() -> None:
    source = credentials_source(CloudSettings(access_key_id="id", access_key_secret="secret"))
    assert await source.get() == Credentials("id", "secret", None)
    source = credentials_source(CloudSettings(access_key_id="i", access_key_secret="s", security_token="t"))
    assert await source.get() == Credentials("i", "s", "t")
    assert isinstance(credentials_source(CloudSettings(profile="work")), ChainCredentials)


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        (CloudSettings(access_key_id="id"), "alicloud-edge:accessKeySecret"),
        (CloudSettings(access_key_secret="secret"), "alicloud-edge:accessKeyId"),
    ],
)
def test_half_a_key_is_refused(settings: CloudSettings, missing: str) -> None:
    with pytest.raises(SettingsError) as caught:
        credentials_source(settings)
    assert caught.value.setting == missing


@pytest.mark.parametrize("value", ["", "abc\n", "a b", "schlüssel", "a\x00b"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_repeated(value: str) -> None:
    for keys in ((value, "s", None), ("i", value, None), ("i", "s", value)):
        with pytest.raises(SettingsError) as caught:
            Credentials(*keys)
        assert not value or value not in f"{caught.value!r} {caught.value}"


def chain(*answers: Credentials) -> tuple[Callable[[str], Callable[[], Credentials]], list[str]]:
    """A vendor's chain that gives other credentials each time it is loaded."""
    loaded: list[str] = []

    def load(profile: str) -> Callable[[], Credentials]:
        loaded.append(profile)
        return lambda: answers[min(len(loaded), len(answers)) - 1]

    return load, loaded


OLD, NEW = Credentials("old", "secret", "token-1"), Credentials("new", "secret", "token-2")


async def test_the_chain_is_loaded_when_first_asked_and_then_kept() -> None:
    load, loaded = chain(OLD, NEW)
    source = ChainCredentials("work", load)
    assert loaded == []
    assert [await source.get(), await source.get()] == [OLD, OLD]
    assert loaded == ["work"]


async def test_many_calls_that_see_one_expired_token_load_the_chain_once() -> None:
    load, loaded = chain(OLD, NEW)
    source = ChainCredentials("", load)
    stale = await source.get()
    assert await asyncio.gather(*(source.refresh(stale) for _ in range(8))) == [NEW] * 8
    assert len(loaded) == 2


async def test_keys_from_the_settings_have_nothing_newer() -> None:
    source = StaticCredentials(OLD)
    assert await source.refresh(OLD) == OLD
