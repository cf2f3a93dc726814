import json
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import python_env
import supply
import workspace

ADVISORY = {
    "id": "GHSA-bad-bad-bad",
    "modified": "2026-01-01T00:00:00Z",
    "summary": "It does bad things",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "httpx"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}],
        }
    ],
}
Serve = Callable[..., str]


@pytest.fixture
def advisories() -> Iterator[Serve]:
    """Serves advisories about packages, in OSV's protocol."""
    with ExitStack() as stack:

        def serve(*vulnerable: str) -> str:
            class Handler(BaseHTTPRequestHandler):
                def do_POST(self) -> None:
                    queries = json.loads(self.rfile.read(int(self.headers["content-length"])))["queries"]
                    names = (query["package"]["name"] for query in queries)
                    known = {"vulns": [{key: ADVISORY[key] for key in ("id", "modified")}]}
                    self._answer({"results": [known if name in vulnerable else {} for name in names]})

                def do_GET(self) -> None:
                    self._answer(ADVISORY)

                def _answer(self, document: Any) -> None:
                    body = json.dumps(document).encode()
                    self.send_response(200)
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

                def log_message(self, *_: object) -> None:
                    """Log nothing."""

            server = stack.enter_context(HTTPServer(("127.0.0.1", 0), Handler))
            Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}"

        yield serve


def test_every_file_of_the_lock_has_its_hash_and_comes_from_the_index() -> None:
    packages = tomllib.loads((workspace.ROOT / "uv.lock").read_text())["package"]
    (own,) = (package for package in packages if "editable" in package["source"])
    assert own["name"] == "pulumi-alicloud-edge"
    index = {"registry": next(p["source"]["registry"] for p in packages if p is not own)}
    for package in packages:
        if package is not own:
            assert package["source"] == index, package["name"]
            files = [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
            assert files, package["name"]
            assert all(file["hash"].startswith("sha256:") for file in files), package["name"]


def test_the_uv_that_is_fetched_is_pinned_by_hashes() -> None:
    pin = python_env.UV_PIN.read_text()
    assert f"uv=={python_env.UV_VERSION} \\\n    --hash=sha256:" in pin


def test_what_is_known_to_be_vulnerable_fails_with_its_advisory(
    advisories: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    assert supply.check(advisories()) == []
    assert "no known vulnerabilities" in capsys.readouterr().out
    assert supply.check(advisories("httpx")) == ["uv audit"]
    said = capsys.readouterr().out
    assert ADVISORY["id"] in said
    assert ADVISORY["summary"] in said


def test_without_the_advisories_it_is_said_that_nothing_was_audited(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert supply.check("http://127.0.0.1:9") == []
    assert "The packages were NOT audited, for want of http://127.0.0.1:9" in capsys.readouterr().out


def test_a_lock_that_is_behind_the_project_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("pyproject.toml", "uv.lock", "README.md"):
        (tmp_path / name).write_text((workspace.ROOT / name).read_text())
    project = tmp_path / "pyproject.toml"
    project.write_text(project.read_text().replace('"tenacity>=9,<10"', '"tenacity>=9.0.1,<10"'))
    monkeypatch.setattr(supply, "ROOT", tmp_path)
    assert supply.check("http://127.0.0.1:9") == ["uv lock --check"]
    assert "run `uv lock`" in capsys.readouterr().out
