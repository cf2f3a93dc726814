"""What users would have lost, one scenario for each way in which that was found."""

from typing import Any

import pytest
from tests.safety.engine import (
    Stack,
    instance_in,
    instance_not_in,
    region_in,
    region_not_in,
)
from tests.safety.oracle import Oracle
from tests.safety.scenario import EVERY, FLEET, R1, R2, ROLLBACK, Begin, fine, runs, stack, two_stacks
from tests.safety.world import World


def test_01_a_rollback_keeps_the_file_that_did_not_change(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), ("levels", "1"), rollout=ROLLBACK)
    assert fine(one.up())
    one.dist("dist", ("assets", "1"), ("levels", "2"), rollout=ROLLBACK)
    world.disturb({"effect": "target_fail", "targets": ["r1-1"], "count": 1})
    (update,) = one.up()
    assert update.status == "rolled_back"
    assert runs(world, "assets", "1", *EVERY)
    assert runs(world, "levels", "1", *EVERY)


def test_02_a_failed_repair_of_one_instance_leaves_the_others(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), rollout=ROLLBACK)
    assert fine(one.up())
    world.pass_time(60)
    world.drift("assets", "1", ["r1-1"], "DELETED")
    world.pass_time(60)
    world.break_targets("r1-1")
    one.up()
    assert runs(world, "assets", "1", *(each for each in EVERY if each != "r1-1"))


def test_03_a_failed_create_leaves_what_it_has_adopted(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", R1[:2])])
    one = stack(world)
    one.dist("dist", ("assets", "1"), match=region_in("r1"), rollout=ROLLBACK)
    world.break_targets("r1-3")
    one.up()
    assert runs(world, "assets", "1", *R1[:2])


@pytest.mark.parametrize(
    "match",
    [
        instance_in(*R1),
        region_not_in("r2"),
        [*region_in("r1"), *instance_not_in("r1-9")],
    ],
    ids=["instance_id In", "region_id NotIn", "two expressions"],
)
def test_07_a_destroy_leaves_what_another_stack_has_in_another_region(begin: Begin, match: Any) -> None:
    world = begin()
    one, two = two_stacks(world)
    one.dist("dist", ("assets", "1"), match=match)
    two.dist("dist", ("assets", "1"), match=region_in("r2"))
    assert fine(one.up())
    assert fine(two.up())
    one.destroy()
    assert runs(world, "assets", "1", *R2)


def test_07_a_destroy_leaves_what_another_stack_has_in_the_same_region(begin: Begin) -> None:
    world = begin()
    one, two = two_stacks(world)
    one.dist("dist", ("assets", "1"), match=instance_in("r1-1"))
    two.dist("dist", ("assets", "1"), match=instance_in("r1-2", "r1-3"))
    assert fine(one.up())
    assert fine(two.up())
    one.destroy()
    assert runs(world, "assets", "1", "r1-2", "r1-3")


def test_08_a_revert_leaves_the_newer_version_on_neighbours(begin: Begin) -> None:
    world = begin(dialect={"redist": "ignored"})
    one, two = two_stacks(world)
    one.dist("dist", ("assets", "1"), match=instance_in("r1-1"))
    assert fine(one.up())
    one.dist("dist", ("assets", "2"), match=instance_in("r1-1"))
    two.dist("dist", ("assets", "2"), match=instance_in("r1-2", "r1-3"))
    assert fine(one.up())
    assert fine(two.up())
    world.pass_time(60)
    one.judge = Oracle("S1", "S2", "S3")  # whether it can succeed is another question
    one.dist("dist", ("assets", "1"), match=instance_in("r1-1"))
    one.up()
    assert runs(world, "assets", "2", "r1-2", "r1-3")


def test_09_dropping_a_file_and_moving_the_selection_at_once_cleans_both(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), ("levels", "1"), match=region_in("r1"))
    assert fine(one.up())
    one.dist("dist", ("assets", "1"), match=region_in("r2"))
    assert fine(one.up())
    assert runs(world, "levels", None, *R1)
    assert runs(world, "assets", None, *R1)
    assert runs(world, "assets", "1", *R2)


def test_09_a_destroy_after_a_narrowing_cleans_what_was_left(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), match=region_in("r1", "r2"))
    assert fine(one.up())
    one.dist("dist", ("assets", "1"), match=region_in("r1"))
    assert fine(one.up())
    assert fine(one.destroy())
    assert runs(world, "assets", None, *EVERY)


def _renamed(world: World) -> Stack:
    one = stack(world)
    one.dist("old", ("assets", "1"), match=region_in("r1"))
    assert fine(one.up())
    one.rename("old", "new")
    return one


def test_10_removing_the_old_name_alone_keeps_what_the_new_name_declares(begin: Begin) -> None:
    world = begin()
    one = _renamed(world)
    assert fine(one.up(["old"]))
    assert runs(world, "assets", "1", *R1)
    assert fine(one.up())
    assert runs(world, "assets", "1", *R1)


def test_10_a_rename_in_two_targeted_runs_keeps_the_data(begin: Begin) -> None:
    world = begin()
    one = _renamed(world)
    assert fine(one.up(["new"]))
    assert fine(one.up(["old"]))
    assert runs(world, "assets", "1", *R1)


def test_10_destroying_the_old_name_alone_says_what_it_takes_from_a_name_it_never_met(begin: Begin) -> None:
    """No program runs, and the old name was last rolled out before there was the new one: nothing can tell."""
    world = begin()
    one = _renamed(world)
    assert fine(one.up(["new"]))
    (deleted,) = one.destroy(["old"])
    assert deleted.lines == ("cleans assets@1 from 3 instances in 1 region (r1)",)


def test_10_destroying_one_of_two_that_declare_the_same_keeps_the_data(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("north", ("assets", "1"), match=region_in("r1"))
    one.dist("all", ("assets", "1"), match=region_in("r1", "r2"))
    assert fine(one.up())
    assert fine(one.destroy(["north"]))
    assert runs(world, "assets", "1", *EVERY)


@pytest.mark.parametrize("match", [region_in("r1"), None], ids=["one region", "everywhere"])
def test_11_a_destroy_ends_when_only_an_instance_that_left_has_a_record(begin: Begin, match: Any) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), match=match)
    assert fine(one.up())
    world.pass_time(60)
    world.remove_instance("r1-3")
    world.pass_time(60)
    assert fine(one.destroy())
    assert runs(world, "assets", None, "r1-1", "r1-2")


def test_12_without_an_inventory_a_second_region_is_started_too(begin: Begin) -> None:
    world = begin(dialect={"inventory": "empty"})
    one = stack(world)
    one.dist("north", ("assets", "1"), match=region_in("r1"))
    one.dist("south", ("assets", "1"), match=region_in("r2"))
    assert fine(one.up())
    assert runs(world, "assets", "1", *EVERY)


def test_12_without_an_inventory_a_wider_selection_is_started(begin: Begin) -> None:
    world = begin(dialect={"inventory": "empty"})
    one = stack(world)
    one.dist("dist", ("assets", "1"), match=region_in("r1"))
    assert fine(one.up())
    one.dist("dist", ("assets", "1"), match=region_in("r1", "r2"))
    assert fine(one.up())
    assert runs(world, "assets", "1", *EVERY)


@pytest.mark.parametrize("inventory", ["listed", "empty"])
def test_13_a_refresh_does_not_end_a_rollout_that_was_stopped_in_its_first_stage(
    begin: Begin, inventory: str
) -> None:
    world = begin(dialect={"inventory": inventory})
    one = stack(world)
    stages = [{"match": region_in("r1"), "bake": 600}, {}]
    one.dist("dist", ("assets", "1"), rollout={"stages": stages, "timeout": 3600})
    one.up(interrupt_after=100)
    one.refresh()
    assert one.states["dist"].outputs["status"] != "converged"
    assert fine(one.up())
    assert runs(world, "assets", "1", *EVERY)


def test_13_a_refresh_does_not_end_a_bake(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), rollout={"stages": [{"bake": 600}], "timeout": 3600})
    one.up(interrupt_after=100)
    one.refresh()
    assert one.states["dist"].outputs["status"] != "converged"


@pytest.mark.parametrize("misread", ["stale", "empty"])
def test_16_one_bad_read_in_a_bake_rolls_nothing_back(begin: Begin, misread: str) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"))
    assert fine(one.up())
    world.pass_time(600)
    rollout = {**ROLLBACK, "stages": [{"bake": 600}], "timeout": 3600}
    one.dist("dist", ("assets", "2"), rollout=rollout)
    world.later(200, lambda: world.misread(misread, seconds=400))
    assert fine(one.up())
    assert world.met() == 1
    assert runs(world, "assets", "2", *EVERY)


def test_17_an_instance_that_is_listed_and_not_served_is_no_failure(begin: Begin) -> None:
    world = begin()
    world.stop_serving("r1-3")
    one = stack(world)
    one.dist("dist", ("assets", "1"))
    assert fine(one.up())
    assert runs(world, "assets", "1", "r1-1", "r1-2", *R2)
    (again,) = one.up()
    assert again.what == "same"


def test_17_an_instance_that_is_no_longer_served_is_no_drift(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"))
    assert fine(one.up())
    world.stop_serving("r1-3")
    one.dist("dist", ("assets", "2"))
    assert fine(one.up())
    (again,) = one.up()
    assert again.what == "same"


def test_18_an_instance_that_leaves_during_a_rollout_is_no_failure(begin: Begin) -> None:
    world = begin(seconds=(60.0, 60.0))
    one = stack(world)
    one.dist("dist", ("assets", "1"), rollout=ROLLBACK)
    world.later(20, lambda: world.remove_instance("r1-3"))
    assert fine(one.up())
    assert runs(world, "assets", "1", "r1-1", "r1-2", *R2)


def test_18_an_instance_that_leaves_before_it_is_started_is_no_failure(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    stages = [{"match": region_in("r1"), "bake": 600}, {}]
    one.dist("dist", ("assets", "1"), rollout={**ROLLBACK, "stages": stages, "timeout": 3600})
    world.later(100, lambda: world.remove_instance("r2-3"))
    assert fine(one.up())
    assert runs(world, "assets", "1", *R1, "r2-1", "r2-2")


def test_19_a_canary_region_that_has_become_empty_blocks_nothing(begin: Begin) -> None:
    world = begin(fleet={**FLEET, "r3": ("r3-1",)})
    one = stack(world)
    one.dist("dist", ("assets", "1"), rollout={"stages": [{"match": region_in("r3")}, {}]})
    assert fine(one.up())
    world.remove_instance("r3-1")
    (again,) = one.up()
    assert (again.what, again.error) == ("same", "")


def test_every_clean_leaves_a_line_that_names_it(begin: Begin) -> None:
    world = begin()
    one = stack(world, oracle=Oracle())
    one.dist("dist", ("assets", "1"), ("levels", "1"), match=region_in("r1"))
    assert fine(one.up())
    one.dist("dist", ("assets", "1"), match=region_in("r1"))
    (update,) = one.up()
    assert any("levels@1" in line for line in update.lines)
    (delete,) = one.destroy()
    assert any("assets@1" in line for line in delete.lines)


def test_a_preview_says_what_an_update_would_clean_and_what_it_would_leave(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), ("levels", "1"))
    one.dist("north", ("assets", "1"), match=region_in("r1"))
    assert fine(one.up())
    one.dist("dist", ("assets", "1"), match=region_in("r2"))
    impact = next(each.impact for each in one.preview() if each.name == "dist")
    assert impact == (
        "cleans levels@1 from 6 instances in 2 regions (r1, r2); assets@1 stays on 3 instances "
        "(r1-1, r1-2, r1-3) in 1 region (r1): north declares assets there"
    )
    assert runs(world, "levels", "1", *EVERY)
    assert fine(one.up())
    assert runs(world, "levels", None, *EVERY)
    assert runs(world, "assets", "1", *EVERY)


@pytest.mark.parametrize("redist", ["anew", "ignored"])
def test_a_preview_of_going_back_says_what_that_may_clean(begin: Begin, redist: str) -> None:
    world = begin(dialect={"redist": redist})
    one = stack(world)
    for version in ("1", "2"):
        one.dist("dist", ("assets", version))
        assert fine(one.up())
        world.pass_time(60)
    one.dist("dist", ("assets", "1"))
    (look,) = one.preview()
    assert look.impact == (
        "assets 2 → 1: 6 instances; cleans assets@2 from 6 instances first if the cloud does not replace it with "
        "assets@1"
    )
    (update,) = one.up()
    assert any("cleans assets@2" in line for line in update.lines) is (redist == "ignored")


def test_an_up_after_accepted_failures_of_which_nothing_shows_starts_nothing(begin: Begin) -> None:
    """The cloud selects by region only, so two instances cannot be started without a third."""
    world = begin(dialect={"selector": "region_in"})
    one = stack(world)
    match = [{"key": "instance_id", "operator": "NotIn", "values": ["r1-1"]}]
    one.dist("dist", ("assets", "1"), match=match, rollout={"max_failed": "50%", "retries": 0})
    (created,) = one.up()
    assert created.status == "degraded"
    (again,) = one.up()
    assert (again.what, again.starts) == ("same", 0)
    one.refresh()
    assert one.states["dist"].outputs["status"] == "degraded"
