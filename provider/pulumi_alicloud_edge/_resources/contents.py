"""What a push remembers of the content of its versions: the content of an arrived version must not change."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._resources.data_outputs import succeeded_somewhere
from pulumi_alicloud_edge._resources.inputs import PushDataInput
from pulumi_alicloud_edge._resources.last_rollout import LastRollout

CONTENTS = "__contents"
"""Hidden output: for versions that have arrived somewhere, digests of their declared md5 and size.

Digests, because an md5 may be secret: Pulumi hides only the output that has the input's name.
"""
VERSIONS_KEPT, KEPT_IN_ALL = 10, 500
"""For one name, and for all names together; the oldest are dropped first."""
CONTENT = ("md5", "size")
_DIGEST = re.compile("[0-9a-f]{16}")

Contents = dict[Artifact, dict[str, str]]
"""For each version, the oldest first, the digest of each field that was declared for it."""


def known_contents(outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> Contents:
    """Return what is known of versions that have arrived somewhere; damaged entries are left out.

    Args:
        outputs: The stored outputs.
        inputs: The stored inputs, empty where they are not available. They may declare more than the outputs: for an
            edit without a change, Pulumi stores only the inputs. After a failure they are older than the outputs, and
            do not count.
    """
    known = dict(_stored(outputs.get(CONTENTS)))
    arrived = {*succeeded_somewhere(outputs), *known}
    for properties in (outputs, inputs if LastRollout(outputs).is_in_place else {}):
        for artifact, content in _declared(properties.get("data")):
            if artifact in arrived:
                known[artifact] = content | known.get(artifact, {})
    return known


def show_contents(
    known: Contents, data: Iterable[PushDataInput], arrived: Iterable[Artifact]
) -> list[dict[str, str]]:
    """Write what is to be remembered.

    Args:
        known: What is known of versions that arrived before.
        data: What is declared now.
        arrived: What has arrived somewhere now.
    """
    contents, arrived = dict(known), {*arrived, *known}
    for item in data:
        if item.artifact in arrived:
            contents[item.artifact] = digests(item) | contents.pop(item.artifact, {})
    of_names: Counter[str] = Counter()
    kept = []
    for artifact, content in reversed(contents.items()):
        of_names[artifact.name] += 1
        if content and of_names[artifact.name] <= VERSIONS_KEPT:
            kept.append({"name": artifact.name, "version": artifact.version, **content})
    return kept[:KEPT_IN_ALL][::-1]


def digests(item: PushDataInput) -> dict[str, str]:
    """Return the digest of each field of a file's content that is declared."""
    values = {field: getattr(item, field) for field in CONTENT}
    return {
        field: _digest(item.artifact, field, value) for field, value in values.items() if value is not None
    }


def without_undeclared(before: Any, after: Any) -> tuple[Any, Any]:
    """Remove from two lists of files the md5 or size that only one of them declares: that is not a change."""
    if not isinstance(before, list) or not isinstance(after, list) or len(before) != len(after):
        return before, after
    pairs = [_comparable(one, other) for one, other in zip(before, after, strict=True)]
    return [one for one, _ in pairs], [other for _, other in pairs]


def _comparable(before: Any, after: Any) -> tuple[Any, Any]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return before, after
    if any(before.get(key) != after.get(key) for key in ("name", "version")):
        return before, after
    undeclared = {field for field in CONTENT if before.get(field) is None or after.get(field) is None}
    return _without(before, undeclared), _without(after, undeclared)


def _without(item: dict[str, Any], fields: set[str]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in fields}


def _stored(contents: Any) -> Iterator[tuple[Artifact, dict[str, str]]]:
    for entry in contents if isinstance(contents, list) else ():
        match entry:
            case {"name": str(name), "version": str(version)}:
                fields = {field: str(entry.get(field)) for field in CONTENT}
                yield (
                    Artifact(name, version),
                    {f: value for f, value in fields.items() if _DIGEST.fullmatch(value)},
                )


def _declared(data: Any) -> Iterator[tuple[Artifact, dict[str, str]]]:
    """Read the content of each file of stored inputs or outputs that can be read."""
    for item in data if isinstance(data, list) else ():
        try:
            read = PushDataInput.model_validate(item)
        except ValidationError:
            continue
        yield read.artifact, digests(read)


def _digest(artifact: Artifact, field: str, value: object) -> str:
    return hashlib.sha256(f"{artifact}:{field}:{value}".encode()).hexdigest()[:16]
