"""A program may write plain values, Outputs, args objects and dicts; the engine gets plain properties, and no url."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest

import pulumi_alicloud_edge as edge
from pulumi_alicloud_edge._sdk.properties import set_apart_sources, to_property

URL = "https://example.com/a?Signature=SECRET"
FILE = {"name": "assets", "version": "1.5", "url": URL}
PLAIN = [{"name": "assets", "version": "1.5"}]
SOURCES = {"assets@1.5": URL}


async def known(value: Any) -> Any:
    return await pulumi.Output.from_input(value).future()


def output(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lambda: [FILE], id="dicts"),
        pytest.param(lambda: [edge.PushDataArgs(**FILE)], id="args"),
        pytest.param(lambda: (edge.PushDataArgs(**FILE),), id="a tuple"),
        pytest.param(lambda: [output(FILE)], id="an output of a dict"),
        pytest.param(lambda: [output(edge.PushDataArgs(**FILE))], id="an output of args"),
        pytest.param(lambda: output([FILE]), id="an output of all"),
        pytest.param(lambda: output([edge.PushDataArgs(**FILE)]), id="an output of a list of args"),
        pytest.param(lambda: [{**FILE, "url": output(URL)}], id="an output of the url"),
        pytest.param(
            lambda: [edge.PushDataArgs(**{**FILE, "version": output("1.5")})], id="an output of a field"
        ),
    ],
)
async def test_urls_are_set_apart_as_a_secret_however_they_are_written(data: Any) -> None:
    files, sources = set_apart_sources(to_property(data()))
    assert await known(files) == PLAIN
    assert await sources.future() == SOURCES
    assert await sources.is_secret()


async def test_what_is_not_set_is_left_out_at_any_depth() -> None:
    args = edge.RolloutArgs(stages=[edge.StageArgs(percentage=10)], max_failed=None)
    assert await known(to_property(args)) == {"stages": [{"percentage": 10}]}


async def test_a_file_without_a_url_gets_no_source() -> None:
    files, sources = set_apart_sources([{"name": "assets", "version": "1.5"}])
    assert (files, await sources.future()) == (PLAIN, {})


@pytest.mark.parametrize("data", ["assets", 5, None, [5, None], {}], ids=str)
async def test_what_is_no_list_of_files_is_left_for_the_check_to_refuse(data: Any) -> None:
    files, sources = set_apart_sources(data)
    assert files == data
    assert await sources.future() == {}


def test_nothing_is_awaited_while_the_program_is_built() -> None:
    """An Output that is never resolved does not hold a program up."""

    async def program() -> None:
        never: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        pending = pulumi.Output.from_input(FILE).apply(lambda _: never)
        files, sources = set_apart_sources([pending])
        assert isinstance(files[0], pulumi.Output)
        assert isinstance(sources, pulumi.Output)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    asyncio.run(program())
