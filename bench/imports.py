"""What importing the provider costs, against the packages that it cannot do without."""

from __future__ import annotations

import json
import sys
import time

from bench.children import ask
from bench.figure import Bars, Figure, Measured

STATEMENTS = {
    "base": ("pulumi", "pulumi.dynamic", "httpx", "pydantic"),
    "program": ("pulumi_alicloud_edge",),
    "host": ("pulumi.dynamic", "pulumi_alicloud_edge.provider"),
    "host, first call": (
        "pulumi.dynamic",
        "pulumi_alicloud_edge.provider",
        "pulumi_alicloud_edge._operations.apply",
        "pulumi_alicloud_edge._resources.push",
        "pulumi_alicloud_edge._delivery.push",
        "pulumi_alicloud_edge._delivery.preview_reads",
    ),
}
ROUNDS = 9


def measure(*, quick: bool) -> Measured:
    """Import in fresh interpreters with the package's own dependencies alone; the least CPU of each counts."""
    from support.sdks import plain  # not to be had in the interpreters that import

    sdk = plain()
    rounds = [
        {name: float(ask("bench.imports", name, sdk=sdk)) for name in STATEMENTS}
        for _ in range(3 if quick else ROUNDS)
    ]
    least = {name: min(each[name] for each in rounds) for name in STATEMENTS}
    base = least["base"]
    seen = f"against {base * 1000:.0f} ms"
    figures = (
        Figure("import in a user's program", least["program"] / base, "× pulumi, httpx, pydantic", 1.1, seen),
        Figure("import in the dynamic host", least["host"] / base, "× pulumi, httpx, pydantic", 1.1, seen),
        Figure(
            "import in the dynamic host with all that the first call loads",
            least["host, first call"] / base,
            "× pulumi, httpx, pydantic",
            1.1,
            seen,
        ),
    )
    return Measured(figures, Bars(tuple(least), {"CPU": [1000 * value for value in least.values()]}, "ms"))


if __name__ == "__main__":
    began = time.process_time()
    for module in STATEMENTS[sys.argv[1]]:
        __import__(module)
    print(json.dumps(time.process_time() - began))
