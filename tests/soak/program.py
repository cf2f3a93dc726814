"""The program whose life is simulated: what it declares, and how people edit it."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.support.declarations import distribution, placed, with_sources
from tests.support.dynamic_host import Kind
from tests.support.emulator import APP_ID, CONTAINER_APP_ID, REGIONS, SMALL_APP_ID, VERSION_IDS

APPLICATIONS = (APP_ID, SMALL_APP_ID)
NAMES = ("assets", "levels")
KEPT = 2
"""Versions of a file that a program goes on pushing, so that it can go back."""


@dataclass
class Program:
    """What is declared: versions by application and file, and the released version of the container app.

    Attributes:
        dice: What decides about edits.
        versions: The version of each file that an application is to run; a file that is missing was dropped.
        newest: The newest version of each file that there ever was.
        staged: The applications that roll out in two stages.
        released: The version of the container app.
    """

    dice: Random
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    newest: dict[tuple[str, str], int] = field(default_factory=dict)
    staged: set[str] = field(default_factory=set)
    released: str = VERSION_IDS[0]

    def __post_init__(self) -> None:
        self.versions = {(app, name): 1 for app in APPLICATIONS for name in NAMES}
        self.newest = dict(self.versions)

    def edit(self) -> str:
        """Change something, as a commit does; gives what."""
        file = self.dice.choice([(app, name) for app in APPLICATIONS for name in NAMES])
        edits = (self._bump, self._bump, self._revert, self._drop_or_add, self._stage, self._release)
        return self.dice.choice(edits)(*file)

    def resources(self) -> dict[tuple[Kind, str], dict[str, Any]]:
        """Return the inputs of each resource, in an order in which they can be rolled out."""
        pushes = {(Kind.PUSH, app): self._push(app) for app in APPLICATIONS}
        placings = {(Kind.DIST, app): self._dist(app) for app in APPLICATIONS if self._files(app)}
        release = {"app_id": CONTAINER_APP_ID, "version_id": self.released, "env": "prod"}
        return {**pushes, **placings, (Kind.RELEASE, CONTAINER_APP_ID): release}

    def _bump(self, app: str, name: str) -> str:
        self.newest[app, name] += 1
        self.versions[app, name] = self.newest[app, name]
        return f"bump {name}"

    def _revert(self, app: str, name: str) -> str:
        self.versions[app, name] = max(1, self.newest[app, name] - KEPT + 1)
        return f"revert {name}"

    def _drop_or_add(self, app: str, name: str) -> str:
        if self.versions.pop((app, name), None) is not None:
            return f"drop {name}"
        self.versions[app, name] = self.newest[app, name]
        return f"add {name}"

    def _stage(self, app: str, _name: str) -> str:
        self.staged ^= {app}
        return "stages on" if app in self.staged else "stages off"

    def _release(self, _app: str, _name: str) -> str:
        self.released = self.dice.choice(VERSION_IDS)
        return "release"

    def _files(self, app: str) -> list[dict[str, Any]]:
        return [placed(str(version), name) for (of, name), version in self.versions.items() if of == app]

    def _push(self, app: str) -> dict[str, Any]:
        files = [
            {"name": name, "version": str(version), "url": f"fake://files/{name}-{version}", "size": 10}
            for (of, name), newest in self.newest.items()
            if of == app
            for version in range(max(1, newest - KEPT + 1), newest + 1)
        ]
        return with_sources({"app_id": app, "data": files, "regions": list(REGIONS)})

    def _dist(self, app: str) -> dict[str, Any]:
        canary = {"key": "region_id", "operator": "In", "values": ["cn-wuxi-5"]}
        stages = [{"name": "canary", "match": [canary], "bake": 1}, {"name": "all"}]
        more = {"rollout": {"stages": stages}} if app in self.staged else {}
        return distribution(*self._files(app), app_id=app, **more)
