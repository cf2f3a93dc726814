"""What must not be seen: keys, tokens, queries of presigned urls, and what a program marks as secret."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.support.declarations import Archives, placed
from tests.support.emulator import CONTAINER_APP_ID, SMALL_APP_ID, VERSION_IDS, Emulator
from tests.support.marks import KEY_ID, REMARKS, SECRET, SIGNATURE, TOKEN, DebugLogs, marked_key, marks_in
from tests.support.sightings import starts
from tests.support.stack import Ran, Stack

pytestmark = pytest.mark.cli
ENGINES_OWN = re.compile(r'^(\{"time":"[^"]*","level":"[A-Z]+","msg":"|[IWEF]\d{4} [^]]*\] )(?!eventSink)')
"""How Pulumi's engine begins the lines that `-v` turns on, except where it repeats what it was told to show.
With them it logs the properties of all resources, secrets too; its help says so."""

PROGRAM = """\
import pulumi
import pulumi_alicloud_edge as edge

app, file = {app!r}, {file!r}
secret = pulumi.Output.secret("{secret}")
push = edge.AppDataPush("assets", app_id=app, data=[edge.PushDataArgs(**file)], rollout={{"retries": 0}})
edge.AppDataDist("assets-everywhere", app_id=app, data=[{placed!r}], opts=pulumi.ResourceOptions(depends_on=[push]))
edge.ContainerAppRelease("web", app_id={container!r}, version_id={version!r}, env="prod", remarks=secret)
"""


class Presigned:
    """A stack with a push whose url ends in a marked signature."""

    def __init__(self, stack: Stack, archives: Archives) -> None:
        self._stack = stack
        self._archives = archives

    def declare(self, version: str, *, signed: int) -> str:
        """Declare a version of the file by a url that was signed anew; gives the url."""
        file = self._archives.file(version)
        file["url"] += f"?Expires={signed}&Signature={SIGNATURE}{signed}"
        parts: dict[str, Any] = {
            "app": SMALL_APP_ID,
            "file": file,
            "placed": placed(version),
            "secret": REMARKS,
        }
        self._stack.program(PROGRAM.format(container=CONTAINER_APP_ID, version=VERSION_IDS[1], **parts))
        url: str = file["url"]
        return url


def quoting(effect: str, url: str, *also: str) -> dict[str, Any]:
    """A fault of pushes in whose words the cloud repeats the url and more."""
    words = f"cannot fetch {url} for {KEY_ID} {' '.join(also)}"
    told: dict[str, dict[str, Any]] = {
        "error": {"status": 400, "code": "InvalidParameter.Data", "message": words},
        "target_fail": {"description": words},
    }
    return {"effect": effect, "action": "PushApplicationData", **told[effect]}


@pytest.fixture
def logs(stack: Stack, tmp_path: Path) -> DebugLogs:
    """What all loggers of the program and of the provider say."""
    logs = DebugLogs(tmp_path / "logs")
    stack.env.update(logs.environment(stack.env))
    return logs


@pytest.fixture
def keyed(stack: Stack, emulator: Emulator, world: dict[str, Any]) -> Stack:
    """A stack whose configuration holds a temporary key, the only one that the cloud knows."""
    emulator.world({**world, "keys": [marked_key()]})
    del stack.env["ALIBABA_CLOUD_ACCESS_KEY_ID"], stack.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
    key = {"accessKeyId": KEY_ID, "accessKeySecret": SECRET, "securityToken": TOKEN}
    settings = [
        option for name, value in key.items() for option in ("--secret", f"alicloud-edge:{name}={value}")
    ]
    assert stack.run("config", "set-all", *settings).ok
    return stack


def test_nothing_of_a_stacks_life_shows_a_secret(
    keyed: Stack, archives: Archives, emulator: Emulator, logs: DebugLogs
) -> None:
    presigned = Presigned(keyed, archives)
    ran: list[Ran] = []

    emulator.faults([quoting("target_fail", presigned.declare("1", signed=1))])
    ran.append(keyed.up("--diff", "--continue-on-error", preview=True))
    assert "assets@1: cannot fetch http://127.0.0.1" in ran[-1].output, str(ran[-1])
    assert keyed.outputs("assets")["status"] == "failed"

    emulator.faults([])
    ran.append(keyed.up("-v=9", "--logtostderr", "--debug"))
    assert ran[-1].ok, str(ran[-1])
    before = len(starts(emulator))
    presigned.declare("1", signed=2)
    ran += [keyed.preview("--diff"), keyed.up()]
    assert [each.counts() for each in ran[-2:]] == [{"unchanged": 4}] * 2
    assert len(starts(emulator)) == before, "another signature is no change"

    emulator.faults([quoting("error", presigned.declare("2", signed=3), SECRET, TOKEN)])
    ran.append(keyed.up())
    assert "InvalidParameter.Data: cannot fetch http://127.0.0.1" in ran[-1].output, str(ran[-1])
    ran += [keyed.refresh(), keyed.run("stack", "export"), keyed.run("stack", "history"), keyed.destroy()]
    assert all(each.ok for each in ran[-4:])

    assert not marks_in("\n".join(map(_said_by_us, ran)))
    assert not [file for file in keyed.backend_files() if marks_in(file.read_bytes())]
    assert "httpcore" in logs.text()
    assert not marks_in(logs.text())
    assert not [view for view, text in _views(emulator).items() if marks_in(text) - {REMARKS}]


def _said_by_us(ran: Ran) -> str:
    """All output but what the engine logs on its own account."""
    return "\n".join(line for line in ran.output.splitlines() if not ENGINES_OWN.match(line))


def _views(emulator: Emulator) -> dict[str, str]:
    """All that the emulator shows of itself."""
    paths = ("/", *(f"/_emulator/{view}" for view in ("health", "state", "summary", "calls")))
    return {"log": emulator.log} | {path: emulator.http.get(emulator.url + path).text for path in paths}


def test_the_engines_own_lines_are_told_from_what_it_was_given_to_show() -> None:
    own = {
        "time": "2026-11-22T07:46:30Z",
        "level": "INFO",
        "msg": "Marshaling property for RPC[..]: url",
        "v": 9,
    }
    shown = own | {"msg": "eventSink::Info(<{%reset%}>1/2 regions<{%reset%}>)"}
    both = [json.dumps(line, separators=(",", ":")) for line in (own, shown)]
    told = ["error: it failed", 'and then {"time":', "I am told"]
    lines = "\n".join(
        [*both, "I1122 07:46:30.1 9 rpc.go:77] Marshaling", "I1122 07:46:30.1 9 ui.go:8] eventSink", *told]
    )
    assert _said_by_us(Ran("up", 0, lines, "", 1.0)).splitlines() == [
        both[1],
        "I1122 07:46:30.1 9 ui.go:8] eventSink",
        *told,
    ]
