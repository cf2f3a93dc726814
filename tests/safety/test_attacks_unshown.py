"""What a run has started before it ended need not show yet: the next run, or a destroy, does not take that for calm."""

import pytest
from tests.safety.engine import Stack
from tests.safety.scenario import EVERY, STOP, Begin, fine, holds_none, runs, stack

DELAYED = {"visibility": "delayed"}
SECOND_START_REFUSED = {
    "action": "DistApplicationData",
    "skip": 1,
    "effect": "error",
    "code": "NoPermission",
    "status": 403,
}


def interrupted(begin: Begin) -> Stack:
    """Return a stack that has declared version 2 after version 1, and was stopped before the start of it shows."""
    world = begin(dialect=DELAYED)
    one = stack(world)
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    world.pass_time(60)
    one.dist("a", ("assets", "2"))
    one.up(interrupt_after=1.3)
    return one


def test_a_revert_right_after_ctrl_c_waits_for_what_was_started(begin: Begin) -> None:
    one = interrupted(begin)
    assert one.states["a"].outputs["__unshown"]
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    one.world.pass_time(60)
    assert runs(one.world, "assets", "1", *EVERY)


def test_a_revert_that_is_interrupted_as_well_still_waits(begin: Begin) -> None:
    one = interrupted(begin)
    one.dist("a", ("assets", "1"))
    one.up(interrupt_after=0.2)
    assert fine(one.up())
    one.world.pass_time(60)
    assert runs(one.world, "assets", "1", *EVERY)


@pytest.mark.parametrize("then", ["revert", "destroy"])
def test_a_failure_right_after_a_start_does_not_hide_it(begin: Begin, then: str) -> None:
    world = begin(dialect=DELAYED, distributed=[("levels", "1", ("r1-1",))], seconds=(1, 6))
    world.pass_time(100)
    one = stack(world)
    if then == "revert":
        one.dist("a", ("assets", "2"))
        assert fine(one.up())
        world.pass_time(60)
    one.dist("a", ("assets", "1"), ("levels", "1"), rollout=STOP)
    world.disturb(SECOND_START_REFUSED)
    one.up()
    world.disturb()
    if then == "revert":
        one.dist("a", ("assets", "2"), rollout=STOP)
        assert fine(one.up())
    else:
        one.destroy()
    world.pass_time(60)
    if then == "revert":
        assert runs(world, "assets", "2", *EVERY)
    else:
        assert holds_none(world, "assets", "1", *EVERY)
