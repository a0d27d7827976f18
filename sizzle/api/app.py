"""The application: every route and what stands in front of them, put together in one place."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from ranker import TitleRanker
from sizzle import __version__
from sizzle.api.assets import asset_routes
from sizzle.api.auth.access_middleware import AccessMiddleware
from sizzle.api.auth.api_keys import ApiKeys
from sizzle.api.auth.caller import caller_id
from sizzle.api.auth.proxies import TrustedProxies, TrustedProxyMiddleware
from sizzle.api.auth.route_access import RouteTable
from sizzle.api.auth.same_origin import this_machine
from sizzle.api.delivery import add_delivery
from sizzle.api.documentation import documentation_routes
from sizzle.api.editor import editor_routes
from sizzle.api.health import Health, health_routes
from sizzle.api.http.middleware_app import MiddlewareFastAPI
from sizzle.api.http.problems import add_problem_handlers
from sizzle.api.ingest_service import IngestService
from sizzle.api.ingests.routes import ingest_routes
from sizzle.api.middleware.body_limit import BodyLimit, MaxBytes
from sizzle.api.middleware.idempotency import IdempotencyMiddleware
from sizzle.api.middleware.idempotency_store import IdempotencyStore
from sizzle.api.middleware.request_log import RequestLogMiddleware
from sizzle.api.middleware.request_metrics import Requests
from sizzle.api.player import player_routes
from sizzle.api.reels.fast_route import FastRoute
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.api.reels.responses import ReelResponses, Sources
from sizzle.api.reels.routes import reel_routes
from sizzle.cadence import STANDARD, Cadences
from sizzle.clips import Indexes
from sizzle.links.signing import Signing
from sizzle.packager import Packages
from sizzle.reel.ids import ReelIds
from sizzle.reel.replay import Reels, ReplayedReels
from sizzle.reloading import Reloadable


@dataclass(frozen=True)
class Running:
    """What a service has that runs for others to use; a test may do without.

    Attributes:
        keys: API keys; without them, every route is public.
        access: options of `AccessMiddleware`.
        proxies: whose word is taken for the client's address.
        idempotency: what was answered to requests with an `Idempotency-Key`.
        requests: takes notes of each.
        health: of what changes while the service runs.
        lifespan: begins and ends what runs beside the requests; it gives the application's state.
    """

    keys: Reloadable[ApiKeys] | None = None
    access: Mapping[str, Any] = field(default_factory=dict)
    proxies: TrustedProxies | None = None
    idempotency: IdempotencyStore | None = None
    requests: Requests = field(default_factory=Requests)
    health: Health | None = None
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[dict[str, Any]]] | None = None


def create_app(
    catalog: Indexes,
    ranker: TitleRanker | Reloadable[Rankings],
    packages: Packages | None = None,
    *,
    ingests: IngestService | None = None,
    cadences: Reloadable[Cadences] | None = None,
    ids: ReelIds | None = None,
    signing: Signing | None = None,
    most: MaxBytes | None = None,
    running: Running | None = None,
) -> FastAPI:
    """The service over a catalog and a loaded ranker.

    Given a reader that follows a catalog, a request opens no file, and sees one version throughout.

    Args:
        catalog: the assets' indexes.
        ranker: orders titles; live where it may be exchanged.
        packages: of the assets: ordinary players play their reels too.
        ingests: where editors upload, check and publish timelines, over HTTP and at /editor.
        cadences: that may be asked for; without it, those that come with the program.
        ids: names reels; without it, with a key that ends with the process.
        signing: of the addresses of delivery, where only signed ones are to be answered.
        most: bytes that requests may carry.
        running: what runs beside the requests and stands in front of them.
    """
    running = running or Running()
    sources = Sources(
        indexes=catalog,
        rankings=ranker if isinstance(ranker, Reloadable) else Reloadable(Rankings(ranker)),
        cadences=cadences or Reloadable(STANDARD),
        ids=ids or ReelIds(secrets.token_bytes(32)),
        packages=packages,
        signing=signing,
    )
    responses, reels = ReelResponses(sources), ReplayedReels(sources.ids, catalog)
    app = MiddlewareFastAPI(
        title="Dynamic Sizzles",
        version=__version__,
        description="Personal sizzle reels as timecode lists into one Mega Asset.",
        lifespan=running.lifespan,
        redirect_slashes=False,
        openapi_url=None,  # `documentation_routes` has it, with an access declared
    )
    add_problem_handlers(app)
    _add_fronts(app, responses, reels, sources, most or MaxBytes(), running)
    for router in _routers(app, responses, reels, sources, running, ingests):
        app.include_router(router)
    RouteTable(app.routes)  # refuse to start with a route that declares no access
    return app


def _add_fronts(
    app: MiddlewareFastAPI,
    responses: ReelResponses,
    reels: Reels,
    sources: Sources,
    most: MaxBytes,
    running: Running,
) -> None:
    """What stands in front of the routes, from the innermost outwards.

    Delivery is among it, since its routes go before those of reels.
    """
    app.add_outer_middleware(partial(FastRoute, responses=responses))
    if running.idempotency is not None:
        app.add_outer_middleware(partial(IdempotencyMiddleware, store=running.idempotency))
    if sources.packages is not None:
        add_delivery(app, reels, sources.packages, signing=sources.signing)
    app.add_outer_middleware(
        partial(_secured, app, signed=sources.signing is not None, running=running)
    )
    app.add_outer_middleware(partial(BodyLimit, most=most))
    app.add_outer_middleware(partial(RequestLogMiddleware, requests=running.requests))
    if running.proxies:
        app.add_outer_middleware(partial(TrustedProxyMiddleware, proxies=running.proxies))


def _secured(app: FastAPI, inner: ASGIApp, *, signed: bool, running: Running) -> ASGIApp:
    """Put the access middleware around it, once all routes are there to declare their access."""
    routes = RouteTable(app.routes)
    if running.keys is None:
        return inner
    return AccessMiddleware(inner, routes, running.keys, signed=signed, **running.access)


def _routers(
    app: FastAPI,
    responses: ReelResponses,
    reels: Reels,
    sources: Sources,
    running: Running,
    ingests: IngestService | None,
) -> Iterable[APIRouter]:
    """All routes but those of delivery: this is where new ones are added."""
    yield documentation_routes(app)
    yield reel_routes(responses, reels)
    yield asset_routes(sources.indexes, sources.packages)
    yield player_routes(
        sources.indexes,
        sources.packages,
        sources.cadences,
        lambda: sources.rankings.current.members,
    )
    if ingests is not None:
        # Where nothing stands in front that knows keys, the routes see to it themselves.
        allow = caller_id if running.keys is not None else this_machine
        yield ingest_routes(ingests, allow)
        yield editor_routes(ingests, allow)
    if running.health is not None:
        yield health_routes(running.health, running.requests)
