"""The laws need each concept of the provider: with one of them taken out, a life is found that breaks a law.

    SAFETY_WITHOUT=400 SAFETY_SEED=7 python -m pytest tests/safety/test_concepts.py -p no:xdist -s

tells for each after how many operations. It takes minutes, so `make test` leaves it out.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from tests.safety.oracle import BrokenLawError
from tests.safety.test_law import SEEDS, Law, invent_lives

from pulumi_alicloud_edge._model.selection import Belongs
from pulumi_alicloud_edge._reconcile import gate, two_looks
from pulumi_alicloud_edge._reconcile.baseline import Baseline, Before
from pulumi_alicloud_edge._reconcile.stage_targets import StageTargets

LIVES = int(os.environ.get("SAFETY_WITHOUT", "0"))

Patch = pytest.MonkeyPatch


def what_ran_before(patch: Patch) -> None:
    """Root A: whatever a rollout has reached counts as having run nothing."""
    patch.setattr(Baseline, "before", lambda *_: Before.NOTHING)


def whose_a_region_is(patch: Patch) -> None:
    """Root B: all that is in a region counts as the resource's own."""
    patch.setattr(gate, "belongs_to_any", lambda *_: Belongs.YES)


def what_others_declare(patch: Patch) -> None:
    """Root B: nobody else declares anything."""
    patch.setattr(gate, "_keeper", lambda *_: None)


def that_unknown_is_not_covered(patch: Patch) -> None:
    """Root C: whatever shows records counts as started by a run before."""

    def all_units(self: Any, _: int) -> frozenset[Any]:
        return frozenset(self._desired.artifacts)

    patch.setattr(StageTargets, "covered", all_units)


def a_second_look(patch: Patch) -> None:
    """Root D: bad news is believed at once."""
    patch.setattr(two_looks, "CONFIRMED_AFTER", 0.0)


# It asks whether the laws are sharp, not whether the provider is right, and searches for minutes.
@pytest.mark.skipif(
    not LIVES, reason="takes minutes: set SAFETY_WITHOUT to the number of lives to invent at most"
)
@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    "take_out",
    [what_ran_before, whose_a_region_is, what_others_declare, that_unknown_is_not_covered, a_second_look],
)
def test_without_a_concept_a_law_is_broken(take_out: Callable[[Patch], None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        take_out(patch)
        with pytest.raises(BrokenLawError) as broken:
            invent_lives(LIVES, SEEDS[0])
    operations = sum(Law.done.values())
    print(f"\nwithout {take_out.__name__}: {', '.join(broken.value.laws)} after {operations} operations")  # noqa: T201
