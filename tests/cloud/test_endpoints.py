from __future__ import annotations

import pytest

from pulumi_alicloud_edge._cloud.endpoints import base_url
from pulumi_alicloud_edge._cloud.operation import Product
from pulumi_alicloud_edge._cloud.settings import CloudSettings
from pulumi_alicloud_edge._errors import SettingsError

CENTRAL = [
    "cn-beijing",
    "cn-chengdu",
    "cn-hangzhou",
    "cn-heyuan",
    "cn-shanghai",
    "cn-wulanchabu",
    "cn-zhangjiakou",
]
OTHERS = ["cn-shenzhen", "ap-southeast-1", "eu-central-1"]


@pytest.mark.parametrize("region", CENTRAL)
def test_the_central_regions_share_one_ens_host(region: str) -> None:
    assert base_url(Product.ENS, CloudSettings(region=region)) == "https://ens.aliyuncs.com"


@pytest.mark.parametrize("region", OTHERS)
def test_other_regions_have_their_own_ens_host(region: str) -> None:
    assert base_url(Product.ENS, CloudSettings(region=region)) == f"https://ens.{region}.aliyuncs.com"


@pytest.mark.parametrize("region", CENTRAL + OTHERS)
def test_every_region_has_its_own_esa_host(region: str) -> None:
    assert base_url(Product.ESA, CloudSettings(region=region)) == f"https://esa.{region}.aliyuncs.com"


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("127.0.0.1:8787", "http://127.0.0.1:8787"),
        ("localhost:8787", "http://localhost:8787"),
        ("LOCALHOST", "http://localhost"),
        ("[::1]:8787", "http://[::1]:8787"),
        ("http://127.0.0.1:8787/", "http://127.0.0.1:8787"),
        ("https://127.0.0.1:8787", "https://127.0.0.1:8787"),
        ("ens.cn-shenzhen.aliyuncs.com", "https://ens.cn-shenzhen.aliyuncs.com"),
        (" https://ens-vpc.cn-shenzhen.aliyuncs.com ", "https://ens-vpc.cn-shenzhen.aliyuncs.com"),
        ("HTTPS://Ens.Example:8443", "https://ens.example:8443"),
    ],
)
def test_an_endpoint_takes_the_place_of_the_regions_host(endpoint: str, url: str) -> None:
    settings = CloudSettings(region="cn-hangzhou", endpoint=endpoint)
    assert [base_url(product, settings) for product in Product] == [url, url]


def test_a_products_own_endpoint_beats_the_common_one() -> None:
    settings = CloudSettings(endpoint="common.example", ens_endpoint="ens.example")
    assert base_url(Product.ENS, settings) == "https://ens.example"
    assert base_url(Product.ESA, settings) == "https://common.example"


def test_plain_http_leaves_this_machine_only_when_allowed() -> None:
    with pytest.raises(SettingsError, match="plain HTTP") as caught:
        base_url(Product.ENS, CloudSettings(endpoint="http://emulator.internal:8787"))
    assert "allowHttp" in caught.value.remedy
    allowed = CloudSettings(endpoint="http://emulator.internal:8787", allow_http=True)
    assert base_url(Product.ENS, allowed) == "http://emulator.internal:8787"


def test_names_that_only_look_local_are_not() -> None:
    for endpoint in (
        "http://127.0.0.1.example",
        "http://localhost.example",
        "http://10.0.0.1",
        "http://0.0.0.0",
    ):
        with pytest.raises(SettingsError):
            base_url(Product.ENS, CloudSettings(endpoint=endpoint))


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://ens.example/path",
        "ens.example/?a=b",
        "ens.example#x",
        "ftp://ens.example",
        "https://",
        "://",
        "ens example",
        "ens.example:port",
        "ens.example:99999",
        "ens.example:0",
        "[::1",
        "[fe80::zz]",
        "-",
        "a\nb",
        "ens..example/",
    ],
)
def test_nonsense_is_refused(endpoint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        base_url(Product.ESA, CloudSettings(esa_endpoint=endpoint))
    assert caught.value.setting == "alicloud-edge:esaEndpoint"
    assert caught.value.remedy


def test_a_password_in_an_endpoint_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        base_url(Product.ENS, CloudSettings(endpoint="https://user:hunter2@ens.example"))
    error = caught.value
    assert "hunter2" not in f"{error!r} {error} {error.reason} {error.remedy}"


@pytest.mark.parametrize("region", ["", "cn hangzhou", "evil.example/", "CN-hangzhou", "cn_hangzhou", "-"])
def test_a_region_that_cannot_be_is_refused(region: str) -> None:
    with pytest.raises(SettingsError) as caught:
        base_url(Product.ENS, CloudSettings(region=region))
    assert caught.value.setting == "alicloud-edge:region"
