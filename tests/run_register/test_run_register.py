"""The file that the processes of a run share: found by each, read by each, and never in the way."""

import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_alicloud_edge import _run_register as run_register
from pulumi_alicloud_edge._run_register import RunRegister, listener, open_register, private_folder


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the system for the test alone."""
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(run_register.tempfile, "gettempdir", lambda: str(tmp_path))
    open_register.cache_clear()
    return tmp_path


@pytest.fixture
def engine() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def another_process(address: str) -> RunRegister:
    open_register.cache_clear()
    register = open_register(address)
    assert register is not None
    return register


def said(register: RunRegister) -> list[object]:
    return [entry["said"] for entry in register.read()]


def test_what_one_process_writes_the_others_read_once(engine: str) -> None:
    one, other = another_process(engine), another_process(engine)
    one.append({"said": 1})
    one.append({"said": 2})

    assert said(other) == [1, 2]
    assert said(other) == []
    assert said(one) == []

    other.append({"said": 3})
    assert said(one) == [3]
    assert said(another_process(engine)) == [1, 2, 3]


def test_a_later_engine_on_the_same_port_has_a_register_of_its_own() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        former = another_process(address)
        former.append({"said": "before"})
    with socket.create_server(("127.0.0.1", int(address.rpartition(":")[2]))):
        later = another_process(address)

    assert former.is_certain
    assert later.is_certain
    assert said(later) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_kernel_tells_one_listening_socket_from_another(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        numbers = [listener(host, server.getsockname()[1]) for server in (one, two)]
    assert all(numbers)
    assert len(set(numbers)) == 2


def test_an_engine_that_listens_on_every_address_is_found() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert listener("127.0.0.1", server.getsockname()[1])


@pytest.mark.parametrize("table", ["", "no table\nat all\n", "sl\n0: 0100007F:1F90 0 0A 0 0 0 0 0 x\n"])
def test_without_the_kernels_word_the_address_alone_names_the_register(tmp_path: Path, table: str) -> None:
    path = tmp_path / "tcp"
    path.write_text(table)
    assert listener("127.0.0.1", 9999, (path, tmp_path / "missing")) is None


def test_a_register_known_by_its_address_alone_is_not_certain(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_register, "listener", lambda _host, _port: None)
    one, other = another_process(engine), another_process(engine)
    one.append({"said": 1})
    assert not other.is_certain
    assert said(other) == [1]


@pytest.mark.parametrize("address", ["", "engine", "127.0.0.1:", ":80", "127.0.0.1:http"])
def test_without_an_engine_there_is_none(address: str) -> None:
    assert open_register(address) is None


def test_damaged_lines_are_left_out_and_harm_no_other(engine: str) -> None:
    one, other = another_process(engine), another_process(engine)
    one.append({"said": 1})
    now = json.dumps({"at": time.time(), "said": "no line"})
    with one._path.open("ab") as file:
        file.write(b'\n{"said": 2, \n[]\nnull\n\xff\xfe\n{"at": "noon", "said": 3}\n' + now[:9].encode())
    one.append({"said": 4})

    assert said(other) == [1, 4]


def test_a_line_that_is_still_being_written_is_read_later(engine: str) -> None:
    one, other = another_process(engine), another_process(engine)
    line = json.dumps({"at": time.time(), "said": 1}).encode() + b"\n"
    one._path.write_bytes(line[:10])
    assert said(other) == []
    one._path.write_bytes(line)
    assert said(other) == [1]


def test_entries_count_for_a_day(engine: str) -> None:
    one, other = another_process(engine), another_process(engine)
    one.append({"said": "yesterday", "at": time.time() - run_register.KEPT_SECONDS - 1})
    one.append({"said": "today"})
    assert said(other) == ["today"]


def test_a_file_that_is_begun_anew_is_read_from_its_start(engine: str) -> None:
    one, other = another_process(engine), another_process(engine)
    one.append({"said": "a long one"})
    assert said(other) == ["a long one"]
    one._path.unlink()
    one.append({"said": 1})
    assert said(other) == [1]


def test_files_are_removed_after_a_day(base: Path, engine: str) -> None:
    folder = private_folder()
    assert folder is not None
    assert folder.parent == base
    old, new = folder / "old.jsonl", folder / "new.jsonl"
    for file in (old, new):
        file.touch()
    long_ago = time.time() - run_register.KEPT_SECONDS - 1
    os.utime(old, (long_ago, long_ago))

    another_process(engine)

    assert not old.exists()
    assert new.exists()


def test_folder_and_file_are_closed_to_all_others(engine: str) -> None:
    one = another_process(engine)
    one.append({"said": 1})
    assert one._path.parent.stat().st_mode & 0o777 == 0o700
    assert one._path.stat().st_mode & 0o777 == 0o600


def test_the_folder_of_the_session_comes_first(
    base: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = tmp_path_factory.mktemp("session")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(session))
    folder = private_folder()
    assert folder is not None
    assert folder.parent == session
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(session / "missing"))
    folder = private_folder()
    assert folder is not None
    assert folder.parent == base


def _folder(base: Path) -> Path:
    return base / f"{run_register.FOLDER}-{os.getuid()}"


def test_a_folder_that_others_may_write_into_is_not_used(base: Path, engine: str) -> None:
    _folder(base).mkdir()
    _folder(base).chmod(0o770)
    assert open_register(engine) is None


def test_a_link_in_the_folders_place_is_not_followed(
    base: Path, engine: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    elsewhere.chmod(0o700)
    _folder(base).symlink_to(elsewhere)
    assert open_register(engine) is None


def test_a_folder_of_another_user_is_not_used(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert private_folder() is not None
    monkeypatch.setattr(run_register, "_is_ours", lambda _found: False)
    assert open_register(engine) is None


def test_a_link_in_the_files_place_is_not_followed(engine: str, tmp_path: Path) -> None:
    one = another_process(engine)
    target = tmp_path / "precious"
    target.write_text('{"at": 9e9, "said": "lie"}\n')
    one._path.symlink_to(target)

    one.append({"said": 1})

    assert "said" in target.read_text()
    assert target.read_text().count("\n") == 1
    assert said(one) == []


def test_a_file_of_another_user_is_neither_read_nor_written(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = another_process(engine), another_process(engine)
    one.append({"said": 1})
    size = one._path.stat().st_size
    monkeypatch.setattr(run_register, "_is_ours", lambda _found: False)

    one.append({"said": 2})

    assert one._path.stat().st_size == size
    assert said(other) == []


def test_where_nothing_can_be_written_nothing_is_said(engine: str) -> None:
    one = another_process(engine)
    one._path.mkdir()
    one.append({"said": 1})
    assert said(one) == []


def test_what_json_cannot_hold_is_not_written(engine: str) -> None:
    one, other = another_process(engine), another_process(engine)
    one.append({"said": object()})
    assert said(other) == []


def test_long_lines_of_many_processes_stay_whole(engine: str) -> None:
    processes = []
    for number in range(4):
        if (child := os.fork()) == 0:
            mine = another_process(engine)
            for _ in range(20):
                mine.append({"said": str(number) * 20_000})
            os._exit(0)
        processes.append(child)
    for child in processes:
        os.waitpid(child, 0)
    read = said(another_process(engine))
    assert sorted(map(str, read)) == sorted(str(n) * 20_000 for n in range(4) for _ in range(20))
