"""Which targets a stage has, from the inventory, the responses to its starts, and what shows of them."""

from __future__ import annotations

import pytest

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.policy import Everywhere, InRegions, RolloutPolicy, Selector, Stage
from pulumi_alicloud_edge._model.selection import Certainty, TargetSet
from pulumi_alicloud_edge._reconcile.attempts import Attempts
from pulumi_alicloud_edge._reconcile.decisions import Desired, StartRequest, StartResponse
from pulumi_alicloud_edge._reconcile.stage_status import ArtifactStatus, Unnamed
from pulumi_alicloud_edge._reconcile.stage_targets import StageTargets
from pulumi_alicloud_edge._reconcile.start_requests import StageStarts

OURS = Artifact("assets", "2")
KNOWN, OPEN, UNKNOWN = Certainty.KNOWN, Certainty.OPEN, Certainty.UNKNOWN
DONE = Record(RecordState.SUCCEEDED, "1", "1")


def stages(
    *listed: str | None,
    attempts: Attempts | None = None,
    covered: tuple[frozenset[Artifact], ...] = (),
    shown: str = "",
    selector: Selector = InRegions(("r",)),  # noqa: B008
) -> StageTargets:
    """The stages after one look; each is written as those that the inventory lists, None where it lists none."""
    policy = RolloutPolicy(tuple(Stage(selector) for _ in listed))
    found = StageTargets(Desired((OURS,)), policy, attempts or Attempts(), covered)
    found.observe(look(*listed, shown=shown), 200.0)
    return found


def look(*listed: str | None, shown: str = "") -> Observation:
    names = tuple(None if each is None else frozenset(each.split()) for each in listed)
    return Observation({OURS: dict.fromkeys(shown.split(), DONE)}, names)


def started(*responses: str | None, partial: str = "", stage: int = 0) -> Attempts:
    """Starts of the whole with the targets that the responses name, and perhaps one of some targets."""
    attempts = Attempts()
    for targets in (*responses, *([partial] if partial else [])):
        only = frozenset(partial.split()) if targets == partial and partial else None
        request = StartRequest(stage, Everywhere(), (OURS,), only)
        attempts.record(request, {}, None, 100.0)
        named = None if targets is None else frozenset(targets.split())
        attempts.answered(request, StartResponse(targets=named))
    return attempts


def of(certainty: Certainty, *targets: str) -> TargetSet:
    return TargetSet(frozenset(targets), certainty)


def test_nobody_knows_whom_a_stage_has_before_this_run_or_an_earlier_one_has_started_it() -> None:
    assert stages(None).of(0) == of(UNKNOWN)
    assert stages(None, attempts=started(None)).of(0) == of(OPEN)
    assert stages(None, covered=(frozenset({OURS}),)).of(0) == of(OPEN)


def test_responses_name_the_targets_that_no_inventory_lists() -> None:
    found = stages(None, attempts=started("a", partial="b"))
    assert found.of(0) == of(KNOWN, "a", "b")


def test_who_has_left_the_inventory_is_no_target_though_a_response_named_it() -> None:
    found = stages("a b", attempts=started("a b"))
    assert found.up_to(0) == of(KNOWN, "a", "b")
    found.observe(look("a"), 210.0)
    assert found.of(0) == of(KNOWN, "a")
    assert found.up_to(0) == of(KNOWN, "a")


@pytest.mark.parametrize(
    ("attempts", "certainty"),
    [(Attempts(), UNKNOWN), (started(None, stage=1), OPEN), (started("b", stage=1), KNOWN)],
)
def test_one_stage_of_unknown_targets_makes_all_up_to_it_unknown(
    attempts: Attempts, certainty: Certainty
) -> None:
    found = stages("a", None, attempts=attempts)
    assert found.up_to(0).certainty is KNOWN
    assert found.up_to(1).certainty is certainty


def test_what_comes_of_a_start_shows_who_belongs_where_nobody_names_them() -> None:
    assert stages(None, attempts=started(None), shown="x").up_to(0) == of(OPEN, "x")
    assert stages(None, attempts=started("a"), shown="a x").up_to(0) == of(KNOWN, "a")
    assert stages(None, shown="x").up_to(0) == of(UNKNOWN)
    assert stages("a", attempts=started(None), shown="a x").up_to(0) == of(KNOWN, "a")


def test_a_stage_is_empty_where_the_inventory_or_a_response_says_so_and_nothing_shows() -> None:
    assert not stages(None).is_empty(0)
    assert stages("").is_empty(0)
    assert not stages("a").is_empty(0)
    assert stages(None, attempts=started("")).is_empty(0)
    assert not stages(None, attempts=started(""), shown="x").is_empty(0)
    assert not stages(None, attempts=started("a")).is_empty(0)


def due(
    listed: str | None,
    to_start: str,
    *,
    unnamed: Unnamed = Unnamed.NONE,
    attempts: Attempts | None = None,
    covered: tuple[frozenset[Artifact], ...] = (),
) -> tuple[frozenset[str] | None, int]:
    """The targets of the one start that is due, and how often it was made before."""
    attempts = attempts or Attempts()
    targets = stages(listed, attempts=attempts, covered=covered)
    starts = StageStarts(0, Everywhere(), look(listed), targets, attempts)
    status = ArtifactStatus(OURS, to_start=set(to_start.split()), unnamed=unnamed)
    (request,) = starts.requests([status])
    return request.targets, request.repeat


def test_a_start_is_narrowed_to_those_that_need_it() -> None:
    assert due("a b", "a") == ({"a"}, 0)
    assert due("a b", "a b") == (None, 0)


def test_where_nobody_names_the_targets_the_whole_is_started_once() -> None:
    assert due(None, "a") == (None, 0)
    assert due(None, "a", attempts=started(None)) == ({"a"}, 1)
    assert due(None, "a", covered=(frozenset({OURS}),)) == ({"a"}, 0)
    assert due(None, "", unnamed=Unnamed.DUE, attempts=started(None, None)) == (None, 2)


def test_what_the_cloud_refused_as_a_whole_is_started_as_a_whole() -> None:
    attempts, request = Attempts(), StartRequest(0, Everywhere(), (OURS,), None)
    attempts.record(request, {}, None, 100.0)
    attempts.answered(request, StartResponse(refused={OURS: "quota"}))
    assert due(None, "a", attempts=attempts) == (None, 1)


def test_the_target_that_was_started_most_often_counts() -> None:
    assert due("a b c", "a b", attempts=started(partial="b")) == ({"a", "b"}, 1)
