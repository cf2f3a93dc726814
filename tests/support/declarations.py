"""Inputs of resources, as programs of the tests declare them."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.emulator import SMALL_APP_ID, Emulator

CONTENT = "assets {version}"
SOURCES = "__sources"


class Archives:
    """Data files that an emulator serves, so that a push fetches them and compares size and md5."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self._folder = folder
        self._emulator = emulator

    def file(self, version: str, name: str = "assets", **changed: Any) -> dict[str, Any]:
        """One data file of a push, with its true checksum unless that is changed."""
        content = f"{name} {version}\n".encode()
        (self._folder / f"{name}-{version}").write_bytes(content)
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        url = f"{self._emulator.url}/files/{name}-{version}"
        file = {"name": name, "version": version, "url": url, "md5": md5, "size": len(content)}
        return {**file, **changed}

    def push(self, *files: Mapping[str, Any], app_id: str = SMALL_APP_ID, **more: Any) -> dict[str, Any]:
        """Inputs of a push as a program gives them; by default of version 1."""
        return {"app_id": app_id, "data": list(files or (self.file("1"),)), **more}


def placed(version: str, name: str = "assets", **more: Any) -> dict[str, Any]:
    """One data file of a distribution."""
    return {"name": name, "version": version, "dest_path": f"/opt/{name}", **more}


def distribution(*files: Mapping[str, Any], app_id: str = SMALL_APP_ID, **more: Any) -> dict[str, Any]:
    """Inputs of a distribution; by default of version 1."""
    return {"app_id": app_id, "data": list(files or (placed("1"),)), **more}


def with_sources(push: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs of a push as the engine has them: without urls, which travel apart."""
    urls = {f"{file['name']}@{file['version']}": file["url"] for file in push["data"] if "url" in file}
    data = [{key: value for key, value in file.items() if key != "url"} for file in push["data"]]
    return {**push, "data": data, SOURCES: urls}
