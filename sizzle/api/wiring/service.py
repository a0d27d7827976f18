"""Puts the parts of the service together."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
)
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from sizzle.accounts import Users
from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.aws_credentials import AwsCredentials
from sizzle.api.auth.key_store import KeyReloader, key_store
from sizzle.api.auth.proxies import TrustedProxies
from sizzle.api.auth.rate_limit import RateLimiter
from sizzle.api.engagement import EngagementService, ExposureRecorder
from sizzle.api.events import EventHealth, EventService, HistoryHealth
from sizzle.api.health import Health
from sizzle.api.http.json_log import RequestLog
from sizzle.api.middleware.body_limit import EVENTS, UPLOADS, BodyLimits
from sizzle.api.middleware.idempotency_store import IdempotencyStore
from sizzle.api.middleware.request_metrics import RequestMetrics
from sizzle.api.outreach_service import MemberReels
from sizzle.api.pinpoint import PinpointService
from sizzle.api.reels.ranking_queue import RankingQueue
from sizzle.api.server import timeouts
from sizzle.api.server.settings import Settings
from sizzle.api.server.timeouts import ClientTimeouts
from sizzle.catalog import Catalog, Reader
from sizzle.database import Database, DatabaseUnavailableError, Worker, database_url
from sizzle.eventlog import MEMBER_KEY, EventLog
from sizzle.eventlog.engagement import EngagementLog
from sizzle.events import EventTokens
from sizzle.histories import Follower, ViewingStore
from sizzle.ingest_jobs.job_store import JobStore
from sizzle.outbox import Apps, Endpoints
from sizzle.packager import PackageError, PackageFollower, Packages, open_packages
from sizzle.reel.reel_cuts import ReelCuts
from sizzle.reloading import PeriodicRefresh, Reloadable
from sizzle.secret import derived, installation_secret, reel_ids

if TYPE_CHECKING:
    from sizzle.api.ingest_service import IngestService

from sizzle.api.wiring.access import (
    access_options,
    announce_access,
    close_to_strangers,
    oidc_of,
    people_of,
    signing_of,
    two_people_of,
)
from sizzle.api.wiring.outreach import (
    make_content_service,
    make_member_previews,
    make_member_service,
    make_public_links,
    make_sending_service,
)
from sizzle.api.wiring.rankings import (
    ReelComposer,
    cadences_of,
    observe,
    outdate,
    rankings_of,
    treatments_of,
)

_log = logging.getLogger(__name__)


def app() -> FastAPI:
    """The service with the settings of the environment. Raises SizzleError and RankerError."""
    return build(Settings.read())


def build(settings: Settings, clock: Callable[[], float] = time.time) -> FastAPI:
    """The service with these settings.

    Args:
        settings: of the service.
        clock: the time for which members are ranked, in seconds since 1970.

    Raises:
        InputError: settings or files that cannot be used.
        RankerError: a model or histories that cannot be used.
    """
    reader = Catalog.open(settings.catalog).reader()
    packages = _packages(settings, reader)
    cadences, treatments = cadences_of(settings.cadences), treatments_of(settings.treatments)
    request_metrics = RequestMetrics(RequestLog() if settings.log_requests else None)
    given = settings.secret.get_secret_value() if settings.secret else None
    secret = installation_secret(settings.state, given)
    database = _database(settings)
    worker = Worker(database)
    known = None if database.is_sqlite else settings.state
    keys = KeyReloader(key_store(database, settings.state), known)
    events = _event_service(settings, database, secret)
    close_to_strangers(settings, Users(database), keys)
    announce_access(settings, keys.current)
    recorder = ExposureRecorder(events.log) if settings.record_exposures else None
    days = settings.exposure_days
    engagement = EngagementService(EngagementLog(database), recorder, treatments, days)
    pinpoint = _pinpoint_service(database, events.log, secret)
    two_people = partial(two_people_of, settings, Users(database), keys)
    sending = make_sending_service(database, events.log, secret, two_people)
    ids = reel_ids(secret)
    store = ViewingStore(events.log)
    rankings = rankings_of(settings, store, ReelCuts(ids, reader), clock)
    parts: dict[str, Reloadable[Any]] = {
        "model": rankings,
        "cadences": cadences,
        "keys": keys,
        "treatments": treatments,
        "events": EventHealth(events.log),
        "histories": HistoryHealth(store),
    }
    if packages is not None and packages.is_mirror:
        parts["packages"] = PackageFollower(packages, reader)
    health = Health(reader, parts, partial(observe, rankings))
    follower = Follower(store, partial(outdate, rankings, events.log))
    composer = ReelComposer(reader, rankings, cadences, treatments, ids, clock)
    signing, oidc = signing_of(settings, secret), oidc_of(settings)
    reels = MemberReels(composer.newest, packages, signing)
    return create_app(
        reader,
        rankings,
        packages,
        ingests=_ingest_service(settings, database, worker, composer),
        events=events,
        engagement=engagement,
        pinpoint=pinpoint,
        sending=sending,
        members=make_member_service(settings, database, worker, events.log, secret, clock),
        member_reels=reels,
        member_previews=make_member_previews(composer.ranked, reels, secret, rankings),
        public_links=make_public_links(database, events, secret, composer.newest),
        content=make_content_service(settings, database, secret, two_people),
        cadences=cadences,
        treatments=treatments,
        ids=ids,
        signing=signing,
        body_limits=_body_limits(settings),
        options=ServiceOptions(
            keys=keys,
            access=access_options(settings, oidc),
            proxies=TrustedProxies.parse(settings.trusted_proxies),
            idempotency=IdempotencyStore(
                database, worker, former=settings.state / "idempotency.db"
            ),
            people=people_of(settings, database, keys, oidc, secret),
            form_key=derived(secret, "forms"),
            request_metrics=request_metrics,
            queue=RankingQueue(settings.queue_members, settings.queue_seconds),
            health=health,
            recent_members=store.recent_members,
            lifespan=_lifespan(
                settings,
                health,
                request_metrics,
                events.log,
                pinpoint,
                (follower, engagement.running(), sending.running()),
                worker,
            ),
        ),
    )


def _packages(settings: Settings, reader: Reader) -> Packages | None:
    """The packages, once those of all assets are here. Raises PackageError: no such store."""
    if settings.packages is None:
        return None
    packages = open_packages(settings.packages, reader)
    try:
        packages.fetch((asset_id, index.version) for asset_id, index in reader.indexes.items())
    except PackageError as error:
        _log.error("Packages cannot be fetched yet: %s", error)
    return packages


def _body_limits(settings: Settings) -> BodyLimits:
    uploads = dict.fromkeys(UPLOADS, settings.upload_bytes)
    return BodyLimits(settings.body_bytes, {**uploads, **EVENTS})


def _lifespan(
    settings: Settings,
    health: Health,
    request_metrics: RequestMetrics,
    log: EventLog,
    pinpoint: PinpointService,
    background: Sequence[AbstractContextManager[object]],
    worker: Worker,
) -> Callable[[FastAPI], AbstractAsyncContextManager[dict[str, Any]]]:
    limits = ClientTimeouts(settings.header_seconds, settings.body_seconds, settings.body_rate)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        with ExitStack() as stack:
            for running in background:
                stack.enter_context(running)
            health.refresh()
            with PeriodicRefresh(settings.refresh_seconds, health.refresh):
                yield {timeouts.STATE_KEY: limits}
        request_metrics.flush()
        await asyncio.to_thread(worker.leave)
        await asyncio.to_thread(pinpoint.endpoints.close)
        await asyncio.to_thread(log.close)

    return lifespan


def _database(settings: Settings) -> Database:
    """Raises InputError: no address of a database."""
    named = settings.database.get_secret_value() if settings.database else None
    return Database(database_url(settings.state, named))


def _event_service(settings: Settings, database: Database, secret: bytes) -> EventService:
    """Records events; where the database is away, the service starts all the same.

    Raises:
        InputError: the database has tables of a newer program.
    """
    log = EventLog(database, derived(secret, MEMBER_KEY))
    try:
        log.upgrade()
    except DatabaseUnavailableError as error:
        _log.error("Events cannot be recorded yet: %s", error)
    tokens = EventTokens(derived(secret, "event tokens"))
    limiter = RateLimiter(settings.token_rate, 1 / settings.workers)
    return EventService(log, tokens, time.time, limiter)


def _pinpoint_service(database: Database, log: EventLog, secret: bytes) -> PinpointService:
    credentials = AwsCredentials(secret)
    return PinpointService(
        log, Endpoints(database, log.member_hash), Apps(database), credentials, time.time
    )


def _ingest_service(
    settings: Settings, database: Database, worker: Worker, composer: ReelComposer
) -> IngestService | None:
    """Where editors work; its previews are the reels that members would get."""
    if settings.ingests is None:
        return None
    from sizzle.api.ingest_service import IngestService  # as `create_app` does

    catalog = Catalog.open(settings.catalog)
    jobs = JobStore.open(settings.ingests, database, worker, uploads=settings.uploads)
    return IngestService(jobs, catalog, composer.preview, settings.media, composer.cadences)
