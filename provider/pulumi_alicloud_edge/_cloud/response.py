"""A usable response of the cloud, and how it is read into a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from pulumi_alicloud_edge._cloud.operation import Effect
from pulumi_alicloud_edge._errors import MalformedResponseError

if TYPE_CHECKING:
    from pulumi_alicloud_edge._cloud.operation import Operation

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Response:
    """The JSON object that an operation returned.

    Attributes:
        operation: What was called.
        subject: The application's id that the call was about.
        status: HTTP status.
        document: The JSON object.
    """

    operation: Operation
    subject: str
    status: int
    document: dict[str, Any] = field(repr=False)

    @property
    def request_id(self) -> str:
        """The vendor's RequestId, empty where there is none."""
        value = self.document.get("RequestId")
        return value.strip() if isinstance(value, str) else ""

    def read(self, model: type[Model]) -> Model:
        """Read the response into a model.

        Raises:
            MalformedResponseError: The response does not have the model's shape.
        """
        try:
            return model.model_validate(self.document)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            path = ".".join(str(part) for part in first["loc"])
            raise self.malformed(f"{path}: {first['msg']}") from None

    def malformed(self, reason: str) -> MalformedResponseError:
        """Make the error that describes how the response differs from the contract."""
        error = MalformedResponseError(
            action=self.operation.action,
            code="MalformedResponse",
            message=reason,
            status=self.status,
            request_id=self.request_id,
            subject=self.subject,
        )
        error.effect_unclear = self.operation.effect is Effect.START
        return error
