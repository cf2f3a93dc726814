"""What the engine does not know yet is marked, in whatever form the host hands it over."""

from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc

from pulumi_alicloud_edge._adapters.dynamic.unknowns import with_unknowns
from pulumi_alicloud_edge._model.unknown import UNKNOWN, has_unknown


@pytest.mark.parametrize(
    "unknown", [pytest.param(rpc.UNKNOWN, id="as text"), pytest.param(pulumi.output.UNKNOWN, id="as object")]
)
def test_what_is_unknown_is_marked_at_any_depth(unknown: Any) -> None:
    given = {"app_id": unknown, "data": [{"name": "assets", "version": unknown}], "regions": ["a"]}
    marked = with_unknowns(given)
    assert marked == {
        "app_id": UNKNOWN,
        "data": [{"name": "assets", "version": UNKNOWN}],
        "regions": ["a"],
    }
    assert has_unknown(marked)
    assert marked["regions"] is given["regions"]


def test_what_is_known_stays_the_very_same() -> None:
    given = {"app_id": "e-1", "data": [{"name": "assets", "size": 1.0}]}
    assert with_unknowns(given) is given
    assert not has_unknown(given)
