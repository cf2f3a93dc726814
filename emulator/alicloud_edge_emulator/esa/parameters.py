"""Parameters of the ESA operations, checked with the documented codes."""

import re

from alicloud_edge_emulator.call import Call
from alicloud_edge_emulator.clock import parse_wire_time
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.esa import errors
from alicloud_edge_emulator.esa.release_models import FULL, Env, PublishType, Scope
from alicloud_edge_emulator.esa.store import ContainerAppState
from alicloud_edge_emulator.json_text import read_json
from alicloud_edge_emulator.world import ContainerVersion, VersionStatus

APP_ID = re.compile(r"app-\d{16,60}")


def read_app(cloud: Cloud, call: Call) -> ContainerAppState:
    """The container app that a call names.

    Raises:
        ApiError: It names none, in another form, or one that does not exist.
    """
    app_id = call.text("AppId")
    if app_id is None or APP_ID.fullmatch(app_id) is None:
        raise errors.invalid_app_id()
    app = cloud.esa.apps.get(app_id)
    if app is None:
        raise errors.app_not_found()
    return app


def read_version(app: ContainerAppState, call: Call) -> ContainerVersion:
    """The version that a call names.

    Raises:
        ApiError: It names none of this app's.
    """
    version = app.versions.get(call.text("VersionId") or "")
    if version is None:
        raise errors.invalid_version_id()
    return version


def read_releasable_version(app: ContainerAppState, call: Call) -> ContainerVersion:
    """The version that a call names; it must have been built.

    Raises:
        ApiError: It names none, or one that is still being created or has failed.
    """
    version = read_version(app, call)
    if version.status is not VersionStatus.CREATED:
        raise errors.invalid_version_id()
    return version


def read_env(call: Call, default: Env | None = None) -> Env:
    """PublishEnv; what its absence means to a read is undocumented.

    Raises:
        ApiError: It is neither prod nor staging.
    """
    text = call.text("PublishEnv")
    if text is None and default is not None:
        return default
    try:
        return Env(text or "")
    except ValueError:
        raise errors.invalid_publish_env() from None


def read_scope(app: ContainerAppState, call: Call) -> Scope:
    """PublishType with Percentage, or with Regions and FullRelease.

    Raises:
        ApiError: One of them is none of the documented values, or no region is named.
    """
    try:
        publish_type = PublishType(call.text("PublishType") or PublishType.PERCENTAGE)
    except ValueError:
        raise errors.invalid_parameter() from None
    match publish_type:
        case PublishType.PERCENTAGE:
            return Scope(percentage=read_percentage(call, default=FULL))
        case PublishType.REGION:
            full_release, regions = read_flag(call, "FullRelease"), _regions(call)
            if not set(regions) <= set(app.spec.provinces) or not (regions or full_release):
                raise errors.invalid_parameter()
            return Scope(PublishType.REGION, FULL, regions, full_release)


def read_percentage(call: Call, *, default: int) -> int:
    """Percentage, 1 to 100.

    Raises:
        ApiError: It is outside, or no number.
    """
    text = call.text("Percentage")
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= FULL:
        raise errors.invalid_percentage()
    return int(text)


def read_flag(call: Call, name: str) -> bool:
    """A boolean: the Python SDK writes `True`, the others `true`.

    Raises:
        ApiError: It is neither true nor false.
    """
    match (call.text(name) or "false").lower():
        case "true":
            return True
        case "false":
            return False
        case _:
            raise errors.invalid_parameter()


def read_start_time(call: Call) -> float | None:
    """StartTime, if there is one.

    Raises:
        ApiError: It has another form.
    """
    text = call.text("StartTime")
    if text is None:
        return None
    try:
        return parse_wire_time(text)
    except ValueError:
        raise errors.invalid_parameter() from None


def read_number(call: Call, name: str, *, default: int, maximum: int) -> int:
    """A positive number with an upper bound.

    Raises:
        ApiError: It is outside, or no number.
    """
    text = call.text(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= maximum:
        raise errors.invalid_parameter()
    return int(text)


def _regions(call: Call) -> tuple[str, ...]:
    try:
        regions = read_json(call.text("Regions") or "[]")
    except ValueError:
        raise errors.invalid_parameter() from None
    if not isinstance(regions, list) or not all(isinstance(region, str) for region in regions):
        raise errors.invalid_parameter()
    return tuple(dict.fromkeys(regions))
