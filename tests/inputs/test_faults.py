"""Bad input is refused with the path as the user wrote it, and all of one resource's faults at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pydantic import BaseModel
from tests.inputs.declared import dist, dist_file, faults, push, push_file, release, without

from pulumi_alicloud_edge._errors import InputError
from pulumi_alicloud_edge._model.unknown import UNKNOWN
from pulumi_alicloud_edge._resources.dist import DistHandler
from pulumi_alicloud_edge._resources.handler import ResourceHandler
from pulumi_alicloud_edge._resources.inputs import DistInputs, PushInputs, ReleaseInputs
from pulumi_alicloud_edge._resources.push import PushHandler
from pulumi_alicloud_edge._resources.release import ReleaseHandler
from pulumi_alicloud_edge._resources.validation import read_inputs

REQUIRED, EMPTY, NO_TEXT = "is required", "must not be empty", "must be text"
COMMA = "must not contain a comma: the cloud's filters are comma-separated lists"
WHOLE, LIST = "must be a whole number", "must be a list"
BUDGET = 'must be a count such as 3 or a percentage such as "2%"'
TIME = "must be a time in UTC such as 2026-12-01T03:00:00Z"
MODE = 'must be a mode in octal digits as for chmod, such as 755 or "0755" (not 0o755)'
UNQUOTED = "must be text: quote it; the number that has arrived cannot be trusted, since 1.10 arrives as 1.1"

NO_WHITE_SPACE = "must not contain white space or control characters"
POLICY = "must be one of the vendor's policies, or a list of them, as JSON"
NO_POLICIES: list[Any] = ["", " ", "no JSON", "[" * 5000, '{"a": NaN}', "5", '""', "{}", [], {}, 5.0, True]
NO_POLICIES += [{"a": float("nan")}, {"a": pulumi.StringAsset("x")}]

PUSH: list[tuple[dict[str, Any], str, str]] = [
    (without(push(), "app_id"), "app_id", REQUIRED),
    (push(app_id=""), "app_id", EMPTY),
    (push(app_id=7), "app_id", UNQUOTED),
    (push(app_id=" x"), "app_id", "must not begin or end with white space"),
    (push(app_id="a,b"), "app_id", COMMA),
    (push(app_id="a\nb"), "app_id", "must not contain control characters"),
    (push(app_id="x" * 1025), "app_id", "must not be longer than 1024 characters"),
    (without(push(), "data"), "data", REQUIRED),
    (push(data=[]), "data", EMPTY),
    (push(data="assets"), "data", LIST),
    (push(data=[push_file(), "x"]), "data[1]", "must be a set of keys and values"),
    (push(data=[without(push_file(), "version")]), "data[0].version", REQUIRED),
    (push(data=[push_file(version=1.5)]), "data[0].version", UNQUOTED),
    (push(data=[push_file(version="1,5")]), "data[0].version", COMMA),
    (push(data=[push_file(name=True)]), "data[0].name", NO_TEXT),
    (push(data=[push_file(md5="abc")]), "data[0].md5", "must be an MD5 in 32 hexadecimal digits"),
    (push(data=[push_file(size=-1)]), "data[0].size", "must be at least 0"),
    (push(data=[push_file(size=1.5)]), "data[0].size", WHOLE),
    (push(data=[push_file(size="10")]), "data[0].size", WHOLE),
    (push(data=[push_file(timeout=0)]), "data[0].timeout", "must be at least 1"),
    (push(data=[push_file(url="https://x")]), "data[0].url", "is not a known input"),
    (push(data=[push_file(file_mode=755)]), "data[0].file_mode", "is not a known input"),
    (push(data=[push_file(), push_file()]), "data[1]", "assets@1.5 is declared twice"),
    (push(__sources={}), "data[0].url", "is required: the cloud fetches the file from there"),
    (push(__sources={"assets@1.5": ""}), "data[0].url", "is required: the cloud fetches the file from there"),
    (push(__sources={"assets@1.5": 7}), "data[0].url", NO_TEXT),
    (push(__sources={"assets@1.5": "x/a"}), "data[0].url", "must begin with a scheme, such as https://"),
    (push(__sources={"assets@1.5": "https://x/a b"}), "data[0].url", NO_WHITE_SPACE),
    (push(__sources={"assets@1.5": "https://x/a\n"}), "data[0].url", NO_WHITE_SPACE),
    *((push(strategies=strategies), "strategies", POLICY) for strategies in NO_POLICIES),
    (push(regions=[]), "regions", EMPTY),
    (push(regions="cn-a"), "regions", LIST),
    (push(regions=["cn-a", ""]), "regions[1]", EMPTY),
    (push(regions=["cn-a", "cn-a"]), "regions[1]", "cn-a is named twice"),
    (
        push(regions=["cn-a"], strategies='{"name": "x"}'),
        "strategies",
        "cannot be combined with regions: select by one of them",
    ),
    (push(rollout=5), "rollout", "must be a set of keys and values"),
]

DIST: list[tuple[dict[str, Any], str, str]] = [
    (dist(data=[without(dist_file(), "dest_path")]), "data[0].dest_path", REQUIRED),
    (dist(data=[dist_file(dest_path="opt")]), "data[0].dest_path", "must be an absolute path"),
    (dist(data=[dist_file(decompress="yes")]), "data[0].decompress", "must be true or false"),
    (dist(data=[dist_file(file_mode=0o755)]), "data[0].file_mode", MODE),
    (dist(data=[dist_file(file_mode=789)]), "data[0].file_mode", MODE),
    (dist(data=[dist_file(file_mode=75)]), "data[0].file_mode", MODE),
    (dist(data=[dist_file(file_mode="rwx")]), "data[0].file_mode", MODE),
    (
        dist(data=[dist_file(file_mode=0o644)]),
        "data[0].file_mode",
        'is the number 0o644: write "0644", the digits as for chmod',
    ),
    (
        dist(data=[dist_file(file_mode=0o777)]),
        "data[0].file_mode",
        'is the number 0o777: write "0777", the digits as for chmod',
    ),
    (
        dist(data=[dist_file(filemode=755)]),
        "data[0].filemode",
        "is not a known input (did you mean file_mode?)",
    ),
    (
        dist(data=[dist_file(), dist_file(version="1.6")]),
        "data[1].name",
        "assets is declared twice: an instance runs one version of a name",
    ),
    (dist(match=[]), "match", EMPTY),
    (dist(match=[{"operator": "In", "values": ["a"]}]), "match[0].key", REQUIRED),
    (
        dist(match=[{"key": "region_id", "operator": "Equals", "values": ["a"]}]),
        "match[0].operator",
        "must be In or NotIn",
    ),
    (dist(match=[{"key": "region_id", "operator": "In", "values": []}]), "match[0].values", EMPTY),
    (
        dist(match=[{"key": "region_id", "operator": "In", "values": ["a"]}], strategies={"name": "x"}),
        "strategies",
        "cannot be combined with match: select by one of them",
    ),
    (dist(on_delete="keep"), "on_delete", "must be clean or retain"),
    (
        dist(regions=["cn-a"]),
        "regions",
        "is not a known input; known inputs are app_id, data, match, on_delete, rollout",
    ),
]

RELEASE: list[tuple[dict[str, Any], str, str]] = [
    (release(app_id="e76f8985"), "app_id", "must begin with app-"),
    (release(app_id="app-"), "app_id", "must begin with app-"),
    (release(version_id="v1"), "version_id", "must begin with ver-"),
    (without(release(), "env"), "env", REQUIRED),
    (release(env="production"), "env", "must be prod or staging"),
    (release(percentage=0), "percentage", "must be at least 1"),
    (release(percentage=101), "percentage", "must be at most 100"),
    (release(percentage=33.3), "percentage", WHOLE),
    (
        release(percentage=10, regions=["jiangsu"]),
        "percentage",
        "cannot be combined with regions: select by one of them",
    ),
    (release(full_release=True), "full_release", "is only valid with regions"),
    (release(publish_type="region"), "publish_type", "must be percentage for this selection"),
    (release(publish_type="all"), "publish_type", "must be percentage or region"),
    (release(start_time="tomorrow"), "start_time", TIME),
    (release(start_time="2026-02-30T03:00:00Z"), "start_time", TIME),
    (release(start_time="2026-12-01T03:00:00+08:00"), "start_time", TIME),
]

ROLLOUT: list[tuple[dict[str, Any], str, str]] = [
    ({"max_failed": -1}, "max_failed", BUDGET),
    ({"max_failed": "101%"}, "max_failed", BUDGET),
    ({"max_failed": "few"}, "max_failed", BUDGET),
    ({"max_failed": 1.5}, "max_failed", BUDGET),
    ({"max_failed": True}, "max_failed", BUDGET),
    ({"retries": -1}, "retries", "must be at least 0"),
    ({"retries": 21}, "retries", "must be at most 20"),
    ({"timeout": 0}, "timeout", "must be longer than 0"),
    ({"timeout": "-5m"}, "timeout", 'is not a duration; write "90s", "5m", "1h30m" or seconds, not \'-5m\''),
    (
        {"timeout": "5 minutes"},
        "timeout",
        'is not a duration; write "90s", "5m", "1h30m" or seconds, not \'5 minutes\'',
    ),
    ({"stall_timeout": "31d"}, "stall_timeout", "must be between 0 and 30 days"),
    ({"on_failure": "retry"}, "on_failure", "must be stop or rollback"),
    ({"stages": []}, "stages", EMPTY),
    ({"stages": [{}] * 21}, "stages", "must have at most 20 entries"),
    ({"stages": [{"bake": -1}]}, "stages[0].bake", "must be between 0 and 30 days"),
    ({"stages": [{"regions": ["a"], "percent": 5}]}, "stages[0].percent", "is not a known input"),
    ({"patience": 3}, "patience", "is not a known input"),
]

TABLE = [
    *((PushInputs, *row) for row in PUSH),
    *((DistInputs, *row) for row in DIST),
    *((ReleaseInputs, *row) for row in RELEASE),
    *((PushInputs, push(rollout=rollout), f"rollout.{path}", reason) for rollout, path, reason in ROLLOUT),
]


@pytest.mark.parametrize(
    ("model", "properties", "path", "reason"),
    [
        pytest.param(*row, id=f"{index} {row[0].__name__} {row[2]}: {row[3][:30]}")
        for index, row in enumerate(TABLE)
    ],
)
def test_one_wrong_thing_is_one_fault_with_its_path_and_reason(
    model: type[BaseModel], properties: dict[str, Any], path: str, reason: str
) -> None:
    found = faults(model, properties)
    assert [at for at, _ in found] == [path]
    assert found[0][1].startswith(reason)


@pytest.mark.parametrize(
    ("model", "properties"),
    [
        (PushInputs, push()),
        (PushInputs, push(data=[{"name": "a", "version": "1"}], __sources={"a@1": "http://x"})),
        (PushInputs, push(regions=["cn-a", "cn-b"])),
        (PushInputs, push(strategies={"name": "ScheduleToRegionId"})),
        (PushInputs, push(data=[push_file(size=10.0, timeout=300.0)])),
        (DistInputs, dist()),
        (DistInputs, dist(data=[dist_file(), dist_file(name="models")])),
        (DistInputs, dist(match=[{"key": "region_id", "operator": "NotIn", "values": ["cn-a"]}])),
        (ReleaseInputs, release()),
        (ReleaseInputs, release(percentage=10.0, publish_type="percentage")),
        (ReleaseInputs, release(regions=["jiangsu"], full_release=True, publish_type="region")),
        (ReleaseInputs, release(start_time="2026-12-01T03:00:00Z", remarks="spring")),
        (ReleaseInputs, release(rollout={"max_failed": "2.5%", "timeout": "1h30m", "retries": 0.0})),
    ],
)
def test_what_is_in_order_is_taken(model: type[BaseModel], properties: dict[str, Any]) -> None:
    assert faults(model, properties) == []
    assert isinstance(read_inputs(model, properties), model)


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("colour", "colour"),
        ("two words", '["two words"]'),
        ("a: b", '["a: b"]'),
        ("line\nend\x1b[2J", r'["line\nend\u001b[2J"]'),
        ("ключ", r'["\u043a\u043b\u044e\u0447"]'),
        ("k" * 100_000, f'["{"k" * 60}"]'),
    ],
)
def test_a_key_that_nobody_knows_is_named_in_a_line(key: str, path: str) -> None:
    assert [path for path, _ in faults(PushInputs, push(**{key: 1}))] == [path]
    nested = push(data=[push_file(**{key: 1})])
    assert [path for path, _ in faults(PushInputs, nested)] == [f"data[0]{'' if '[' in path else '.'}{path}"]


def test_what_was_declared_is_repeated_only_where_it_is_short() -> None:
    for nonsense in ("x" * 100_000, ["5m"] * 10_000, {"minutes": 5}):
        ((path, reason),) = faults(PushInputs, push(rollout={"timeout": nonsense}))
        assert (path, reason) == (
            "rollout.timeout",
            'is not a duration; write "90s", "5m", "1h30m" or seconds',
        )


def many(count: int) -> list[str]:
    return [f"cn-somewhere-{number}" for number in range(count)]


def many_files(count: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
    files = [push_file(name=name) for name in many(count)]
    return files, {f"{name}@1.5": f"https://x/{name}?{'s' * 500}" for name in many(count)}


@pytest.mark.parametrize(
    ("kind", "inputs", "path"),
    [
        pytest.param(
            PushHandler(),
            lambda n: push(data=many_files(n)[0], __sources=many_files(n)[1]),
            "data",
            id="files of a push",
        ),
        pytest.param(PushHandler(), lambda n: push(regions=many(20 * n)), "data", id="regions of a push"),
        pytest.param(
            PushHandler(),
            lambda n: push(rollout={"stages": [{"regions": ["cn-a"]}, {"regions": many(20 * n)}]}),
            "data",
            id="regions of a stage",
        ),
        pytest.param(
            DistHandler(),
            lambda n: dist(data=[dist_file(name=name) for name in many(5 * n)]),
            "data",
            id="files of a dist",
        ),
        pytest.param(
            ReleaseHandler(), lambda n: release(regions=many(20 * n)), "regions", id="regions of a release"
        ),
    ],
)
def test_what_is_too_much_for_a_call_is_refused_before_it_is_made(
    kind: ResourceHandler[Any], inputs: Callable[[int], dict[str, Any]], path: str
) -> None:
    assert kind.read(inputs(50)) is not None
    with pytest.raises(InputError, match="is too long for one call") as refused:
        kind.read(inputs(200))
    assert [fault.path for fault in refused.value.field_errors] == [path]


def test_all_faults_are_told_at_once() -> None:
    wrong = push(
        app_id="",
        data=[push_file(version="1,5"), push_file(md5="x", size=-1)],
        regions=[],
        rollout={"timeout": "soon", "retries": 99},
        colour="red",
    )
    assert {path for path, _ in faults(PushInputs, wrong)} == {
        "app_id",
        "data[0].version",
        "data[1].md5",
        "data[1].size",
        "regions",
        "rollout.timeout",
        "rollout.retries",
        "colour",
    }


def test_faults_across_fields_are_told_at_once() -> None:
    wrong = release(percentage=5, regions=["a", "a"], publish_type="percentage")
    assert [path for path, _ in faults(ReleaseInputs, wrong)] == ["regions[1]", "percentage", "publish_type"]


@pytest.mark.parametrize(
    "properties",
    [
        push(app_id=UNKNOWN),
        push(data=UNKNOWN),
        push(data=[UNKNOWN]),
        push(data=[push_file(version=UNKNOWN)]),
        push(data=[push_file(md5=UNKNOWN, size=UNKNOWN)]),
        push(__sources=UNKNOWN),
        push(__sources={"assets@1.5": UNKNOWN}),
        push(regions=UNKNOWN),
        push(regions=[UNKNOWN, "cn-a"]),
        push(strategies={"a": [UNKNOWN]}),
        push(rollout=UNKNOWN),
        push(rollout={"timeout": UNKNOWN, "max_failed": UNKNOWN}),
    ],
)
def test_what_is_not_known_yet_is_no_fault_and_no_model(properties: Any) -> None:
    assert read_inputs(PushInputs, properties) is None


def test_what_is_known_is_checked_beside_what_is_not() -> None:
    wrong = push(app_id=UNKNOWN, data=[push_file(version="1,5", size=UNKNOWN)])
    assert [path for path, _ in faults(PushInputs, wrong)] == ["data[0].version"]


def test_a_key_that_nobody_knows_is_a_fault_whatever_its_value() -> None:
    assert [path for path, _ in faults(PushInputs, push(colour=UNKNOWN))] == ["colour"]


def test_no_fault_shows_a_url_or_what_is_in_it() -> None:
    secret = "https://example.com/a?Signature=SECRET"
    for wrong in (
        push(__sources={"assets@1.5": [secret]}),
        push(data=[push_file(url=secret)]),
        push(__sources=secret),
        push(__sources={"assets@1.5": secret}, regions=[]),
    ):
        told = faults(PushInputs, wrong)
        assert told
        assert not any("SECRET" in path + reason for path, reason in told)
    inputs = read_inputs(PushInputs, push(__sources={"assets@1.5": secret}))
    assert "SECRET" not in repr(inputs)


@pytest.mark.parametrize("mode", [755, 755.0, "755", "0755"])
def test_a_mode_is_its_digits(mode: Any) -> None:
    inputs = read_inputs(DistInputs, dist(data=[dist_file(file_mode=mode)]))
    assert inputs is not None
    assert inputs.data[0].file_mode == 755
