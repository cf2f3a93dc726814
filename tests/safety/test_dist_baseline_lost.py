"""A rollback is refused in preview only where it would really have to bring back what the cloud no longer has."""

import pytest
from tests.safety.engine import region_in
from tests.safety.scenario import EVERY, R1, R2, ROLLBACK, STOP, Begin, fine, runs, stack

NEVER_PUSHED = "9"
LOST = f"a rollback would restore assets@{NEVER_PUSHED}, which the cloud no longer has"


def test_a_first_version_that_was_never_pushed_is_fixed_by_declaring_another(begin: Begin) -> None:
    world = begin()
    one = stack(world, "S1", "S2", "S3", "S4")
    one.dist("dist", ("assets", NEVER_PUSHED), rollout=ROLLBACK)
    (create,) = one.up()
    assert create.error
    one.dist("dist", ("assets", "1"), rollout=ROLLBACK)
    (again,) = one.up()
    assert (again.error, again.status) == ("", "converged")
    assert runs(world, "assets", "1", *EVERY)


def test_a_failed_version_that_ran_nowhere_is_nothing_to_return_to(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", EVERY)])
    one = stack(world, "S1", "S2", "S3", "S4")
    one.dist("dist", ("assets", NEVER_PUSHED), rollout=STOP)
    one.up()
    one.dist("dist", ("assets", "2"), rollout=ROLLBACK)
    assert fine(one.up())


@pytest.mark.parametrize("kept", [True, False], ids=["it is there", "it is lost"])
def test_what_really_runs_is_looked_for_before_an_update(begin: Begin, kept: bool) -> None:  # noqa: FBT001
    version = "1" if kept else NEVER_PUSHED
    world = begin(distributed=[("assets", version, EVERY)])
    one = stack(world)
    one.dist("dist", ("assets", "2"), rollout=ROLLBACK)
    (create,) = one.up()
    assert (LOST in create.error) is not kept
    assert runs(world, "assets", "2" if kept else NEVER_PUSHED, *EVERY)


def test_what_has_come_by_drift_is_looked_for_before_a_repair(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), rollout=ROLLBACK)
    assert fine(one.up())
    world.drift("assets", NEVER_PUSHED, ["r1-1"])
    world.pass_time(60)
    (repair,) = one.up()
    assert (repair.what, LOST in repair.error) == ("refuse", True)
    one.dist("dist", ("assets", "1"), rollout=STOP)
    assert fine(one.up())


def test_what_runs_outside_of_the_selection_is_no_question(begin: Begin) -> None:
    world = begin(distributed=[("assets", NEVER_PUSHED, R2)])
    one = stack(world)
    one.dist("dist", ("assets", "2"), match=region_in("r1"), rollout=ROLLBACK)
    assert fine(one.up())
    assert runs(world, "assets", "2", *R1)
