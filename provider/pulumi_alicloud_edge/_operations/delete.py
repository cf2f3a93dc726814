"""Delete: take away what the resource has brought out, where the cloud can and nobody else declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_alicloud_edge._operations.cleanup import Cleanup

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge._operations.operation import Operation

I = TypeVar("I", bound="BaseModel")  # noqa: E741


def delete(operation: Operation[I], outputs: Mapping[str, Any]) -> None:
    """Clean what the resource has distributed, and report what stays. In a dry run, do nothing.

    Args:
        operation: The operation.
        outputs: What is stored.

    Raises:
        EdgeError: It is not gone in time, or the cloud does not clean.
    """
    if operation.context.dry_run:
        return
    Cleanup(operation).delete(outputs)
    if line := operation.handler.leftovers(outputs):
        operation.note(line)
