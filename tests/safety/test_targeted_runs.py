"""Runs that are limited to some resources: what the others declare is left alone all the same (S2)."""

from tests.safety.engine import Stack, region_in
from tests.safety.scenario import EVERY, Begin, fine, holds, holds_none, said, stack


def declared(begin: Begin, *names: str) -> Stack:
    """A stack in which resources declare the same file, and have rolled it out."""
    one = stack(begin())
    for name in names:
        one.dist(name, ("assets", "1"))
    assert fine(one.up())
    return one


def test_a_rename_whose_old_name_goes_first_cleans_nothing(begin: Begin) -> None:
    one = declared(begin, "old")
    one.rename("old", "new")
    dropped = one.up(["old"])
    assert not one.states
    assert holds(one.world, "assets", "1", *EVERY)
    assert said(dropped, "new declares assets there")


def test_narrowing_one_leaves_what_another_declares_though_it_was_never_rolled_out(begin: Begin) -> None:
    one = declared(begin, "a")
    one.dist("a", ("assets", "1"), match=region_in("r1"))
    one.dist("b", ("assets", "1"))
    narrowed = one.up(["a"])
    assert holds(one.world, "assets", "1", *EVERY)
    assert said(narrowed, "b declares assets there")


def test_destroying_the_rest_afterwards_says_what_stays(begin: Begin) -> None:
    """The state of b remembers a, and nothing tells a later run without a program that a is gone."""
    one = declared(begin, "a", "b")
    one.destroy(["a"])
    rest = one.destroy()
    assert holds(one.world, "assets", "1", *EVERY)
    assert said(rest, "a declared assets there when this resource was last rolled out")


def test_destroying_all_cleans_all(begin: Begin) -> None:
    one = declared(begin, "a", "b")
    one.destroy()
    assert holds_none(one.world, "assets", "1", *EVERY)
