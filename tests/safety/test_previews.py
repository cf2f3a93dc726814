"""What a preview says of what an update will clean, displace and leave: all that the update itself then says (S2)."""

from tests.safety.engine import instance_in, region_in
from tests.safety.scenario import Begin, fine, said, stack


def test_a_preview_says_that_former_versions_are_cleaned(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    for version in "12":
        one.dist("a", ("assets", version))
        assert fine(one.up())
    one.dist("a", ("assets", "2"), match=region_in("r1"))
    (look,) = one.preview()
    (update,) = one.up()
    assert update.lines
    assert all(line in look.impact for line in update.lines)


def test_a_preview_says_what_is_retained(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("a", ("assets", "1"), ("levels", "1"), on_delete="retain")
    assert fine(one.up())
    one.dist("a", ("assets", "1"), on_delete="retain")
    (look,) = one.preview()
    (update,) = one.up()
    assert update.lines
    assert all(line in look.impact for line in update.lines)


def test_a_preview_of_going_back_asks_the_gate(begin: Begin) -> None:
    world = begin(dialect={"redist": "ignored"})
    one = stack(world, "S1", "S2", "S8")
    one.dist("a", ("assets", "1"), match=instance_in("r1-1"))
    assert fine(one.up())
    world.pass_time(60)
    one.dist("a", ("assets", "2"), match=instance_in("r1-1"))
    one.dist("b", ("assets", "2"), match=instance_in("r1-2"))
    assert fine(one.up())
    world.pass_time(60)
    one.dist("a", ("assets", "1"), match=instance_in("r1-1"))
    look = one.preview()[0]
    assert said([one.up()[0]], "stays on 1 instance (r1-1)")
    assert "stays on 1 instance (r1-1)" in look.impact
    assert "cleans assets@2 from 1 instance" not in look.impact


def test_a_preview_that_could_not_ask_what_is_cleaned_says_so(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("a", ("assets", "1"), ("levels", "1"))
    assert fine(one.up())
    one.dist("a", ("assets", "1"))
    world.disturb({"action": "DescribeDataDistResult", "effect": "delay", "seconds": 8, "skip": 1})
    (look,) = one.preview()
    assert look.impact == "which data it cleans is unknown: the cloud did not answer in time"


def test_a_change_that_leaves_nothing_asks_no_more_than_the_check_has_asked(begin: Begin) -> None:
    world = begin(dialect={"redist": "ignored"})
    one = stack(world)
    for version in "12":
        one.dist("a", ("assets", version))
        assert fine(one.up())
        world.pass_time(60)
    one.dist("a", ("assets", "1"))
    before = len(world.calls)
    (look,) = one.preview()
    assert "cleans assets@2 from 6 instances first" in look.impact
    assert [action for _, action, _ in world.calls[before:]].count("DescribeDataDistResult") == 2


def test_a_preview_of_a_repair_says_what_it_cleans_besides(begin: Begin) -> None:
    world = begin()
    one = stack(world)
    one.dist("a", ("assets", "1"))
    one.dist("b", ("assets", "1"), match=region_in("r2"))
    assert fine(one.up())
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    assert fine(one.up())
    one.drop("b")
    world.drift("assets", "2", ["r1-1"])
    (look,) = one.preview(["a"])
    (update,) = one.up(["a"])
    assert update.lines
    assert all(line in look.impact for line in update.lines)
