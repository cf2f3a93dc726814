"""Reads what ENS returns about an application: a JSON document inside a string, with more such strings inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pydantic_core

from pulumi_alicloud_edge._cloud.paging import as_count

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Instance:
    """An edge instance of an application.

    Attributes:
        instance_id: Its id.
        region_id: The edge node that it is on, empty where the cloud does not say.
        status: The cloud's status, such as ``Running``; empty where there is none.
    """

    instance_id: str
    region_id: str
    status: str = ""


@dataclass(frozen=True)
class ApplicationInfo:
    """An application of ENS.

    Attributes:
        app_id: Its id.
        name: Its name.
        phase: Upper-case phase, such as ``RUNNING``, empty where the cloud does not say.
        instances: Its instances, each once; empty where the cloud lists none.
        instance_count: The cloud's count of them, None where it gives none.
    """

    app_id: str
    name: str
    phase: str
    instances: tuple[Instance, ...]
    instance_count: int | None


def application_info(app_id: str, text: object) -> ApplicationInfo | None:
    """Read the document that describes an application; None where the text holds no JSON object.

    Its shape is known from one example only, so anything may be missing in it.
    """
    document = _decoded(text)
    if not isinstance(document, dict):
        return None
    meta, status, detail = (_field(document, key) for key in ("AppMetaData", "AppStatus", "DetailStat"))
    unique = {instance.instance_id: instance for instance in _instances(detail)}
    return ApplicationInfo(
        app_id=_text(_field(meta, "AppId")) or app_id,
        name=_text(_field(meta, "AppName")),
        phase=_text(_field(status, "Phase")).upper(),
        instances=tuple(unique.values()),
        instance_count=as_count(_field(detail, "InstanceTotalCount")),
    )


def _instances(detail: Any) -> Iterator[Instance]:
    for version in _objects(_field(detail, "AppVersionStat")):
        for district in _objects(_field(version, "DistrictStat")):
            for instance in _objects(_field(district, "InstanceStat")):
                if instance_id := _text(_field(instance, "InstanceId")):
                    status = _text(_field(instance, "InstanceStatus"))
                    yield Instance(instance_id, _text(_field(instance, "RegionId")), status)


def _field(document: Any, key: str) -> Any:
    """Read a field whatever its capitals: templates write ``appMetaData``, answers ``AppMetaData``."""
    if not isinstance(document, dict):
        return None
    if key in document:
        return _decoded(document[key])
    lowered = key.lower()
    return next((_decoded(value) for name, value in document.items() if name.lower() == lowered), None)


def _decoded(value: object) -> object:
    """Decode a text that holds a JSON object or list; everything else stays as it is."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            return pydantic_core.from_json(value)
        except ValueError:
            return value
    return value


def _objects(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
