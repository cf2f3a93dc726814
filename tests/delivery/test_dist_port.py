"""Distributions: who is selected, what is sent, what the answer tells, and how data goes away again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.delivery.answers import Answers, application, dist_page, distributed, refused

from pulumi_alicloud_edge.cloud.ens_wire import DistFile
from pulumi_alicloud_edge.delivery.dist import DistPort, DistRemovalPort, limited_to, members_of
from pulumi_alicloud_edge.delivery.reads import Reads
from pulumi_alicloud_edge.errors import RejectedError
from pulumi_alicloud_edge.model.observation import Unit
from pulumi_alicloud_edge.model.policy import (
    ByStrategies,
    Everywhere,
    Expression,
    InRegions,
    Matching,
    Scope,
    Stage,
)
from pulumi_alicloud_edge.reconcile.decisions import StartRequest

ASSETS = Unit("assets", "1.5")
FILE = DistFile(name="assets", version="1.5", dest_path="/opt")
FLEET = {"i-1": "a", "i-2": "a", "i-3": "b"}
APPLICATION = application(i_1="a", i_2="a", i_3="b")
ALL = Everywhere()
NOBODY = refused(403, "Forbidden.RAM")


def region(*values: str, operator: str = "In") -> Matching:
    return Matching((Expression("region_id", operator, values),))


def port(answers: Answers, *scopes: Scope) -> DistPort:
    cloud = answers.cloud
    stages = tuple(Stage(scope) for scope in scopes or (Everywhere(),))
    return DistPort(
        ens=cloud.ens, reads=Reads(cloud), app_id="e-1", files={ASSETS: FILE}, units=(ASSETS,), stages=stages
    )


def request(scope: Scope = ALL, targets: frozenset[str] | None = None, repeat: int = 0) -> StartRequest:
    return StartRequest(0, scope, (ASSETS,), targets, repeat)


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
    ("scope", "members"),
    [
        (Everywhere(), {"i-1", "i-2", "i-3"}),
        (region("a"), {"i-1", "i-2"}),
        (region("a", operator="NotIn"), {"i-3"}),
        (region("c"), set()),
        (Matching((Expression("instance_id", "In", ("i-3", "i-9")),)), {"i-3"}),
        (Matching((*region("a").expressions, Expression("instance_id", "NotIn", ("i-1",)))), {"i-2"}),
        (Matching((Expression("label", "In", ("x",)),)), None),
        (Matching((*region("a").expressions, Expression("label", "In", ("x",)))), None),
        (ByStrategies("{}"), None),
    ],
)
def test_the_inventory_says_who_belongs_to_a_scope(scope: Scope, members: set[str] | None) -> None:
    assert members_of(scope, FLEET) == members


def test_without_an_inventory_nobody_says_who_belongs() -> None:
    assert members_of(Everywhere(), {}) is None
    assert members_of(region("a"), {}) is None


@pytest.mark.parametrize(
    "inventory",
    [NOBODY, refused(404, "InvalidAction.NotFound"), application()],
    ids=["denied", "not served", "empty"],
)
async def test_an_inventory_that_cannot_be_had_is_no_error(inventory: Any) -> None:
    seen = await port(world(DescribeApplication=inventory), region("a")).observe()
    assert seen.members == (None,)


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


async def test_where_instances_cannot_be_named_their_regions_are_and_it_is_remembered() -> None:
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


async def test_a_start_of_the_whole_that_is_refused_is_not_tried_otherwise() -> None:
    answers = world(DistApplicationData=refused(400, "InvalidParameter.Data"))
    with pytest.raises(RejectedError):
        await port(answers).start(request())
    assert len(answers.sent("DistApplicationData")) == 1


async def test_a_repeat_below_a_newer_version_cleans_that_first() -> None:
    lying = dist_page(("assets", "1.5", "SUCCESS", "i-3", "1"), ("assets", "1.6", "SUCCESS", "i-3", "2"))
    answers = world(DescribeDataDistResult=lying)
    one = port(answers)
    await one.observe()
    await one.start(request(repeat=1, targets=frozenset({"i-3"})))
    (cleaned,) = answers.sent("CleanDistData")
    assert (cleaned["DataName"], cleaned["DataVersion"], cleaned["EnsRegionId"]) == ("assets", "1.6", "b")


async def test_the_first_start_cleans_nothing() -> None:
    lying = dist_page(("assets", "1.5", "SUCCESS", "i-3", "1"), ("assets", "1.6", "SUCCESS", "i-3", "2"))
    answers = world(DescribeDataDistResult=lying)
    one = port(answers)
    await one.observe()
    await one.start(request())
    assert answers.sent("CleanDistData") == []


@pytest.mark.parametrize("inventory", [APPLICATION, NOBODY], ids=["inventory", "no inventory"])
async def test_a_repeat_never_cleans_where_another_selection_is(inventory: Any) -> None:
    """Another resource runs 1.6 in region b; it lies above the 1.5 that was everywhere once."""
    lying = dist_page(("assets", "1.5", "SUCCESS", "i-3", "1"), ("assets", "1.6", "SUCCESS", "i-3", "2"))
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


async def test_a_removal_reads_and_cleans_in_its_regions_only() -> None:
    answers = world()
    removing = DistRemovalPort(answers.cloud.ens, "e-1", (ASSETS,), ("a", "b"))
    await removing.clean(ASSETS)
    assert [sent["EnsRegionId"] for sent in answers.sent("CleanDistData")] == ["a", "b"]


async def test_a_removal_without_regions_cleans_everywhere_at_once() -> None:
    answers = world()
    await DistRemovalPort(answers.cloud.ens, "e-1", (ASSETS,), ()).clean(ASSETS)
    (sent,) = answers.sent("CleanDistData")
    assert "EnsRegionId" not in sent


@pytest.mark.parametrize(
    ("scopes", "regions"),
    [
        ([region("a")], {"a"}),
        ([region("a"), region("a", "b")], {"a", "b"}),
        ([region("a"), Everywhere()], set()),
        ([region("a", operator="NotIn")], set()),
        ([Matching((*region("a").expressions, *region("b").expressions))], set()),
        ([InRegions(("a",))], set()),
        ([ByStrategies("{}")], set()),
    ],
)
def test_regions_limit_a_removal_only_where_nothing_else_selects(
    scopes: list[Scope], regions: set[str]
) -> None:
    assert limited_to(tuple(Stage(scope) for scope in scopes)) == regions


async def test_a_repeat_of_the_whole_cleans_what_displaces_within_its_selection() -> None:
    lying = [
        (name, version, "SUCCESS", instance, updated)
        for instance in ("i-1", "i-3")
        for name, version, updated in (("assets", "1.5", "1"), ("assets", "1.6", "2"))
    ]
    answers = world(DescribeDataDistResult=dist_page(*lying))
    one = port(answers, region("a"))
    await one.observe()
    await one.start(request(region("a"), repeat=1))
    cleaned = [(sent["DataVersion"], sent["EnsRegionId"]) for sent in answers.sent("CleanDistData")]
    assert cleaned == [("1.6", "a")]
