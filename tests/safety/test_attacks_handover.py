"""Attacks on handovers, and by single answers that tell of the past; judged by what the cloud holds and runs."""

import pytest
from tests.safety.engine import DIST, TYPE, dist_inputs, instance_in, region_in, wire_form
from tests.safety.oracle import Oracle
from tests.safety.scenario import (
    EVERY,
    R2,
    ROLLBACK,
    Begin,
    fine,
    running,
    runs,
    said,
    stack,
    two_stacks,
)
from tests.safety.test_attacks_rollouts import fails_once

from pulumi_alicloud_edge._operations.apply import update
from pulumi_alicloud_edge._operations.diff import diff


def test_a_bump_leaves_a_region_that_came_after_the_selection_was_narrowed(begin: Begin) -> None:
    """`a` has never put anything into r3; that it once selected everything is remembered for the sake of r2."""
    world = begin()
    one, two = two_stacks(world)
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    one.dist("b", ("assets", "1"), match=region_in("r2"))
    assert fine(one.up())
    world.add_instance("r3-1", "r3")
    two.dist("c", ("assets", "1"), match=region_in("r3"))
    assert fine(two.up())
    world.pass_time(60)
    one.dist("a", ("assets", "2"), match=region_in("r1"))
    assert fine(one.up())
    assert runs(world, "assets", "1", "r3-1")


def test_what_another_stack_has_put_where_all_was_cleaned_stays(begin: Begin) -> None:
    """r2 goes from `a` to `b`, is cleaned with `b`, and then belongs to another stack."""
    world = begin()
    one, two = two_stacks(world)
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    one.dist("b", ("assets", "1"), match=region_in("r2"))
    assert fine(one.up())
    one.drop("b")
    assert fine(one.up())
    assert runs(world, "assets", None, *R2)
    world.pass_time(60)
    two.dist("c", ("assets", "1"), match=region_in("r2"))
    assert fine(two.up())
    world.pass_time(60)
    one.dist("a", ("assets", "2"), match=region_in("r1"))
    assert fine(one.up())
    assert runs(world, "assets", "1", *R2)


@pytest.mark.parametrize("skip", [1, 3])
def test_one_stale_look_of_a_destroy_takes_nothing_from_another_stack(begin: Begin, skip: int) -> None:
    world = begin()
    one, two = two_stacks(world)
    one.dist("a", ("assets", "1"), match=instance_in("r1-1"))
    assert fine(one.up())
    world.pass_time(100)
    two.dist("b", ("assets", "1"), match=instance_in("r1-2"))
    assert fine(two.up())
    world.pass_time(5)
    world.misread("stale", skip=skip, seconds=20)
    one.destroy()
    assert world.met() == 1
    assert runs(world, "assets", "1", "r1-2")


@pytest.mark.parametrize("skip", [5, 7])
def test_one_stale_look_of_an_update_takes_nothing_from_another_stack(begin: Begin, skip: int) -> None:
    world = begin()
    one, two = two_stacks(world)
    one.dist("a", ("assets", "1"), ("levels", "1"), match=instance_in("r1-1"))
    assert fine(one.up())
    world.pass_time(100)
    two.dist("b", ("levels", "1"), match=instance_in("r1-2"))
    assert fine(two.up())
    world.pass_time(5)
    one.dist("a", ("assets", "1"), match=instance_in("r1-1"))
    world.misread("stale", skip=skip, seconds=20)
    one.up()
    assert runs(world, "levels", "1", "r1-2")


@pytest.mark.parametrize("skip", range(10, 17))
def test_one_stale_look_is_no_proof_that_all_was_rolled_back(begin: Begin, skip: int) -> None:
    """The look is from before the failed rollout: all ran 1 then. Nothing is restored, and the baseline is gone."""
    world = begin(distributed=[("assets", "1", EVERY)])
    world.pass_time(100)
    one = stack(world, "S1", "S2", "S5")
    one.dist("a", ("assets", "2"), rollout=ROLLBACK)
    stale = {"action": "DescribeDataDistResult", "count": 1, "skip": skip, "effect": "stale", "seconds": 30}
    world.disturb(fails_once("r2-1"), stale)
    (create,) = one.up()
    assert create.status != "rolled_back" or runs(world, "assets", "1", *EVERY), running(world)


@pytest.mark.parametrize("skip", [1, 2])
def test_one_stale_look_is_no_proof_of_a_revert(begin: Begin, skip: int) -> None:
    world = begin()
    one = stack(world)
    for version in "12":
        one.dist("a", ("assets", version))
        assert fine(one.up())
        world.pass_time(60)
    one.dist("a", ("assets", "1"))
    world.misread("stale", skip=skip, seconds=66)
    (update,) = one.up()
    assert update.status != "converged" or runs(world, "assets", "1", *EVERY), running(world)


def test_what_a_resource_has_retained_stays(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    one.dist("b", ("assets", "1"), match=region_in("r2"), on_delete="retain")
    assert fine(one.up())
    one.drop("b")
    assert said(one.up(), "assets@1 stays on the instances: on_delete is retain")
    one.dist("a", ("assets", "2"), match=region_in("r1"))
    assert fine(one.up())
    assert runs(world, "assets", "1", *R2)


@pytest.mark.parametrize("moved", [region_in("r2"), region_in("r1", "r2")], ids=["moved", "wider"])
def test_a_destroy_of_one_knows_where_its_neighbour_has_moved(begin: Begin, moved: object) -> None:
    """Both were in every `up`; only the unchanged one remembers its neighbour as it was."""
    world = begin()
    one = stack(world, "S1")
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    one.dist("b", ("assets", "1"), match=region_in("r2"))
    assert fine(one.up())
    one.dist("a", ("assets", "1"), match=moved)
    assert fine(one.up())
    one.destroy(["b"])
    assert runs(world, "assets", "1", *R2)


def test_what_was_retained_for_another_stack_stays(begin: Begin) -> None:
    world = begin()
    one, two = two_stacks(world)
    one.dist("a", ("assets", "1"), on_delete="retain")
    assert fine(one.up())
    one.dist("a", ("assets", "1"), match=region_in("r1"), on_delete="retain")
    assert said(one.up(), "on_delete is retain")
    two.dist("c", ("assets", "1"), match=region_in("r2"))
    assert fine(two.up())
    world.pass_time(60)
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    assert fine(one.up())
    assert runs(world, "assets", "1", *R2)


@pytest.mark.parametrize("skip", [17, 22])
def test_one_stale_look_displaces_nothing_of_another_stack(begin: Begin, skip: int) -> None:
    """Going back to 1 needs 2 to be cleaned; that r1-2 has 2 as well shows in all looks but one."""
    world = begin(dialect={"redist": "ignored"})
    one, two = two_stacks(world)
    for version in "12":
        one.dist("a", ("assets", version), match=instance_in("r1-1"))
        assert fine(one.up())
        world.pass_time(100)
    two.dist("b", ("assets", "2"), match=instance_in("r1-2"))
    assert fine(two.up())
    world.pass_time(5)
    one.judge = Oracle("S3")
    one.dist("a", ("assets", "1"), match=instance_in("r1-1"))
    stale = {"action": "DescribeDataDistResult", "count": 1, "skip": skip, "effect": "stale", "seconds": 60}
    world.disturb(stale)
    one.up()
    assert runs(world, "assets", "2", "r1-2")


def test_what_was_retained_is_given_up(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("a", ("assets", "1"), ("levels", "1"), on_delete="retain")
    assert fine(one.up())
    one.dist("a", ("assets", "1"), on_delete="retain")
    assert said(one.up(), "levels@1 stays where it is no longer declared")
    one.dist("a", ("assets", "1"))
    (look,) = one.preview()
    assert "levels" not in look.impact
    assert fine(one.up())
    one.destroy()
    assert runs(world, "levels", "1", *EVERY)


@pytest.mark.parametrize("skip", [4, 5, 6])
def test_one_empty_look_does_not_forget_when_something_was_given_up(begin: Begin, skip: int) -> None:
    """r2 goes to `b`, is cleaned with `b`, and then belongs to another stack."""
    world = begin()
    one, two = two_stacks(world)
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    world.pass_time(100)
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    one.dist("b", ("assets", "1"), match=region_in("r2"))
    world.misread("empty", skip=skip)
    one.up()
    world.disturb()
    one.drop("b")
    one.up()
    world.pass_time(100)
    two.dist("c", ("assets", "1"), match=region_in("r2"))
    assert fine(two.up())
    world.pass_time(60)
    one.dist("a", ("assets", "2"), match=region_in("r1"))
    one.up()
    assert runs(world, "assets", "1", *R2)


def test_an_instance_that_restarts_after_no_clean_has_reached_it_is_still_cleaned(begin: Begin) -> None:
    world = begin()
    one = stack(world, "S1")
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    world.stop_serving("r2-1")
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    one.up()
    world.pass_time(60)
    world.serve_again("r2-1")
    world.drift("assets", "1", ["r2-1"])  # it restarts with what it has: its record is newer
    world.pass_time(60)
    one.dist("a", ("assets", "2"), match=region_in("r1"))
    one.up()
    assert runs(world, "assets", None, "r2-1")


def test_what_a_rollback_has_restored_where_it_was_given_up_is_cleaned(begin: Begin) -> None:
    world = begin()
    one = stack(world, "S1")
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    world.pass_time(60)
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    one.dist("b", ("assets", "1"), match=region_in("r2"))
    assert fine(one.up())
    world.pass_time(60)
    one.drop("b")
    one.dist("a", ("assets", "2"), rollout=ROLLBACK)
    world.disturb(fails_once("r1-1"))
    one.up()
    world.disturb()
    world.pass_time(60)
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    one.up()
    assert runs(world, "assets", None, *R2)


def test_a_new_neighbour_starts_nothing_not_even_what_has_failed_within_the_budget(begin: Begin) -> None:
    world = begin()
    one = stack(world, "S1")
    world.break_targets("r1-1")
    one.dist("a", ("assets", "1"), match=region_in("r1"), rollout={"max_failed": 1, "retries": 0})
    assert [each.status for each in one.up()] == ["degraded"]
    world.pass_time(100)
    one.dist("b", ("assets", "1"), match=instance_in("r2-1"))
    noted, _ = one.up()
    assert (noted.what, noted.starts, noted.status) == ("update", 0, "degraded")
    assert [each.what for each in one.up()] == ["same", "same"]


def test_that_only_a_neighbour_is_new_does_not_stand_for_a_later_diff(begin: Begin) -> None:
    """Without a check that looks in between, as with ``observeOnDiff=false``, the preview's word would remain."""
    world = begin()
    one = stack(world, "S1")
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    stored, urn = one.states["a"], f"urn:pulumi:one::project::{TYPE}{DIST}::a"
    news = wire_form(dist_inputs(("assets", "2")))
    with one._run("up") as run, world.acting("one/a"):
        operation = run._host.operation(DIST, urn)
        operation.runtime.preview_cache.keep_beside(urn)
        assert diff(operation, stored.outputs, news).changes
        update(operation, stored.id, stored.outputs, news)
    assert runs(world, "assets", "2", *EVERY)


@pytest.mark.parametrize("damaged", ["x", True, {"x": 1.0}, [[]], [{"urn": -1.0}], [{"urn": "b"}]], ids=str)
def test_a_damaged_memory_of_neighbours_takes_nothing_from_them(begin: Begin, damaged: object) -> None:
    world = begin()
    one = stack(world)
    one.dist("b", ("assets", "1"), match=region_in("r2"))
    assert fine(one.up())
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    one.states["a"].outputs["__neighbours"] = damaged
    assert said(one.destroy(["a"]), "another resource declared assets there")
    assert runs(world, "assets", "1", *R2)
