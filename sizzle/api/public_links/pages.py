"""The open pages as HTML, and what they load."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from sizzle.api.http.content import Content
from sizzle.errors import NotFoundError
from sizzle.outreach.content.phrases import Phrases, is_right_to_left

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    # A link's token is its reader's alone: no other site, cache or search engine gets it.
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "cache-control": "private, no-store",
}
_TYPES: Final = {
    "icon.svg": "image/svg+xml",
    "page.css": "text/css; charset=utf-8",
    "reel.js": "text/javascript; charset=utf-8",
    "service-worker.js": "text/javascript; charset=utf-8",
}
_LIFETIME: Final = 300  # seconds: another version of the program has others


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("sizzle.api.public_links"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(name: str, phrases: Phrases, status: int = 200, **shown: Any) -> Response:  # noqa: ANN401
    """A page from its template.

    Args:
        name: of the template.
        phrases: its words.
        status: of the response.
        shown: what else it shows.
    """
    direction = "rtl" if is_right_to_left(phrases.language) else "ltr"
    template = _templates().get_template(name)
    return HTMLResponse(template.render(words=phrases, dir=direction, **shown), status, HEADERS)


def static_content(name: str) -> Content:
    """A file that pages load. Raises NotFoundError."""
    if name not in _TYPES:
        raise NotFoundError(f"There is no file {name[:40]!r}.", fix="open the page again.")
    data = _static(name)
    return Content((data,), _TYPES[name], sha256(data).hexdigest()[:20], _LIFETIME)


@cache
def _static(name: str) -> bytes:
    return files("sizzle.api.public_links").joinpath("static", name).read_bytes()
