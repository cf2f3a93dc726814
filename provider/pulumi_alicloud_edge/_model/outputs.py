"""The outputs of the resources: their one declaration.

A docstring after a field describes it. `make reference` writes from it what programs read (`_sdk/`) and
`docs/reference.md`. States hold these shapes: changing one changes what is stored. Hidden outputs,
whose names begin with two underscores, are not declared here.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict


class FailedTarget(TypedDict):
    """A target that a file did not reach."""

    target: str
    """The region or the instance."""
    reason: str
    """The cloud's reason."""


class Placement(TypedDict):
    """How far one file is."""

    name: str
    """Name of the data file."""
    version: str
    """Its version."""
    counts: dict[str, int]
    """How many targets are in which state; states without targets are left out.

    A state is ``converged``, ``in_progress``, ``failed`` or ``missing``.
    """
    total: int
    """How many targets there are."""
    failed: list[FailedTarget]
    """Targets that have failed, at most 20."""


class MatchExpression(TypedDict):
    """A condition on instances."""

    key: str
    """``region_id`` or ``instance_id``."""
    operator: str
    """``In`` or ``NotIn``."""
    values: list[str]
    """Ids."""


class Selection(TypedDict, total=False):
    """What a stage selects: one of the keys, or none for everything."""

    regions: list[str]
    """Ids of edge regions."""
    match: list[MatchExpression]
    """Conditions on instances, which all have to hold."""
    strategies: str
    """The vendor's own policies, as JSON text."""


class OwnedEntry(TypedDict):
    """Versions of a data file that a resource has put on the same targets."""

    versions: list[str]
    """The versions, the newest last."""
    selection: list[Selection]
    """Where they were put: what the stages select."""
    until: NotRequired[str]
    """For what is no longer declared: what arrives after this time, UTC, belongs to others."""


class ResourceOutputs:
    """What every resource shows."""

    status: str
    request_ids: list[str]
    """The vendor's ids of the calls that started something."""
    converged_at: str
    """When it converged, UTC; empty before."""
    state_version: int
    """Version of the shape of these outputs."""


class PushOutputs(ResourceOutputs):
    """What a push shows."""

    status: str
    """``converged``, ``degraded``, ``drifted``, ``failed`` or ``interrupted``.

    Converged means that every selected region was observed to have the files declared; degraded, that some have
    failed within ``max_failed``; drifted, that a refresh has since found something else. A push is never rolled back.
    """
    placements: list[Placement]
    """How far each file is, in regions."""
    baseline: dict[str, str]
    """Name → version that was in place before."""
    owned: dict[str, list[OwnedEntry]]
    """What this resource has pushed where: name → entries, the newest last.

    At most 100 versions of a name are kept. States of releases before 0.2 hold the versions alone, as texts.
    """


class DistOutputs(ResourceOutputs):
    """What a distribution shows."""

    status: str
    """``converged``, ``degraded``, ``drifted``, ``failed``, ``rolled_back`` or ``interrupted``.

    Converged means that every selected instance was observed running the versions declared; degraded, that some have
    failed within ``max_failed``; drifted, that a refresh has since found something else.
    """
    placements: list[Placement]
    """How far each file is, in instances."""
    baseline: dict[str, str]
    """Name → version that most instances ran before, where it was another one.

    A rollback restores what each instance ran, which may differ.
    """
    owned: dict[str, list[OwnedEntry]]
    """What this resource has distributed where, and cleans later: name → entries, the newest last.

    At most 100 versions of a name are kept. States of releases before 0.2 hold the versions alone, as texts.
    """


class ReleaseOutputs(ResourceOutputs):
    """What a release shows."""

    status: str
    """``converged``, ``degraded``, ``drifted``, ``failed``, ``rolled_back`` or ``interrupted``.

    Converged means that the environment was observed serving exactly what is declared; drifted, that a refresh has
    since found something else.
    """
    published_version: str
    """The version that the environment runs or is moving to."""
    baseline_version: str
    """The version that was in place before."""
    publish_percentage: int
    """How much of the environment it has reached."""


class ComponentOutputs:
    """What the component shows."""

    push_status: str
    """The push's ``status``."""
    dist_status: str
    """The distribution's ``status``."""
    release_status: str | None
    """The release's ``status``; None without ``container``."""
