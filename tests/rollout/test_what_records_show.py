"""What the cloud's records show of a target: who contests it, what lies above, and who belongs to a stage."""

from __future__ import annotations

import pytest

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.policy import Everywhere, InRegions, Selector
from pulumi_alicloud_edge._reconcile.decisions import Desired
from pulumi_alicloud_edge._reconcile.target_status import TargetStates, lying_above, recorded_targets

OURS, OLDER, NEWER = Artifact("assets", "2"), Artifact("assets", "1"), Artifact("assets", "3")
DONE, FAILED = RecordState.SUCCEEDED, RecordState.FAILED
BUSY, DELETED = RecordState.IN_PROGRESS, RecordState.DELETED


def at(updated: int, state: RecordState = DONE, started: int = 0) -> Record:
    return Record(state, f"{updated:02}", f"{started:02}")


@pytest.mark.parametrize(
    ("records", "above"),
    [
        pytest.param({OURS: at(1), NEWER: at(5)}, {NEWER}, id="a newer success"),
        pytest.param({OURS: at(5), NEWER: at(1)}, set(), id="an older success, whichever version it is"),
        pytest.param({OURS: at(9, DELETED), NEWER: at(1)}, {NEWER}, id="the cloud calls ours deleted"),
        pytest.param({OURS: at(1, FAILED), NEWER: at(5)}, set(), id="ours has never been there"),
        pytest.param({NEWER: at(5)}, set(), id="no record of ours"),
        pytest.param({OURS: at(1, DELETED)}, set(), id="nothing runs"),
        pytest.param({OURS: at(1), NEWER: at(5, FAILED)}, set(), id="a failure displaces nothing"),
        pytest.param(
            {OURS: at(1), OLDER: at(5), NEWER: at(7, FAILED)}, {OLDER}, id="nor one beside a success"
        ),
        pytest.param({OURS: at(3), OLDER: at(1), NEWER: at(5)}, {NEWER}, id="one above, one below"),
        pytest.param({OURS: at(1), OLDER: at(3), NEWER: at(5)}, {OLDER, NEWER}, id="two above"),
        pytest.param(
            {OURS: at(5, started=1), NEWER: at(5, started=2)}, {NEWER}, id="equal times: the later start"
        ),
        pytest.param({OURS: at(5), OLDER: at(5)}, set(), id="all times equal: ours is what runs"),
        pytest.param({OURS: at(5), NEWER: at(5)}, {NEWER}, id="all times equal: what runs lies above"),
    ],
)
def test_what_keeps_a_version_from_coming_back(records: dict[Artifact, Record], above: set[Artifact]) -> None:
    seen = Observation({artifact: {"i-1": record} for artifact, record in records.items()})
    assert lying_above(seen, OURS) == {one: {"i-1"} for one in above}


@pytest.mark.parametrize(
    ("records", "contested"),
    [
        pytest.param({OURS: at(1), NEWER: at(5, BUSY, 5)}, True, id="another is on its way"),
        pytest.param({OURS: at(6, started=6), NEWER: at(5, BUSY, 5)}, False, id="begun before ours"),
        pytest.param({OURS: at(6, started=5), NEWER: at(5, BUSY, 5)}, False, id="begun with ours"),
        pytest.param({OURS: Record(DONE), NEWER: at(1)}, False, id="without times, and none is on its way"),
        pytest.param({NEWER: at(5, BUSY, 5)}, False, id="ours is not there"),
    ],
)
def test_who_contests_a_target(records: dict[Artifact, Record], contested: bool) -> None:  # noqa: FBT001
    seen = Observation({artifact: {"i-1": record} for artifact, record in records.items()})
    assert TargetStates(seen, OURS, exclusive=True).is_contested("i-1") is contested
    assert not TargetStates(seen, OURS, exclusive=False).is_contested("i-1")


SEEN = {OURS: {"a": at(1)}, OLDER: {"b": at(1), "gone": at(1, DELETED)}}


@pytest.mark.parametrize(
    ("selector", "exclusive", "named", "shown"),
    [
        pytest.param(Everywhere(), True, False, {"a", "b"}, id="any version of the name"),
        pytest.param(Everywhere(), True, True, {"a"}, id="an answer has named them: our own records"),
        pytest.param(Everywhere(), False, False, {"a"}, id="versions side by side: our own records"),
        pytest.param(InRegions(("r",)), True, False, set(), id="nobody can tell whose they are"),
    ],
)
def test_who_belongs_to_a_stage_whose_targets_nobody_names(
    selector: Selector,
    exclusive: bool,  # noqa: FBT001
    named: bool,  # noqa: FBT001
    shown: set[str],
) -> None:
    desired = Desired((OURS,), exclusive=exclusive)
    assert recorded_targets(desired, selector, Observation(SEEN), 0, named=named) == shown


def test_records_that_fulfil_the_conditions_of_a_stage_belong_to_it_and_no_other() -> None:
    judged = Observation(SEEN, (None,), recorded=(frozenset({"b"}),))
    assert recorded_targets(Desired((OURS,)), InRegions(("r",)), judged, 0) == {"b"}
    listed = Observation(SEEN, (frozenset({"a"}),), recorded=(frozenset({"b"}),))
    assert recorded_targets(Desired((OURS,)), Everywhere(), listed, 0) == set()
