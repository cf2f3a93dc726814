"""Translates between the calls of Pulumi's dynamic host and the operations.

Heavy modules are imported at the host's first call, because a user's program imports this module too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

if TYPE_CHECKING:
    from types import TracebackType

    from pulumi_alicloud_edge._adapters.dynamic.call import Call
    from pulumi_alicloud_edge._errors import EdgeError
    from pulumi_alicloud_edge._operations.operation import Operation
    from pulumi_alicloud_edge._resources.handler import ResourceHandler

IMPACT = "impact"
"""The input that shows what a rollout would touch; computed, never compared."""


class RolloutProvider(ResourceProvider):
    """A dynamic provider over the operations on one kind of resource. It has no attributes, since states pickle it."""

    serialize_as_secret_always = False

    def handler(self) -> ResourceHandler[Any]:
        """Return the handler of the resource that this provides, which its class is named after."""
        from pulumi_alicloud_edge._resources.handlers import handler_of

        return handler_of(type(self).__name__.removesuffix("Provider"))

    def configure(self, req: ConfigureRequest) -> None:
        """Read the stack's configuration. The host holds a lock, so this must not block."""
        from pulumi_alicloud_edge._adapters.dynamic.engine import engine_address
        from pulumi_alicloud_edge._adapters.dynamic.process import adapt
        from pulumi_alicloud_edge._runtime import RUNTIMES

        adapt(RUNTIMES.interrupt)
        RUNTIMES.configure(req.config.get, engine_address())

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Report all invalid inputs at once, before the cloud is called."""
        from pulumi_alicloud_edge._adapters.dynamic.call import current_call, with_hidden
        from pulumi_alicloud_edge._errors import EdgeError
        from pulumi_alicloud_edge._operations.check import check

        call = current_call()
        news = with_hidden(call, "news", news)
        try:
            checked = check(self._operation(call), _olds, _neutral(news))
        except EdgeError as error:
            # With a property, Pulumi would print its value, secrets included.
            return CheckResult(news, [CheckFailure("", line) for line in _lines(error, self.handler())])
        # The stored text is kept while there is nothing to roll out: each changed input makes the engine write the
        # whole state.
        impact = checked.impact or _olds.get(IMPACT) or ""
        return CheckResult({**news, IMPACT: impact} if impact else news, [])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Compare what is stored with what is declared, and with what the cloud shows."""
        from pulumi_alicloud_edge._adapters.dynamic.call import current_call, with_hidden
        from pulumi_alicloud_edge._operations.diff import diff

        call = current_call()
        olds, news = with_hidden(call, "olds", _olds), with_hidden(call, "news", _news)
        with _Failures(self.handler(), call):
            difference = diff(self._operation(call), olds, _neutral(news))
        return DiffResult(changes=difference.changes, replaces=list(difference.replaces))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Roll out; keep the state if that fails half-way."""
        from pulumi_alicloud_edge._adapters.dynamic.call import current_call, with_hidden
        from pulumi_alicloud_edge._operations.apply import create

        call = current_call()
        props = with_hidden(call, "properties", props)
        with _Failures(self.handler(), call):
            created = create(self._operation(call), _neutral(props))
        return CreateResult(created.id, created.outputs)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Roll out what has changed or drifted; keep the state if that fails half-way."""
        from pulumi_alicloud_edge._adapters.dynamic.call import current_call, with_hidden
        from pulumi_alicloud_edge._operations.apply import update

        call = current_call()
        olds, news = with_hidden(call, "olds", _olds), with_hidden(call, "news", _news)
        with _Failures(self.handler(), call):
            updated = update(self._operation(call), _id, olds, _neutral(news))
        return UpdateResult(updated.outputs)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Read what the cloud shows now. Returns no inputs: they are the program's."""
        from pulumi_alicloud_edge._adapters.dynamic.call import current_call, with_hidden
        from pulumi_alicloud_edge._operations.read import read
        from pulumi_alicloud_edge._operations.results import Gone

        call = current_call()
        props = with_hidden(call, "properties", props)
        with _Failures(self.handler(), call):
            found = read(self._operation(call), _neutral(props))
        return ReadResult(None, {}) if isinstance(found, Gone) else ReadResult(id_, found.outputs)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Clean what can be cleaned."""
        from pulumi_alicloud_edge._adapters.dynamic.call import current_call, with_hidden
        from pulumi_alicloud_edge._operations.delete import delete

        call = current_call()
        props = with_hidden(call, "properties", _props)
        with _Failures(self.handler(), call):
            delete(self._operation(call), _neutral(props))

    def _operation(self, call: Call) -> Operation[Any]:
        from pulumi_alicloud_edge._adapters.dynamic.process import display
        from pulumi_alicloud_edge._operations.context import OperationContext
        from pulumi_alicloud_edge._operations.operation import Operation
        from pulumi_alicloud_edge._runtime import RUNTIMES

        runtime = RUNTIMES.configured()
        context = OperationContext(
            call.urn,
            call.timeout,
            call.old_inputs,
            progress=display(),
            cancellation=runtime.interrupt,  # the host's Cancel is about all that it runs
        )
        return Operation(self.handler(), runtime, context)


class _Failures:
    """Turns errors into failures whose text is the message, and keeps the states that they leave."""

    def __init__(self, handler: ResourceHandler[Any], call: Call) -> None:
        self._handler = handler
        self._call = call

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _type: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        from pulumi_alicloud_edge._adapters.dynamic.failed_state import keep_state
        from pulumi_alicloud_edge._adapters.dynamic.tracebacks import ProviderFailure
        from pulumi_alicloud_edge._errors import EdgeError, PartialStateError

        if not isinstance(error, EdgeError):
            return
        message = _text(error, self._handler)
        if isinstance(error, PartialStateError):
            keep_state(self._call, error.id, error.outputs, message)
        raise ProviderFailure(message) from None


def _text(error: EdgeError, handler: ResourceHandler[Any]) -> str:
    from pulumi_alicloud_edge._resources.messages import explain

    return explain(error, handler.label)


def _lines(error: EdgeError, handler: ResourceHandler[Any]) -> list[str]:
    """Return the message as the reasons of check failures: one for each field error of the inputs."""
    from pulumi_alicloud_edge._errors import InputError

    each = (
        [InputError((field_error,)) for field_error in error.field_errors]
        if isinstance(error, InputError)
        else [error]
    )
    return [_text(one, handler) for one in each]


def _neutral(properties: dict[str, Any]) -> dict[str, Any]:
    """Remove Pulumi's own properties and outputs without a value; mark unknown values."""
    from pulumi_alicloud_edge._adapters.dynamic.unknowns import with_unknowns

    internal = ("__provider", IMPACT)
    given = {key: value for key, value in properties.items() if key not in internal and value is not None}
    marked: dict[str, Any] = with_unknowns(given)
    return marked
