"""The documented error codes of the ESA operations."""

from alicloud_edge_emulator.errors import ApiError


def invalid_app_id() -> ApiError:
    """400: the AppId is absent or has another form."""
    return ApiError(
        400,
        "InvalidParameter.appid",
        "The format of the application ID is invalid."
        " You can call ListEdgeContainerApps to obtain the application ID.",
    )


def app_not_found() -> ApiError:
    """404: no such application."""
    return ApiError(
        404,
        "InvalidApp.NotFound",
        "The application does not exist."
        " Check whether the application ID you specified is correct and try again.",
    )


def invalid_version_id() -> ApiError:
    """400: the VersionId is absent, has another form, or names no version that can be released."""
    return ApiError(
        400,
        "InvalidParameter.VersionId",
        "The specified VersionId is invalid. Please check the VersionId parameter."
        " You may not have entered the parameter or the parameter does not start with ver-string."
        " Please modify it and call the interface again.",
    )


def invalid_publish_env() -> ApiError:
    """400: neither prod nor staging."""
    return ApiError(
        400,
        "InvalidParameter.PublishEnv",
        "The specified PublishEnv is invalid. Please check the PublishEnv parameter."
        ' It may not be set to either "prod" or "staging."'
        " Please make the necessary changes and call the interface again.",
    )


def invalid_percentage() -> ApiError:
    """400: outside 1 to 100."""
    return ApiError(
        400,
        "InvalidParameter.Percentage",
        "The Percentage parameter is invalid. Please check the Percentage parameter,"
        " which should be in the range of 1-100. Modify it accordingly and call the interface again.",
    )


def invalid_parameter() -> ApiError:
    """400: anything else."""
    return ApiError(400, "InvalidParameter", "Invalid parameter. Check the parameter configuration.")
