"""The documented error codes of the ENS operations."""

from alicloud_edge_emulator.errors import ApiError


def missing_parameter(name: str) -> ApiError:
    """400 MissingParameter."""
    return ApiError(
        400,
        "MissingParameter",
        f"The input parameter that is mandatory for processing this request is not supplied: {name}.",
    )


def invalid_parameter(name: str) -> ApiError:
    """400 InvalidParameter.%s, also for an application that does not exist: ENS documents no other code."""
    return ApiError(
        400, f"InvalidParameter.{name}", f"The specified field {name} invalid. Please check it again."
    )
