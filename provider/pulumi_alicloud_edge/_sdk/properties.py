"""Turns a program's arguments into the properties that the engine stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import pulumi

SOURCES = "__sources"
"""Hidden secret property: name@version → url. A url is not part of the identity, and may hold a signature."""


def to_property(value: Any) -> Any:
    """Turn args objects into dicts, at any depth and inside Outputs; leave out what is not set."""
    if isinstance(value, pulumi.Output):
        return value.apply(to_property)
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: to_property(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [to_property(item) for item in value]
    return value


def declared(inputs: Mapping[str, Any], outputs: Sequence[str]) -> dict[str, Any]:
    """Return the properties to register: inputs that are set, and outputs that a program may read.

    Pulumi makes an Output of each, and its waits grow with the square of their number, so unneeded ones are left out.
    """
    return {**dict.fromkeys(outputs), **{key: value for key, value in inputs.items() if value is not None}}


def set_apart_sources(data: Any) -> tuple[Any, pulumi.Output[dict[str, Any]]]:
    """Remove the urls from data files before the engine sees them.

    Returns:
        The data files without urls, and the urls by name@version as a secret.
    """
    if isinstance(data, pulumi.Output):
        whole = pulumi.Output.from_input(data)
        return whole.apply(_without_urls), pulumi.Output.secret(whole.apply(_urls))
    if not isinstance(data, list):
        return data, pulumi.Output.secret({})
    items = [_split(item) for item in data]
    sources = [source for _, source in items]
    # Outputs are slow, and most urls are plain text.
    is_plain = all(map(_is_plain, sources))
    urls = _joined(sources) if is_plain else pulumi.Output.all(*sources).apply(_joined)
    return [item for item, _ in items], pulumi.Output.secret(urls)


def _split(item: Any) -> tuple[Any, Any]:
    """Return one data file without its url, and (name, version, url) plain or as Outputs."""
    if isinstance(item, pulumi.Output):
        return item.apply(_without_url), item.apply(_source)
    if isinstance(item, dict):
        return _without_url(item), _source(item)
    return item, None


def _is_plain(source: Any) -> bool:
    return source is None or (isinstance(source, list) and all(isinstance(part, str) for part in source))


def _without_url(item: Any) -> Any:
    return {key: value for key, value in item.items() if key != "url"} if isinstance(item, dict) else item


def _without_urls(data: Any) -> Any:
    return [_without_url(item) for item in data] if isinstance(data, list) else data


def _source(item: Any) -> list[Any] | None:
    if not isinstance(item, dict) or item.get("url") is None:
        return None
    return [item.get("name"), item.get("version"), item["url"]]


def _urls(data: Any) -> dict[str, Any]:
    return _joined([_source(item) for item in data]) if isinstance(data, list) else {}


def _joined(sources: list[Any]) -> dict[str, Any]:
    return {f"{name}@{version}": url for name, version, url in (source for source in sources if source)}
