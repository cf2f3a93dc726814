"""Looks share readings: few calls for many resources, none older than some seconds, none twice for one asker."""

import asyncio

import pytest

from pulumi_alicloud_edge._delivery.preview_reads import FRESH_SECONDS, PreviewReads
from pulumi_alicloud_edge._delivery.records import FoldedRecords
from pulumi_alicloud_edge._errors import UnavailableError
from pulumi_alicloud_edge._model.observation import Artifact

APP = "e-1"


class Clouds:
    """Stands for the reads, and counts them."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked: list[frozenset[str]] = []
        self.error: Exception | None = None
        self.preview_reads = PreviewReads(self, lambda: self.now)  # type: ignore[arg-type]

    async def push_records(self, _: str, names: frozenset[str]) -> FoldedRecords:
        self.asked.append(names)
        if self.error:
            raise self.error
        return {Artifact("reading", str(len(self.asked))): {}}

    async def look(self, caller: str, *names: str, app: str = APP) -> int:
        """Look once; gives the number of the reading that was shown."""
        (artifact,) = await self.preview_reads.of(caller).push_records(app, frozenset(names))
        return int(artifact.version)


@pytest.fixture
def clouds() -> Clouds:
    return Clouds()


async def test_one_resource_reads_its_own_names_only(clouds: Clouds) -> None:
    await clouds.look("a", "x")
    assert clouds.asked == [frozenset("x")]


async def test_many_resources_of_an_application_need_two_reads(clouds: Clouds) -> None:
    shown = [await clouds.look(f"asker {number}", f"name {number}") for number in range(20)]
    assert shown == [1] + 19 * [2]
    assert clouds.asked[1] == frozenset(), "everything is read for the rest"


async def test_resources_that_look_at_once_need_one_read(clouds: Clouds) -> None:
    looks = [clouds.look(f"asker {number}", f"name {number}") for number in range(20)]
    assert await asyncio.gather(*looks) == 20 * [1]
    assert clouds.asked == [frozenset()]


async def test_who_looks_at_once_at_the_same_names_needs_no_more_than_those(clouds: Clouds) -> None:
    await asyncio.gather(clouds.look("a", "x"), clouds.look("b", "x"))
    assert clouds.asked == [frozenset("x")]


async def test_applications_share_nothing(clouds: Clouds) -> None:
    assert [await clouds.look("a", "x"), await clouds.look("b", "x", app="e-2")] == [1, 2]


async def test_who_asks_again_is_shown_something_newer(clouds: Clouds) -> None:
    assert [await clouds.look("a", "x"), await clouds.look("a", "x")] == [1, 2]


async def test_one_asker_that_looks_on_reads_anew_each_time(clouds: Clouds) -> None:
    glance = clouds.preview_reads.of("a")
    for _ in range(3):
        await glance.push_records(APP, frozenset("x"))
    assert len(clouds.asked) == 3


async def test_a_reading_grows_old(clouds: Clouds) -> None:
    await clouds.look("a", "x")
    clouds.now = FRESH_SECONDS + 1
    assert await clouds.look("b", "x") == 2


async def test_what_is_being_changed_is_read_anew_and_the_rest_is_not(clouds: Clouds) -> None:
    await clouds.look("a", "x")
    await clouds.look("b", "y")
    clouds.preview_reads.invalidated(APP, frozenset("x"))
    assert await clouds.look("c", "z") == 2
    assert await clouds.look("d", "x") == 3


async def test_a_failed_reading_is_told_and_not_kept(clouds: Clouds) -> None:
    clouds.error = UnavailableError(
        action="A", code="ServiceUnavailable", message="", status=503, request_id="", subject=APP
    )
    with pytest.raises(UnavailableError):
        await clouds.look("a", "x")
    clouds.error = None
    assert await clouds.look("b", "x") == 2
