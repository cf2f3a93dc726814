"""The page for people on `/`."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import HTMLResponse

_HTML = (files(__package__) / "page.html").read_text("utf-8")


async def page(_request: Request) -> HTMLResponse:
    """Applications and regions by version and state; it reads `/_emulator/state` by itself."""
    return HTMLResponse(_HTML)
