"""Whatever a program may declare, as it arrives at the provider: over Pulumi's wire, read by Pulumi's own SDK."""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2
from hypothesis import strategies as st
from pulumi.runtime import rpc


def nested(key: str, levels: int) -> Any:
    value: Any = "5m"
    for _ in range(levels):
        value = {key: value} if key else [value]
    return value


SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key by which Pulumi marks special values on its wire."""
SECRET = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "hidden"}
ASSET = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": "content"}
ARCHIVE = {SIGNATURE: "0def7320c3a5731c473e5ecbe6d01bc7", "path": "/tmp/a.tar"}

KEYS = (
    *("app_id", "data", "regions", "match", "strategies", "rollout", "on_delete", "__sources"),
    *("name", "version", "md5", "size", "archive_type", "timeout", "url"),
    *("dest_path", "decompress", "target_dir_name", "file_mode"),
    *("version_id", "env", "percentage", "full_release", "publish_type", "start_time", "remarks"),
    *("stages", "max_failed", "on_failure", "retries", "stall_timeout", "bake"),
    *("key", "operator", "values"),
)
WORDS = (
    *("5m", "2%", "100%", "1.5", "In", "NotIn", "clean", "prod", "staging", "region", "rollback", "tar.gz"),
    *("app-1234567890123456", "ver-1", "/opt", "region_id", "assets", "assets@1.5", "cn-a", "0" * 32),
    *("2026-12-01T03:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "https://example.com/a?b=c"),
    *("{}", "[]", '{"name": "x"}', "a,b", "a@b", "\N{ZERO WIDTH SPACE}", "\N{LINE SEPARATOR}", "\x1b[2J"),
    *("\x00", "x" * 1024, "x" * 1025, "ü" * 1024, "%" * 1024, "9" * 5000, "[" * 5000),
)
NUMBERS = (
    -1.0,
    0.0,
    0.5,
    1.0,
    100.0,
    101.0,
    755.0,
    2.0**53,
    1e308,
    float("inf"),
    float("-inf"),
    float("nan"),
)
UNICODE = st.characters(exclude_categories=["Cs"])

scalars = (
    st.sampled_from((None, True, False, rpc.UNKNOWN, *WORDS, *NUMBERS))
    | st.floats()
    | st.text(UNICODE, max_size=8)
)
special = st.sampled_from((SECRET, ASSET, ARCHIVE))
keys = st.sampled_from(KEYS) | st.text(UNICODE, min_size=1, max_size=5)
huge = st.builds(
    lambda value, count: [value] * count if value is not None else [f"cn-{n}" for n in range(count)],
    st.sampled_from((None, "cn-a", 1.0, {"name": "assets"}, [], {"key": "region_id"})),
    st.sampled_from((21, 200, 5000)),
)
deep = st.builds(
    nested,
    st.sampled_from(("rollout", "stages", "")),
    st.integers(2, 30),
)
anything = (
    st.recursive(
        scalars | special,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )
    | huge
    | deep
)
any_properties = st.dictionaries(keys, anything, max_size=8)


@st.composite
def nearly(draw: st.DrawFn, good: dict[str, Any]) -> dict[str, Any]:
    """Inputs that are in order, but for one or two places: something of its kind, anything, nothing, or more."""
    properties: dict[str, Any] = _copied(good)
    for _ in range(draw(st.integers(1, 2))):
        holder, key = draw(st.sampled_from(list(_places(properties))))
        match draw(st.sampled_from(("similar", "similar", "anything", "unknown", "drop", "add", "repeat"))):
            case "similar":
                holder[key] = draw(_similar(holder[key]))
            case "unknown":
                holder[key] = rpc.UNKNOWN
            case "drop":
                del holder[key]
            case "add" if isinstance(holder, dict):
                holder[draw(keys)] = _copied(draw(anything))
            case "repeat" if isinstance(holder, list):
                holder.append(_copied(holder[key]))
            case _:
                holder[key] = _copied(draw(anything))
        if not properties:
            break
    return properties


def _similar(value: Any) -> st.SearchStrategy[Any]:
    """Something of the same kind, which may do as well."""
    match value:
        case bool():
            return st.booleans()
        case float() | int():
            return st.integers(-1, 1000).map(float)
        case str():
            return st.text(UNICODE, min_size=1, max_size=12).map(lambda text: value[: len(value) // 2] + text)
        case list():
            return st.just(_copied(value[:-1]))
        case _:
            return st.just(_copied(value))


def over_the_wire(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties as the host hands them on: numbers are floats, tuples lists, what is unknown an object."""
    struct = struct_pb2.Struct()
    struct.update(properties)
    arrived = struct_pb2.Struct.FromString(struct.SerializeToString())
    read: dict[str, Any] = rpc.deserialize_properties(arrived, keep_unknowns=True, keep_internal=True)
    return read


def _copied(value: Any) -> Any:
    match value:
        case dict():
            return {key: _copied(item) for key, item in value.items()}
        case list():
            return [_copied(item) for item in value]
        case _:
            return value


def _places(value: Any) -> Any:
    """Every place in nested inputs where a value stands: what holds it, and under which key."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        if SIGNATURE in value:
            return  # Pulumi's own: nobody writes into it
        yield value, key
        yield from _places(item)
