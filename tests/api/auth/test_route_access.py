"""Each route declares who may use it; the rest is closed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from httpx2 import Response

from sizzle.accounts import Attempts, Sessions, SignInMethod, Users
from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.browser_sessions import BrowserSessions
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyReloader, KeyStore
from sizzle.api.auth.route_access import PUBLIC, RouteAccessError, RouteTable, requires
from sizzle.api.health import Health
from sizzle.api.ingest_service import IngestService
from sizzle.api.outreach_service import ContentService, MemberService, SendingService
from sizzle.api.sign_in import People
from sizzle.database import Database, database_url
from sizzle.drafting import Stores
from sizzle.eventlog import EventLog
from sizzle.links.signing import Signing
from sizzle.outbox.address_hash import AddressHash
from sizzle.outreach_jobs import OutreachJobs
from sizzle.packager import Packages
from sizzle.sending.clock import Clock
from sizzle.sending.inbound import InboundRecorder
from tests.api.alphabetical_reels import alphabetically
from tests.api.editors_jobs import jobs_in
from tests.api.sample_service import ASK, KEY, Alphabetical, catalog_in

READ, WRITE, ADMIN = ApiScope.READ, ApiScope.WRITE, ApiScope.ADMIN
DESK_READ, DESK_WRITE = ApiScope.OUTREACH_READ, ApiScope.OUTREACH_WRITE
APPROVE, SEND = ApiScope.OUTREACH_APPROVE, ApiScope.OUTREACH_SEND
ANY = "any scope"
DECLARED: dict[str, ApiScope | str | None] = {
    "/": ANY,
    "/design/{name}": None,
    "/sign-in": None,
    "/sign-out": ANY,
    "/account": ANY,
    "/outreach": DESK_READ,
    "/outreach/static/{name}": None,
    "/outreach/members/erase": DESK_WRITE,
    "/outreach/one-to-one/draft": DESK_WRITE,
    "/outreach/one-to-one/agree": APPROVE,
    "/outreach/one-to-one/disagree": APPROVE,
    "/outreach/segments/{segment_id}/freeze": DESK_WRITE,
    "/outreach/snapshots/{snapshot_id}/approve": APPROVE,
    "/outreach/promoted/draft": DESK_WRITE,
    "/outreach/lines/{digest}/agree": APPROVE,
    "/outreach/lines/{digest}/disagree": APPROVE,
    "/outreach/prompts/{name}/evaluate": DESK_WRITE,
    "/outreach/prompts/{name}/improve": DESK_WRITE,
    "/outreach/prompts/{name}/compare": DESK_WRITE,
    "/outreach/campaigns/one/{campaign_id:campaign}/approve": APPROVE,
    **{
        f"/outreach/campaigns/one/{{campaign_id:campaign}}/{action}": SEND
        for action in ("start", "pause", "resume", "stop")
    },
    "/outreach/journeys/one/{journey_id}/approve": APPROVE,
    "/outreach/journeys/one/{journey_id}/{action}": SEND,
    "/v1/outreach": DESK_READ,
    "/v1/outreach/members:import": DESK_WRITE,
    "/v1/outreach/segments/{segment_id}/snapshots": DESK_WRITE,
    "/v1/outreach/affinity-jobs": DESK_WRITE,
    "/v1/outreach/snapshots/{snapshot_id}:approve": APPROVE,
    "/v1/outreach/campaigns/{campaign_id:campaign}:approve": APPROVE,
    "/v1/outreach/campaigns/{campaign_id:campaign}:start": SEND,
    "/v1/outreach/campaigns/{campaign_id:campaign}:pause": SEND,
    "/v1/outreach/campaigns/{campaign_id:campaign}:resume": SEND,
    "/v1/outreach/campaigns/{campaign_id:campaign}:stop": SEND,
    "/v1/outreach/journeys/{journey_id:campaign}:approve": APPROVE,
    "/v1/outreach/journeys/{journey_id:campaign}:start": SEND,
    "/v1/outreach/journeys/{journey_id:campaign}:pause": SEND,
    "/v1/outreach/journeys/{journey_id:campaign}:resume": SEND,
    "/v1/outreach/journeys/{journey_id:campaign}:close": SEND,
    "/v1/outreach/bounces": None,
    "/v1/outreach/webhooks": None,
    "/v1/outreach/drafts": DESK_WRITE,
    "/v1/outreach/drafts/{digest}:agree": APPROVE,
    "/v1/outreach/drafts/{digest}:disagree": APPROVE,
    "/v1/outreach/prompts/{name}:evaluate": DESK_WRITE,
    "/openapi.json": None,
    "/docs": None,
    "/docs/{name}": None,
    "/livez": None,
    "/readyz": None,
    "/metrics": ADMIN,
    "/v1/reels": READ,
    "/v1/reels:batch": READ,
    "/v1/reels/{reel_id}": READ,
    "/v1/reels/{reel_id}.mp4": None,
    "/v1/reels/{reel_id}/master.m3u8": None,
    "/v1/reels/{reel_id}/{package_id}/bed.m3u8": None,
    "/v1/reels/{reel_id}/{package_id}/iframes-{rendition}.m3u8": None,
    "/v1/reels/{reel_id}/{package_id}/{rendition}.m3u8": None,
    "/v1/reels/{reel_id}/{package_id}/{rendition}.mp4": None,
    "/v1/reels/{reel_id}/manifest.mpd": None,
    "/v1/reels/{reel_id}/ranges.json": None,
    "/v1/media/{path:path}": None,
    "/v1/stills/{name}.jpg": None,
    "/v1/members/{member_id:path}/intents": READ,
    "/v1/assets": READ,
    "/v1/assets/{asset_id}": READ,
    "/v1/assets/{asset_id}/clips/{key}": READ,
    "/v1/assets/{asset_id}/versions": READ,
    "/v1/assets/{asset_id}/trailer": None,
    "/v1/assets/{asset_id}/rollback": WRITE,
    "/v1/ingests": WRITE,
    "/player": READ,
    "/player/": READ,
    "/player/choices.json": READ,
    "/player/{name}": None,
    "/editor": WRITE,
    "/editor/static/{name}": None,
}
"""What each route declares; of those below one of these paths, what that one does."""

OTHERWISE = {
    ("DELETE", "/v1/assets/{asset_id}"): WRITE,
    ("PUT", "/v1/outreach/members/{member_id}"): DESK_WRITE,
    ("DELETE", "/v1/outreach/members/{member_id}"): DESK_WRITE,
    ("POST", "/outreach/imports"): DESK_WRITE,
    ("POST", "/outreach/segments"): DESK_WRITE,
    ("POST", "/outreach/affinity"): DESK_WRITE,
    ("POST", "/outreach/promoted"): DESK_WRITE,
    ("POST", "/outreach/prompts/{name}"): DESK_WRITE,
    ("POST", "/outreach/campaigns"): DESK_WRITE,
    ("POST", "/outreach/campaigns/one/{campaign_id:campaign}/edit"): DESK_WRITE,
    ("POST", "/outreach/journeys"): DESK_WRITE,
    ("POST", "/v1/outreach/segments"): DESK_WRITE,
    ("POST", "/v1/outreach/campaigns"): DESK_WRITE,
    ("POST", "/v1/outreach/journeys"): DESK_WRITE,
    ("POST", "/v1/outreach/messages"): SEND,
    ("POST", "/v1/outreach/prompts"): DESK_WRITE,
}
"""What a method declares that differs from its path's others."""


class FullService:
    """A service with all routes but those of events, with API keys, and with people."""

    def __init__(self, folder: Path, signing: Signing | None = None) -> None:
        self.folder = folder
        catalog = catalog_in(folder)
        reader = catalog.reader()
        self.any_key = self.key(READ)
        self.keys = KeyReloader(KeyStore(KeyFile(folder)))
        database = Database(database_url(folder))
        log, names = EventLog(database, KEY), AddressHash(KEY)
        jobs = OutreachJobs.open(folder / "outreach", database)
        self.sessions = BrowserSessions(Sessions(database, 10**9, 10**9), time.time)
        self.app: FastAPI = create_app(
            reader,
            Alphabetical(),
            Packages(folder / "packages", reader),
            ingests=IngestService(jobs_in(folder), catalog, alphabetically),
            members=MemberService(database, log, names, jobs, None, time.time),
            content=ContentService(Stores(database), time.time),
            sending=SendingService(database, InboundRecorder(database, log, names, Clock())),
            signing=signing,
            options=ServiceOptions(
                keys=self.keys,
                access={"rate": 1e6},
                people=People(
                    Users(database), Attempts(database), self.sessions, self.keys, time.time
                ),
                health=Health(reader, {}),
            ),
        )

    def key(self, scope: ApiScope) -> str:
        """Create a key."""
        return KeyStore(KeyFile(self.folder)).create("a test", [scope])[1]

    def client(self, key: str = "") -> TestClient:
        """A client with a key."""
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return TestClient(self.app, headers=headers, raise_server_exceptions=False)

    def browser(self, scope: ApiScope) -> TestClient:
        """A browser at which somebody has signed in, who has this scope."""
        token = self.sessions.sessions.begin(
            SignInMethod.PROVIDER, scope, self.sessions.now(), scopes=(scope,)
        )
        return TestClient(
            self.app,
            "https://testserver",
            headers={"sec-fetch-site": "same-origin"},
            cookies={"__Host-sizzle-session": token},
            raise_server_exceptions=False,
        )


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> FullService:
    """The service."""
    return FullService(tmp_path_factory.mktemp("full"))


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """The method and path of every route."""
    for route in iter_route_contexts(app.routes):
        for method in sorted(route.methods or ()):
            yield method, route.path or ""


def expected(method: str, path: str) -> ApiScope | str | None:
    """What a route should declare."""
    if (method, path) in OTHERWISE:
        return OTHERWISE[method, path]
    while path not in DECLARED:
        path = path.rpartition("/")[0]
        assert path, "a route that this test does not know"
    return DECLARED[path]


def is_refused(answer: Response) -> bool:
    """Whether a scope is missing; the response to HEAD has no body that says so."""
    return answer.status_code == 403 and "insufficient-scope" in (
        answer.text or "insufficient-scope"
    )


@pytest.mark.parametrize("caller", ["key", "person"])
def test_every_route_asks_for_what_it_declares(caller: str, full: FullService) -> None:
    """All routes and methods: without a key, with one of another scope, and with the right one.

    What holds for keys holds for people too.
    """
    none = full.client()
    if caller == "key":
        right = {scope: full.client(full.key(scope)) for scope in ApiScope}
    else:
        right = {scope: full.browser(scope) for scope in ApiScope}
    other = dict.fromkeys(ApiScope, right[READ]) | {READ: right[ApiScope.METRICS_READ]}
    full.keys.refresh()
    seen = set()
    for method, template in routes(full.app):
        path = template.replace("{path:path}", "a/b").replace(":campaign}", "")
        path = path.replace("{", "").replace("}", "")
        scope = expected(method, template)
        seen.add(template)
        status = none.request(method, path).status_code
        assert (status == 401) == (scope is not None), (method, path, status)
        if isinstance(scope, ApiScope):
            assert is_refused(other[scope].request(method, path)), (method, path)
        if scope is not None:
            allowed = right[scope if isinstance(scope, ApiScope) else READ].request(method, path)
            assert allowed.status_code != 401, (method, path)
            assert not is_refused(allowed), (method, path)
    assert seen >= DECLARED.keys() - {"/v1/outreach"}


def test_who_may_roll_back_may_see_to_what(full: FullService) -> None:
    """A route may name several scopes: a key with any of them is enough."""
    writer = full.client(full.key(WRITE))
    full.keys.refresh()
    assert writer.get("/v1/assets/demo/versions").status_code == 200
    assert writer.get("/v1/assets/demo").status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"])
@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/v1",
        "/v1/campaigns",
        "/v1/reels/x/events",
        "/v1/assets/demo/nowhere",
        "/metrics/",
        "/~1.a/v1/media/p/720p/0/0.m4s",
    ],
)
def test_unknown_paths_tell_strangers_nothing(method: str, path: str, full: FullService) -> None:
    """Without a key they are answered as routes that need one; with a key, 404 or 405."""
    assert full.client().request(method, path).status_code == 401
    assert full.client(full.any_key).request(method, path).status_code in (204, 404, 405)


def test_a_wrong_method_tells_strangers_nothing(full: FullService) -> None:
    """Even if the route is public for other methods."""
    for method, path in (("DELETE", "/v1/reels"), ("POST", "/livez"), ("GET", "/v1/reels:batch")):
        assert full.client().request(method, path).status_code == 401


def test_middleware_ahead_of_the_routes_is_bound_by_their_declarations(tmp_path: Path) -> None:
    """The fast route needs what `POST /v1/reels` declares; media are public, signed or not."""
    full = FullService(tmp_path, Signing(b"an open secret: 16 bytes or more", time.time))
    assert full.client().post("/v1/reels", json=ASK).status_code == 401
    media = "/v1/media/p/720p/0/0.m4s"
    for path in (media, f"/~1.a{media}", "/v1/reels/x/master.m3u8"):
        answer = full.client().get(path)
        assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden")
    assert full.client().options(media).status_code == 204
    assert full.client().get("/~1.a/metrics").status_code == 401


def app_with(*routers: APIRouter) -> FastAPI:
    """An application with these routes."""
    app = FastAPI(openapi_url=None)
    for router in routers:
        app.include_router(router)
    return app


def test_a_route_that_declares_nothing_is_an_error(tmp_path: Path) -> None:
    """The application does not start with it, and the error names it."""
    app = create_app(catalog_in(tmp_path).reader(), Alphabetical())

    @app.post("/v1/forgotten")
    async def forgotten() -> None:
        """Declare no access."""

    with pytest.raises(RouteAccessError, match="POST /v1/forgotten"), TestClient(app):
        pass


def test_a_route_that_declares_twice_is_an_error() -> None:
    """It would not be clear which declaration holds."""
    router = APIRouter(prefix="/v1", dependencies=[requires(READ)])
    router.get("/a", dependencies=[PUBLIC])(lambda: None)
    with pytest.raises(RouteAccessError, match="GET /v1/a declares 2"):
        RouteTable(app_with(router).routes)


def test_the_first_route_that_matches_is_the_one_that_counts() -> None:
    """As in FastAPI, whether or not the path has parameters."""
    first = APIRouter()
    first.get("/x/{name}", dependencies=[requires(ADMIN)])(lambda name: name)
    second = APIRouter()
    second.get("/x/open", dependencies=[PUBLIC])(lambda: None)
    for routers, scopes in (((first, second), (ADMIN,)), ((second, first), ())):
        access = RouteTable(app_with(*routers).routes).access("GET", "/x/open")
        assert access is not None
        assert access.scopes == scopes


def test_the_description_says_which_routes_need_a_key(full: FullService) -> None:
    """By OpenAPI's `security`."""
    paths = full.client().get("/openapi.json").json()["paths"]
    assert paths["/v1/assets"]["get"]["security"] == [{"ApiKey": ["reels:read"]}]
    assert "security" not in paths["/livez"]["get"]
