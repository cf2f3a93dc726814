"""Changes from outside: someone else's hand on the same cloud, as `POST /_emulator/drift` orders them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.ens.commands import SetDist, SetPush
from alicloud_edge_emulator.ens.records import State
from alicloud_edge_emulator.esa.commands import SetRelease
from alicloud_edge_emulator.esa.release_models import Cause, Env
from alicloud_edge_emulator.ledger import Command
from alicloud_edge_emulator.problems import Refused, explain

_STATES = {
    "SUCCESS": State.SUCCEEDED,
    "FAILED": State.FAILED,
    "PUSHING": State.WORKING,
    "DISTING": State.WORKING,
    "POD_RESTARTING": State.RESTARTING,
    "DELETED": State.DELETED,
    "ABSENT": None,
}


class _Drift(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    app_id: str
    version: str


class DataDrift(_Drift):
    """Data turns up, fails or goes away: pushed data on regions, or distributed data on instances."""

    name: Annotated[str, Field(min_length=1)]
    targets: Annotated[tuple[str, ...], Field(min_length=1)]
    state: Literal["SUCCESS", "FAILED", "PUSHING", "DISTING", "POD_RESTARTING", "DELETED", "ABSENT"]
    reason: str = "changed from outside"


class ReleaseDrift(_Drift):
    """An environment serves another version."""

    env: Env
    percentage: Annotated[int, Field(ge=1, le=100)] = 100
    rollback: bool = False


_DRIFT: TypeAdapter[DataDrift | ReleaseDrift] = TypeAdapter(DataDrift | ReleaseDrift)


def drift(cloud: Cloud, request: Any) -> None:
    """Make a change from outside.

    Raises:
        Refused: The order is malformed, or names what this world has not.
    """
    try:
        order = _DRIFT.validate_python(request, strict=False)
    except ValidationError as error:
        raise Refused(explain("drift", error)) from error
    match order:
        case DataDrift():
            cloud.commit(_set_data(cloud, order))
        case ReleaseDrift():
            cloud.commit(_set_release(cloud, order))


def _set_data(cloud: Cloud, order: DataDrift) -> Command:
    app = cloud.ens.apps.get(order.app_id)
    if app is None:
        raise Refused(f"drift.app_id: {order.app_id} is not in this world")
    if set(order.targets) <= cloud.ens.regions.keys():
        kind: type[SetPush | SetDist] = SetPush
    elif set(order.targets) <= app.instances.keys() | app.removed.keys():
        kind = SetDist
    else:
        raise Refused("drift.targets: expected regions only, or instances of the application only")
    return kind(
        app_id=order.app_id,
        name=order.name,
        version=order.version,
        targets=order.targets,
        state=_STATES[order.state],
        reason=order.reason,
    )


def _set_release(cloud: Cloud, order: ReleaseDrift) -> Command:
    app = cloud.esa.apps.get(order.app_id)
    if app is None:
        raise Refused(f"drift.app_id: {order.app_id} is not in this world")
    if order.version not in app.versions:
        raise Refused(f"drift.version: {order.version} is no version of {order.app_id}")
    return SetRelease(
        app_id=order.app_id,
        env=order.env,
        version=order.version,
        percentage=order.percentage,
        cause=Cause.ROLLBACK if order.rollback else Cause.PUBLISH,
    )
