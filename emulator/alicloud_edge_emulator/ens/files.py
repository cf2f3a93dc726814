"""The `Data` parameter: the data files of a push or dist."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from alicloud_edge_emulator.call import Call
from alicloud_edge_emulator.ens.errors import invalid_parameter, missing_parameter
from alicloud_edge_emulator.ens.records import Unit

Name = Annotated[str, Field(min_length=1)]


class _File(BaseModel):
    name: Name
    version: Name

    @property
    def unit(self) -> Unit:
        """The data file in this version."""
        return Unit(self.name, self.version)


class PushFile(_File):
    """A file of PushApplicationData."""

    size: Annotated[int, Field(ge=0)] | None = None
    md5: str | None = None
    url: str | None = None
    archive_type: Annotated[str | None, Field(alias="archiveType")] = None
    timeout: Annotated[int, Field(ge=0)] | None = None


class DistFile(_File):
    """A file of DistApplicationData."""

    dest_path: Annotated[str, Field(alias="destPath", min_length=1)]
    decompress: bool = False
    target_dir_name: Annotated[str | None, Field(alias="targetDirName")] = None
    file_mode: Annotated[int | None, Field(alias="fileMode", ge=0)] = None
    timeout: Annotated[int, Field(ge=0)] | None = None


_AnyFile = TypeVar("_AnyFile", PushFile, DistFile)

_PUSH: TypeAdapter[list[PushFile]] = TypeAdapter(Annotated[list[PushFile], Field(min_length=1)])
_DIST: TypeAdapter[list[DistFile]] = TypeAdapter(Annotated[list[DistFile], Field(min_length=1)])


def push_files(call: Call) -> list[PushFile]:
    """The files of a push.

    Raises:
        ApiError: `Data` is absent or malformed.
    """
    return _parse(_PUSH, call)


def dist_files(call: Call) -> list[DistFile]:
    """The files of a dist.

    Raises:
        ApiError: `Data` is absent or malformed.
    """
    return _parse(_DIST, call)


def _parse(adapter: TypeAdapter[list[_AnyFile]], call: Call) -> list[_AnyFile]:
    text = call.text("Data")
    if text is None:
        raise missing_parameter("Data")
    try:
        return adapter.validate_json(text)
    except ValidationError:
        raise invalid_parameter("Data") from None
