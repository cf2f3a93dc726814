"""How a release's status is read: the vendor does not say which field changes first, so every order is right."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_alicloud_edge._cloud.esa_wire import AppStatus
from pulumi_alicloud_edge._delivery.release_status import (
    Context,
    current_version,
    reached,
    record_of_region,
    record_of_share,
    serving,
)
from pulumi_alicloud_edge._model.observation import RecordState
from pulumi_alicloud_edge._model.policy import InRegions, Share
from pulumi_alicloud_edge._model.release import Part, Serving

DONE, MOVING, NOTHING = RecordState.SUCCEEDED, RecordState.IN_PROGRESS, None
BEYOND = RecordState.DELETED
"""More than is declared: as if what is declared had been taken away."""
OLD, NEW = "ver-1", "ver-2"


def status(text: str = "", **fields: Any) -> AppStatus:
    names = {
        "publishing": "PublishingVersion",
        "deployed": "DeployedVersion",
        "percentage": "PublishPercentage",
        "expect": "ExpectPercentage",
        "regions": "Regions",
        "kind": "PublishType",
        "full": "FullRelease",
        "baseline": "BaseLineVersion",
    }
    return AppStatus.model_validate(
        {"PublishStatus": text, **{names[name]: value for name, value in fields.items()}}
    )


def share(of: AppStatus, percentage: int = 100, context: Context | None = None) -> RecordState | None:
    record = record_of_share(of, NEW, percentage, context)
    return record.state if record else None


def region(
    of: AppStatus, name: str, declared: InRegions, context: Context | None = None
) -> RecordState | None:
    record = record_of_region(of, NEW, name, declared, context)
    return record.state if record else None


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        pytest.param(status(), NOTHING, id="nothing was ever published"),
        pytest.param(status("published", deployed=OLD, percentage=100), NOTHING, id="the older one runs"),
        pytest.param(
            status("publishing", publishing=NEW, deployed=OLD, percentage=0, expect=100),
            MOVING,
            id="just begun",
        ),
        pytest.param(
            status("publishing", publishing=NEW, deployed=OLD, percentage=60, expect=100),
            MOVING,
            id="half way",
        ),
        pytest.param(
            status("publishing", publishing=NEW, deployed=NEW, percentage=60, expect=100),
            MOVING,
            id="half way, DeployedVersion flipped first",
        ),
        pytest.param(
            status("publishing", deployed=NEW, percentage=60, expect=100),
            MOVING,
            id="half way, PublishingVersion emptied first",
        ),
        pytest.param(
            status("publishing", publishing=NEW, deployed=NEW, percentage=100, expect=100),
            MOVING,
            id="100% and still publishing",
        ),
        pytest.param(
            status("published", deployed=NEW, percentage=100), DONE, id="done, PublishingVersion empty"
        ),
        pytest.param(
            status("published", publishing=NEW, deployed=NEW, percentage=100),
            DONE,
            id="done, both versions stay",
        ),
        pytest.param(
            status("published", publishing=NEW, deployed=OLD, percentage=100),
            DONE,
            id="done, DeployedVersion not yet flipped",
        ),
        pytest.param(status("published", deployed=NEW), DONE, id="done, no percentage told"),
        pytest.param(status("published", deployed=NEW, percentage=0), DONE, id="done, percentage back at 0"),
        pytest.param(status("published", deployed=NEW, percentage="100%\n"), DONE, id="done, as text"),
        pytest.param(status("published", deployed=NEW, percentage=10), NOTHING, id="a tenth only"),
        pytest.param(status("pubishing\n", publishing=NEW, percentage=5), MOVING, id="the sample's spelling"),
        pytest.param(
            status("rollbacking", publishing=NEW, deployed=OLD, percentage=50),
            MOVING,
            id="being rolled back from it",
        ),
        pytest.param(
            status("rollbacked", publishing=NEW, deployed=OLD, percentage=100),
            NOTHING,
            id="rolled back by hand",
        ),
        pytest.param(
            status("rollbacking", deployed=NEW, percentage=50), MOVING, id="being rolled back to it"
        ),
        pytest.param(status("rollbacked", deployed=NEW), DONE, id="rolled back to it"),
        pytest.param(
            status("failed", publishing=NEW, deployed=NEW, percentage=100),
            MOVING,
            id="a status that nobody documents",
        ),
        pytest.param(
            status("", publishing=NEW, deployed=NEW, percentage=100), MOVING, id="at 100% without a status"
        ),
        pytest.param(status("", deployed=NEW), NOTHING, id="neither a status nor a share"),
    ],
)
def test_the_whole_is_judged(shown: AppStatus, state: RecordState | None) -> None:
    assert share(shown) is state


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        pytest.param(
            status("publishing", publishing=NEW, deployed=OLD, percentage=3, expect=10),
            MOVING,
            id="on the way",
        ),
        pytest.param(status("published", publishing=NEW, deployed=OLD, percentage=10), DONE, id="published"),
        pytest.param(
            status("publishing", publishing=NEW, deployed=OLD, percentage=10, expect=10),
            DONE,
            id="reached, and still publishing",
        ),
        pytest.param(
            status("publishing", publishing=NEW, deployed=OLD, percentage=40, expect=100),
            BEYOND,
            id="on the way further",
        ),
        pytest.param(status("published", deployed=NEW, percentage=100), BEYOND, id="all of it"),
        pytest.param(status("published", deployed=NEW, percentage=11), BEYOND, id="a little more"),
        pytest.param(
            status("publishing", publishing=NEW, percentage=50, expect=50), BEYOND, id="at rest at more"
        ),
        pytest.param(
            status("publishing", publishing=NEW, percentage=3, expect=50),
            BEYOND,
            id="less, and on the way to more",
        ),
        pytest.param(
            status("publishing", publishing=NEW, percentage=10, expect=50),
            BEYOND,
            id="passing by on the way to more",
        ),
        pytest.param(
            status("publishing", publishing=NEW, percentage=40, expect=10), MOVING, id="on the way down to it"
        ),
        pytest.param(
            status("publishing", publishing=NEW, percentage=40, expect=5),
            NOTHING,
            id="on the way down to less",
        ),
        pytest.param(status("published", deployed=NEW), DONE, id="no share is told at all"),
        pytest.param(
            status("published", deployed=NEW, percentage=0, expect=10), DONE, id="only the aim is told"
        ),
        pytest.param(status("rollbacked", deployed=NEW, percentage=10), BEYOND, id="rolled back to it"),
        pytest.param(
            status("published", deployed=NEW, percentage=100, regions=["a"], kind="region"),
            BEYOND,
            id="by regions",
        ),
        pytest.param(
            status("published", publishing=NEW, percentage=5), NOTHING, id="less was asked for before"
        ),
        pytest.param(
            status("publishing", publishing=NEW, percentage=1, expect=5), NOTHING, id="less is asked for now"
        ),
        pytest.param(
            status("failed", publishing=NEW, percentage=10), MOVING, id="a status that nobody documents"
        ),
    ],
)
def test_a_tenth_is_judged(shown: AppStatus, state: RecordState | None) -> None:
    assert share(shown, 10) is state


STAGE_OF_TEN = Context(most=Share(50), is_last=False, stops=(10,))


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        pytest.param(status("published", deployed=NEW, percentage=10), DONE, id="there"),
        pytest.param(
            status("published", deployed=NEW, percentage=100), DONE, id="beyond all that is declared"
        ),
        pytest.param(status("publishing", publishing=NEW, percentage=40, expect=100), DONE, id="far beyond"),
        pytest.param(
            status("publishing", publishing=NEW, percentage=40, expect=5),
            NOTHING,
            id="on the way down to less",
        ),
        pytest.param(
            status("publishing", publishing=NEW, percentage=3, expect=50),
            MOVING,
            id="on the way to a later stage",
        ),
        pytest.param(
            status("publishing", publishing=NEW, percentage=3, expect=51),
            NOTHING,
            id="on the way to too much",
        ),
        pytest.param(
            status("publishing", publishing=NEW, percentage=3, expect=9), NOTHING, id="to too little"
        ),
        pytest.param(
            status("published", deployed=NEW, percentage=100, regions=["a"], kind="region"),
            NOTHING,
            id="by regions",
        ),
    ],
)
def test_a_tenth_before_the_half_is_judged(shown: AppStatus, state: RecordState | None) -> None:
    assert share(shown, 10, STAGE_OF_TEN) is state


@pytest.mark.parametrize(
    ("reached_share", "state"),
    [
        pytest.param(10, NOTHING, id="an earlier stage's share is where it was to go"),
        pytest.param(11, MOVING, id="what has gone beyond goes on"),
        pytest.param(3, MOVING, id="what has not come to it goes on"),
    ],
)
def test_what_was_asked_for_is_guessed_where_neither_the_cloud_nor_this_run_can_tell(
    reached_share: int, state: RecordState | None
) -> None:
    shown = status("publishing", publishing=NEW, deployed=OLD, percentage=reached_share)
    assert share(shown, 100, Context(most=Share(100), stops=(10, 50, 100))) is state


def test_a_share_that_stands_as_declared_is_done_where_nothing_tells_what_was_asked_for() -> None:
    assert share(status("publishing", publishing=NEW, percentage=10), 10) is DONE


def test_a_status_that_nobody_documents_is_told() -> None:
    record = record_of_share(status("failed", publishing=NEW, percentage=100), NEW, 100)
    assert record is not None
    assert "failed" in record.detail


def by_region(text: str, *regions: str, **more: Any) -> AppStatus:
    return status(text, publishing=NEW, regions=list(regions), kind="region", **more)


A, A_AND_B = InRegions(("a",)), InRegions(("a", "b"))
A_IN_FULL = InRegions(("a",), full=True)
WHOLE_BY_SHARE = status("published", deployed=NEW, percentage=100)


@pytest.mark.parametrize(
    ("shown", "declared", "state"),
    [
        pytest.param(by_region("published", "a"), A, DONE, id="there"),
        pytest.param(by_region("published", "a", "b"), A, BEYOND, id="elsewhere too"),
        pytest.param(by_region("publishing", "a", "b"), A, BEYOND, id="on the way elsewhere too"),
        pytest.param(by_region("published", "a"), A_AND_B, DONE, id="not yet in the other"),
        pytest.param(by_region("published", "b"), A, NOTHING, id="elsewhere"),
        pytest.param(by_region("published", "b"), A_AND_B, NOTHING, id="in the other only"),
        pytest.param(by_region("publishing", "a"), A, MOVING, id="on the way"),
        pytest.param(by_region("publishing", "a", percentage=100, expect=100), A, MOVING, id="perhaps there"),
        pytest.param(
            status("publishing", publishing=NEW, regions={"Region": ["a"]}),
            A,
            MOVING,
            id="wrapped, without a type",
        ),
        pytest.param(
            status("published", deployed=OLD, regions=["a"], kind="region"), A, NOTHING, id="the older one"
        ),
        pytest.param(WHOLE_BY_SHARE, A, BEYOND, id="everywhere"),
        pytest.param(WHOLE_BY_SHARE, A_IN_FULL, DONE, id="everywhere, as declared"),
        pytest.param(status("published", deployed=NEW, percentage=10), A, BEYOND, id="in a tenth of all"),
        pytest.param(by_region("published", "a", full=True), A, BEYOND, id="in full"),
        pytest.param(by_region("published", "a", full=True), A_IN_FULL, DONE, id="in full, as declared"),
        pytest.param(by_region("published", "a", full=False), A_IN_FULL, NOTHING, id="not in full"),
        pytest.param(by_region("published", "a"), A_IN_FULL, DONE, id="nobody tells whether in full"),
        pytest.param(by_region("failed", "a"), A, MOVING, id="undocumented"),
    ],
)
def test_a_region_is_judged(shown: AppStatus, declared: InRegions, state: RecordState | None) -> None:
    assert region(shown, "a", declared) is state


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        pytest.param(by_region("published", "a", "b", "c"), DONE, id="beyond all that is declared"),
        pytest.param(by_region("publishing", "a", "b"), MOVING, id="on the way to a later stage"),
        pytest.param(by_region("publishing", "a", "c"), NOTHING, id="on the way elsewhere too"),
        pytest.param(WHOLE_BY_SHARE, DONE, id="everywhere"),
    ],
)
def test_a_region_of_an_earlier_stage_is_judged(shown: AppStatus, state: RecordState | None) -> None:
    assert region(shown, "a", A, Context(most=A_AND_B, is_last=False)) is state


def test_who_has_seen_a_region_move_sees_it_arrive_though_it_is_called_publishing_for_ever() -> None:
    shown = by_region("publishing", "a", percentage=100, expect=100)
    assert region(shown, "a", A, Context(has_moved=True)) is DONE


@pytest.mark.parametrize(
    ("shown", "version", "part"),
    [
        pytest.param(status(), "", None, id="nothing was ever published"),
        pytest.param(status("published", deployed=OLD, percentage=100), OLD, Share(100), id="all of it"),
        pytest.param(status("published", deployed=OLD, percentage=10), OLD, Share(10), id="a part"),
        pytest.param(status("published", deployed=OLD), OLD, None, id="no share is told"),
        pytest.param(
            status("published", deployed=OLD, regions=["a"], kind="region", full=False, percentage=100),
            OLD,
            InRegions(("a",), full=False),
            id="regions",
        ),
        pytest.param(
            status("publishing", publishing=NEW, deployed=OLD, percentage=4, expect=50),
            NEW,
            Share(4),
            id="so far",
        ),
        pytest.param(
            status("publishing", publishing=NEW, deployed=OLD, percentage=0, expect=50),
            OLD,
            None,
            id="nothing yet",
        ),
        pytest.param(
            status("publishing", publishing=NEW, percentage=0, baseline=OLD),
            OLD,
            None,
            id="nothing yet, by the baseline",
        ),
        pytest.param(
            status("publishing", publishing=NEW, percentage=0), "", None, id="the first, nothing yet"
        ),
        pytest.param(status("rollbacked", publishing=NEW, deployed=OLD), OLD, Share(100), id="rolled back"),
    ],
)
def test_what_an_environment_serves_is_no_more_than_it_shows(
    shown: AppStatus, version: str, part: Part | None
) -> None:
    assert serving(shown) == Serving(version, part)


@pytest.mark.parametrize(
    ("shown", "version", "percentage"),
    [
        (status(), "", 0),
        (status("published", deployed=OLD), OLD, 100),
        (status("publishing", publishing=NEW, deployed=OLD, percentage=7), NEW, 7),
        (status("rollbacked", publishing=NEW, deployed=OLD, percentage=7), OLD, 100),
    ],
)
def test_the_version_and_share_that_an_environment_shows(
    shown: AppStatus, version: str, percentage: int
) -> None:
    assert (current_version(shown), reached(shown, version)) == (version, percentage)
