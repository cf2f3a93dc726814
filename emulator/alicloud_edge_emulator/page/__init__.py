"""The page for people on `/`: what runs where, live. Plain files without a build step, nothing from outside."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_MEDIA_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PARTS = {
    entry.name: entry.read_bytes()
    for entry in files(__package__).iterdir()
    if entry.name.rpartition(".")[2] in _MEDIA_TYPES
}


async def page(_request: Request) -> Response:
    """The page; it reads `/_emulator/summary` by itself."""
    return _part("page.html")


def parts() -> list[Route]:
    """The style and the scripts, under the names by which the page asks for them."""
    return [Route("/{name}", _served)]


async def _served(request: Request) -> Response:
    name = request.path_params["name"]
    return _part(name) if name in _PARTS else Response(status_code=404)


def _part(name: str) -> Response:
    media_type = _MEDIA_TYPES[name.rpartition(".")[2]]
    return Response(_PARTS[name], media_type=media_type, headers=_HEADERS)
