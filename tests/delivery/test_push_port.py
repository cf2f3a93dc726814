"""Pushes: what is sent, and how the codes of the answer and the status are read."""

from __future__ import annotations

import json

import pytest
from tests.delivery.answers import Answers, application, push_page, pushed, refused

from pulumi_alicloud_edge._cloud.ens_wire import PushFile
from pulumi_alicloud_edge._delivery.push import PushPort
from pulumi_alicloud_edge._delivery.reads import Reads
from pulumi_alicloud_edge._model.observation import Artifact, RecordState
from pulumi_alicloud_edge._model.policy import ByStrategies, Everywhere, InRegions, Selector, Stage
from pulumi_alicloud_edge._reconcile.decisions import StartRequest

ASSETS = Artifact("assets", "1.5")
FILE = PushFile(name="assets", version="1.5", url="http://x/a?Signature=S", md5="0" * 32, size=3)


def port(answers: Answers, *selectors: Selector) -> PushPort:
    cloud = answers.cloud
    stages = tuple(Stage(selector) for selector in selectors or (Everywhere(),))
    return PushPort(
        ens=cloud.ens,
        reads=Reads(cloud),
        app_id="e-1",
        files={ASSETS: FILE},
        artifacts=(ASSETS,),
        stages=stages,
    )


def request(selector: Selector = Everywhere(), targets: frozenset[str] | None = None) -> StartRequest:  # noqa: B008
    return StartRequest(0, selector, (ASSETS,), targets)


async def test_a_push_everywhere_sends_the_file_and_no_strategy() -> None:
    answers = Answers({"PushApplicationData": pushed(0)})
    answer = await port(answers).start(request())
    (sent,) = answers.sent("PushApplicationData")
    assert json.loads(sent["Data"]) == [
        {"name": "assets", "version": "1.5", "url": "http://x/a?Signature=S", "md5": "0" * 32, "size": 3}
    ]
    assert "PushStrategy" not in sent
    assert (answer.targets, answer.request_id) == (None, "REQ-1")


@pytest.mark.parametrize(
    ("selector", "targets", "regions"),
    [
        (InRegions(("b", "a")), None, ["b", "a"]),
        (InRegions(("a", "b")), frozenset({"b"}), ["b"]),
        (Everywhere(), frozenset({"c", "a"}), ["a", "c"]),
    ],
)
async def test_regions_go_as_the_documented_strategy(
    selector: Selector, targets: frozenset[str] | None, regions: list[str]
) -> None:
    answers = Answers({"PushApplicationData": pushed(0)})
    await port(answers, selector).start(request(selector, targets))
    strategy = json.loads(answers.sent("PushApplicationData")[0]["PushStrategy"])
    assert strategy == {"name": "ScheduleToRegionId", "parameters": {"operator": "In", "values": regions}}


async def test_raw_strategies_go_untouched() -> None:
    answers = Answers({"PushApplicationData": pushed(0)})
    await port(answers).start(request(ByStrategies('{"x":  1}')))
    assert answers.sent("PushApplicationData")[0]["PushStrategy"] == '{"x":  1}'


@pytest.mark.parametrize(
    ("code", "complete", "refused_", "noted"),
    [
        pytest.param(0, False, False, True, id="0 accepted"),
        pytest.param(100, True, False, True, id="100 pushed already"),
        pytest.param(200, False, False, True, id="200 under way"),
        pytest.param(300, False, True, False, id="300 failed, to be pushed again"),
        pytest.param(777, False, False, True, id="one that nobody documents"),
    ],
)
async def test_the_code_of_each_file_is_read(
    code: int,
    complete: bool,  # noqa: FBT001
    refused_: bool,  # noqa: FBT001
    noted: bool,  # noqa: FBT001
) -> None:
    answer = await port(Answers({"PushApplicationData": pushed(code, "words")})).start(request())
    assert (answer.complete == {ASSETS}) is complete
    assert (answer.refused == {ASSETS: "words"}) is refused_
    assert (answer.notes == {ASSETS: "words"}) is noted


async def test_members_are_known_where_regions_are_named() -> None:
    answers = Answers(
        {"DescribeDataPushResult": push_page(), "DescribeApplication": refused(403, "Forbidden")}
    )
    seen = await port(answers, InRegions(("a",)), Everywhere()).observe()
    assert seen.stage_targets == (frozenset({"a"}), None)


async def test_the_instances_regions_hint_at_where_everywhere_is() -> None:
    answers = Answers(
        {"DescribeDataPushResult": push_page(), "DescribeApplication": application(i_1="a", i_2="b", i_3="a")}
    )
    one = port(answers)
    assert (await one.observe()).hints == {"a", "b"}
    await one.observe()
    assert len(answers.sent("DescribeApplication")) == 1


async def test_hints_are_not_asked_for_where_regions_are_named() -> None:
    answers = Answers({"DescribeDataPushResult": push_page()})
    await port(answers, InRegions(("a",))).observe()
    assert answers.sent("DescribeApplication") == []


async def test_records_of_all_pages_and_versions_are_gathered() -> None:
    first = push_page(
        ("assets", "1.5", "SUCCESS", "a", "2"), ("assets", "1.4", "SUCCESS", "a", "1"), total=101
    )
    second = push_page(
        ("assets", "1.5", "PUSHING", "b", "3"), ("assets", "1.5", "FAILED", "c", "3"), total=101
    )
    answers = Answers({"DescribeDataPushResult": [first, second]})
    seen = await port(answers, InRegions(("a", "b", "c"))).observe()
    states = {target: record.state for target, record in seen.of(ASSETS).items()}
    assert states == {"a": RecordState.SUCCEEDED, "b": RecordState.IN_PROGRESS, "c": RecordState.FAILED}
    assert set(seen.versions_of("assets")) == {"1.4", "1.5"}
    assert seen.of(ASSETS)["c"].detail == "FAILED."
    assert answers.sent("DescribeDataPushResult")[0]["DataNames"] == "assets"


@pytest.mark.parametrize("turned", [False, True], ids=["in order", "turned round"])
async def test_of_two_records_of_a_target_the_newer_counts(turned: bool) -> None:  # noqa: FBT001
    rows = [("assets", "1.5", "FAILED", "a", "2026-01-01"), ("assets", "1.5", "SUCCESS", "a", "2026-01-02")]
    page = push_page(*(reversed(rows) if turned else rows))
    seen = await port(Answers({"DescribeDataPushResult": page}), InRegions(("a",))).observe()
    assert seen.of(ASSETS)["a"].state is RecordState.SUCCEEDED


async def test_a_status_that_nobody_documents_is_never_a_success() -> None:
    page = push_page(("assets", "1.5", "VERIFIED", "a", "1"))
    seen = await port(Answers({"DescribeDataPushResult": page}), InRegions(("a",))).observe()
    record = seen.of(ASSETS)["a"]
    assert record.state is RecordState.IN_PROGRESS
    assert "VERIFIED" in record.detail
