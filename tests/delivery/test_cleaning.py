"""Cleaning: whole regions that nobody else needs, each by its name, and nothing where the cloud does not tell."""

from __future__ import annotations

from typing import Any

import pytest
from tests.delivery.answers import Answers, Row, application, dist_results, push_page, refused

from pulumi_alicloud_edge._delivery.cleaning import Cleaner
from pulumi_alicloud_edge._delivery.reads import Reads
from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.policy import (
    ByStrategies,
    Everywhere,
    ExactTargets,
    Expression,
    InRegions,
    Matching,
    Selector,
)
from pulumi_alicloud_edge._model.removal import Cleaning, LeftBecause, Permit, Wanted
from pulumi_alicloud_edge._reconcile.decisions import CONFIRMED_AFTER

OLD, NEW = Artifact("assets", "1.4"), Artifact("assets", "1.5")
FLEET = {"i-1": "a", "i-2": "a", "i-3": "b"}
LISTED = application(i_1="a", i_2="a", i_3="b")
NOBODY = refused(403, "Forbidden.RAM")
OPAQUE = ByStrategies('{"name": "ScheduleByCity", "parameters": {}}')
BOTH = pytest.mark.parametrize(
    "inventory", [LISTED, NOBODY, application()], ids=["listed", "denied", "empty"]
)


def held(*instances: str, artifact: Artifact = OLD, state: str = "SUCCESS") -> list[Row]:
    return [(artifact.name, artifact.version, state, instance, "1") for instance in instances]


def world(*rows: Row, places: dict[str, str] = FLEET, **more: Any) -> Answers:
    return Answers(
        {
            "DescribeApplication": LISTED,
            "DescribeDataDistResult": dist_results(*rows, places=places),
            "DescribeDataPushResult": push_page(
                ("assets", "1.4", "SUCCESS", "a", "1"), ("assets", "1.4", "SUCCESS", "b", "1")
            ),
            "CleanDistData": {},
            **more,
        }
    )


def cleaner(answers: Answers, *claims: Claim) -> Cleaner:
    async def sleep(seconds: float) -> None:
        answers.now += seconds

    cloud = answers.cloud
    return Cleaner(
        cloud.ens, Reads(cloud), "e-1", declared=lambda: claims, announce=lambda _: None, sleep=sleep
    )


def region(*values: str) -> Matching:
    return Matching((Expression("region_id", "In", values),))


def instances(*values: str) -> Matching:
    return Matching((Expression("instance_id", "In", values),))


def cleanings(permit: Permit) -> list[tuple[str, set[str]]]:
    return [(each.region, set(each.targets)) for each in permit.cleanings]


def left(permit: Permit) -> list[tuple[LeftBecause, set[str]]]:
    return [(each.reason, set(each.targets)) for each in permit.left]


async def test_a_region_is_always_named() -> None:
    answers = world()
    await cleaner(answers).clean(Cleaning(OLD, "a", frozenset({"i-1"})))
    (sent,) = answers.sent("CleanDistData")
    assert (sent["DataName"], sent["DataVersion"], sent["EnsRegionId"]) == ("assets", "1.4", "a")


@BOTH
@pytest.mark.parametrize("selector", [Everywhere(), region("a", "b"), InRegions(("a", "b"))])
async def test_what_is_everywhere_is_cleaned_region_by_region(inventory: Any, selector: Selector) -> None:
    """Where nobody lists the instances, the regions that the data was pushed to are asked."""
    answers = world(*held("i-1", "i-2", "i-3"), DescribeApplication=inventory)
    permit = await cleaner(answers).permit([Wanted(OLD, (selector,))])
    assert cleanings(permit) == [("a", {"i-1", "i-2"}), ("b", {"i-3"})]
    assert permit.left == ()


@BOTH
async def test_a_selection_by_region_cleans_in_its_regions_only(inventory: Any) -> None:
    answers = world(*held("i-1", "i-3"), DescribeApplication=inventory)
    permit = await cleaner(answers).permit([Wanted(OLD, (region("a"),))])
    assert (cleanings(permit), permit.left) == ([("a", {"i-1"})], ())


@BOTH
async def test_a_region_with_instances_of_others_is_left(inventory: Any) -> None:
    answers = world(*held("i-1", "i-2"), DescribeApplication=inventory)
    only = Matching((*region("a").expressions, *instances("i-1").expressions))
    permit = await cleaner(answers).permit([Wanted(OLD, (only,))])
    assert (cleanings(permit), left(permit)) == ([], [(LeftBecause.SHARED, {"i-1"})])


async def test_instances_whose_region_nobody_knows_are_left() -> None:
    """Neither the inventory nor where the data was pushed to tells where they are."""
    answers = world(
        *held("i-1", "i-3"), DescribeApplication=NOBODY, DescribeDataPushResult=push_page(), places={}
    )
    permit = await cleaner(answers).permit([Wanted(OLD, (Everywhere(),))])
    assert left(permit) == [(LeftBecause.REGION_UNKNOWN, {"i-1", "i-3"})]
    assert cleanings(permit) == []


async def test_a_selection_that_nobody_can_read_is_left() -> None:
    answers = world(*held("i-1", "i-3"))
    permit = await cleaner(answers).permit([Wanted(OLD, (OPAQUE,))])
    assert cleanings(permit) == []
    assert left(permit) == [(LeftBecause.SHARED, {"i-1"}), (LeftBecause.SHARED, {"i-3"})]


async def test_what_others_declare_is_left_and_the_rest_is_cleaned() -> None:
    other = Claim("other", "e-1", NEW, (region("b"),))
    answers = world(*held("i-1", "i-3"))
    permit = await cleaner(answers, other).permit([Wanted(OLD, (Everywhere(),))])
    assert (cleanings(permit), left(permit)) == ([("a", {"i-1"})], [(LeftBecause.DECLARED, {"i-3"})])


@pytest.mark.parametrize(
    "selector",
    [Everywhere(), instances("i-1"), ExactTargets(frozenset({"i-1"}))],
    ids=["all", "named", "exact"],
)
async def test_the_record_of_an_instance_that_no_longer_exists_keeps_nothing(selector: Selector) -> None:
    """i-9 was removed and left its record behind: it is not there to be shared with."""
    answers = world(*held("i-1", "i-9"), places=FLEET | {"i-9": "a"})
    permit = await cleaner(answers).permit([Wanted(OLD, (selector,))])
    assert (cleanings(permit), permit.left) == ([("a", {"i-1"})], ())


@pytest.mark.parametrize("later", [LISTED, application(), NOBODY], ids=["it is back", "empty", "denied"])
async def test_an_inventory_that_lacks_an_instance_once_does_not_make_its_region_ours(later: Any) -> None:
    """i-2 is somebody else's: a single answer without it must not have the region cleaned."""
    answers = world(*held("i-1", "i-2"), DescribeApplication=[application(i_1="a", i_3="b"), later])
    permit = await cleaner(answers).permit([Wanted(OLD, (instances("i-1"),))])
    assert answers.now == CONFIRMED_AFTER
    assert (cleanings(permit), left(permit)) == ([], [(LeftBecause.SHARED, {"i-1"})])


async def test_what_is_deleted_already_is_not_cleaned() -> None:
    answers = world(*held("i-1", state="DELETED"), *held("i-3", artifact=NEW))
    assert await cleaner(answers).permit([Wanted(OLD, (Everywhere(),))]) == Permit()


async def test_nothing_to_clean_is_not_asked_about() -> None:
    answers = world()
    assert await cleaner(answers).permit([]) == Permit()
    assert answers.calls == []


async def test_only_the_regions_of_the_targets_meant_are_displaced() -> None:
    answers = world(*held("i-1", "i-2", "i-3"))
    await cleaner(answers).displace(OLD, (Everywhere(),), frozenset({"i-3"}))
    assert [sent["EnsRegionId"] for sent in answers.sent("CleanDistData")] == ["b"]


async def test_many_regions_are_asked_few_at_a_time() -> None:
    places = {f"i-{number}": f"r-{number}" for number in range(40)}
    answers = world(*held(*places), places=places, DescribeApplication=NOBODY)
    permit = await cleaner(answers).permit([Wanted(OLD, (region(*places.values()),))])
    assert len(permit.cleanings) == 40
    assert len(answers.sent("DescribeDataDistResult")) == 2 * 41, "once for each of two looks (S5)"
