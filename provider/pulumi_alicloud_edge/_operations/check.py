"""Check: find every field error of the inputs, and say what rolling them out would touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_alicloud_edge._errors import FieldError, InputError
from pulumi_alicloud_edge._operations.cleanup import Cleanup
from pulumi_alicloud_edge._operations.impact import describe_impact
from pulumi_alicloud_edge._operations.preview import Preview
from pulumi_alicloud_edge._operations.results import Checked
from pulumi_alicloud_edge._resources.conflicts import conflict_errors
from pulumi_alicloud_edge._resources.messages import explain
from pulumi_alicloud_edge._settings import PreviewErrors

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge._operations.operation import Operation

I = TypeVar("I", bound="BaseModel")  # noqa: E741


def check(operation: Operation[I], olds: Mapping[str, Any], properties: Mapping[str, Any]) -> Checked:
    """Find every field error of the inputs, note what they declare, and say what rolling them out would touch.

    Args:
        operation: The operation.
        olds: The inputs before, empty for a create.
        properties: The inputs.

    Raises:
        InputError: With every field error.
    """
    handler, registry = operation.handler, operation.runtime.registry
    inputs = handler.read(properties)
    if inputs is None:
        return Checked()
    claims = handler.claims(operation.urn, inputs)
    others = registry.declare(operation.urn, claims, handler.pushes(inputs))
    if field_errors := tuple(conflict_errors(claims, others)):
        raise InputError(field_errors)
    if not operation.runtime.settings.observe_on_diff:
        return Checked()
    look = Preview(operation).look(inputs, olds)
    if look.observation is not None and (
        field_errors := tuple(conflict_errors(claims, others, look.observation.regions))
    ):
        raise InputError(field_errors)
    if look.field_errors:
        _raise_or_warn(operation, look.field_errors)
    impact = describe_impact(operation, inputs, look, olds)
    leaves_behind = bool(olds) and Cleanup(operation).leaves_behind(inputs, olds)
    look = replace(look, impact=impact, leaves_behind=leaves_behind)
    operation.runtime.preview_cache.keep_look(operation.urn, inputs, look)
    if impact:
        operation.status(impact)
    return Checked(impact)


def _raise_or_warn(operation: Operation[I], field_errors: tuple[FieldError, ...]) -> None:
    """Fail for what the cloud shows to be wrong or, where the settings say so, warn of it.

    Raises:
        InputError: With every field error.
    """
    error = InputError(field_errors)
    match operation.runtime.settings.preview_errors:
        case PreviewErrors.FAIL:
            raise error
        case PreviewErrors.WARN:
            for line in explain(error).splitlines():
                operation.warn(f"will fail: {line}")
