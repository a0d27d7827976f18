"""Files that pages load: their addresses change with their contents, so that browsers keep them."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sizzle.api.http.content import FOREVER, Content, send_content
from sizzle.errors import NotFoundError
from sizzle.web_player import PAGE

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_FONT: Final = "inter.woff2"
_OF_PLAYER: Final = {_FONT: "inter-*.woff2", "tokens.css": "tokens.css", "icon.svg": "icon.svg"}
"""Files that the player has too."""

_ASKED_AFTER: Final = 0
_NOSNIFF: Final = ((b"x-content-type-options", b"nosniff"),)


class StaticFiles:
    """The files in the folder `static` of a package.

    Args:
        package: by its name.
        prefix: of their addresses.
    """

    def __init__(self, package: str, prefix: str) -> None:
        self._package, self._prefix = package, prefix

    def address(self, name: str) -> str:
        """The address of a file. Raises NotFoundError: there is none, a programming error."""
        return f"{self._prefix}/{name}?v={_tag(self._package, name)[:10]}"

    async def respond(self, request: Request, name: str) -> Response:
        """Send a file; what has no or another version in its address is asked after each time."""
        tag = _tag(self._package, name)
        newest = name == _FONT or request.query_params.get("v") == tag[:10]
        data, suffix = _data(self._package, name), name[name.rindex(".") :]
        return _File(Content((data,), _TYPES[suffix], tag, FOREVER if newest else _ASKED_AFTER))


class _File(Response):
    def __init__(self, content: Content) -> None:
        super().__init__()
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await send_content(self._content, scope, send, _NOSNIFF)


@cache
def _names(package: str) -> frozenset[str]:
    folder = files(package) / "static"
    own = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
    return frozenset({*own, *_OF_PLAYER})


@cache
def _known_data(package: str, name: str) -> bytes:
    if name in _OF_PLAYER:
        return next(PAGE.glob(_OF_PLAYER[name])).read_bytes()
    return (files(package) / "static" / name).read_bytes()


def _data(package: str, name: str) -> bytes:
    if name not in _names(package):
        raise NotFoundError(f"There is no file {name[:100]!r}.", fix="open the page again.")
    return _known_data(package, name)


def _tag(package: str, name: str) -> str:
    return sha256(_data(package, name)).hexdigest()[:20]
