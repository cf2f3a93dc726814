"""How a release's status is read: the vendor does not say which field changes first, so every order is right."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_alicloud_edge.cloud.esa_wire import AppStatus
from pulumi_alicloud_edge.delivery.release_status import (
    current_version,
    reached,
    record_of_region,
    record_of_share,
)
from pulumi_alicloud_edge.model.observation import RecordState

DONE, MOVING, NOTHING = RecordState.SUCCEEDED, RecordState.IN_PROGRESS, None
OLD, NEW = "ver-1", "ver-2"


def status(text: str = "", **fields: Any) -> AppStatus:
    names = {
        "publishing": "PublishingVersion",
        "deployed": "DeployedVersion",
        "percentage": "PublishPercentage",
        "expect": "ExpectPercentage",
        "regions": "Regions",
        "kind": "PublishType",
    }
    return AppStatus.model_validate(
        {"PublishStatus": text, **{names[name]: value for name, value in fields.items()}}
    )


def share(of: AppStatus, percentage: int = 100, version: str = NEW) -> RecordState | None:
    record = record_of_share(of, version, percentage)
    return record.state if record else None


def region(of: AppStatus, name: str, version: str = NEW) -> RecordState | None:
    record = record_of_region(of, version, name)
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
            NOTHING,
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
            DONE,
            id="on the way further",
        ),
        pytest.param(status("published", deployed=NEW, percentage=100), DONE, id="all of it"),
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
    record = record_of_share(shown, NEW, 100, earlier=(10, 50))
    assert (record.state if record else None) is state


def test_a_status_that_nobody_documents_is_told() -> None:
    record = record_of_share(status("failed", publishing=NEW, percentage=100), NEW, 100)
    assert record is not None
    assert "failed" in record.detail


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        pytest.param(
            status("published", deployed=NEW, regions=["a", "b"], kind="region"), DONE, id="published there"
        ),
        pytest.param(
            status("publishing", publishing=NEW, regions={"Region": ["a"]}, kind="region"),
            MOVING,
            id="on the way",
        ),
        pytest.param(
            status("published", deployed=NEW, regions=["b"], kind="region"), NOTHING, id="elsewhere"
        ),
        pytest.param(
            status("published", deployed=OLD, regions=["a"], kind="region"), NOTHING, id="the older one"
        ),
        pytest.param(status("published", deployed=NEW, percentage=100), DONE, id="everywhere"),
        pytest.param(status("failed", deployed=NEW, regions=["a"], kind="region"), MOVING, id="undocumented"),
    ],
)
def test_a_region_is_judged(shown: AppStatus, state: RecordState | None) -> None:
    assert region(shown, "a") is state


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
