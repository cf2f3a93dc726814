"""Every error of the provider, in one tree. Errors carry facts as fields; `_resources.messages` makes text of them.

EdgeError
├── InputError                 the inputs are invalid: all field errors of a resource at once
├── SettingsError              the configuration or the credentials cannot work
├── CloudError                 the cloud refused, or its response cannot be used
│   ├── ThrottledError         retry, slower
│   ├── UnavailableError       retry
│   ├── RejectedError          fix the input
│   │   └── UnsupportedOperationError  use another endpoint: this one lacks the operation
│   ├── PermissionDeniedError  get permission
│   ├── NotFoundError          the application does not exist in this account and region
│   ├── AuthenticationError    the key, token or signature is not accepted
│   ├── ClockSkewError         set this machine's clock
│   └── MalformedResponseError  the response is not in the contract
├── TransportError             no response
│   ├── UnreachableError       the request was not sent: nothing can have happened
│   └── ResponseLostError      the request may have taken effect
├── RemovalError               cleaned data is still there
├── PartialStateError          a create or an update failed and left a state to keep
└── RolloutError               a rollout did not converge (see `reconcile`)
    ├── RolloutFailedError
    └── RolloutInterruptedError
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from pulumi_alicloud_edge._model.observation import Artifact, Observation
    from pulumi_alicloud_edge._model.outcome import Outcome
    from pulumi_alicloud_edge._model.removal import Left


class EdgeError(Exception):
    """Base of all errors that this package raises on purpose."""


@dataclass(frozen=True)
class FieldError:
    """One thing that is wrong with a resource's inputs.

    Attributes:
        path: Where, as the user wrote it: ``data[0].version``; empty for the whole resource.
        reason: What is wrong and what would be right.
    """

    path: str
    reason: str


class InputError(EdgeError):
    """The inputs of one resource are wrong; carries every field error found, not only the first."""

    def __init__(self, field_errors: tuple[FieldError, ...]) -> None:
        super().__init__(
            "; ".join(f"{field_error.path}: {field_error.reason}" for field_error in field_errors)
        )
        self.field_errors = field_errors


class SettingsError(EdgeError):
    """A setting of the provider (not of a resource) cannot work.

    Attributes:
        setting: The configuration key or environment variable at fault.
        reason: What is wrong.
        remedy: What the user does about it.
    """

    def __init__(self, setting: str, reason: str, remedy: str) -> None:
        super().__init__(f"{setting}: {reason}")
        self.setting = setting
        self.reason = reason
        self.remedy = remedy


class CloudError(EdgeError):
    """The cloud refused a call, or its response cannot be used.

    Attributes:
        action: The operation, as the vendor names it.
        code: The vendor's error code, such as ``InvalidParameter.Data``.
        message: The vendor's message.
        status: HTTP status.
        request_id: The vendor's RequestId, empty where the response had none.
        subject: The application's id that the call was about, empty where there is none.
        effect_unclear: The call may have changed something in spite of this error: read the state before
            repeating it.
        retry_after: The cloud's hint, in seconds, when to retry; None where it sent none.
    """

    effect_unclear: bool = False
    retry_after: float | None = None

    def __init__(
        self,
        *,
        action: str,
        code: str,
        message: str,
        status: int,
        request_id: str = "",
        subject: str = "",
    ) -> None:
        super().__init__(f"{action}: {code}: {message}")
        self.action = action
        self.code = code
        self.message = message
        self.status = status
        self.request_id = request_id
        self.subject = subject


class ThrottledError(CloudError):
    """Too many calls; the cloud did nothing."""


class UnavailableError(CloudError):
    """The cloud is temporarily unavailable; the same call may succeed later."""


class RejectedError(CloudError):
    """The cloud does not accept what was asked; repeating it does not help."""


class UnsupportedOperationError(RejectedError):
    """The endpoint does not serve the operation, or not in this way (plain HTTP, another version)."""


class PermissionDeniedError(CloudError):
    """The identity may not do this. ``ram_action`` is the permission that is missing."""

    ram_action: str = ""


class NotFoundError(CloudError):
    """The application does not exist for this account and region; no other thing that is missing counts as this."""


class AuthenticationError(CloudError):
    """The access key, token or signature is not accepted."""

    @property
    def has_expired(self) -> bool:
        """Whether it is a temporary key whose time is over."""
        return self.code == "InvalidSecurityToken.Expired"


class ClockSkewError(CloudError):
    """The request's time is too far from the cloud's. ``server_time`` is the cloud's, None where unknown."""

    server_time: datetime | None = None


class MalformedResponseError(CloudError):
    """The response does not have the documented shape, or is not JSON."""


class TransportError(EdgeError):
    """The cloud sent no response.

    Attributes:
        action: The operation.
        endpoint: Host (and port) that was called.
        cause: The transport's message, without any query string.
        subject: The application's id that the call was about, empty where there is none.
        effect_unclear: The call may have changed something: read the state before repeating it.
    """

    effect_unclear: bool = False

    def __init__(self, *, action: str, endpoint: str, cause: str, subject: str = "") -> None:
        super().__init__(f"{action}: {endpoint}: {cause}")
        self.action = action
        self.endpoint = endpoint
        self.cause = cause
        self.subject = subject


class UnreachableError(TransportError):
    """The request was never sent (name not known, connection refused, TLS): nothing can have happened."""


class ResponseLostError(TransportError):
    """The request was sent but its response did not arrive: it may or may not have taken effect."""


class RemovalError(EdgeError):
    """Cleaned data is still there when the time has passed.

    Attributes:
        artifacts: What is still there.
        targets: On how many targets.
        subject: The application's id.
        transient_error: Why it is unknown whether the last clean took effect, where its response was lost.
    """

    def __init__(
        self,
        artifacts: tuple[Artifact, ...],
        targets: int,
        subject: str = "",
        transient_error: EdgeError | None = None,
    ) -> None:
        super().__init__(", ".join(str(artifact) for artifact in artifacts))
        self.artifacts = artifacts
        self.targets = targets
        self.subject = subject
        self.transient_error = transient_error


@dataclass(frozen=True)
class RollbackResult:
    """How a rollback went.

    Attributes:
        artifacts: The former artifacts that it had to restore.
        cleaned: Artifacts without a baseline that it had to clean.
        outcome: How restoring them ended; None where there was nothing to restore.
        error: The error that ended it, where one did.
        interrupted: Whether the user stopped the run before it had ended.
        left: What it has left as it is, and why.
        where: Where artifacts were to be restored, each beginning with a space; the others wherever they ran.
        nothing: Why nothing was restored; empty where that was tried.
        seen: The last observation of what was started again; None where nothing was.
    """

    artifacts: tuple[Artifact, ...]
    cleaned: tuple[Artifact, ...]
    outcome: Outcome | None = None
    error: EdgeError | None = None
    interrupted: bool = False
    left: tuple[Left, ...] = ()
    where: Mapping[Artifact, str] = field(default_factory=dict)
    nothing: str = ""
    seen: Observation | None = None


class RolloutError(EdgeError):
    """A rollout did not converge.

    Attributes:
        outcome: What was observed.
        subject: What was rolled out, for the message: the application, or application and environment.
        refusal: The error that ended it, where one did.
        restored: How the rollback went, where there was one.
    """

    def __init__(
        self,
        outcome: Outcome,
        subject: str,
        refusal: EdgeError | None = None,
        restored: RollbackResult | None = None,
    ) -> None:
        super().__init__(outcome.status.value)
        self.outcome = outcome
        self.subject = subject
        self.refusal = refusal
        self.restored = restored


class RolloutFailedError(RolloutError):
    """Targets failed beyond the budget, or time ran out."""


class RolloutInterruptedError(RolloutError):
    """The user stopped the run (Ctrl-C) while the rollout was under way."""


class PartialStateError(EdgeError):
    """A create or an update failed, and left a state to keep.

    Attributes:
        cause: Why it failed.
        id: The resource's id.
        outputs: The properties to store.
    """

    def __init__(self, cause: EdgeError, id_: str, outputs: dict[str, Any]) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.id = id_
        self.outputs = outputs
