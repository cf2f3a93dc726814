"""Claims: what a resource says it owns on an application, by artifact and selection."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.policy import Selector
from pulumi_alicloud_edge._model.selection import Belongs, belongs_to_any, explicit_regions


@dataclass(frozen=True)
class Claim:
    """One artifact that one resource declares, or has put, on the targets of a selection.

    Attributes:
        urn: The resource.
        app_id: The application; for a release with its environment.
        artifact: The artifact.
        selectors: The selection: all that the resource's stages select together.
        until: For what is no longer declared, the cloud's time after which a newer arrival belongs to somebody else.
        retains: Whether the resource never cleans it.
    """

    urn: str
    app_id: str
    artifact: Artifact
    selectors: tuple[Selector, ...]
    until: str = ""
    retains: bool = False

    def covers(self, target: str, region: str) -> Belongs:
        """Return whether a target belongs to the selection; its region is empty where that is not known."""
        return belongs_to_any(self.selectors, target, region)

    def may_overlap(self, other: Claim) -> bool:
        """Return whether the two may be about the same name on the same target, as far as their regions show."""
        if (self.app_id, self.artifact.name) != (other.app_id, other.artifact.name):
            return False
        mine, theirs = explicit_regions(self.selectors), explicit_regions(other.selectors)
        return mine is None or theirs is None or bool(mine & theirs)
