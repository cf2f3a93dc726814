"""The state of ESA: for each container app its versions, and what its environments serve."""

from dataclasses import dataclass, field
from typing import assert_never

from alicloud_edge_emulator.chance import Dice
from alicloud_edge_emulator.esa.commands import EsaCommand, SetRelease, StartRelease
from alicloud_edge_emulator.esa.release_models import Cause, Env, Release, Scope
from alicloud_edge_emulator.world import ContainerApp, ContainerVersion, InitialRelease, World

ESTABLISHED_SECONDS = 3600.0
"""How long ago the releases that a world begins with had arrived."""


@dataclass(slots=True)
class ContainerAppState:
    """One container app: what the world says of it, and the newest release of each environment."""

    spec: ContainerApp
    versions: dict[str, ContainerVersion]
    releases: dict[Env, Release] = field(default_factory=dict)
    last_published: Env | None = None

    def published(self, version: str) -> list[float]:
        """When a version was released, oldest first."""
        times = []
        for newest in self.releases.values():
            release: Release | None = newest
            while release is not None:
                if release.version == version:
                    times.append(release.starts)
                release = release.previous
        return sorted(times)


class EsaStore:
    """All container apps of a world, changed by commands only."""

    def __init__(self, world: World, dice: Dice, at: float) -> None:
        self.created = at - ESTABLISHED_SECONDS
        self._world = world
        self._dice = dice
        self.apps = {
            spec.app_id: ContainerAppState(spec, {version.version_id: version for version in spec.versions})
            for spec in world.container_apps
        }
        for spec in world.container_apps:
            for env, initial in ((Env.STAGING, spec.staging), (Env.PROD, spec.prod)):
                if initial is not None:
                    self.apply(_initial(spec, env, initial), self.created)

    def apply(self, command: EsaCommand, at: float) -> None:
        """Change the state as a command says."""
        app = self.apps[command.app_id]
        match command:
            case StartRelease():
                for env in command.envs:
                    previous = app.releases.get(env)
                    app.releases[env] = self._release(app, command, env, at, previous).after(previous)
                    if command.cause is Cause.PUBLISH:
                        app.last_published = env
            case SetRelease():
                previous = app.releases.get(command.env)
                release = Release(
                    number=_next(previous),
                    version=command.version,
                    cause=command.cause,
                    scope=Scope(percentage=command.percentage),
                    requested=at,
                    starts=at,
                    due=at,
                )
                app.releases[command.env] = release.after(previous)
            case _:
                assert_never(command)

    def _release(
        self, app: ContainerAppState, command: StartRelease, env: Env, at: float, previous: Release | None
    ) -> Release:
        timing = app.spec.timing or self._world.timing
        number = _next(previous)
        seconds = self._dice.between(
            timing.publish_seconds, command.kind, command.app_id, env, command.version, number
        )
        starts = max(at, command.start_time or at)
        return Release(
            number=number,
            version=command.version,
            cause=command.cause,
            scope=command.scope,
            requested=at,
            starts=starts,
            due=starts + seconds,
            behaviour=app.versions[command.version].behaviour,
            hangs=command.hangs,
            lowers=previous is not None
            and previous.version == command.version
            and previous.has_arrived(starts)
            and command.scope.lowers(previous.scope),
        )


def _next(previous: Release | None) -> int:
    return 0 if previous is None else previous.number + 1


def _initial(spec: ContainerApp, env: Env, initial: InitialRelease) -> SetRelease:
    return SetRelease(app_id=spec.app_id, env=env, version=initial.version_id, percentage=initial.percentage)
