"""Attacks on rollouts and rollbacks, with what the cloud really runs as the judge."""

from typing import Any

import pytest
from tests.safety.engine import instance_in, region_in
from tests.safety.scenario import EVERY, R1, R2, ROLLBACK, STAGES, STOP, Begin, fine, running, runs, stack
from tests.safety.world import World


def test_a_rollback_leaves_what_ran_the_desired_version_before_an_interrupted_run(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", EVERY)], seconds=(20, 30))
    world.drift("assets", "2", ["r1-1"])
    world.pass_time(60)
    one = stack(world)
    one.dist("dist", ("assets", "2"), rollout=STOP)
    world.break_targets("r2-3")
    one.up()
    world.break_targets("r2-3")
    one.dist("dist", ("assets", "2"), rollout=ROLLBACK)
    one.up()
    assert running(world) == dict.fromkeys(EVERY, "1") | {"r1-1": "2"}


def test_a_rollback_restores_a_later_stage_that_no_run_had_reached_before(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", R1), ("assets", "3", R2)])
    one = stack(world)
    one.dist("dist", ("assets", "2"), rollout={**STOP, "stages": STAGES})
    world.break_targets("r1-3")
    one.up()
    world.break_targets("r2-3")
    one.dist("dist", ("assets", "2"), rollout={**ROLLBACK, "stages": STAGES})
    one.up()
    assert running(world) == dict.fromkeys(R1, "1") | dict.fromkeys(R2, "3")


def test_a_rollback_without_an_inventory_mixes_no_regions(begin: Begin) -> None:
    world = begin(
        distributed=[("assets", "1", (*R1, "r1-4")), ("assets", "3", R2)],
        fleet={"r1": (*R1, "r1-4"), "r2": R2},
    )
    one = stack(world, "S1", "S2")
    one.dist("dist", ("assets", "2"), rollout=STOP)
    world.break_targets("r1-3")
    one.up()
    world.hidden = True
    one.dist("dist", ("assets", "2"), rollout=ROLLBACK)
    one.up()
    world.hidden = False
    assert all(world.running("assets", each) in ("3", "2") for each in R2)


def test_a_newcomer_does_not_stand_for_its_region(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", EVERY)])
    one = stack(world)
    one.dist("dist", ("assets", "2"), rollout=STOP)
    world.break_targets("r2-3")
    one.up()
    world.pass_time(60)
    world.add_instance("r1-9", "r1")
    world.break_targets("r2-3")
    one.up()
    world.break_targets("r2-3")
    one.dist("dist", ("assets", "2"), rollout=ROLLBACK)
    one.up()
    assert not any(effect.what == "clean" and set(R1) & set(effect.before) for effect in world.effects)
    assert all(world.running("assets", each) == "1" for each in EVERY)


def test_instances_that_a_start_by_region_cannot_name_are_not_unserved(begin: Begin) -> None:
    world = begin(dialect={"selector": "region_in"})
    one = stack(world)
    one.dist("dist", ("assets", "1"), match=instance_in(*R1, "r2-1"))
    (create,) = one.up()
    assert create.status != "converged"


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "NoPermission"), (404, "InvalidApplication.NotFound"), (400, "InvalidParameter")],
)
def test_one_failed_read_rolls_nothing_back(begin: Begin, status: int, code: str) -> None:
    world = begin(distributed=[("assets", "1", EVERY)], seconds=(20, 30))
    one = stack(world)
    stages = [{**STAGES[0], "bake": 60}, {}]
    one.dist("dist", ("assets", "2"), rollout={**ROLLBACK, "stages": stages})
    failed = {
        "effect": "error",
        "action": "DescribeDataDistResult",
        "count": 1,
        "code": code,
        "status": status,
    }
    world.later(40, lambda: world.disturb(failed))
    (create,) = one.up()
    assert (create.met, create.status) == (1, "converged")


def test_a_read_does_not_forgive_a_canary(begin: Begin) -> None:
    world = begin(distributed=[("assets", "2", R2), ("assets", "1", R1)])
    one = stack(world)
    stages = [{"match": region_in("r1")}, {"max_failed": 3}]
    one.dist("dist", ("assets", "2"), rollout={**STOP, "stages": stages})
    world.break_targets("r1-1")
    one.up()
    one.refresh()
    assert one.states["dist"].outputs["status"] not in ("degraded", "converged")


def test_a_rollback_that_fails_on_a_target_is_not_over(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", EVERY)])
    one = stack(world)
    one.dist("dist", ("assets", "2"), rollout={**ROLLBACK, "max_failed": 1})
    world.disturb(
        {"effect": "target_fail", "targets": ["r1-1", "r1-2"], "count": 1},
        {"effect": "target_fail", "targets": ["r2-1"], "skip": 1},
    )
    (op,) = one.up()
    assert op.status == "failed"
    world.disturb({"effect": "target_fail", "targets": ["r1-1", "r1-2"], "count": 1})
    (op,) = one.up()
    assert running(world) == dict.fromkeys(EVERY, "1")


@pytest.mark.parametrize("retries", [0, 2])
def test_a_revert_passes_over_an_instance_that_is_no_longer_served(begin: Begin, retries: int) -> None:
    world = begin()
    one = stack(world)
    rollout = {**ROLLBACK, "retries": retries}
    for version in ("1", "2"):
        one.dist("dist", ("assets", version), rollout=rollout)
        one.up()
        world.pass_time(60)
    world.stop_serving("r1-3")
    one.dist("dist", ("assets", "1"), rollout=rollout)
    (update,) = one.up()
    assert (update.error, update.status) == ("", "converged")
    (again,) = one.up()
    assert again.what == "same"


@pytest.mark.parametrize("retries", [0, 2])
def test_an_instance_that_failed_and_is_no_longer_served_is_no_failure(begin: Begin, retries: int) -> None:
    world = begin()
    one = stack(world)
    one.dist("dist", ("assets", "1"), rollout={**STOP, "retries": retries})
    world.break_targets("r1-3")
    one.up()
    world.pass_time(60)
    world.stop_serving("r1-3")
    (update,) = one.up()
    assert (update.error, update.status) == ("", "converged")
    (again,) = one.up()
    assert again.what == "same"


class Blinking(World):
    """Leaves an instance out of one of its inventories."""

    blinks_at, looks = -1, 0

    def _describe_application(self, *call: Any) -> Any:
        self.looks += 1
        kept = dict(self.instances)
        if self.looks == self.blinks_at:
            del self.instances["r2-3"]
        try:
            return super()._describe_application(*call)
        finally:
            self.instances.clear()
            self.instances.update(kept)


@pytest.mark.parametrize("at", [2, 3])
def test_a_rollback_forgets_nobody_whom_one_inventory_leaves_out(at: int) -> None:
    with Blinking(
        fleet={"r1": R1, "r2": R2}, distributed=[("assets", "1", EVERY)], seconds=(20, 40)
    ) as world:
        world.blinks_at = at
        one = stack(world)
        one.dist("dist", ("assets", "2"), rollout=ROLLBACK)
        world.break_targets("r2-1")
        (create,) = one.up()
        assert create.status == "rolled_back"
        assert running(world) == dict.fromkeys(EVERY, "1")


@pytest.mark.parametrize("skip", [3, 4, 10])
def test_a_rollback_that_cannot_be_planned_is_remembered(begin: Begin, skip: int) -> None:
    world = begin(distributed=[("assets", "1", R1)], seconds=(20, 40))
    one = stack(world, "S1", "S2")
    one.dist("dist", ("assets", "2"), rollout=ROLLBACK)
    broken = {"effect": "target_fail", "targets": ["r2-1"]}
    denied = {"effect": "error", "action": "DescribeDataDistResult", "code": "NoPermission", "status": 403}
    world.disturb(broken, {**denied, "skip": skip})
    one.up()
    assert not any(effect.what == "start" for effect in world.effects) or "dist" in one.states
    world.disturb(broken)
    world.pass_time(100)
    one.up()
    if world.effects and one.states["dist"].outputs["status"] == "rolled_back":
        assert running(world) == dict.fromkeys(R1, "1") | dict.fromkeys(R2, None)


EMPTY_PAGE = {"DistResults": {"DistResult": []}, "PageNumber": 1, "PageSize": 100, "TotalCount": 0}


def fails_once(*targets: str) -> dict[str, Any]:
    return {"effect": "target_fail", "targets": list(targets), "count": 1}


def one_bad_look(how: str, skip: int) -> dict[str, Any]:
    rule = {"action": "DescribeDataDistResult", "count": 1, "skip": skip}
    return rule | (
        {"effect": "stale", "seconds": 400} if how == "stale" else {"effect": "answer", "body": EMPTY_PAGE}
    )


@pytest.mark.parametrize("skip", [0, 1, 2])
def test_one_empty_look_of_a_run_that_stops_is_no_baseline_of_a_later_rollback(
    begin: Begin, skip: int
) -> None:
    world = begin(distributed=[("assets", "1", EVERY)])
    world.pass_time(100)
    one = stack(world)
    one.dist("dist", ("assets", "2"), rollout=STOP)
    world.disturb(one_bad_look("empty", skip), fails_once("r1-1"))
    one.up()
    one.dist("dist", ("assets", "2"), rollout=ROLLBACK)
    world.disturb(fails_once("r1-1"))
    one.up()
    assert not any(e.what == "clean" for e in world.effects)
    assert running(world) == dict.fromkeys(EVERY, "1")


@pytest.mark.parametrize("skip", [0, 1, 2, 3])
@pytest.mark.parametrize("create", [True, False])
def test_one_look_at_the_past_is_no_baseline(begin: Begin, skip: int, create: bool) -> None:  # noqa: FBT001
    world = begin(distributed=[("assets", "1", EVERY)])
    world.pass_time(600)
    one = stack(world)
    if create:
        world.drift("assets", "2", EVERY)
    else:
        one.dist("dist", ("assets", "2"), rollout=ROLLBACK)
        one.up()
    world.pass_time(200)
    one.dist("dist", ("assets", "3"), rollout=ROLLBACK)
    world.disturb(one_bad_look("stale", skip), fails_once("r1-1"))
    one.up()
    assert running(world) == dict.fromkeys(EVERY, "2")


def test_one_look_at_the_past_of_a_run_that_stops_is_no_baseline(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", EVERY)])
    world.pass_time(600)
    world.drift("assets", "2", EVERY)
    world.pass_time(200)
    one = stack(world)
    one.dist("dist", ("assets", "3"), rollout=STOP)
    world.disturb(one_bad_look("stale", 1), fails_once("r1-1"))
    one.up()
    one.dist("dist", ("assets", "3"), rollout=ROLLBACK)
    world.disturb(fails_once("r1-1"))
    one.up()
    assert running(world) == dict.fromkeys(EVERY, "2")


def test_going_back_that_fails_restores_what_ran_before_it_was_left(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", EVERY)])
    one = stack(world)
    one.dist("dist", ("assets", "2"), rollout=STOP)
    world.disturb(fails_once("r2-3"))
    one.up()
    world.pass_time(60)
    one.dist("dist", ("assets", "1"), rollout={**ROLLBACK, "stages": STAGES})
    world.disturb(fails_once("r1-1"))
    one.up()
    assert runs(world, "assets", "1", "r2-1", "r2-2")


def test_going_back_in_stages_displaces_what_an_earlier_run_has_put(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", EVERY)], dialect={"redist": "ignored"})
    one = stack(world)
    one.dist("dist", ("assets", "2"), rollout=STOP)
    world.disturb(fails_once("r2-3"))
    one.up()
    world.disturb()
    one.dist("dist", ("assets", "1"), rollout={**STOP, "stages": STAGES})
    ops = one.up()
    assert fine(ops)


@pytest.mark.parametrize("at", [1.5, 2, 2.5, 3, 3.5])
def test_going_back_after_ctrl_c_displaces_whatever_has_arrived(begin: Begin, at: float) -> None:
    world = begin(distributed=[("assets", "1", EVERY)], dialect={"redist": "ignored"})
    world.pass_time(100)
    one = stack(world)
    one.dist("dist", ("assets", "2"))
    one.up(interrupt_after=at)
    one.dist("dist", ("assets", "1"), rollout=STOP)
    ops = one.up()
    assert fine(ops)


def test_the_first_batch_of_a_start_is_known_where_the_second_is_refused(begin: Begin) -> None:
    many = tuple(f"r1-{number}" for number in range(160))
    world = begin(fleet={"r0": ["r0-1"], "r1": many}, distributed=[("assets", "2", ["r0-1"])])
    one = stack(world, "S3")
    one.dist("dist", ("assets", "2"), rollout=ROLLBACK)
    refused = {"effect": "error", "code": "NoPermission", "status": 403}
    world.disturb({"action": "DistApplicationData", "skip": 1, **refused})
    one.up()
    assert running(world) == dict.fromkeys(many) | {"r0-1": "2"}


def test_a_rollback_of_a_narrower_selection_remembers_the_rest(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", EVERY)])
    world.pass_time(100)
    one = stack(world)
    one.dist("dist", ("assets", "2"), rollout=STOP)
    world.disturb(fails_once("r1-1"))
    one.up()
    one.dist("dist", ("assets", "2"), match=region_in("r1"), rollout=ROLLBACK)
    world.disturb(fails_once("r1-1"))
    one.up()
    one.dist("dist", ("assets", "3"), rollout=ROLLBACK)
    world.disturb(fails_once("r1-1"))
    one.up()
    assert runs(world, "assets", "1", *R2)


def test_a_rollback_without_a_file_remembers_it(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", EVERY), ("levels", "1", EVERY)])
    world.pass_time(100)
    one = stack(world)
    one.dist("dist", ("assets", "2"), ("levels", "2"), rollout=STOP)
    world.disturb(fails_once("r1-1"))
    one.up()
    one.dist("dist", ("assets", "2"), rollout=ROLLBACK)
    world.disturb(fails_once("r1-1"))
    one.up()
    one.dist("dist", ("assets", "2"), ("levels", "3"), rollout=ROLLBACK)
    world.disturb(fails_once("r1-1"))
    one.up()
    assert runs(world, "levels", "1", "r2-1", "r2-2", "r2-3")


def test_a_rollback_of_a_part_keeps_no_old_news_of_what_it_has_restored(begin: Begin) -> None:
    world = begin(distributed=[("assets", "1", EVERY)])
    world.pass_time(100)
    one = stack(world)
    one.dist("dist", ("assets", "2"), rollout=STOP)
    world.disturb(fails_once("r1-1"))
    one.up()
    one.dist("dist", ("assets", "2"), match=region_in("r1"), rollout=ROLLBACK)
    world.disturb(fails_once("r1-1"))
    one.up()
    world.drift("assets", "5", ["r1-2"])
    world.pass_time(60)
    one.dist("dist", ("assets", "3"), rollout=ROLLBACK)
    world.disturb(fails_once("r1-1"))
    one.up()
    assert running(world) == dict.fromkeys(EVERY, "1") | {"r1-2": "5"}


def test_a_rollback_after_one_of_a_part_and_a_failed_run_restores_what_ran_first(begin: Begin) -> None:
    world = begin()
    one = stack(world, "S1", "S2")
    one.dist("a", ("assets", "1"))
    assert fine(one.up())
    for version, match, rollout, fails in (
        ("2", None, STOP, "r2-1"),
        ("3", region_in("r1"), ROLLBACK, "r1-1"),
        ("4", None, STOP, "r2-1"),
        ("4", None, ROLLBACK, "r2-1"),
    ):
        world.pass_time(60)
        world.disturb(fails_once(fails))
        one.dist("a", ("assets", version), match=match, rollout=rollout)
        one.up()
    assert runs(world, "assets", "1", *EVERY)


def test_a_rollback_of_many_regions_asks_the_gate_for_all_of_them_at_once(begin: Begin) -> None:
    world = begin(fleet={f"q{number}": (f"q{number}-1",) for number in range(40)})
    one = stack(world, "S1")
    world.break_targets("q0-1")
    one.dist("a", ("assets", "1"), rollout=ROLLBACK)
    one.up()
    cleaned_at = [effect.at for effect in world.effects if effect.what == "clean"]
    assert len(cleaned_at) >= 39
    assert cleaned_at[-1] - cleaned_at[0] < 10
