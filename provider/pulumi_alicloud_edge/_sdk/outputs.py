"""What outputs are made of: dicts, as type checkers see them.

Pulumi makes them of classes of its own kind, which are dicts too; it refuses any other than plain dicts.
"""
# Written by `make reference` from the declarations in resources/ and model/outputs.py: change those.
# ruff: noqa: PLW1641 - like any dict, they have no hash

from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import pulumi

__all__ = ["DistData", "FailedTarget", "MatchExpression", "OwnedEntry", "Placement", "PushData", "Selection"]

if TYPE_CHECKING:
    from pulumi_alicloud_edge._model.outputs import (
        FailedTarget,
        MatchExpression,
        OwnedEntry,
        Placement,
        Selection,
    )

    class PushData(TypedDict):
        """A data file to push to file servers."""

        name: str
        """Name of the data file."""
        version: str
        """Its version. Name and version are its identity: new content is a new version."""
        md5: NotRequired[str]
        """MD5 of the file; the cloud checks it."""
        size: NotRequired[int]
        """Size in bytes; the cloud checks it."""
        archive_type: NotRequired[str]
        """Such as ``tar.gz`` or ``zip``."""
        timeout: NotRequired[int]
        """Seconds that one file server may take."""

    class DistData(TypedDict):
        """A pushed data file to distribute to instances."""

        name: str
        """Name of the data file."""
        version: str
        """Its version. Name and version are its identity: new content is a new version."""
        dest_path: str
        """Absolute path on the instance."""
        decompress: NotRequired[bool]
        """Whether to unpack it there."""
        target_dir_name: NotRequired[str]
        """Name of the folder to unpack into."""
        file_mode: NotRequired[int | str]
        """Mode in octal digits as written with chmod: ``755``."""
        timeout: NotRequired[int]
        """Seconds that one instance may take."""


else:
    # They equal plain dicts of the same keys: by Pulumi's own comparison they would not.
    @pulumi.output_type
    class PushData(dict[str, Any]):
        """A data file to push to file servers."""

        name: str
        version: str
        md5: str | None = None
        size: int | None = None
        archive_type: str | None = None
        timeout: int | None = None
        __eq__ = dict.__eq__

    @pulumi.output_type
    class DistData(dict[str, Any]):
        """A pushed data file to distribute to instances."""

        name: str
        version: str
        dest_path: str
        decompress: bool | None = None
        target_dir_name: str | None = None
        file_mode: int | None = None
        timeout: int | None = None
        __eq__ = dict.__eq__

    @pulumi.output_type
    class FailedTarget(dict[str, Any]):
        """A target that a file did not reach."""

        target: str
        reason: str
        __eq__ = dict.__eq__

    @pulumi.output_type
    class Placement(dict[str, Any]):
        """How far one file is."""

        name: str
        version: str
        counts: dict[str, int]
        total: int
        failed: list[FailedTarget]
        __eq__ = dict.__eq__

    MatchExpression = dict[str, Any]

    @pulumi.output_type
    class Selection(dict[str, Any]):
        """What a stage selects: one of the keys, or none for everything."""

        regions: list[str] | None = None
        match: list[MatchExpression] | None = None
        strategies: str | None = None
        __eq__ = dict.__eq__

    @pulumi.output_type
    class OwnedEntry(dict[str, Any]):
        """Versions of a data file that a resource has put on the same targets."""

        versions: list[str]
        selection: list[Selection]
        until: str | None = None
        __eq__ = dict.__eq__
