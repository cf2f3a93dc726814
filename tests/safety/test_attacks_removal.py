"""Attacks on what takes something away: what would have been lost, or left without a word."""

from typing import Any

import pytest
from tests.safety.engine import instance_in, region_in
from tests.safety.scenario import (
    EVERY,
    R1,
    R2,
    ROLLBACK,
    STAGES,
    STOP,
    Begin,
    fine,
    holds,
    holds_none,
    runs,
    said,
    stack,
    two_stacks,
)


@pytest.mark.parametrize(
    "then", [region_in("r1", "r2"), region_in("r2"), None], ids=["wider", "moved", "everywhere"]
)
def test_a_selection_that_moves_does_not_make_a_former_version_its_own(begin: Begin, then: Any) -> None:
    """What ran in a region before it was selected was put there by somebody else, whatever its version."""
    world = begin(distributed=[("assets", "1", R2)])
    one = stack(world)
    one.dist("dist", ("assets", "1"), match=region_in("r1"))
    assert fine(one.up())
    one.dist("dist", ("assets", "2"), match=then)
    assert fine(one.up())
    assert fine(one.destroy())
    assert holds(world, "assets", "1", *R2)
    assert holds_none(world, "assets", "1", *R1)
    assert holds_none(world, "assets", "2", *EVERY)


def test_narrowing_in_steps_cleans_each_version_where_it_was(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"))
    assert fine(one.up())
    one.dist("dist", ("assets", "2"), match=instance_in("r1-1", *R2))
    assert fine(one.up())
    one.dist("dist", ("assets", "3"), match=region_in("r2"))
    assert fine(one.up())
    assert fine(one.destroy())
    assert all(holds_none(world, "assets", version, *EVERY) for version in "123")


def test_a_destroy_leaves_a_region_that_was_handed_over_in_an_up_that_failed(begin: Begin) -> None:
    """The region is still owned, and is declared no more: what others declare there must be remembered."""
    world = begin()
    one = stack(world)
    one.dist("a", ("assets", "1"), match=region_in("r1", "r2"))
    assert fine(one.up())
    world.break_targets("r1-1")
    one.dist("a", ("assets", "2"), match=region_in("r1"))
    one.dist("b", ("assets", "1"), match=region_in("r2"))
    assert not fine(one.up())
    one.destroy(["a"])
    assert holds(world, "assets", "1", *R2)


def test_a_destroy_leaves_a_name_that_was_handed_over_in_an_up_that_failed(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("a", ("assets", "1"), ("levels", "1"), match=region_in("r1"))
    assert fine(one.up())
    world.break_targets("r1-1")
    one.dist("a", ("assets", "2"), match=region_in("r1"))
    one.dist("b", ("levels", "1"), match=region_in("r1"))
    assert not fine(one.up())
    one.destroy(["a"])
    assert holds(world, "levels", "1", *R1)


def test_a_clean_is_not_repeated_once_others_hold_the_artifact_in_the_region(begin: Begin) -> None:
    """The first clean is lost; before it is made again, another stack has put the same next to it."""
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), match=instance_in("r1-1"))
    assert fine(one.up())
    world.disturb({"action": "CleanDistData", "effect": "drop_before", "count": 1})
    world.later(10, lambda: world.drift("assets", "1", ["r1-2"]))
    destroyed = one.destroy()
    assert fine(destroyed)
    assert holds(world, "assets", "1", "r1-2")
    assert said(destroyed, "assets@1 stays on 1 instance (r1-1)")


def test_a_rollback_that_displaces_one_name_cleans_the_other(begin: Begin) -> None:
    """Where an older version has to be uncovered, what is to be cleaned afterwards is not lost from view."""
    world = begin(dialect={"redist": "ignored"}, distributed=[("assets", "1", R1)])
    one = stack(world)
    rollout = {"on_failure": "rollback", "retries": 0}
    one.dist("dist", ("assets", "1"), match=region_in("r1"), rollout=rollout)
    assert fine(one.up())
    world.pass_time(60)
    one.dist("dist", ("assets", "2"), ("levels", "1"), match=region_in("r1"), rollout=rollout)
    world.disturb({"effect": "target_fail", "targets": ["r1-1"], "count": 1})
    (update,) = one.up()
    assert update.status == "rolled_back"
    assert holds_none(world, "levels", "1", *R1)
    assert holds_none(world, "assets", "2", *R1)


def test_one_stale_read_beside_what_is_shared_forgets_nothing(begin: Begin) -> None:
    """A look that finds only what has to stay is no less in need of a second one."""
    world = begin()
    one, two = two_stacks(world)
    two.dist("two", ("assets", "1"), match=instance_in("r1-2"))
    assert fine(two.up())
    one.dist("dist", ("assets", "1"), match=instance_in("r1-1"))
    assert fine(one.up())
    world.pass_time(60)
    one.dist("dist", ("assets", "1"), ("levels", "1"), match=instance_in("r1-1"))
    assert fine(one.up())
    world.misread("stale", seconds=50)
    assert fine(one.destroy())
    assert world.met() == 1
    assert holds_none(world, "levels", "1", "r1-1")


def test_a_refresh_forgets_no_former_version_that_is_there_still(begin: Begin) -> None:
    """Somebody else has removed the version that is declared; the one before it is there, and is owned."""
    world = begin()
    one = stack(world)
    for version in "12":
        one.dist("dist", ("assets", version), match=region_in("r1"))
        assert fine(one.up())
    unit = next(unit for unit in world.app.dists if unit.version == "2")
    world.app.dists[unit].clear()
    one.refresh()
    assert fine(one.destroy())
    assert holds_none(world, "assets", "1", *R1)


@pytest.mark.parametrize("after", [1.3, 2.0, 5.0])
def test_a_refresh_forgets_no_start_that_does_not_show_yet(begin: Begin, after: float) -> None:
    world = begin(dialect={"visibility": "delayed"})
    one = stack(world)
    one.dist("dist", ("assets", "1"), match=region_in("r1"))
    one.up(interrupt_after=after)
    assert any(effect.what == "start" for effect in world.effects)
    one.refresh()
    assert "dist" in one.states


@pytest.mark.parametrize("after", [1.3, 2.0, 5.0])
def test_a_destroy_forgets_no_start_that_does_not_show_yet(begin: Begin, after: float) -> None:
    world = begin(dialect={"visibility": "delayed"})
    one = stack(world)
    one.dist("dist", ("assets", "1"), match=region_in("r1"))
    one.up(interrupt_after=after)
    assert fine(one.destroy())
    world.pass_time(120)
    assert holds_none(world, "assets", "1", *R1)


def test_what_is_left_for_the_sake_of_another_instance_is_still_cleaned_later(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("a", ("assets", "1"), match=instance_in("r1-1", "r1-2"))
    one.dist("b", ("assets", "1"), match=instance_in("r1-3"))
    assert fine(one.up())
    one.dist("a", ("assets", "1"), match=instance_in("r1-1"))
    assert fine(one.up())
    world.drift("assets", "1", ["r1-3"], "DELETED")
    one.drop("b")
    assert fine(one.up())
    assert fine(one.destroy())
    assert holds_none(world, "assets", "1", *R1)


def test_a_destroy_says_which_stopped_instance_has_it_still(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), match=region_in("r1"))
    assert fine(one.up())
    world.app.stopped.add("r1-3")
    ops = one.destroy()
    assert fine(ops)
    assert said(ops, "r1-3") or not holds(world, "assets", "1", "r1-3")


def test_a_destroy_of_stopped_instances_alone_says_what_stays(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), match=region_in("r1"))
    assert fine(one.up())
    world.app.stopped.update(R1)
    ops = one.destroy()
    assert not fine(ops) or said(ops, "r1-3") or not holds(world, "assets", "1", "r1-3")


def test_what_stays_for_a_neighbour_is_remembered_when_on_delete_goes_from_retain_to_clean(
    begin: Begin,
) -> None:
    world = begin()
    one = stack(world)
    one.dist("a", ("assets", "1"), ("levels", "1"), on_delete="retain")
    assert fine(one.up())
    one.dist("a", ("assets", "1"), on_delete="retain")
    one.dist("b", ("levels", "1"), match=instance_in("r1-1"))
    assert fine(one.up())
    one.dist("a", ("assets", "1"), on_delete="clean")
    assert fine(one.up())
    one.destroy(["a"])
    assert holds(world, "levels", "1", "r1-1")


@pytest.mark.parametrize("how", ["denied", "one 403"])
def test_two_that_name_the_same_instance_are_refused_without_an_inventory(begin: Begin, how: str) -> None:
    world = begin()
    one = stack(world)
    one.dist("a", ("assets", "1"), match=instance_in("r1-1"))
    assert fine(one.up())
    world.pass_time(100)
    one.dist("b", ("assets", "2"), match=instance_in("r1-1"))
    world.hidden = how == "denied"
    if how == "one 403":
        world.disturb(
            {
                "action": "DescribeApplication",
                "count": 1,
                "effect": "error",
                "code": "NoPermission",
                "status": 403,
            }
        )
    one.up()
    assert runs(world, "assets", "1", "r1-1")


def test_a_lost_clean_is_made_again_where_an_instance_was_not_served_before(begin: Begin) -> None:
    world = begin(fleet={"r1": ["r1-1"], "r2": R2})
    one = stack(world)
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    world.stop_serving("r1-1")
    one.dist("a", ("assets", "1"), ("levels", "1"))
    assert fine(one.up())
    world.serve_again("r1-1")
    world.pass_time(1000)
    world.disturb({"action": "CleanDistData", "effect": "drop_before", "count": 1})
    one.destroy()
    assert holds_none(world, "assets", "1", *EVERY)


def test_a_start_that_was_refused_makes_nothing_of_others_its_own(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", R2)])
    one = stack(world)
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    assert fine(one.up())
    one.dist("a", ("assets", "1"), ("levels", "1"), rollout=STOP)
    world.disturb({"action": "DistApplicationData", "effect": "error", "code": "NoPermission", "status": 403})
    one.up()
    world.disturb()
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    one.up()
    assert holds(world, "assets", "1", *R2)


def test_a_stage_that_was_never_reached_is_not_cleaned(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", R2)])
    one = stack(world)
    one.dist("a", ("assets", "1"), rollout={**ROLLBACK, "stages": STAGES})
    world.break_targets("r1-1")
    one.up()
    one.drop("a")
    one.up()
    assert holds(world, "assets", "1", *R2)


def test_what_is_left_for_one_that_never_comes_is_remembered(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    one.dist("b", ("assets", "1"), match=region_in("r2"))
    assert said(
        one.up(["a"]), "assets@1 stays on 3 instances (r2-1, r2-2, r2-3) in 1 region (r2): b declares"
    )
    one.dist("a", ("assets", "2"), match=region_in("r1"))
    assert not said(one.up(["a"]), "stays")  # that was said
    one.drop("b")
    one.dist("a", ("assets", "3"), match=region_in("r1"))
    assert fine(one.up())
    assert holds_none(world, "assets", "1", *R2)


def test_former_versions_that_were_handed_over_are_cleaned_in_the_end(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    for version in ("1", "2"):
        one.dist("a", ("assets", version))
        assert fine(one.up())
    one.dist("a", ("assets", "2"), match=region_in("r1"))
    one.dist("b", ("assets", "2"), match=region_in("r2"))
    assert fine(one.up())
    one.destroy()
    assert holds_none(world, "assets", "1", *EVERY)


def test_a_replacement_under_one_urn_says_which_former_versions_stay(begin: Begin) -> None:
    """With `pulumi up --replace` a resource is created anew, then what was is deleted."""
    world = begin()
    one = stack(world)
    for version in ("1", "2"):
        one.dist("a", ("assets", version))
        assert fine(one.up())
    old = one.states.pop("a")
    with one._run("up") as run:
        run.up(one.program["a"])
        new = one.states["a"]
        deleted = run.delete(old)
        one.states["a"] = new
    assert said([deleted], "assets@1 stays on 6 instances")
    assert runs(world, "assets", "2", *EVERY)


@pytest.mark.parametrize("how", ["destroy", "refresh and destroy"])
def test_a_state_that_breaks_the_bounds_of_today_is_still_read_and_destroyed(begin: Begin, how: str) -> None:
    world = begin()
    one = stack(world)
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    one.states["a"].outputs["rollout"] = {"retries": 50.0, "max_failed": "1,5 %"}
    if how == "refresh and destroy":
        (read,) = one.refresh()
        assert (read.error, read.status) == ("", "converged")
    assert fine(one.destroy())
    assert holds_none(world, "assets", "1", *EVERY)
