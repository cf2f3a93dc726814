"""What a damaged state tells of the last rollout: nothing, rather than an error in the middle of an operation."""

import pytest

from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._resources.last_rollout import LastRollout

DAMAGED = ("words", 7, True, [None, 3], {"assets": 3, "stopped": 3, "listed": "i-1"}, None)


@pytest.mark.parametrize("damaged", DAMAGED, ids=repr)
def test_what_is_damaged_reads_as_nothing(damaged: object) -> None:
    names = ("placements", "__repairs", "__unserved", "__accepted", "status")
    last = LastRollout(dict.fromkeys(names, damaged))
    assert not last.has_missing
    assert not last.displaced(Artifact("assets", "1"))
    assert not last.unserved
    assert not last.still_unserved(Observation({}))
    assert not last.accepted
    assert not last.is_in_place


@pytest.mark.parametrize(("stored", "hints"), [(3.0, 3), ("3", 0), ([3], 0), (None, 0)], ids=repr)
def test_hints_are_a_number_or_none(stored: object, hints: int) -> None:
    assert LastRollout({"__hints": stored}).hints_not_borne_out == hints
