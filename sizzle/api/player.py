"""The web player at `/player`: the built page, and the choices on it."""

from __future__ import annotations

import gzip
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import PUBLIC, requires
from sizzle.api.design import Area, Site, Viewer, viewer_of
from sizzle.api.http.compression import accepts_gzip
from sizzle.api.http.content import FOREVER, Content, Headers, send_content
from sizzle.api.http.problems import problem_responses
from sizzle.cadence import Cadences
from sizzle.clips import Indexes
from sizzle.errors import NotFoundError, SizzleError
from sizzle.packager import Packages
from sizzle.reloading import Reloadable
from sizzle.web_player import PAGE

_OFFERED: Final = 500  # members that are listed; any other can be typed in
_RECENT: Final = 250  # of those, the most that are members of the last events
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
_HASHED: Final = re.compile(r"-[0-9A-Z]{8}\.\w+$", re.ASCII)
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
_HEADERS: Final = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"vary", b"accept-encoding"),
)


class AssetChoice(BaseModel):
    """An asset, and whether it can be played; `why` not, if so."""

    asset_id: str
    packaged: bool
    why: str = ""


class CadenceChoice(BaseModel):
    """A cadence and its plan, as `A:80 B:40 | A:80`."""

    name: str
    plan: str


class MemberChoices(BaseModel):
    """Members to choose from: of the file of histories, and of the last events.

    Of both together there are `count`; up to 500 are listed.
    """

    count: int
    ids: tuple[str, ...]


class AreaChoice(BaseModel):
    """A part of the service that the caller may open."""

    name: str
    href: str


class Choices(BaseModel):
    """All that the page offers; without `delivery` nothing can be played."""

    delivery: bool
    assets: tuple[AssetChoice, ...]
    cadences: tuple[CadenceChoice, ...]
    members: MemberChoices
    areas: tuple[AreaChoice, ...]


AREA: Final = Area(
    "Player",
    "/player",
    (ApiScope.READ,),
    about="Play two members' reels side by side, and see why their titles are in this order.",
    icon="player",
)
"""As the navigation shows it."""


def player_routes(
    site: Site,
    catalog: Indexes,
    packages: Packages | None,
    cadences: Reloadable[Cadences],
    members: Callable[[], Sequence[str]],
    recent_members: Callable[[int], Sequence[str]],
) -> APIRouter:
    """The routes of the web player.

    Args:
        site: that the page belongs to.
        catalog: of the assets to choose from.
        packages: of the assets; None where nothing is delivered, which the page then says.
        cadences: to choose from.
        members: the ids of those in the file of histories, sorted, to be offered; whoever opens the
            page sees them.
        recent_members: the same of at most so many of the last events, the most recent first.
    """
    site.add(AREA)
    router = APIRouter()
    reading = requires(ApiScope.READ)
    pages = _pages()

    @router.get(
        "/player/choices.json",
        tags=["player"],
        dependencies=[reading],
        responses=problem_responses(),
    )
    def get_choices(request: Request) -> Choices:
        """What there is to choose from."""
        offered = _offered(members(), recent_members(_RECENT))
        areas = _areas(site, viewer_of(request.scope))
        return _choices(catalog, packages, cadences.current, offered, areas)

    async def get_page(request: Request, name: str = "index.html") -> Response:
        page = pages.get(name)
        if page is None:
            raise NotFoundError(f"The player has no file {name[:120]!r}.", fix="open /player.")
        return page.response_to(request)

    async def get_other_spelling() -> Response:
        return RedirectResponse("../player")  # what the page loads lies beside `/player`

    for path, endpoint, access in (
        ("/player", get_page, reading),  # so that browsers ask for a key, and send it from then on
        ("/player/", get_other_spelling, reading),
        ("/player/{name}", get_page, PUBLIC),
    ):
        router.add_api_route(
            path,
            endpoint,
            methods=["GET", "HEAD"],
            include_in_schema=False,
            dependencies=[access],
        )
    return router


def _offered(members: Sequence[str], recent: Sequence[str]) -> MemberChoices:
    """The file's first, so that those whom the page shows at first stay the same."""
    first = members[: _OFFERED - _RECENT]
    listed = dict.fromkeys((*first, *recent, *members[len(first) : _OFFERED]))
    new = sum(not _has(members, member) for member in recent)
    return MemberChoices(count=len(members) + new, ids=tuple(listed)[:_OFFERED])


def _has(members: Sequence[str], member: str) -> bool:
    """Whether it is one of sorted ids."""
    place = bisect_left(members, member)
    return place < len(members) and members[place] == member


def _choices(
    catalog: Indexes,
    packages: Packages | None,
    cadences: Cadences,
    members: MemberChoices,
    areas: tuple[AreaChoice, ...],
) -> Choices:
    return Choices(
        delivery=packages is not None,
        assets=tuple(_asset(catalog, packages, asset_id) for asset_id in catalog.assets()),
        cadences=tuple(
            CadenceChoice(name=plan.name, plan=str(plan)) for plan in cadences.plans.values()
        ),
        members=members,
        areas=areas,
    )


def _areas(site: Site, viewer: Viewer) -> tuple[AreaChoice, ...]:
    """Those that the viewer may open, as paths beside the page's own."""
    allowed = (area for area in site.areas if viewer.may(*area.scopes))
    return tuple(AreaChoice(name=area.name, href=area.href.removeprefix("/")) for area in allowed)


def _asset(catalog: Indexes, packages: Packages | None, asset_id: str) -> AssetChoice:
    if packages is None:
        return AssetChoice(asset_id=asset_id, packaged=False)
    try:
        packages.of_version(asset_id, catalog.index(asset_id).version)
    except SizzleError as error:
        return AssetChoice(asset_id=asset_id, packaged=False, why=error.what)
    return AssetChoice(asset_id=asset_id, packaged=True)


@cache
def _pages() -> dict[str, _Page]:
    return {path.name: _Page(path) for path in PAGE.iterdir()}


class _Page:
    """A file of the page, in memory, as it is and compressed."""

    def __init__(self, path: Path) -> None:
        body, media_type = path.read_bytes(), _TYPES[path.suffix]
        lifetime = FOREVER if _HASHED.search(path.name) else 0
        tag = sha256(body).hexdigest()[:20]
        self._plain = Content((body,), media_type, tag, lifetime)
        small = gzip.compress(body, mtime=0)
        self._small = Content((small,), media_type, f"{tag}-gzip", lifetime)
        self._worth = len(small) < len(body)

    def response_to(self, request: Request) -> Response:
        """The file, compressed where that helps and is understood."""
        if self._worth and accepts_gzip(request.headers.get("accept-encoding", "")):
            return _PageResponse(self._small, (*_HEADERS, (b"content-encoding", b"gzip")))
        return _PageResponse(self._plain, _HEADERS)


class _PageResponse(Response):
    """Content with the page's own headers."""

    def __init__(self, content: Content, headers: Headers) -> None:
        super().__init__()
        self._content = content
        self._own_headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await send_content(self._content, scope, send, self._own_headers)
