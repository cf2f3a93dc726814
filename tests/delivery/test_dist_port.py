"""Distributions: what is sent, what the answer tells, and what is displaced so that a version can run."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.delivery.answers import (
    Answer,
    Answers,
    Row,
    application,
    dist_page,
    dist_results,
    distributed,
    refused,
)

from pulumi_alicloud_edge._cloud.ens_wire import DistFile
from pulumi_alicloud_edge._delivery.cleaning import Cleaner
from pulumi_alicloud_edge._delivery.dist import DistPort
from pulumi_alicloud_edge._delivery.reads import Reads
from pulumi_alicloud_edge._errors import RejectedError
from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.policy import Everywhere, ExactTargets, Expression, Matching, Selector, Stage
from pulumi_alicloud_edge._model.removal import Cleaning, LeftBecause, Permit
from pulumi_alicloud_edge._reconcile.decisions import StartRequest

ASSETS, NEWER = Artifact("assets", "1.5"), Artifact("assets", "1.6")
FILE = DistFile(name="assets", version="1.5", dest_path="/opt")
FLEET = {"i-1": "a", "i-2": "a", "i-3": "b"}
APPLICATION = application(i_1="a", i_2="a", i_3="b")
ALL = Everywhere()
NOBODY = refused(403, "Forbidden.RAM")


def region(*values: str, operator: str = "In") -> Matching:
    return Matching((Expression("region_id", operator, values),))


def port(
    answers: Answers,
    *selectors: Selector,
    claims: tuple[Claim, ...] = (),
    told: list[Permit] | None = None,
) -> DistPort:
    """A port that displaces what other resources do not declare, and notes what it announces."""
    cloud = answers.cloud
    announced: list[Permit] = [] if told is None else told
    return DistPort(
        ens=cloud.ens,
        reads=Reads(cloud),
        app_id="e-1",
        files={ASSETS: FILE},
        artifacts=(ASSETS,),
        stages=tuple(Stage(selector) for selector in selectors or (Everywhere(),)),
        cleaner=Cleaner(cloud.ens, Reads(cloud), "e-1", declared=lambda: claims, announce=announced.append),
        clock=lambda: answers.now,
    )


def recorded(*rows: Row) -> Answer:
    return dist_results(*rows, places=FLEET)


def request(selector: Selector = ALL, targets: frozenset[str] | None = None, repeat: int = 0) -> StartRequest:
    return StartRequest(0, selector, (ASSETS,), targets, repeat)


def world(**more: Any) -> Answers:
    return Answers(
        {
            "DescribeApplication": APPLICATION,
            "DescribeDataDistResult": dist_page(),
            "DistApplicationData": distributed("i-1", "i-2", "i-3"),
            "CleanDistData": {},
            **more,
        }
    )


def strategy(answers: Answers, index: int = -1) -> Any:
    sent = answers.sent("DistApplicationData")[index].get("DistStrategy")
    return None if sent is None else json.loads(sent)["parameters"]["match_expressions"]


@pytest.mark.parametrize(
    "inventory",
    [NOBODY, refused(404, "InvalidAction.NotFound"), application()],
    ids=["denied", "not served", "empty"],
)
async def test_an_inventory_that_cannot_be_had_is_no_error(inventory: Any) -> None:
    seen = await port(world(DescribeApplication=inventory), region("a")).observe()
    assert seen.stage_targets == (None,)


async def test_a_distribution_everywhere_sends_no_strategy_and_tells_the_instances() -> None:
    answers = world()
    answer = await port(answers).start(request())
    assert strategy(answers) is None
    assert answer.targets == {"i-1", "i-2", "i-3"}
    assert json.loads(answers.sent("DistApplicationData")[0]["Data"]) == [
        {"name": "assets", "version": "1.5", "destPath": "/opt"}
    ]


async def test_a_list_that_is_shorter_than_its_count_tells_nothing() -> None:
    answer = await port(world(DistApplicationData=distributed("i-1", total=40))).start(request())
    assert answer.targets is None


@pytest.mark.parametrize("code", [0, 400])
async def test_the_result_code_of_a_distribution_decides_nothing(code: int) -> None:
    answer = await port(world(DistApplicationData=distributed("i-1", code=code))).start(request())
    assert (answer.refused, answer.targets) == ({}, {"i-1"})


async def test_a_repeat_for_some_instances_names_them() -> None:
    answers = world()
    one = port(answers)
    await one.observe()
    await one.start(request(targets=frozenset({"i-3", "i-1"})))
    assert strategy(answers) == [{"key": "instance_id", "operator": "In", "values": ["i-1", "i-3"]}]


async def test_where_instances_cannot_be_named_whole_regions_are_and_it_is_remembered() -> None:
    def choosy(sent: dict[str, str]) -> Any:
        named = "instance_id" in sent.get("DistStrategy", "")
        return refused(400, "InvalidParameter.DistStrategy") if named else distributed("i-3")

    answers = world(DistApplicationData=choosy)
    one = port(answers)
    await one.observe()
    await one.start(request(targets=frozenset({"i-3"})))
    assert strategy(answers) == [{"key": "region_id", "operator": "In", "values": ["b"]}]
    await one.start(request(targets=frozenset({"i-1"})))
    assert len(answers.sent("DistApplicationData")) == 3


async def test_where_instances_cannot_be_named_a_region_that_holds_others_is_left_alone() -> None:
    """An instance of region a is not selected: the whole region must not be started for the other one."""

    def choosy(sent: dict[str, str]) -> Any:
        named = "instance_id" in sent.get("DistStrategy", "")
        return refused(400, "InvalidParameter.DistStrategy") if named else distributed("i-1", "i-2")

    answers = world(DistApplicationData=choosy)
    one = port(answers, Matching((Expression("instance_id", "In", ("i-1",)),)))
    await one.observe()
    answer = await one.start(request(targets=frozenset({"i-1"})))
    assert len(answers.sent("DistApplicationData")) == 1
    assert "by region only" in answer.refused[ASSETS]


async def test_exact_targets_are_started_one_by_one_whatever_the_inventory_lists() -> None:
    """A rollback goes to just the instances that this rollout has changed."""
    exact = ExactTargets(frozenset({"i-1", "i-3"}))
    answers = world(DescribeApplication=NOBODY)
    one = port(answers, exact)
    assert (await one.observe()).stage_targets == (exact.targets,)
    await one.start(request(exact))
    assert strategy(answers) == [{"key": "instance_id", "operator": "In", "values": ["i-1", "i-3"]}]


async def test_an_old_inventory_is_read_anew_and_a_fresh_one_is_kept() -> None:
    answers = world(DescribeApplication=[APPLICATION, application(i_1="a"), application()])
    one = port(answers)
    first = await one.observe()
    answers.now += 30
    assert (await one.observe()).stage_targets == first.stage_targets == (frozenset({"i-1", "i-2", "i-3"}),)
    answers.now += 31
    assert (await one.observe()).stage_targets == (frozenset({"i-1"}),)
    assert (await one.observe(afresh=True)).stage_targets == (None,)


async def test_stopped_instances_are_told_apart() -> None:
    stopped = application(i_1="a", i_2="a")
    detail = json.loads(stopped["Application"])
    (stat,) = detail["DetailStat"]["AppVersionStat"][0]["DistrictStat"]
    stat["InstanceStat"][0]["InstanceStatus"] = "Stopped"
    seen = await port(world(DescribeApplication={"Application": json.dumps(detail)})).observe()
    assert (seen.stopped, seen.regions) == ({"i-1"}, {"i-1": "a", "i-2": "a"})


async def test_a_start_of_the_whole_that_is_refused_is_not_tried_otherwise() -> None:
    answers = world(DistApplicationData=refused(400, "InvalidParameter.Data"))
    with pytest.raises(RejectedError):
        await port(answers).start(request())
    assert len(answers.sent("DistApplicationData")) == 1


async def test_a_repeat_below_a_newer_version_cleans_that_first() -> None:
    lying = recorded(("assets", "1.5", "SUCCESS", "i-3", "1"), ("assets", "1.6", "SUCCESS", "i-3", "2"))
    answers = world(DescribeDataDistResult=lying)
    told: list[Permit] = []
    one = port(answers, told=told)
    await one.observe()
    await one.start(request(repeat=1, targets=frozenset({"i-3"})))
    (cleaned,) = answers.sent("CleanDistData")
    assert (cleaned["DataName"], cleaned["DataVersion"], cleaned["EnsRegionId"]) == ("assets", "1.6", "b")
    assert told == [Permit((Cleaning(NEWER, "b", frozenset({"i-3"})),))]


async def test_what_another_resource_declares_is_not_displaced() -> None:
    """Nor is another version of the name: both would displace each other for ever."""
    lying = recorded(("assets", "1.5", "SUCCESS", "i-3", "1"), ("assets", "1.6", "SUCCESS", "i-3", "2"))
    answers = world(DescribeDataDistResult=lying)
    told: list[Permit] = []
    one = port(answers, claims=(Claim("other", "e-1", NEWER, (region("b"),)),), told=told)
    await one.observe()
    await one.start(request(repeat=1, targets=frozenset({"i-3"})))
    assert answers.sent("CleanDistData") == []
    (left,) = told[0].left
    assert (left.reason, left.urn) == (LeftBecause.DECLARED, "other")


async def test_a_version_is_not_displaced_where_instances_that_are_not_selected_run_it() -> None:
    rows = [("assets", "1.6", "SUCCESS", instance, "2") for instance in ("i-1", "i-2")]
    lying = recorded(("assets", "1.5", "SUCCESS", "i-1", "1"), *rows)
    answers = world(DescribeDataDistResult=lying)
    only = Matching((Expression("instance_id", "In", ("i-1",)),))
    told: list[Permit] = []
    one = port(answers, only, told=told)
    await one.observe()
    await one.start(request(only, repeat=1))
    assert answers.sent("CleanDistData") == []
    assert [left.reason for left in told[0].left] == [LeftBecause.SHARED]


async def test_the_first_start_cleans_nothing() -> None:
    lying = recorded(("assets", "1.5", "SUCCESS", "i-3", "1"), ("assets", "1.6", "SUCCESS", "i-3", "2"))
    answers = world(DescribeDataDistResult=lying)
    one = port(answers)
    await one.observe()
    await one.start(request())
    assert answers.sent("CleanDistData") == []


@pytest.mark.parametrize("inventory", [APPLICATION, NOBODY], ids=["inventory", "no inventory"])
async def test_a_repeat_never_cleans_where_another_selection_is(inventory: Any) -> None:
    """Another resource runs 1.6 in region b; it lies above the 1.5 that was everywhere once."""
    lying = recorded(("assets", "1.5", "SUCCESS", "i-3", "1"), ("assets", "1.6", "SUCCESS", "i-3", "2"))
    answers = world(DescribeDataDistResult=lying, DescribeApplication=inventory)
    one = port(answers, region("a"))
    await one.observe()
    await one.start(request(region("a"), repeat=1))
    assert answers.sent("CleanDistData") == []


async def test_many_instances_are_started_and_healthy_ones_among_them_left_alone() -> None:
    fleet = {f"i_{number:03}": "a" for number in range(300)}
    answers = world(DescribeApplication=application(**fleet))
    one = port(answers)
    await one.observe()
    failed = frozenset(f"i-{number:03}" for number in range(0, 300, 2))
    await one.start(request(targets=failed))
    named = [
        value
        for index in range(len(answers.sent("DistApplicationData")))
        for expression in strategy(answers, index)
        for value in expression["values"]
    ]
    assert sorted(named) == sorted(failed)


async def test_a_repeat_of_the_whole_cleans_what_displaces_within_its_selection() -> None:
    lying = [
        (name, version, "SUCCESS", instance, updated)
        for instance in ("i-1", "i-3")
        for name, version, updated in (("assets", "1.5", "1"), ("assets", "1.6", "2"))
    ]
    answers = world(DescribeDataDistResult=recorded(*lying))
    one = port(answers, region("a"))
    await one.observe()
    await one.start(request(region("a"), repeat=1))
    cleaned = [(sent["DataVersion"], sent["EnsRegionId"]) for sent in answers.sent("CleanDistData")]
    assert cleaned == [("1.6", "a")]
