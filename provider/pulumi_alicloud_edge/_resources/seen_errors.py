"""What the cloud shows to be wrong with inputs, so that a preview fails where the rollout would have to.

Only what somebody has just written is blamed: what was declared before may have left since (S6).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from pulumi_alicloud_edge._errors import FieldError
from pulumi_alicloud_edge._model.observation import Artifact, Observation, Records, RecordState
from pulumi_alicloud_edge._model.outcome import TargetState
from pulumi_alicloud_edge._model.selection import REGION_KEY
from pulumi_alicloud_edge._reconcile.target_status import TargetStates
from pulumi_alicloud_edge._resources.rollout_input import ExpressionInput, RolloutInput

_ALIKE = 0.75
_REGIONS_NAMED = 3


class Named(Enum):
    """What an input names by its id."""

    REGION = "region"
    INSTANCE = "instance"


@dataclass(frozen=True)
class NamedId:
    """An id that the inputs name.

    Attributes:
        path: Where: ``match[0].values[1]``.
        what: What it names.
        id_: The id.
    """

    path: str
    what: Named
    id_: str


def named_in_match(path: str, match: Iterable[ExpressionInput] | None) -> Iterator[NamedId]:
    """Return the regions and instances of conditions; what a condition excludes may be anything."""
    for number, expression in enumerate(match or ()):
        if expression.operator != "In":
            continue
        what = Named.REGION if expression.key == REGION_KEY else Named.INSTANCE
        for index, value in enumerate(expression.values):
            yield NamedId(f"{path}[{number}].values[{index}]", what, value)


def named_in_stages(rollout: RolloutInput) -> Iterator[NamedId]:
    """Return the regions and instances that the conditions of the stages name."""
    for index, stage in enumerate(rollout.stages or ()):
        yield from named_in_match(f"rollout.stages[{index}].match", stage.match)


def unknown_id_errors(
    named: Iterable[NamedId],
    before: Iterable[NamedId],
    instances: Mapping[str, str],
    app_id: str,
) -> Iterator[FieldError]:
    """Find ids that the inventory does not list.

    Args:
        named: What the inputs name.
        before: What the inputs before named.
        instances: Instance → region; empty where the inventory lists none, and nothing is found.
        app_id: The application.
    """
    known = {Named.REGION: {*instances.values()} - {""}, Named.INSTANCE: {*instances}}
    declared_before = {(each.what, each.id_) for each in before}
    for each in named:
        of_kind = known[each.what]
        if of_kind and each.id_ not in of_kind and (each.what, each.id_) not in declared_before:
            article = "a" if each.what is Named.REGION else "an"
            reason = f"{each.id_} is not {article} {each.what.value} of {app_id}"
            yield FieldError(each.path, reason + _meant(each.id_, of_kind))


def regions_without(artifact: Artifact, observation: Observation) -> frozenset[str]:
    """Return the regions of the selected instances that neither run a file nor are getting it; "" for unknown ones."""
    states = TargetStates(observation, artifact, exclusive=True)
    on_the_way = (TargetState.CONVERGED, TargetState.IN_PROGRESS)
    if None in observation.stage_targets:
        there = any(states.on(target) in on_the_way for target in observation.of(artifact))
        return frozenset() if there else frozenset({""})
    selected = frozenset().union(*(listed for listed in observation.stage_targets if listed))
    return frozenset(
        observation.regions.get(target, "")
        for target in selected - observation.stopped
        if states.on(target) not in on_the_way
    )


def unpushed_errors(
    artifacts: Iterable[Artifact],
    lacking: Mapping[Artifact, Collection[str]],
    pushed: Mapping[Artifact, Records],
) -> Iterator[FieldError]:
    """Find data files that are not pushed to where they are to be distributed.

    Args:
        artifacts: What is declared, in order.
        lacking: For each of them, the regions of the targets that do not run it; an empty region is unknown.
        pushed: The push records of each, by region.
    """
    for index, artifact in enumerate(artifacts):
        regions = sorted(lacking.get(artifact, ()))
        records = pushed.get(artifact, {})
        there = {
            r
            for r, record in records.items()
            if record.state in (RecordState.SUCCEEDED, RecordState.IN_PROGRESS)
        }
        unpushed = [region for region in regions if region and region not in there]
        if regions and not there:
            yield FieldError(
                f"data[{index}]",
                f"{artifact} is pushed to no region: push it first (AppDataPush, depends_on)",
            )
        elif unpushed:
            named = ", ".join(unpushed[:_REGIONS_NAMED])
            more = len(unpushed) - _REGIONS_NAMED
            where = named + (f" and {more} more" if more > 0 else "")
            yield FieldError(
                f"data[{index}]",
                f"{artifact} is not pushed to {where}, where instances are selected: push it there, or select less",
            )


def _meant(id_: str, known: Collection[str]) -> str:
    alike = get_close_matches(id_, known, 1, _ALIKE)
    return f" (did you mean {alike[0]}?)" if alike else ""
