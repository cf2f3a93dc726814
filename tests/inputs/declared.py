"""Inputs that are in order, to change one thing of."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from pulumi_alicloud_edge._errors import InputError
from pulumi_alicloud_edge._resources.validation import read_inputs

MD5 = "0" * 32
UNCHANGED = object()


def push(**changes: Any) -> dict[str, Any]:
    return {
        "app_id": "e76f8985",
        "data": [push_file()],
        "__sources": {"assets@1.5": "https://example.com/a.tar.gz"},
        **changes,
    }


def push_file(**changes: Any) -> dict[str, Any]:
    return {"name": "assets", "version": "1.5", "md5": MD5, "size": 10, "archive_type": "tar.gz", **changes}


def dist(**changes: Any) -> dict[str, Any]:
    return {"app_id": "e76f8985", "data": [dist_file()], **changes}


def dist_file(**changes: Any) -> dict[str, Any]:
    return {"name": "assets", "version": "1.5", "dest_path": "/opt/assets", "file_mode": 755, **changes}


def release(**changes: Any) -> dict[str, Any]:
    return {"app_id": "app-1", "version_id": "ver-1", "env": "prod", **changes}


def without(properties: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name != key}


def faults(model: type[BaseModel], properties: dict[str, Any]) -> list[tuple[str, str]]:
    """Every fault as path and reason; none where the inputs are in order."""
    try:
        read_inputs(model, properties)
    except InputError as error:
        return [(fault.path, fault.reason) for fault in error.field_errors]
    return []
