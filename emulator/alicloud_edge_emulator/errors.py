"""Answers that are errors of the cloud API, and the codes of the gateway before any product."""

from dataclasses import dataclass, field

from alicloud_edge_emulator.dialect import Unserved


@dataclass(frozen=True, slots=True)
class ApiError(Exception):
    """An error answer in the gateway's shape."""

    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)


def product_not_found(version: str) -> ApiError:
    """No product is served under this x-acs-version."""
    return ApiError(404, "InvalidProduct.NotFound", f"Cannot find product according to version {version}.")


def api_not_found(way: Unserved) -> ApiError:
    """Return the answer to an action that the product does not serve: dialect `unserved`."""
    match way:
        case Unserved.INVALID_ACTION:
            code = "InvalidAction.NotFound"
        case Unserved.INVALID_API:
            code = "InvalidApi.NotFound"
    return ApiError(404, code, "Specified api is not found, please check your url and method.")


def unsupported_method() -> ApiError:
    """Return the refusal of an operation by a method that it does not have; the vendor lists it with HTTP 403."""
    return ApiError(403, "UnsupportedHTTPMethod", "This http method not supported.")


def missing(parameter: str) -> ApiError:
    """The gateway's `Missing{ParameterName}`."""
    return ApiError(400, f"Missing{parameter}", f"{parameter} is mandatory for this action.")


def throttled(*, status: int, retry_after_ms: int | None) -> ApiError:
    """Too many calls, with or without the hint that the vendor's SDK obeys."""
    headers = {} if retry_after_ms is None else {"x-acs-retry-after": str(retry_after_ms)}
    return ApiError(status, "Throttling.User", "Request was denied due to user flow control.", headers)
