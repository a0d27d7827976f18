"""The application: all routes and all middleware."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

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
from sizzle.api.auth.signed_requests import SignedRequests
from sizzle.api.delivery import add_delivery
from sizzle.api.design import Site
from sizzle.api.documentation import documentation_routes, operation_id
from sizzle.api.engagement import EngagementService
from sizzle.api.engagement.routes import engagement_routes
from sizzle.api.events import EventService
from sizzle.api.events.routes import event_routes
from sizzle.api.front_page import front_page_routes
from sizzle.api.health import Health, health_routes
from sizzle.api.http.middleware_app import MiddlewareFastAPI
from sizzle.api.http.problems import add_problem_handlers
from sizzle.api.middleware.body_limit import BodyLimitMiddleware, BodyLimits
from sizzle.api.middleware.cors import CorsMiddleware
from sizzle.api.middleware.idempotency import IdempotencyMiddleware
from sizzle.api.middleware.idempotency_store import IdempotencyStore
from sizzle.api.middleware.request_log import RequestLogMiddleware
from sizzle.api.middleware.request_metrics import RequestMetrics
from sizzle.api.outreach import outreach_routes
from sizzle.api.outreach.evaluations import evaluation_routes
from sizzle.api.outreach.jobs import job_routes
from sizzle.api.outreach.members import member_routes
from sizzle.api.outreach.segments import segment_routes
from sizzle.api.outreach.sending import sending_routes
from sizzle.api.outreach_service import (
    AssetSources,
    ContentService,
    MemberPreviews,
    MemberReels,
    SendingService,
)
from sizzle.api.outreach_service.members import MemberService
from sizzle.api.pinpoint import PinpointMiddleware, PinpointService
from sizzle.api.pinpoint.credentials import credential_routes
from sizzle.api.pinpoint.routes import pinpoint_routes
from sizzle.api.player import player_routes
from sizzle.api.portal import portal_routes
from sizzle.api.public_links import PublicLinks, ReelSources, public_link_routes
from sizzle.api.reels.fast_route import FastRoute
from sizzle.api.reels.intents import intent_routes
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.api.reels.ranking_queue import RankingQueue
from sizzle.api.reels.responses import ReelResponses
from sizzle.api.reels.routes import reel_routes
from sizzle.api.reels.sources import Sources
from sizzle.api.sign_in import People, refusal_page, sign_in_routes
from sizzle.api.stills import still_routes
from sizzle.cadence import STANDARD, Cadences
from sizzle.clips import Indexes
from sizzle.engagement.figures import Tally
from sizzle.eventlog.engagement import Filters
from sizzle.links.signing import Signing
from sizzle.outbox.kpis import Kpis
from sizzle.packager import Packages
from sizzle.reel.ids import ReelIds
from sizzle.reel.replay import Reels, ReplayedReels
from sizzle.reel.treatments import NO_TREATMENTS, Treatments
from sizzle.reloading import Reloadable

if TYPE_CHECKING:
    from sizzle.api.ingest_service import IngestService


@dataclass(frozen=True)
class ServiceOptions:
    """The parts of a service beside its reels; each can be left out.

    Attributes:
        keys: the API keys; without them, every route is public.
        access: options of `AccessMiddleware`.
        proxies: proxies that may name the client.
        idempotency: stores the responses to requests with an `Idempotency-Key`, and what was done
            with forms.
        people: who may sign in; without it, nobody can, and pages need a key.
        form_key: secret, of the tokens of forms; by default one that is lost with the process.
        request_metrics: records requests.
        queue: does what needs the ranker.
        health: of what changes while the service runs; with it, /livez, /readyz and /metrics.
        recent_members: the ids of at most so many members of the last events, for the player.
        lifespan: starts and stops what runs in the background; it yields the application's state.
    """

    keys: Reloadable[ApiKeys] | None = None
    access: Mapping[str, Any] = field(default_factory=dict)
    proxies: TrustedProxies | None = None
    idempotency: IdempotencyStore | None = None
    people: People | None = None
    form_key: bytes = field(default_factory=partial(secrets.token_bytes, 32))
    request_metrics: RequestMetrics = field(default_factory=RequestMetrics)
    queue: RankingQueue | None = None
    health: Health | None = None
    recent_members: Callable[[int], Sequence[str]] = lambda _: ()
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[dict[str, Any]]] | None = None


def create_app(
    catalog: Indexes,
    ranker: TitleRanker | Reloadable[Rankings],
    packages: Packages | None = None,
    *,
    ingests: IngestService | None = None,
    events: EventService | None = None,
    engagement: EngagementService | None = None,
    pinpoint: PinpointService | None = None,
    public_links: PublicLinks | None = None,
    sending: SendingService | None = None,
    content: ContentService | None = None,
    members: MemberService | None = None,
    member_reels: MemberReels | None = None,
    member_previews: MemberPreviews | None = None,
    cadences: Reloadable[Cadences] | None = None,
    treatments: Reloadable[Treatments] | None = None,
    ids: ReelIds | None = None,
    signing: Signing | None = None,
    body_limits: BodyLimits | None = None,
    options: ServiceOptions | None = None,
) -> FastAPI:
    """The service over a catalog and a loaded ranker.

    Given a `Reader` of the catalog, no request opens a file, and each sees one version throughout.

    Args:
        catalog: the assets' indexes.
        ranker: orders titles.
        packages: the packaged assets; without them, no reel is streamed.
        ingests: takes uploads; without it, there are neither /v1/ingests nor /editor.
        events: records events; without it, there is no /v1/events.
        engagement: has the figures; without it, there is no /v1/metrics, and no exposure is kept.
        pinpoint: serves Pinpoint's clients; without it, there is no /v1/apps.
        sending: has campaigns and messages; without it, nothing can be sent.
        content: drafts and approves lines; without it, there are neither drafts nor prompts.
        members: whom outreach knows; without it, there are neither members nor segments.
        member_reels: composes the reels that pages show; without it, they show none.
        member_previews: composes the messages that pages show; without it, they show none.
        public_links: behind the links of messages; without it, there are no such pages.
        cadences: those that requests may name; by default those that come with the program.
        treatments: what those of experiments change in reels; by default nothing.
        ids: makes and reads reel ids; by default with a secret that is lost with the process.
        signing: signs addresses of streams; with it, only signed ones are answered.
        body_limits: the most bytes of requests' bodies.
        options: the other parts of the service.
    """
    options = options or ServiceOptions()
    recorder = engagement.recorder if engagement is not None else None
    sources = Sources(
        indexes=catalog,
        rankings=ranker if isinstance(ranker, Reloadable) else Reloadable(Rankings(ranker)),
        cadences=cadences or Reloadable(STANDARD),
        ids=ids or ReelIds(secrets.token_bytes(32)),
        packages=packages,
        signing=signing,
        event_tokens=events.tokens if events is not None else None,
        treatments=treatments or Reloadable(NO_TREATMENTS),
        record=recorder.record if recorder is not None else None,
    )
    responses = ReelResponses(sources, options.queue)
    reels = ReplayedReels(sources.ids, catalog)
    app = MiddlewareFastAPI(
        title="Dynamic Sizzles",
        version=__version__,
        description="Personal sizzle reels as timecode lists into one Mega Asset.",
        lifespan=options.lifespan,
        redirect_slashes=False,
        unique_id=operation_id,
        openapi_url=None,  # `documentation_routes` has it, with its access declared
    )
    site = Site(options.form_key, options.idempotency, people=options.people is not None)
    add_problem_handlers(app, site.missing_page)
    limits = body_limits or BodyLimits()
    _add_middleware(app, responses, reels, sources, limits, options, pinpoint, site)
    figures = partial(_tally, engagement) if engagement is not None else None
    asset_sources = AssetSources(packages, member_reels, figures)
    routers = chain(
        _page_routers(site, options.people),
        _desk_routers(site, members, content, sending, member_reels, member_previews),
        _routers(app, site, responses, reels, sources, options, ingests, asset_sources),
        _event_routers(events, engagement, pinpoint, sending),
        _outreach_routers(members, sending, content),
        _link_routers(public_links, ReelSources(reels, packages, signing)),
    )
    for router in routers:
        app.include_router(router)
    RouteTable(app.routes)  # refuse to start with a route that declares no access
    return app


def _add_middleware(
    app: MiddlewareFastAPI,
    responses: ReelResponses,
    reels: Reels,
    sources: Sources,
    body_limits: BodyLimits,
    options: ServiceOptions,
    pinpoint: PinpointService | None,
    site: Site,
) -> None:
    """Add the middleware, from the innermost outwards.

    `add_delivery` adds routes too, which have to come before those of reels.
    """
    app.add_outer_middleware(partial(FastRoute, responses=responses))
    if options.idempotency is not None:
        app.add_outer_middleware(partial(IdempotencyMiddleware, store=options.idempotency))
    if sources.packages is not None:
        add_delivery(app, reels, sources.packages, signing=sources.signing)
    access = {**options.access, "signed": sources.signing is not None}
    if pinpoint is not None:
        access["signatures"] = SignedRequests(pinpoint.credentials, pinpoint.clock)
    if options.people is not None:
        access["browsers"] = options.people.browsers
        access["refusal_page"] = partial(
            refusal_page, site.pages("sizzle.api.sign_in"), options.people
        )
    app.add_outer_middleware(partial(_with_access, app, keys=options.keys, access=access))
    app.add_outer_middleware(partial(BodyLimitMiddleware, limits=body_limits))
    app.add_outer_middleware(partial(CorsMiddleware, closed=partial(_closed, options)))
    if pinpoint is not None:
        app.add_outer_middleware(partial(PinpointMiddleware, web_apps=partial(_closed, options)))
    app.add_outer_middleware(partial(RequestLogMiddleware, metrics=options.request_metrics))
    if options.proxies:
        app.add_outer_middleware(partial(TrustedProxyMiddleware, proxies=options.proxies))


def _closed(options: ServiceOptions) -> bool:
    """Whether every request needs a key, so that a page of another site can do nothing without."""
    if options.keys is None:
        return False
    return options.keys.current.required or options.access.get("oidc") is not None


def _with_access(
    app: FastAPI,
    inner: ASGIApp,
    *,
    keys: Reloadable[ApiKeys] | None,
    access: Mapping[str, Any],
) -> ASGIApp:
    """Put the access middleware around `inner`, once all routes have been added to the app."""
    routes = RouteTable(app.routes)
    if keys is None:
        return inner
    return AccessMiddleware(inner, routes, keys, **access)


def _routers(
    app: FastAPI,
    site: Site,
    responses: ReelResponses,
    reels: Reels,
    sources: Sources,
    options: ServiceOptions,
    ingests: IngestService | None,
    asset_sources: AssetSources,
) -> Iterable[APIRouter]:
    """All routes but those of delivery and of events."""
    yield documentation_routes(app)
    yield reel_routes(responses, reels)
    yield intent_routes(responses, sources.rankings)
    yield asset_routes(sources.indexes, sources.packages)
    if sources.packages is not None:
        yield still_routes(sources.indexes, sources.packages)
    yield player_routes(
        site,
        sources.indexes,
        sources.packages,
        sources.cadences,
        lambda: sources.rankings.current.members,
        options.recent_members,
    )
    if ingests is not None:
        yield from _editor_routers(site, options, ingests, asset_sources)
    if options.health is not None:
        yield health_routes(options.health, options.request_metrics)


def _page_routers(site: Site, people: People | None) -> Iterable[APIRouter]:
    """The first page and the files of all pages; and where people sign in."""
    yield site.routes()
    yield front_page_routes(site)
    if people is not None:
        yield from sign_in_routes(site, people)


def _tally(engagement: EngagementService, asset_id: str) -> Tally:
    """The figures of an asset's reels. Raises NotFoundError: none was ever shown."""
    tally = engagement.log.read(Filters(asset_id=asset_id)).tally
    assert tally is not None  # as no messages are asked for
    return tally


def _desk_routers(
    site: Site,
    members: MemberService | None,
    content: ContentService | None,
    sending: SendingService | None,
    reels: MemberReels | None,
    previews: MemberPreviews | None,
) -> Iterable[APIRouter]:
    """The marketer's desk, where there is all that it needs."""
    if members is not None and content is not None and sending is not None:
        yield from portal_routes(site, members, content, sending, reels, previews)


def _editor_routers(
    site: Site,
    options: ServiceOptions,
    ingests: IngestService,
    asset_sources: AssetSources,
) -> Iterable[APIRouter]:
    """Routes of uploads, and of editors' pages; loaded for those alone who have editors: 10 MB."""
    from sizzle.api.editor import editor_routes
    from sizzle.api.ingests.routes import ingest_routes

    # Without the access middleware these routes check by themselves who may write.
    caller = caller_id if options.keys is not None else this_machine
    yield ingest_routes(ingests, caller)
    yield from editor_routes(site, ingests, caller, asset_sources)


def _outreach_routers(
    members: MemberService | None, sending: SendingService | None, content: ContentService | None
) -> Iterable[APIRouter]:
    """Routes of members, segments, audiences and the jobs about them; of campaigns; of lines."""
    if members is not None:
        yield member_routes(members)
        yield segment_routes(members)
        yield evaluation_routes(members)
        yield job_routes(members)
    if sending is not None:
        yield from sending_routes(sending)
    if content is not None:
        yield from outreach_routes(content)


def _link_routers(links: PublicLinks | None, reels: ReelSources) -> Iterable[APIRouter]:
    """The pages behind the links of messages, which need no key."""
    if links is not None:
        yield public_link_routes(links, reels)


def _event_routers(
    events: EventService | None,
    engagement: EngagementService | None,
    pinpoint: PinpointService | None,
    sending: SendingService | None,
) -> Iterable[APIRouter]:
    """Routes that record what happened, and those that say what came of it."""
    if events is not None:
        yield event_routes(events)
    if engagement is not None:
        yield engagement_routes(engagement)
    if pinpoint is not None:
        kpis = Kpis(sending.database) if sending is not None else None
        yield pinpoint_routes(pinpoint, kpis)
        yield credential_routes(pinpoint.credentials, pinpoint.clock)
