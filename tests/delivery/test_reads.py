"""Those who wait on one application share its reads, and nobody gets a read that began before the question."""

from __future__ import annotations

import asyncio

import pytest
from tests.delivery.answers import Answers, application, dist_page, refused

from pulumi_alicloud_edge._delivery.reads import MOST_NAMES, Reads, SingleFlight
from pulumi_alicloud_edge._errors import PermissionDeniedError, RejectedError


class Source:
    """Counts reads, and holds each until it is let go."""

    def __init__(self) -> None:
        self.asked: list[frozenset[str]] = []
        self.gate = asyncio.Event()
        self.error: Exception | None = None

    async def fetch(self, names: frozenset[str]) -> int:
        self.asked.append(names)
        number = len(self.asked)
        await self.gate.wait()
        if self.error:
            raise self.error
        return number


async def turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def names(*values: str) -> frozenset[str]:
    return frozenset(values)


async def test_those_who_ask_together_share_one_read_for_all_their_names() -> None:
    source = Source()
    merged = SingleFlight(source.fetch)
    readers = [asyncio.create_task(merged.read(names(name))) for name in "abc"]
    await turns()
    source.gate.set()
    assert await asyncio.gather(*readers) == [1, 1, 1]
    assert source.asked == [names("a", "b", "c")]


async def test_more_names_than_a_url_can_hold_are_read_as_everything() -> None:
    source = Source()
    source.gate.set()
    merged = SingleFlight(source.fetch)
    await asyncio.gather(*(merged.read(names(str(number))) for number in range(MOST_NAMES + 1)))
    assert source.asked == [frozenset()]


async def test_who_asks_while_a_read_is_under_way_gets_the_next_one() -> None:
    source = Source()
    merged = SingleFlight(source.fetch)
    first = asyncio.create_task(merged.read(names("a")))
    await turns()
    late = [asyncio.create_task(merged.read(names(name))) for name in "bc"]
    await turns()
    source.gate.set()
    assert await first == 1
    assert await asyncio.gather(*late) == [2, 2]
    assert source.asked == [names("a"), names("b", "c")]


async def test_every_question_is_answered_by_a_read_of_its_own_time() -> None:
    source = Source()
    source.gate.set()
    merged = SingleFlight(source.fetch)
    assert [await merged.read(names("a")) for _ in range(3)] == [1, 2, 3]


async def test_an_error_reaches_all_who_asked_and_the_next_read_is_made_anew() -> None:
    source = Source()
    source.gate.set()
    source.error = ValueError("no")
    merged = SingleFlight(source.fetch)
    results = await asyncio.gather(*(merged.read(names("a")) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [ValueError] * 3
    source.error = None
    assert await merged.read(names("a")) == 2


async def test_one_who_gives_up_takes_the_read_from_nobody() -> None:
    source = Source()
    merged = SingleFlight(source.fetch)
    patient = asyncio.create_task(merged.read(names("a")))
    hasty = asyncio.create_task(merged.read(names("b")))
    await turns()
    hasty.cancel()
    await turns()
    source.gate.set()
    assert await patient == 1
    assert hasty.cancelled()


async def test_a_read_that_nobody_waits_for_any_more_is_not_made() -> None:
    source = Source()
    merged = SingleFlight(source.fetch)
    first = asyncio.create_task(merged.read(names("a")))
    await turns()
    second = asyncio.create_task(merged.read(names("b")))
    await turns()
    second.cancel()
    source.gate.set()
    await first
    await turns()
    assert source.asked == [names("a")]


async def test_resources_of_one_application_share_status_reads() -> None:
    answers = Answers({"DescribeDataDistResult": dist_page()})
    reads = Reads(answers.cloud)
    await asyncio.gather(*(reads.dist_records("e-1", names(f"file-{number}")) for number in range(20)))
    (sent,) = answers.sent("DescribeDataDistResult")
    assert len(sent["DataNames"].split(",")) == 20


async def test_applications_do_not_share_reads() -> None:
    answers = Answers({"DescribeDataDistResult": dist_page()})
    reads = Reads(answers.cloud)
    await asyncio.gather(*(reads.dist_records(f"e-{number}", names("a")) for number in range(3)))
    assert {sent["AppId"] for sent in answers.sent("DescribeDataDistResult")} == {"e-0", "e-1", "e-2"}


async def test_the_inventory_is_none_where_it_may_not_be_read() -> None:
    reads = Reads(Answers({"DescribeApplication": refused(403, "Forbidden.RAM")}).cloud)
    assert await reads.inventory("e-1") is None


@pytest.mark.parametrize("code", ["InvalidAction.NotFound", "InvalidApi.NotFound", "InvalidParameter.AppId"])
async def test_the_inventory_is_none_where_the_cloud_does_not_tell_it(code: str) -> None:
    reads = Reads(Answers({"DescribeApplication": refused(404, code)}).cloud)
    assert await reads.inventory("e-1") is None


async def test_an_inventory_that_could_not_be_read_is_not_taken_for_none() -> None:
    reads = Reads(Answers({"DescribeApplication": refused(404, "InvalidRegion.NotFound")}).cloud)
    with pytest.raises(RejectedError):
        await reads.inventory("e-1")


async def test_the_inventory_lists_the_instances() -> None:
    reads = Reads(Answers({"DescribeApplication": application(i_1="a")}).cloud)
    inventory = await reads.inventory("e-1")
    assert inventory is not None
    assert [(one.instance_id, one.region_id) for one in inventory.instances] == [("i-1", "a")]


async def test_a_status_that_may_not_be_read_is_an_error() -> None:
    reads = Reads(Answers({"DescribeDataDistResult": refused(403, "Forbidden.RAM")}).cloud)
    with pytest.raises(PermissionDeniedError):
        await reads.dist_records("e-1", names("a"))
