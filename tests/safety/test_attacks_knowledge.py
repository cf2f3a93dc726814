"""Attacks on what a run believes to know: from no inventory, from refused starts, from looks that show too little."""

import pytest
from tests.safety.engine import instance_not_in, region_in, region_not_in
from tests.safety.scenario import (
    EVERY,
    R1,
    R2,
    ROLLBACK,
    STOP,
    Begin,
    fine,
    running,
    runs,
    said,
    stack,
    two_stacks,
)

EMPTY = {"inventory": "empty"}


@pytest.mark.parametrize(
    "rest",
    [region_not_in("r1"), [*region_in("r2"), *instance_not_in("r1-1")], instance_not_in(*R1)],
    ids=["a region is left out", "a region without some instances", "some instances are left out"],
)
def test_what_others_have_left_elsewhere_hides_no_loss(begin: Begin, rest: object) -> None:
    """Without an inventory, records of region r1 prove nothing for a selection that is not there."""
    world = begin(dialect=EMPTY)
    one, two = two_stacks(world)
    two.dist("other", ("assets", "1"), match=region_in("r1"))
    one.dist("dist", ("assets", "1"), match=rest)
    assert fine([*two.up(), *one.up()])
    world.drift("assets", "1", R2, "ABSENT")
    assert fine(one.up())
    assert runs(world, "assets", "1", *EVERY)


def test_a_start_that_was_refused_has_begun_nothing(begin: Begin) -> None:
    """The cloud selects by region only; what it could not start then must not pass for covered later."""
    world = begin(dialect={"selector": "region_in"})
    one = stack(world)
    one.dist("dist", ("assets", "1"), match=instance_not_in("r1-1"), rollout=STOP)
    (create,) = one.up()
    assert (
        "r1-2: assets@1: accepted, but the cloud shows no record of it; its message: the cloud selects by region only"
        in create.error
    )
    world.hidden = True
    (update,) = one.up()
    assert update.status != "converged"


def test_after_a_moved_selection_the_new_instances_go_back_to_their_own_version(begin: Begin) -> None:
    """What most of the former selection ran says nothing of them, not even of one that runs what is desired."""
    before = {"r2-1": "2", "r3-1": "1", "r3-2": "1"}
    world = begin(
        fleet={"r1": R1, "r2": ["r2-1"], "r3": ["r3-1", "r3-2"]},
        distributed=[("assets", version, [instance]) for instance, version in before.items()],
    )
    one = stack(world)
    one.dist("dist", ("assets", "2"), match=region_in("r1"), rollout=STOP)
    world.break_targets("r1-3")
    one.up()
    one.dist("dist", ("assets", "2"), match=region_in("r2", "r3"), rollout=ROLLBACK)
    world.break_targets("r3-2")
    one.up()
    assert {each: running(world)[each] for each in before} == before


@pytest.mark.parametrize("superseded", ["kept", "deleted"])
def test_all_that_lies_above_an_older_version_is_displaced(begin: Begin, superseded: str) -> None:
    world = begin(dialect={"redist": "ignored", "superseded": superseded})
    one = stack(world)
    for version in ("1", "2", "3", "1"):
        one.dist("dist", ("assets", version), rollout=STOP)
        assert fine(one.up())
        world.pass_time(60)
    assert runs(world, "assets", "1", *EVERY)


def test_a_version_that_a_displacement_has_uncovered_is_nobody_elses(begin: Begin) -> None:
    """Version 1 lies below 2, which is displaced for 3; going back to 2 is no business of anybody else."""
    world = begin(dialect={"redist": "ignored"}, distributed=[("assets", "3", EVERY)])
    world.drift("assets", "1", EVERY)
    world.pass_time(60)
    world.drift("assets", "2", EVERY)
    world.pass_time(60)
    one = stack(world)
    one.dist("dist", ("assets", "3"), rollout={**ROLLBACK, "retries": 1})
    world.break_targets("r2-3")
    (create,) = one.up()
    assert not said([create], "somebody else")
    assert runs(world, "assets", "2", *R1, "r2-1", "r2-2")


def test_what_is_only_on_its_way_after_a_kill_is_joined_and_awaited(begin: Begin) -> None:
    world = begin(seconds=(20, 30))
    one = stack(world)
    one.dist("dist", ("assets", "1"))
    assert fine(one.up())
    world.drift("assets", "1", ["r1-1"], "ABSENT")
    one.up(kill_at=4, kill_after=True)
    (update,) = one.up()
    assert (update.what, update.status) == ("update", "converged")
    assert runs(world, "assets", "1", *EVERY)


def test_what_no_clean_reaches_is_not_waited_for_twice(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), ("levels", "1"))
    assert fine(one.up())
    world.stop_serving("r1-3")
    one.dist("dist", ("assets", "1"))
    (update,) = one.up()
    assert said([update], "cleaning does not reach them")
    began = world.loop.time()
    one.dist("dist", ("assets", "2"))
    (update,) = one.up()
    assert (update.error, update.status) == ("", "converged")
    assert world.loop.time() - began < 300  # of the emulated time; it was more than stall_timeout


def test_an_update_that_retains_says_what_it_leaves(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), ("levels", "1"), on_delete="retain")
    assert fine(one.up())
    one.dist("dist", ("assets", "1"), on_delete="retain")
    assert said(one.up(), "levels@1 stays where it is no longer declared: on_delete is retain")
    assert runs(world, "levels", "1", *EVERY)


def test_a_rollback_takes_away_what_it_uncovers_of_an_earlier_run(begin: Begin) -> None:
    """Two versions were tried where nothing was; the cloud shows the first only once the second is gone."""
    world = begin(dialect={"superseded": "vanishes"}, seconds=(2.0, 2.0))
    one = stack(world)
    one.dist("dist", ("assets", "1"), rollout=STOP)
    world.break_targets("r2-3")
    one.up()
    one.dist("dist", ("assets", "2"), rollout=ROLLBACK)
    one.up()
    assert runs(world, "assets", None, *EVERY)
