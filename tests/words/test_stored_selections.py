"""Selections in the state come back as they were; one that cannot be read is nobody's, and never everywhere."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.policy import (
    ByStrategies,
    Everywhere,
    Expression,
    InRegions,
    Matching,
    Selector,
    Share,
)
from pulumi_alicloud_edge._model.selection import Belongs
from pulumi_alicloud_edge._model.stored_claim import read_claim, write_claim
from pulumi_alicloud_edge._model.stored_selection import read_selection, write_selection
from pulumi_alicloud_edge._resources.data_outputs import unreadable_owned
from pulumi_alicloud_edge._resources.neighbours import remembered_claims, show_neighbours

TEXTS = st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=4).map(tuple)
EXPRESSIONS = st.builds(Expression, st.text(max_size=5), st.sampled_from(["In", "NotIn"]), TEXTS)
SELECTORS: st.SearchStrategy[Selector] = st.one_of(
    st.builds(InRegions, TEXTS),
    st.builds(Matching, st.lists(EXPRESSIONS, min_size=1, max_size=3).map(tuple)),
    st.builds(ByStrategies, st.text(max_size=10)),
)
ASSETS = Artifact("assets", "1.5")


@given(st.lists(SELECTORS, min_size=1, max_size=4, unique=True))
def test_a_selection_comes_back_from_the_state_as_it_was(selectors: list[Selector]) -> None:
    assert read_selection(json.loads(json.dumps(write_selection(selectors)))) == tuple(selectors)


def test_everywhere_makes_all_other_words_needless() -> None:
    stored = write_selection([InRegions(("a",)), Everywhere()])
    assert (stored, read_selection(stored)) == ([{}], (Everywhere(),))


@pytest.mark.parametrize(
    "stored",
    [
        None,
        {},
        [],
        "text",
        [None],
        [{"regions": []}],
        [{"regions": "a"}],
        [{"regions": [1]}],
        [{"match": []}],
        [{"match": [{}]}],
        [{"match": [{"key": "region_id", "operator": "In", "values": []}]}],
        [{"match": [{"key": "region_id", "operator": "In"}]}],
        [{"strategies": None}],
        [{"of a later release": True}],
        [{"regions": ["a"]}, {"of a later release": True}],
    ],
)
def test_a_damaged_selection_is_no_selection(stored: Any) -> None:
    """Least of all everything: what it is about would be cleaned everywhere."""
    assert read_selection(stored) is None


def claim(urn: str, *regions: str, name: str = "assets", app: str = "e-1") -> Claim:
    selector: Selector = InRegions(regions) if regions else Everywhere()
    return Claim(urn, app, Artifact(name, "1.5"), (selector,))


def test_what_others_declare_of_the_same_is_remembered() -> None:
    near, far = claim("near", "a", "b"), claim("far", "c")
    elsewhere = [claim("other name", name="models"), claim("other app", app="e-2")]
    stored = json.loads(json.dumps(show_neighbours([claim("mine", "a")], [near, far, *elsewhere])))
    assert remembered_claims(stored) == (near,)


@pytest.mark.parametrize("selection", [None, [], [{"of a later release": True}]])
def test_a_neighbour_whose_selection_is_damaged_may_be_anywhere(selection: Any) -> None:
    """What it declares stays, wherever that is."""
    (stored,) = show_neighbours([claim("mine")], [claim("other", "a")])["__neighbours"]
    (read,) = remembered_claims({"__neighbours": [stored | {"selection": selection}]})
    assert read.covers("i-9", "z") is Belongs.YES


@pytest.mark.parametrize("stored", [None, {}, "text", [None], [{"urn": "x"}]])
def test_damaged_neighbours_are_left_out(stored: Any) -> None:
    assert remembered_claims({"__neighbours": stored}) == ()


@pytest.mark.parametrize(
    ("owned", "names"),
    [
        ({"assets": ["1"], "levels": [{"versions": ["1"], "selection": [{}]}]}, ()),
        ({"assets": [{"versions": ["1"], "selection": [{"match": "x"}]}], "levels": ["1"]}, ("assets",)),
        ({"assets": 7}, ("assets",)),
        ("assets", ("data files",)),
        (None, ()),
    ],
)
def test_what_a_state_does_not_tell_any_more_is_said_when_it_is_destroyed(
    owned: object, names: tuple[str, ...]
) -> None:
    assert unreadable_owned({"owned": owned}) == names


def test_a_claim_comes_back_from_the_state_with_whether_it_is_never_cleaned() -> None:
    for retains in (True, False):
        claim = Claim("urn", "e-1", Artifact("assets", "1"), (InRegions(("a",)),), retains=retains)
        assert read_claim("urn", write_claim(claim)) == claim


def test_a_selection_that_the_inputs_have_no_words_for_is_kept_as_everywhere() -> None:
    assert write_selection((Share(10),)) == [{}]


@pytest.mark.parametrize("stored", [5, [{"regions": ["a", 1]}]])
def test_numbers_are_no_selection(stored: Any) -> None:
    assert read_selection(stored) is None
