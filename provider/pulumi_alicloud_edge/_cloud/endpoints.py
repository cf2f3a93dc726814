"""Where each product is called: the vendor's hosts by region, or what the settings put in their place."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pulumi_alicloud_edge._cloud.operation import Product
from pulumi_alicloud_edge._errors import SettingsError

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.settings import CloudSettings

# The vendor's ENS client maps these to its central host; every other region has a host of its own.
_CENTRAL_ENS_REGIONS = frozenset(
    {
        "cn-beijing",
        "cn-chengdu",
        "cn-hangzhou",
        "cn-heyuan",
        "cn-shanghai",
        "cn-wulanchabu",
        "cn-zhangjiakou",
    }
)
_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LABEL = r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*")


def base_url(product: Product, settings: CloudSettings) -> str:
    """Return the URL, without a trailing slash, at which a product is called.

    Raises:
        SettingsError: Neither a usable endpoint nor a usable region is set.
    """
    own_key, own = _own_endpoint(product, settings)
    if own:
        return _from_endpoint(own_key, own, allow_http=settings.allow_http)
    if settings.endpoint:
        return _from_endpoint("alicloud-edge:endpoint", settings.endpoint, allow_http=settings.allow_http)
    return f"https://{_regional_host(product, settings.region)}"


def is_loopback(host: str) -> bool:
    """Return whether a host name or address is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _own_endpoint(product: Product, settings: CloudSettings) -> tuple[str, str]:
    match product:
        case Product.ENS:
            return "alicloud-edge:ensEndpoint", settings.ens_endpoint
        case Product.ESA:
            return "alicloud-edge:esaEndpoint", settings.esa_endpoint


def _regional_host(product: Product, region: str) -> str:
    remedy = "Set a region of Alibaba Cloud: `pulumi config set alicloud-edge:region cn-hangzhou`"
    if not region:
        raise SettingsError("alicloud-edge:region", "is not set, and neither is an endpoint", remedy)
    if not _REGION.fullmatch(region):
        raise SettingsError("alicloud-edge:region", f"{region!r} is not the name of a region", remedy)
    if product is Product.ENS and region in _CENTRAL_ENS_REGIONS:
        return "ens.aliyuncs.com"
    return f"{product.value}.{region}.aliyuncs.com"


def _from_endpoint(setting: str, endpoint: str, *, allow_http: bool) -> str:
    scheme, host, port = _parts(setting, endpoint)
    local = is_loopback(host)
    scheme = scheme or ("http" if local else "https")
    if scheme == "http" and not local and not allow_http:
        raise SettingsError(
            setting,
            f"plain HTTP to {host} would send signed requests and data URLs unencrypted",
            "Use https://, or set alicloud-edge:allowHttp to true if that network is trusted.",
        )
    shown_host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown_host}" + (f":{port}" if port else "")


def _parts(setting: str, endpoint: str) -> tuple[str, str, int | None]:
    """Split an endpoint into its parts. Its text is never repeated in an error: it may hold a password."""
    remedy = "Give a host, such as ens.aliyuncs.com or http://127.0.0.1:8787."
    text = endpoint.strip()
    if re.search(r"\s", text):  # urlsplit would drop line breaks silently
        raise SettingsError(setting, "is not a host or URL", remedy)
    try:
        url = urlsplit(text if "://" in text else f"//{text}")
        host, port = url.hostname or "", url.port
    except ValueError:
        raise SettingsError(setting, "is not a host or URL", remedy) from None
    if "@" in url.netloc:
        raise SettingsError(
            setting, "must not contain a user or password", "Keys go into accessKeyId and accessKeySecret."
        )
    if url.scheme not in {"", "http", "https"}:
        raise SettingsError(setting, "begins with a scheme that is neither http nor https", remedy)
    if url.path not in {"", "/"} or url.query or url.fragment:
        raise SettingsError(setting, "must not contain a path, query or fragment", remedy)
    if not _is_host(host) or port == 0:
        raise SettingsError(setting, "is not a host or URL", remedy)
    return url.scheme, host, port


def _is_host(host: str) -> bool:
    if ":" not in host:
        return _HOST.fullmatch(host) is not None
    try:
        return ipaddress.ip_address(host).version == 6  # noqa: PLR2004  (a name, not a number)
    except ValueError:
        return False
