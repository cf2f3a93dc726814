"""A headless Chromium or Chrome, spoken to in the DevTools protocol over a pipe: no port, no driver, no package."""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--remote-debugging-pipe",
)
WAIT_SECONDS = 90.0
_INTO_PIPES = """
import fcntl, os, sys
read, write = (fcntl.fcntl(int(fd), fcntl.F_DUPFD, 10) for fd in sys.argv[1:3])
os.dup2(read, 3), os.dup2(write, 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""
"""The browser reads commands from descriptor 3 and answers on 4."""


def find() -> str | None:
    """The first browser on PATH."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """One browser process. Use it as a context manager."""

    def __init__(self, executable: str) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        to_browser, self._commands = os.pipe()
        self._answers, from_browser = os.pipe()
        wrapper = [sys.executable, "-c", _INTO_PIPES, str(to_browser), str(from_browser)]
        self._process = subprocess.Popen(
            [*wrapper, executable, *FLAGS, f"--user-data-dir={self._profile.name}"],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._count = 0
        self._buffer = b""
        self.events: deque[dict[str, Any]] = deque(maxlen=10_000)

    def open(self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> "Tab":
        """A new tab, in a context of its own, that has loaded a page."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        target = self.send("Target.createTarget", {"url": "about:blank", "browserContextId": context})
        attached = self.send("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True})
        tab = Tab(self, attached["sessionId"], context)
        tab.prepare(width, height, dark=dark)
        tab.go(url)
        return tab

    def send(self, method: str, params: Mapping[str, Any] | None = None, session: str | None = None) -> Any:
        """Send a command and await its result; events that come meanwhile are kept."""
        self._count += 1
        command = {"id": self._count, "method": method, "params": params or {}}
        os.write(
            self._commands, json.dumps(command | ({"sessionId": session} if session else {})).encode() + b"\0"
        )
        while (message := self._receive()).get("id") != self._count:
            self.events.append(message)
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']['message']}")
        return message["result"]

    def _receive(self) -> Any:
        while b"\0" not in self._buffer:
            part = os.read(self._answers, 1 << 20)
            if not part:
                raise RuntimeError(f"the browser ended with {self._process.wait()}")
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.close(self._commands)
        os.close(self._answers)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._profile.cleanup()


class Tab:
    """One page in the browser."""

    def __init__(self, browser: Browser, session: str, context: str) -> None:
        self._browser = browser
        self._session = session
        self._context = context

    def prepare(self, width: int, height: int, *, dark: bool) -> None:
        """Set what the page is shown on."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._send(f"{domain}.enable")
        self._send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self._send("Emulation.setEmulatedMedia", features=[scheme, still])

    def go(self, url: str) -> None:
        """Load a page."""
        self._send("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; a promise is awaited."""
        answer = self._send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_for(self, condition: str, seconds: float = WAIT_SECONDS) -> None:
        """Wait until a JavaScript condition holds; else fail with what the page shows."""
        deadline = time.monotonic() + seconds
        while not self._holds(condition):
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {condition}\n{self.text()}\n{self.errors()}")

    def _holds(self, condition: str) -> bool:
        """Whether it holds by the page's next frames; a page that is just being loaded has no frames yet."""
        try:
            return bool(
                self.evaluate(f"new Promise(done => setTimeout(() => done(Boolean({condition})), 50))")
            )
        except RuntimeError:
            return False

    def text(self, selector: str = "body") -> str:
        """What a person reads there."""
        found = f"document.querySelector({json.dumps(selector)})"
        return str(self.evaluate(f"{found} ? {found}.innerText : '(nothing)'"))

    def click(self, selector: str) -> None:
        """Click in the middle of an element, as a mouse does."""
        place = self._middle(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self._send("Input.dispatchMouseEvent", type=kind, **place, button="left", clickCount=1)

    def hover(self, selector: str) -> None:
        """Move the mouse onto an element."""
        self._send("Input.dispatchMouseEvent", type="mouseMoved", **self._middle(selector))

    def _middle(self, selector: str) -> dict[str, float]:
        self.wait_for(f"document.querySelector({json.dumps(selector)})")
        box: dict[str, float] = self.evaluate(
            f"(() => {{ const node = document.querySelector({json.dumps(selector)});"
            " node.scrollIntoView({block: 'nearest'}); const box = node.getBoundingClientRect();"
            " return {x: box.x + box.width / 2, y: box.y + box.height / 2}; })()"
        )
        return box

    def errors(self) -> list[str]:
        """What the page complained of, scripts and network, and every request that left for another host."""
        mine = [event for event in self._browser.events if event.get("sessionId") == self._session]
        return [json.dumps(event["params"]) for event in mine if _is_error(event)]

    def requests(self) -> list[str]:
        """The addresses that the page has asked for."""
        self.evaluate("0")
        return [
            event["params"]["request"]["url"]
            for event in self._browser.events
            if event.get("sessionId") == self._session and event["method"] == "Network.requestWillBeSent"
        ]

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """Keep what is shown as a PNG."""
        answer = self._send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(answer["data"]))

    def close(self) -> None:
        """Close the tab with all that it has kept."""
        self._browser.send("Target.disposeBrowserContext", {"browserContextId": self._context})

    def _send(self, method: str, **params: Any) -> Any:
        return self._browser.send(method, params, self._session)


def _is_error(event: dict[str, Any]) -> bool:
    match event["method"]:
        case "Runtime.exceptionThrown":
            return True
        case "Log.entryAdded":
            return bool(event["params"]["entry"]["level"] == "error")
        case "Runtime.consoleAPICalled":
            return event["params"]["type"] in {"error", "assert"}
        case _:
            return False
