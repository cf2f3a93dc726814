"""The record of calls: one line each in the log, and a list that tests read."""

import json
import logging
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from alicloud_edge_emulator.call import Parameter
from alicloud_edge_emulator.json_text import read_json

LOG = logging.getLogger("alicloud_edge_emulator.calls")
KEPT_CALLS = 10_000
_SECRET_PARAMETERS = frozenset({"SecurityToken", "AccessKeyId", "Signature"})
_URL_SECRETS = re.compile(
    r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)(?:[^\s/?#\"'@]*@)?(?P<path>[^\s?#\"']*)[?#][^\s\"']*"
)
_URL_USER = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/?#\"'@]*@")


@dataclass(frozen=True, slots=True)
class Entry:
    """One call as it was answered."""

    seq: int
    at: float
    """When it came, in real seconds of a clock that does not jump."""
    time: str
    product: str
    action: str
    app_id: str
    params: Mapping[str, Mapping[str, str]]
    status: int | None
    """None: the connection was dropped before an answer."""
    carried_out: bool
    """Whether the call has had its effect, whatever its caller was told."""
    code: str
    request_id: str
    milliseconds: float


class Journal:
    """The calls since the start or the last clearing."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT_CALLS)
        self._count = 0

    def record(
        self,
        *,
        at: float,
        time: str,
        product: str,
        action: str,
        parameters: Mapping[str, Parameter],
        status: int | None,
        carried_out: bool,
        code: str,
        request_id: str,
        milliseconds: float,
    ) -> None:
        """Add a call, without what is secret in it."""
        self._count += 1
        app_id = parameters["AppId"].value if "AppId" in parameters else ""
        entry = Entry(
            seq=self._count,
            at=at,
            time=time,
            product=product,
            action=action,
            app_id=app_id,
            params=_public(parameters),
            status=status,
            carried_out=carried_out,
            code=code,
            request_id=request_id,
            milliseconds=round(milliseconds, 1),
        )
        self._entries.append(entry)
        _log(entry)

    def entries(self) -> list[dict[str, Any]]:
        """The calls, oldest first."""
        return [asdict(entry) for entry in self._entries]

    def recent(self, count: int) -> list[Entry]:
        """The last calls, newest first."""
        return list(islice(reversed(self._entries), count))

    def clear(self) -> None:
        """Forget the calls; numbering goes on."""
        self._entries.clear()


def _log(entry: Entry) -> None:
    outcome = f"{entry.status or 'dropped'} {entry.code or 'OK'}"
    line = f"{entry.time} {entry.action} app={entry.app_id or '-'} {outcome} request={entry.request_id}"
    printable = "".join(char if char.isprintable() else "?" for char in line)
    LOG.info("%s %.0fms", printable, entry.milliseconds)


def _public(parameters: Mapping[str, Parameter]) -> dict[str, dict[str, str]]:
    return {
        name: {"value": without_secrets(parameter.value), "place": parameter.place.value}
        for name, parameter in parameters.items()
        if name not in _SECRET_PARAMETERS
    }


def without_secrets(value: str) -> str:
    """A parameter's text without user parts and queries of the urls in it, also those inside of JSON."""
    if "/" not in value:
        return value
    try:
        parsed = read_json(value)
        stripped = _strip_all(parsed)
    except (ValueError, RecursionError):
        return _strip(value)
    if stripped == parsed:
        return value
    return json.dumps(stripped, ensure_ascii=False, separators=(",", ":"))


def _strip_all(value: Any) -> Any:
    match value:
        case str():
            return _strip(value)
        case list():
            return [_strip_all(item) for item in value]
        case dict():
            return {key: _strip_all(item) for key, item in value.items()}
        case _:
            return value


def _strip(text: str) -> str:
    return _URL_USER.sub(r"\g<scheme>", _URL_SECRETS.sub(r"\g<scheme>\g<path>?...", text))
