"""PublishEdgeContainerAppVersion, RollbackEdgeContainerAppVersion and GetEdgeContainerAppStatus."""

from alicloud_edge_emulator.call import Answer, Call
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.dialect import LowerShare, RollbackEnv
from alicloud_edge_emulator.esa import errors, responses
from alicloud_edge_emulator.esa.commands import StartRelease
from alicloud_edge_emulator.esa.parameters import (
    read_app,
    read_env,
    read_flag,
    read_percentage,
    read_releasable_version,
    read_scope,
    read_start_time,
)
from alicloud_edge_emulator.esa.release_models import FULL, Cause, Env, Scope
from alicloud_edge_emulator.esa.status import env_status
from alicloud_edge_emulator.esa.store import ContainerAppState


def publish_edge_container_app_version(cloud: Cloud, call: Call) -> Answer:
    """Start to release a version to an environment."""
    app = read_app(cloud, call)
    version = read_releasable_version(app, call)
    env = read_env(call)
    scope, start_time = read_scope(app, call), read_start_time(call)
    if _lowers_share(app, version.version_id, env, scope):
        match cloud.dialect.lower_share:
            case LowerShare.CARRIED_OUT:
                pass
            case LowerShare.IGNORED:
                return {}
            case LowerShare.REFUSED:
                raise errors.invalid_percentage()
    cloud.commit(
        StartRelease(
            app_id=app.spec.app_id,
            version=version.version_id,
            envs=(env,),
            cause=Cause.PUBLISH,
            scope=scope,
            start_time=start_time,
            hangs=call.target_faults.stops(env),
        )
    )
    return {}


def rollback_edge_container_app_version(cloud: Cloud, call: Call) -> Answer:
    """Start to roll back to a version. The operation names no environment: dialect `rollback_env`."""
    app = read_app(cloud, call)
    version = read_releasable_version(app, call)
    partial = read_flag(call, "UsedPercent")
    percentage = read_percentage(call, default=FULL)
    envs = _rollback_envs(app, cloud.dialect.rollback_env)
    cloud.commit(
        StartRelease(
            app_id=app.spec.app_id,
            version=version.version_id,
            envs=envs,
            cause=Cause.ROLLBACK,
            scope=Scope(percentage=percentage if partial else FULL),
            hangs=any(call.target_faults.stops(env) for env in envs),
        )
    )
    return {}


def get_edge_container_app_status(cloud: Cloud, call: Call) -> Answer:
    """How far an environment is with its release."""
    app = read_app(cloud, call)
    env = read_env(call, default=Env.PROD)
    status = env_status(app.releases.get(env), call.now, cloud.dialect, cloud.world.delays)
    return {"AppStatus": responses.app_status(env, status, cloud.dialect.text)}


def _lowers_share(app: ContainerAppState, version: str, env: Env, scope: Scope) -> bool:
    """Return whether an environment is asked for less of the version that was published to it last."""
    newest = app.releases.get(env)
    return newest is not None and newest.version == version and scope.lowers(newest.scope)


def _rollback_envs(app: ContainerAppState, way: RollbackEnv) -> tuple[Env, ...]:
    match way:
        case RollbackEnv.PROD:
            return (Env.PROD,)
        case RollbackEnv.LAST:
            return (app.last_published or Env.PROD,)
        case RollbackEnv.BOTH:
            return tuple(app.releases) or (Env.PROD,)
