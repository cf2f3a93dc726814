import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pulumi_cli
import pytest
from console import StepError

TARGET = f"pulumi-{pulumi_cli.VERSION}"

INSTALLER = """
while [ $# -gt 0 ]; do case $1 in
  --install-root) root=$2; shift;;
  --version) version=$2; shift;;
  --no-edit-path) edits_path=no;;
esac; shift; done
[ "$edits_path" = no ] || exit 1
mkdir -p "$root/bin"
echo "echo v$version" > "$root/bin/pulumi"
touch "$root/bin/pulumi-language-python"
"""

GO = """#!/bin/sh
echo "$*" >> "{calls}"
case "$1" in
  build) mkdir -p "$(dirname "$3")" && echo built > "$3" ;;
  list) echo "{sdk}" ;;
esac
"""


def program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture(autouse=True)
def _installer_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi_cli, "INSTALLER", "http://127.0.0.1:9")


@pytest.fixture
def go_calls(tools: Path, tmp_path: Path) -> Callable[[], list[str]]:
    """A Go that builds at once; gives what it was asked."""
    scripts = tmp_path / "sdk" / "python"
    for script in ("cmd/pulumi-language-python-exec", "dist/pulumi-resource-pulumi-python"):
        (scripts / script).parent.mkdir(parents=True)
        (scripts / script).write_text("script")
    calls = tmp_path / "go-calls"
    program(tools / "go", GO.format(calls=calls, sdk=tmp_path / "sdk"))
    return lambda: calls.read_text().splitlines()


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Pulumi's installer, within reach; gives the requests it had."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(INSTALLER.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setattr(pulumi_cli, "INSTALLER", f"http://127.0.0.1:{server.server_port}")
        yield requests
        server.shutdown()
        thread.join()


def test_a_new_enough_cli_on_path_is_used_as_it_is(tools: Path, cache: Path) -> None:
    program(tools / "pulumi", "#!/bin/sh\necho v3.216.0\n")
    program(tools / "pulumi-language-python", "#!/bin/sh\n")
    assert pulumi_cli.ensure() == tools
    assert not cache.exists()


@pytest.mark.parametrize("version", ["v3.215.9", "v2.300.0", "nonsense"])
def test_an_older_cli_on_path_is_not_used(
    tools: Path, cache: Path, go_calls: Callable[[], list[str]], version: str
) -> None:
    program(tools / "pulumi", f"#!/bin/sh\necho {version}\n")
    program(tools / "pulumi-language-python", "#!/bin/sh\n")
    assert pulumi_cli.ensure() == cache / TARGET / "bin"
    assert go_calls()


def test_a_cli_without_its_python_host_is_not_used(
    tools: Path, cache: Path, go_calls: Callable[[], list[str]]
) -> None:
    program(tools / "pulumi", "#!/bin/sh\necho v3.250.0\n")
    assert pulumi_cli.ensure() == cache / TARGET / "bin"
    assert go_calls()


@pytest.mark.usefixtures("tools")
def test_the_official_installer_comes_before_a_build_and_only_once(
    cache: Path, installer: list[str], go_calls: Callable[[], list[str]]
) -> None:
    folder = pulumi_cli.ensure()
    assert pulumi_cli.ensure() == folder == cache / TARGET / "bin"
    assert (folder / "pulumi").read_text() == f"echo v{pulumi_cli.VERSION}\n"
    assert len(installer) == 1
    with pytest.raises(FileNotFoundError):
        go_calls()


@pytest.mark.usefixtures("tools")
def test_a_build_makes_all_four_parts(cache: Path, go_calls: Callable[[], list[str]]) -> None:
    folder = pulumi_cli.ensure()
    assert sorted(part.name for part in folder.iterdir()) == [
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
        "pulumi-resource-pulumi-python",
    ]
    assert folder == cache / TARGET / "bin"
    assert f"Version=v{pulumi_cli.VERSION}" in go_calls()[0]


@pytest.mark.usefixtures("tools", "cache")
def test_two_at_once_build_once(go_calls: Callable[[], list[str]]) -> None:
    threads = [threading.Thread(target=pulumi_cli.ensure) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([call for call in go_calls() if call.startswith("build")]) == 2


@pytest.mark.usefixtures("tools")
def test_what_a_killed_build_left_is_not_taken_for_good(
    cache: Path, go_calls: Callable[[], list[str]]
) -> None:
    left = cache / f"{TARGET}-partial-abc" / "bin"
    left.mkdir(parents=True)
    (left / "pulumi").write_text("half")
    assert (pulumi_cli.ensure() / "pulumi").read_text() == "built\n"
    assert go_calls()
    assert not left.exists()


def test_a_failed_build_shows_its_end_and_leaves_nothing(tools: Path, cache: Path) -> None:
    program(tools / "go", "#!/bin/sh\necho 'go.mod requires go >= 1.25.11 (running go 1.20)'\nexit 1\n")
    with pytest.raises(StepError, match=r"requires go >= 1\.25\.11") as failure:
        pulumi_cli.ensure()
    assert "go.dev" in failure.value.remedy
    assert not list(cache.glob(f"{TARGET}*/"))


@pytest.mark.usefixtures("cache", "tools")
def test_without_any_way_the_error_names_the_ways() -> None:
    with pytest.raises(StepError, match="no Go") as failure:
        pulumi_cli.ensure()
    assert "pulumi.com/docs/install" in failure.value.remedy
    assert "go.dev" in failure.value.remedy
