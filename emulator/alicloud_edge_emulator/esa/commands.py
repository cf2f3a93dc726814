"""Every change of ESA state, as plain data that can be kept and applied again."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from alicloud_edge_emulator.esa.release_models import Cause, Env, Scope


class StartRelease(BaseModel):
    """Publish a version to environments, or roll them back to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["start_release"] = "start_release"
    app_id: str
    version: str
    envs: tuple[Env, ...]
    cause: Cause
    scope: Scope
    start_time: float | None = None
    hangs: bool = False


class SetRelease(BaseModel):
    """Put an environment on a version from outside."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["set_release"] = "set_release"
    app_id: str
    env: Env
    version: str
    percentage: int
    cause: Cause = Cause.PUBLISH


EsaCommand = StartRelease | SetRelease
