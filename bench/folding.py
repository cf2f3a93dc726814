"""Reading the status of a fleet: CPU and memory against the bare parse, and against the vendor's own SDK."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic_core

from bench.children import ask, spent
from bench.figure import Bars, Figure, Measured

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.ens_status import StatusGroup

FLEET, SMALL_FLEET = 1_000_000, 100_000
SLICE = 1_000
CONTENDERS = ("parse", "counts", "records", "sdk_counts", "sdk_records")
REPEATS = 5


def measure(*, quick: bool) -> Measured:
    """Fold a fleet into counts, and into records of each target, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = (SMALL_FLEET // 10, SMALL_FLEET) if quick else (SMALL_FLEET, FLEET)
        small, large = (_all(Path(folder), size, REPEATS) for size in sizes)
    parse = large["parse"]["cpu"]
    growth = {name: large[name]["cpu"] / small[name]["cpu"] / (sizes[1] / sizes[0]) for name in large}
    what = f"{sizes[1]:,} instances"
    figures = (
        Figure(f"{what} into counts, CPU", large["counts"]["cpu"] / parse, "× the parse", 1.2),
        Figure(f"{what} into counts, memory", large["counts"]["mib"], "MiB", 64),
        Figure(f"{what} into records, CPU", large["records"]["cpu"] / parse, "× the parse", 3),
        Figure(f"{what} into records, memory", large["records"]["mib"], "MiB", 300),
        Figure(
            f"{what} into counts, CPU", large["counts"]["cpu"] / large["sdk_counts"]["cpu"], "× the SDK", 1
        ),
        Figure(
            f"{what} into records, CPU", large["records"]["cpu"] / large["sdk_records"]["cpu"], "× the SDK", 1
        ),
        Figure("ten times the instances, counts", growth["counts"], "× linear", 1.2),
        Figure("ten times the instances, records", growth["records"], "× linear", 1.2),
    )
    contenders = {kind: [large[name][kind] for name in CONTENDERS] for kind in ("cpu",)}
    return Measured(figures, Bars(CONTENDERS, {f"{sizes[1]:,} instances": contenders["cpu"]}, "CPU seconds"))


def _all(folder: Path, size: int, repeats: int) -> dict[str, dict[str, float]]:
    place = folder / str(size)
    place.mkdir()
    for number in range(size // SLICE):
        place.joinpath(f"{number:06}.json").write_bytes(page(number))
    rounds: list[dict[str, Any]] = [
        {name: ask("bench.folding", name, str(place)) for name in CONTENDERS} for _ in range(repeats)
    ]
    return {
        name: {kind: min(each[name][kind] for each in rounds) for kind in ("cpu", "mib")}
        for name in CONTENDERS
    }


def page(number: int) -> bytes:
    """One answer of DescribeDataDistResult; three states, times to the second, as a rollout leaves them."""
    groups = []
    ids = range(number * SLICE, (number + 1) * SLICE)
    for status, part in (("SUCCESS", ids[:-20]), ("DISTING", ids[-20:-5]), ("FAILED", ids[-5:])):
        instances = [
            {
                "InstanceId": f"i-5qzje8f5un1wmi{each:011d}",
                "StartTime": "2026-11-28T16:00:00Z",
                "UpdateTime": f"2026-11-28T16:{each // 60 % 60:02}:{each % 60:02}Z",
                "StatusDescrip": "Success" if status == "SUCCESS" else "",
            }
            for each in part
        ]
        groups.append({"Status": status, "InstanceCount": len(part), "Instances": {"Instance": instances}})
    result = {"Name": "assets", "Version": "2026.11.1", "StatusStats": {"StatusStat": groups}}
    return json.dumps({"RequestId": f"R-{number}", "DistResults": {"DistResult": [result]}}).encode()


def _slices(folder: str) -> Iterator[bytes]:
    for path in sorted(Path(folder).iterdir()):
        yield path.read_bytes()


def _parse(folder: str) -> None:
    for body in _slices(folder):
        pydantic_core.from_json(body)


async def _groups(folder: str) -> AsyncIterator[StatusGroup]:
    from pulumi_alicloud_edge._cloud.classify import RawResponse, read_document
    from pulumi_alicloud_edge._cloud.ens import DIST_RESULT
    from pulumi_alicloud_edge._cloud.ens_status import dist_groups
    from pulumi_alicloud_edge._cloud.response import Answer

    for body in _slices(folder):
        document = read_document(DIST_RESULT, RawResponse(200, {}, body), subject="app", secrets=())
        for group in dist_groups(Answer(DIST_RESULT, "app", 200, document)):
            yield group


def _sdk(folder: str) -> Iterator[tuple[str, Any]]:
    from alibabacloud_ens20171110 import models

    for body in _slices(folder):
        answer = models.DescribeDataDistResultResponseBody().from_map(json.loads(body))
        for result in answer.dist_results.dist_result:
            for stat in result.status_stats.status_stat:
                yield stat.status, stat.instances.instance


def _run(contender: str, folder: str) -> dict[str, float]:
    match contender:
        case "parse":
            return spent(lambda: _parse(folder))
        case "counts" | "records":
            from pulumi_alicloud_edge._delivery.records import count, fold

            for loaded_before in ("session", "ens"):
                import_module(f"pulumi_alicloud_edge._cloud.{loaded_before}")
            into = count if contender == "counts" else fold
            return spent(lambda: asyncio.run(into(_groups(folder))))
        case "sdk_counts":
            from alibabacloud_ens20171110 import models

            def into_counts() -> Counter[str]:
                counts: Counter[str] = Counter()
                for status, instances in _sdk(folder):
                    counts[status] += len(instances)
                return counts

            return spent(into_counts)
        case _:
            from alibabacloud_ens20171110 import models  # noqa: F401

            return spent(
                lambda: {
                    instance.instance_id: (status, instance.update_time)
                    for status, instances in _sdk(folder)
                    for instance in instances
                }
            )


if __name__ == "__main__":
    print(json.dumps(_run(*sys.argv[1:])))
