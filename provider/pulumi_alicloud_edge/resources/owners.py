"""Two resources that want different versions of the same thing on the same targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pulumi_alicloud_edge.errors import InputFault
from pulumi_alicloud_edge.registry import Declaration


def conflict_faults(
    declarations: Iterable[Declaration], others: Iterable[Declaration]
) -> Iterator[InputFault]:
    """Find declarations of other resources of the same program that contradict these.

    Only one version of a name can run on a target, so the two would displace each other for ever.
    """
    others = tuple(others)
    for mine in declarations:
        for theirs in others:
            if mine.contradicts(theirs):
                reason = (
                    f"{mine.unit} contradicts {theirs.unit}, which another resource declares for the same targets: "
                    f"{mine.urn} and {theirs.urn}"
                )
                yield InputFault("", reason)
