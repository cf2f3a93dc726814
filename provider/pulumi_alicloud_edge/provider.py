"""The three dynamic providers. Stored states name these classes and this module: neither may move.

They hold nothing, so that what is stored of them is their name alone. All they do is to hand the host's calls
on and to put results into Pulumi's terms; what is heavy is imported when the host first calls.
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
    from pulumi_alicloud_edge.errors import EdgeError
    from pulumi_alicloud_edge.host import Call
    from pulumi_alicloud_edge.resources.kind import Kind
    from pulumi_alicloud_edge.resources.lifecycle import Lifecycle, Result


IMPACT = "impact"
"""The input that tells what a rollout would touch; computed, never compared."""


class _RolloutProvider(ResourceProvider):
    """What the three have in common."""

    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        """Take in the stack's configuration. The host holds a lock meanwhile: nothing here may wait."""
        from pulumi_alicloud_edge import host
        from pulumi_alicloud_edge.runtime import configure, interrupt_everything

        host.adapt(interrupt_everything)
        configure(req.config.get, host.engine_address())

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Refuse what is wrong, all of it at once, before anything is called."""
        from pulumi_alicloud_edge.errors import EdgeError
        from pulumi_alicloud_edge.host import current_call, with_hidden

        call = current_call()
        news = with_hidden(call, "news", news)
        try:
            impact = self._lifecycle().check(call, _olds, _without_internals(news))
        except EdgeError as error:
            # With a property, Pulumi would print its value, secrets included.
            return CheckResult(news, [CheckFailure("", line) for line in _lines(error, self._kind())])
        # What has been stored stays while there is nothing to roll out: each input that changes costs the engine
        # a write of the whole state.
        impact = impact or _olds.get(IMPACT) or ""
        return CheckResult({**news, IMPACT: impact} if impact else news, [])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Compare what is stored with what is declared, and with what the cloud shows."""
        from pulumi_alicloud_edge.host import current_call, with_hidden

        call = current_call()
        olds, news = with_hidden(call, "olds", _olds), with_hidden(call, "news", _news)
        with self._messages():
            difference = self._lifecycle().diff(call, olds, _without_internals(news))
        return DiffResult(changes=difference.changes, replaces=list(difference.replaces))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Roll out; the state is kept if that fails half-way."""
        from pulumi_alicloud_edge.host import current_call, with_hidden

        call = current_call()
        props = with_hidden(call, "properties", props)
        with self._messages():
            result = self._lifecycle().create(call, _without_internals(props))
        self._raise_failure(call, result)
        return CreateResult(result.id, result.outputs)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Roll out what has changed or drifted; the state is kept if that fails half-way."""
        from pulumi_alicloud_edge.host import current_call, with_hidden

        call = current_call()
        olds, news = with_hidden(call, "olds", _olds), with_hidden(call, "news", _news)
        with self._messages():
            result = self._lifecycle().update(call, _id, olds, _without_internals(news))
        self._raise_failure(call, result)
        return UpdateResult(result.outputs)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Read what the cloud shows now. Gives no inputs: they are the program's."""
        from pulumi_alicloud_edge.host import current_call, with_hidden

        call = current_call()
        props = with_hidden(call, "properties", props)
        with self._messages():
            outputs = self._lifecycle().read(call, _without_internals(props))
        return ReadResult(None, {}) if outputs is None else ReadResult(id_, outputs)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Take away what can be taken away."""
        from pulumi_alicloud_edge.host import current_call, with_hidden

        call = current_call()
        props = with_hidden(call, "properties", _props)
        with self._messages():
            error = self._lifecycle().delete(call, _without_internals(props))
            if error is not None:
                raise error

    def _kind(self) -> Kind[Any]:
        """Give what kind of resource this provides."""
        raise TypeError("only the named providers are instantiated")

    def _lifecycle(self) -> Lifecycle[Any]:
        from pulumi_alicloud_edge.host import reporter
        from pulumi_alicloud_edge.resources.lifecycle import Lifecycle
        from pulumi_alicloud_edge.runtime import configured

        return Lifecycle(self._kind(), configured(), reporter())

    def _messages(self) -> _Messages:
        return _Messages(self._kind())

    def _raise_failure(self, call: Call, result: Result) -> None:
        if result.error is None:
            return
        from pulumi_alicloud_edge.host import ProviderFailure, keep_state

        message = _text(result.error, self._kind())
        if result.keep:
            keep_state(call, result.id, result.outputs, message)
        raise ProviderFailure(message)


class _Messages:
    """Turns errors into failures whose text is the message."""

    def __init__(self, kind: Kind[Any]) -> None:
        self._kind = kind

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        from pulumi_alicloud_edge.errors import EdgeError
        from pulumi_alicloud_edge.host import ProviderFailure

        if isinstance(error, EdgeError):
            raise ProviderFailure(_text(error, self._kind)) from None


class AppDataPushProvider(_RolloutProvider):
    """Provides `AppDataPush`."""

    def _kind(self) -> Kind[Any]:
        from pulumi_alicloud_edge.resources.push import PushKind

        return PushKind()


class AppDataDistProvider(_RolloutProvider):
    """Provides `AppDataDist`."""

    def _kind(self) -> Kind[Any]:
        from pulumi_alicloud_edge.resources.dist import DistKind

        return DistKind()


class ContainerAppReleaseProvider(_RolloutProvider):
    """Provides `ContainerAppRelease`."""

    def _kind(self) -> Kind[Any]:
        from pulumi_alicloud_edge.resources.release import ReleaseKind

        return ReleaseKind()


def _text(error: EdgeError, kind: Kind[Any]) -> str:
    from pulumi_alicloud_edge.resources.words import explain

    return explain(error, kind.noun)


def _lines(error: EdgeError, kind: Kind[Any]) -> list[str]:
    """Give the message as the reasons of check failures: one for each fault of the inputs."""
    from pulumi_alicloud_edge.errors import InputError

    each = [InputError((fault,)) for fault in error.faults] if isinstance(error, InputError) else [error]
    return [_text(one, kind) for one in each]


def _without_internals(properties: dict[str, Any]) -> dict[str, Any]:
    """Leave out what Pulumi adds for itself, and outputs that were declared without a value."""
    internal = ("__provider", IMPACT)
    return {key: value for key, value in properties.items() if key not in internal and value is not None}
