"""Builds the service from its settings.

Each worker calls `app`, whose settings come from the environment: so the parent passes them on.
"""

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
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from fastapi import FastAPI

from ranker import Ranking, RequestContext
from sizzle import cadence
from sizzle.accounts import Attempts, Sessions, Users
from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiKeys
from sizzle.api.auth.approvers import has_two_people
from sizzle.api.auth.aws_credentials import AwsCredentials
from sizzle.api.auth.browser_sessions import BrowserSessions
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyReloader, key_store
from sizzle.api.auth.oidc import Oidc
from sizzle.api.auth.oidc_sign_in import OidcSignIn
from sizzle.api.auth.proxies import TrustedProxies
from sizzle.api.auth.rate_limit import RateLimiter
from sizzle.api.engagement import EngagementService, ExposureRecorder
from sizzle.api.events import EventHealth, EventService, HistoryHealth
from sizzle.api.health import Health
from sizzle.api.http.json_log import RequestLog
from sizzle.api.http.metrics import StateGauges
from sizzle.api.middleware.body_limit import EVENTS, UPLOADS, BodyLimits
from sizzle.api.middleware.idempotency_store import IdempotencyStore
from sizzle.api.middleware.request_metrics import RequestMetrics
from sizzle.api.outreach_service import ContentService, MemberPreviews, MemberReels, SendingService
from sizzle.api.outreach_service.members import MemberService, member_service
from sizzle.api.outreach_service.previews import RankedReel
from sizzle.api.pinpoint import PinpointService
from sizzle.api.public_links import PublicLinks
from sizzle.api.public_links.recording import MessageEvents
from sizzle.api.public_links.service import NewestReel
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.api.reels.ranking_queue import RankingQueue
from sizzle.api.server import timeouts
from sizzle.api.server.settings import Settings
from sizzle.api.server.timeouts import ClientTimeouts
from sizzle.api.sign_in import People
from sizzle.cadence import STANDARD, Cadences
from sizzle.cadence_file import read_cadences
from sizzle.catalog import Catalog, Reader
from sizzle.clips import Index, Indexes
from sizzle.database import Database, DatabaseUnavailableError, Worker, database_url
from sizzle.drafting import Stores
from sizzle.errors import InputError
from sizzle.eventlog import MEMBER_KEY, EventLog
from sizzle.eventlog.engagement import EngagementLog
from sizzle.events import EventTokens
from sizzle.histories import Follower, MemberChanges, ViewingStore
from sizzle.histories.ranker_files import RankerFiles
from sizzle.ingest_jobs.job_store import JobStore
from sizzle.links.signing import Signing
from sizzle.outbox import Apps, Endpoints
from sizzle.outbox.address_hash import ADDRESS_KEY, AddressHash
from sizzle.outbox.consents import Consents
from sizzle.outbox.members import Members
from sizzle.outbox.sent_messages import SentMessages
from sizzle.outreach_files import read_guard_policy
from sizzle.outreach_jobs import JobSources
from sizzle.packager import PackageError, PackageFollower, Packages, open_packages
from sizzle.reel import TimecodeList
from sizzle.reel.compose import Composer
from sizzle.reel.ids import ReelIds
from sizzle.reel.ranking_time import ranking_time
from sizzle.reel.reel_cuts import ReelCuts
from sizzle.reel.treatments import NO_TREATMENTS, Treatments
from sizzle.reloading import FileReloader, PeriodicRefresh, Reloadable
from sizzle.secret import derived, installation_secret, outreach_tokens, reel_ids
from sizzle.sending.clock import Clock
from sizzle.sending.inbound import InboundRecorder
from sizzle.sending.previews import preview_sender
from sizzle.sending.settings import SendingSettings
from sizzle.treatments_file import read_treatments
from sizzle.viewing_source import DEFAULT_HISTORIES
from sizzle.writers.choosing import WriterSettings, choose_writer

if TYPE_CHECKING:
    from sizzle.api.ingest_service import IngestService

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
    cadences, treatments = _cadences(settings.cadences), _treatments(settings.treatments)
    request_metrics = RequestMetrics(RequestLog() if settings.log_requests else None)
    given = settings.secret.get_secret_value() if settings.secret else None
    secret = installation_secret(settings.state, given)
    database = _database(settings)
    worker = Worker(database)
    known = None if database.is_sqlite else settings.state
    keys = KeyReloader(key_store(database, settings.state), known)
    events = _event_service(settings, database, secret)
    _close_to_strangers(settings, Users(database), keys)
    _announce_access(settings, keys.current)
    recorder = ExposureRecorder(events.log) if settings.record_exposures else None
    days = settings.exposure_days
    engagement = EngagementService(EngagementLog(database), recorder, treatments, days)
    pinpoint = _pinpoint_service(database, events.log, secret)
    two_people = partial(_two_people, settings, Users(database), keys)
    sending = _sending_service(database, events.log, secret, two_people)
    ids = reel_ids(secret)
    store = ViewingStore(events.log)
    rankings = _rankings(settings, store, ReelCuts(ids, reader), clock)
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
    health = Health(reader, parts, partial(_observe, rankings))
    follower = Follower(store, partial(_outdate, rankings, events.log))
    ranked = partial(_ranked_reel, reader, rankings, cadences, treatments, ids, clock)
    newest = partial(_newest_reel, ranked)
    signing, oidc = _signing(settings, secret), _oidc(settings)
    return create_app(
        reader,
        rankings,
        packages,
        ingests=_ingest_service(
            settings, database, worker, rankings, cadences, treatments, ids, clock
        ),
        events=events,
        engagement=engagement,
        pinpoint=pinpoint,
        sending=sending,
        members=_member_service(settings, database, worker, events.log, secret, clock),
        member_reels=(reels := MemberReels(newest, packages, signing)),
        member_previews=_member_previews(ranked, reels, secret, rankings),
        public_links=_public_links(database, events, secret, newest),
        content=_content_service(settings, database, secret, two_people),
        cadences=cadences,
        treatments=treatments,
        ids=ids,
        signing=signing,
        body_limits=_body_limits(settings),
        options=ServiceOptions(
            keys=keys,
            access=_access(settings, oidc),
            proxies=TrustedProxies.parse(settings.trusted_proxies),
            idempotency=IdempotencyStore(
                database, worker, former=settings.state / "idempotency.db"
            ),
            people=_people(settings, database, keys, oidc, secret),
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


def _people(
    settings: Settings,
    database: Database,
    keys: Reloadable[ApiKeys],
    oidc: Oidc | None,
    secret: bytes,
) -> People:
    hour, minute = 3_600_000, 60_000
    sessions = Sessions(
        database, int(settings.session_hours * hour), int(settings.session_idle_minutes * minute)
    )
    return People(
        Users(database),
        Attempts(database),
        BrowserSessions(sessions, time.time),
        keys,
        time.time,
        _provider(settings, oidc, secret),
    )


def _provider(settings: Settings, oidc: Oidc | None, secret: bytes) -> OidcSignIn | None:
    """Where people sign in, if it is not here."""
    if oidc is None or settings.oidc_client_id is None:
        return None
    own = settings.oidc_client_secret
    return OidcSignIn(
        oidc,
        settings.oidc_client_id,
        own.get_secret_value() if own else None,
        derived(secret, "sign-in with a provider"),
        settings.oidc_roles_claim,
        settings.oidc_name,
    )


def _close_to_strangers(settings: Settings, users: Users, keys: KeyReloader) -> None:
    """Keep the open mode ended where there are users, who may have been created elsewhere."""
    try:
        if not keys.current.required and users.exist():
            KeyFile(settings.state).require()
            keys.refresh()
    except DatabaseUnavailableError as error:
        _log.error("Whether there are users is not known yet: %s", error)


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


def _access(settings: Settings, oidc: Oidc | None) -> dict[str, Any]:
    """Options of the access middleware."""
    return {"rate": settings.rate, "share": 1 / settings.workers, "oidc": oidc}


def _body_limits(settings: Settings) -> BodyLimits:
    uploads = dict.fromkeys(UPLOADS, settings.upload_bytes)
    return BodyLimits(settings.body_bytes, {**uploads, **EVENTS})


def _announce_access(settings: Settings, keys: ApiKeys) -> None:
    """Log who is answered before the first key and after the last, and keep the open mode ended."""
    if keys.unreadable:
        return  # which has been logged
    if keys.keys:
        KeyFile(settings.state).require()  # an installation may be older than the marker file
    elif keys.required:
        _log.warning("No API key is left: all requests are refused until one is created.")
    elif settings.oidc_issuer is None:
        _log.warning("No API key exists yet: direct requests from this machine need none.")


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
            for each in background:
                stack.enter_context(each)
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


def _member_service(
    settings: Settings,
    database: Database,
    worker: Worker,
    log: EventLog,
    secret: bytes,
    clock: Callable[[], float],
) -> MemberService:
    sources = JobSources(
        state=settings.state.absolute(),
        catalog=settings.catalog,
        model=settings.model,
        histories=settings.histories,
        titles=settings.titles,
        viewing_policy=settings.viewing_policy,
        guard_policy=settings.outreach_policy,
        writer=settings.outreach_writer,
        writer_url=settings.outreach_writer_url,
        writer_model=settings.outreach_writer_model,
        improver_url=settings.outreach_improver_url,
        improver_model=settings.outreach_improver_model,
    )
    key = derived(secret, ADDRESS_KEY)
    return member_service(database, log, key, sources, clock, worker, settings.uploads)


def _two_people(settings: Settings, users: Users, keys: Reloadable[ApiKeys]) -> bool:
    return has_two_people(keys.current, users, provider=settings.oidc_issuer is not None)


def _sending_service(
    database: Database, log: EventLog, secret: bytes, two_people: Callable[[], bool]
) -> SendingService:
    """Raises InputError: a setting of sending that cannot be used."""
    sending = SendingSettings.read()
    webhook = sending.webhook_secret
    names = AddressHash(derived(secret, ADDRESS_KEY))
    return SendingService(
        database,
        InboundRecorder(database, log, names, Clock()),
        webhook.get_secret_value().encode() if webhook else None,
        two_people=two_people,
        holdout=sending.holdout,
    )


def _content_service(
    settings: Settings, database: Database, secret: bytes, two_people: Callable[[], bool]
) -> ContentService:
    """Raises InputError: no such writer, or a policy that cannot be used."""
    key = settings.outreach_writer_key
    writer = WriterSettings(
        settings.outreach_writer,
        settings.outreach_writer_url,
        settings.outreach_writer_model,
        key.get_secret_value() if key else "",
    )
    return ContentService(
        Stores(database),
        time.time,
        two_people=two_people,
        profile=Members(database, AddressHash(derived(secret, ADDRESS_KEY))).profile,
        writer=choose_writer(writer),
        policy=read_guard_policy(settings.outreach_policy),
    )


def _public_links(
    database: Database, events: EventService, secret: bytes, newest: NewestReel
) -> PublicLinks:
    return PublicLinks(
        tokens=outreach_tokens(secret),
        database=database,
        consents=Consents(AddressHash(derived(secret, ADDRESS_KEY))),
        sent=SentMessages(database),
        events=MessageEvents(events.log, time.time),
        event_tokens=events.tokens,
        newest=newest,
        clock=time.time,
    )


def _ranked_reel(
    reader: Indexes,
    rankings: Reloadable[Rankings],
    cadences: Reloadable[Cadences],
    treatments: Reloadable[Treatments],
    ids: ReelIds,
    clock: Callable[[], float],
    member_id: str,
    asset_id: str,
) -> tuple[TimecodeList, Ranking]:
    """A member's reel of this moment, and why so. Raises SizzleError: there can be none."""
    index = reader.index(asset_id or next(iter(reader.assets()), ""))
    composer = Composer(rankings.current.ranker, cadences.current, ids, treatments.current)
    request = RequestContext(at=ranking_time(member_id, clock()))
    return composer.compose_ranked(index, member_id, cadence.DEFAULT.name, request=request)


def _newest_reel(ranked: RankedReel, member_id: str, asset_id: str) -> TimecodeList:
    """A member's reel of this moment. Raises SizzleError: there can be none."""
    return ranked(member_id, asset_id)[0]


def _member_previews(
    ranked: RankedReel, reels: MemberReels, secret: bytes, rankings: Reloadable[Rankings]
) -> MemberPreviews:
    """Raises InputError: a setting of sending that cannot be used."""
    sending = SendingSettings.read()
    sender = preview_sender(sending)
    return MemberPreviews(
        ranked,
        reels,
        outreach_tokens(secret),
        sender,
        sending.public_url,
        lambda member_id: rankings.current.watched(member_id),
    )


def _ingest_service(
    settings: Settings,
    database: Database,
    worker: Worker,
    rankings: Reloadable[Rankings],
    cadences: Reloadable[Cadences],
    treatments: Reloadable[Treatments],
    ids: ReelIds,
    clock: Callable[[], float],
) -> IngestService | None:
    """Where editors work; its previews are the reels that members would get."""
    if settings.ingests is None:
        return None
    from sizzle.api.ingest_service import IngestService  # as `create_app` does

    def composed(index: Index, member_id: str, cadence: str, seed: int) -> TimecodeList:
        ranker = rankings.current.ranker
        request = RequestContext(at=ranking_time(member_id, clock()))
        composer = Composer(ranker, cadences.current, ids, treatments.current)
        return composer.compose(index, member_id, cadence, seed=seed, request=request)

    catalog = Catalog.open(settings.catalog)
    jobs = JobStore.open(settings.ingests, database, worker, uploads=settings.uploads)
    return IngestService(jobs, catalog, composed, settings.media, cadences)


def _rankings(
    settings: Settings, store: ViewingStore, cut: ReelCuts, clock: Callable[[], float]
) -> Reloadable[Rankings]:
    """Rankings that are made anew where the model changes, or a file that histories depend on."""
    # Rankings are made one at a time in each worker: a second thread for one history costs a fifth
    # more of the processor, and takes the core of another worker.
    torch.set_num_threads(1)

    files = RankerFiles(
        settings.model,
        settings.histories,
        settings.titles,
        settings.viewing_policy,
        optional=settings.histories == DEFAULT_HISTORIES,
    )

    def load() -> Rankings:
        loaded = files.load(store, cut, settings.cache_bytes)
        ranker = loaded.ranker
        return Rankings(
            ranker, loaded.members, ranker.trained_titles, clock=clock, watched=loaded.watched
        )

    return FileReloader(files.paths, load, counts=Rankings.counts)


def _outdate(rankings: Reloadable[Rankings], log: EventLog, changes: MemberChanges) -> None:
    """Have the rankings of members made anew whose histories have changed."""
    current = rankings.current
    if changes.all:
        current.outdate()
    else:
        current.outdate(changes.members, changes.members)
    if changes.erased:
        current.forget(lambda member_id: log.member_hash(member_id) in changes.erased)


def _observe(rankings: Reloadable[Rankings], gauges: StateGauges) -> None:
    """Set how many members are known, and of how many the history is in memory."""
    gauges.members.set(len(rankings.current.members))
    gauges.states.set(rankings.current.states)


def _cadences(path: Path | None) -> Reloadable[Cadences]:
    if path is None:
        return Reloadable(STANDARD)
    return FileReloader([path], lambda: read_cadences(path))


def _treatments(path: Path | None) -> Reloadable[Treatments]:
    if path is None:
        return Reloadable(NO_TREATMENTS)
    return FileReloader([path], lambda: read_treatments(path))


def _signing(settings: Settings, secret: bytes) -> Signing | None:
    if not settings.sign_addresses:
        return None
    return Signing(derived(secret, "addresses"), time.time, settings.address_seconds)


def _oidc(settings: Settings) -> Oidc | None:
    if settings.oidc_issuer is None:
        return None
    if settings.oidc_audience is None and settings.oidc_client_id is None:
        raise InputError(
            "SIZZLE_OIDC_ISSUER is set without SIZZLE_OIDC_AUDIENCE.",
            fix="set it to the audience of its tokens, as tokens for others must be refused; or "
            "SIZZLE_OIDC_CLIENT_ID, for people to sign in.",
        )
    return Oidc(settings.oidc_issuer, settings.oidc_audience or "")
