"""What one resource declares in this run, another one's removal leaves alone; two that contradict are found."""

from __future__ import annotations

import pytest

from pulumi_alicloud_edge.model.observation import Unit
from pulumi_alicloud_edge.registry import Declaration, Registry

ASSETS = Unit("assets", "1.5")


def declared(
    urn: str = "new", *regions: str, app: str = "e-1", unit: Unit = ASSETS, comparable: bool = True
) -> Declaration:
    return Declaration(urn, app, unit, frozenset(regions), comparable)


def registry(*declarations: Declaration) -> Registry:
    one = Registry()
    for declaration in declarations:
        one.declare(declaration.urn, (declaration,))
    return one


@pytest.mark.parametrize(
    ("declaration", "regions", "kept"),
    [
        pytest.param(declared(), (), True, id="the same, everywhere: a rename"),
        pytest.param(declared("new", "a"), ("a", "b"), True, id="overlapping regions"),
        pytest.param(declared("new", "a"), (), True, id="a part of everywhere"),
        pytest.param(declared("new"), ("a",), True, id="everywhere, a part of it"),
        pytest.param(declared("new", "a"), ("b",), False, id="other regions"),
        pytest.param(declared(unit=Unit("assets", "1.6")), (), True, id="another version of the name"),
        pytest.param(declared(unit=Unit("models", "7")), (), False, id="another name"),
        pytest.param(declared(app="e-2"), (), False, id="another application"),
    ],
)
def test_what_is_declared_is_not_cleaned(
    declaration: Declaration,
    regions: tuple[str, ...],
    kept: bool,  # noqa: FBT001
) -> None:
    wanted = registry(declaration).wanted("e-1", ASSETS, frozenset(regions))
    assert wanted == (declaration if kept else None)


def test_a_resource_that_declares_anew_wants_only_that() -> None:
    one = registry(declared("web"))
    one.declare("web", (declared("web", unit=Unit("models", "7")),))
    assert one.wanted("e-1", ASSETS) is None


def test_declaring_tells_what_others_want() -> None:
    first, second = declared("first"), declared("second")
    one = registry(first)
    assert one.declare("second", (second,)) == (first,)
    assert one.declare("first", (first,)) == (second,)


@pytest.mark.parametrize(
    ("one", "other", "contradict"),
    [
        pytest.param(
            declared("x"), declared("y", unit=Unit("assets", "1.6")), True, id="two versions everywhere"
        ),
        pytest.param(
            declared("x", "a"), declared("y", "a", "b", unit=Unit("assets", "1.6")), True, id="on one region"
        ),
        pytest.param(
            declared("x", "a"), declared("y", "b", unit=Unit("assets", "1.6")), False, id="side by side"
        ),
        pytest.param(declared("x"), declared("y"), False, id="the same version"),
        pytest.param(
            declared("x"), declared("x", unit=Unit("assets", "1.6")), False, id="one and the same resource"
        ),
        pytest.param(
            declared("x"),
            declared("y", unit=Unit("assets", "1.6"), comparable=False),
            False,
            id="a selection that cannot be compared",
        ),
    ],
)
def test_two_that_want_different_versions_on_a_target_contradict(
    one: Declaration,
    other: Declaration,
    contradict: bool,  # noqa: FBT001
) -> None:
    assert one.contradicts(other) is contradict
    assert other.contradicts(one) is contradict
