import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import local_emulator
import local_stack
import pytest
import workspace
from console import StepError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(local_emulator, "PID_FILE", tmp_path / "pid")
    monkeypatch.setattr(local_emulator, "PORT_FILE", tmp_path / "port")
    monkeypatch.setattr(local_emulator, "FOLDER", tmp_path)
    monkeypatch.setattr(local_emulator, "LOG", tmp_path / "log")
    monkeypatch.setattr(local_emulator, "DATABASE", tmp_path / "state.db")
    return tmp_path


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def test_a_process_that_merely_has_the_number_of_the_emulator_is_left_alone(
    folder: Path, stranger: subprocess.Popen[bytes]
) -> None:
    (folder / "pid").write_text(str(stranger.pid))
    assert not local_emulator.stop()
    assert stranger.poll() is None


@pytest.mark.filterwarnings("ignore:subprocess .* still running:ResourceWarning")  # it is meant to outlive us
def test_the_emulator_moves_from_a_taken_port_and_stays_there(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind((local_emulator.HOST, 0))
        taken.listen()
        (folder / "port").write_text(str(taken.getsockname()[1]))
        try:
            url = local_emulator.start()
            assert not url.endswith(f":{taken.getsockname()[1]}")
            assert local_emulator.start() == url
            assert url == f"http://{local_emulator.HOST}:{(folder / 'port').read_text()}"
        finally:
            assert local_emulator.stop()


def test_an_emulator_that_dies_says_why(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_emulator, "_command", lambda _: ["sh", "-c", "echo bad world; exit 3"])
    with pytest.raises(StepError, match="ended with exit code 3") as failure:
        local_emulator.start()
    assert "bad world" in failure.value.remedy
    assert not (folder / "pid").exists()


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_pulumi_edits_a_copy_of_the_stack_file(tmp_path: Path, stack: str) -> None:
    committed = workspace.ROOT / f"Pulumi.{stack}.yaml"
    before = committed.read_text()
    copy = local_stack._local_config(stack, tmp_path)
    assert copy.parent == tmp_path
    assert copy.read_text().endswith(before)
    assert "encryptionsalt:" in copy.read_text()
    assert "encryptionsalt" not in before


def test_an_unknown_stack_is_named(tmp_path: Path) -> None:
    with pytest.raises(StepError, match=r"no Pulumi\.nowhere\.yaml"):
        local_stack._local_config("nowhere", tmp_path)


def test_nothing_of_a_real_account_reaches_a_local_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("ALICLOUD_EDGE_ENDPOINT", "https://ens.aliyuncs.com")
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "real")
    monkeypatch.setenv("NO_PROXY", "intranet")
    environment = workspace.environment_with(Path("/first"))
    assert not [name for name in environment if name.startswith(("ALI", "PULUMI"))]
    assert environment["PATH"].startswith(f"/first{os.pathsep}")
    assert environment["NO_PROXY"] == "intranet,127.0.0.1,localhost"


def test_a_lock_of_a_live_pulumi_is_not_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stranger: subprocess.Popen[bytes]
) -> None:
    locks = tmp_path / ".pulumi" / "locks" / "organization" / "edge-quickstart" / "staging"
    locks.mkdir(parents=True)
    (locks / "lock.json").write_text(json.dumps({"pid": stranger.pid}))
    monkeypatch.setattr(local_stack, "BACKEND", tmp_path)
    monkeypatch.setattr(local_stack, "command_line", {stranger.pid: "pulumi up --yes"}.__getitem__)
    with pytest.raises(StepError, match="still at work on stack staging"):
        local_stack._unlock(local_stack._Session(cli=tmp_path, emulator=""), "staging")


def test_a_second_run_in_the_same_checkout_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with (
        workspace.locked(lock, busy="Another run is at work."),
        pytest.raises(StepError, match="Another run"),
        workspace.locked(lock, busy="Another run is at work.", wait=False),
    ):
        pass
    with workspace.locked(lock, busy="Another run is at work.", wait=False):
        pass
