"""The services of outreach: members, content, sending, and what links in messages lead to."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sizzle.api.events import EventService
from sizzle.api.outreach_service import ContentService, MemberPreviews, MemberReels, SendingService
from sizzle.api.outreach_service.members import MemberService, member_service
from sizzle.api.outreach_service.previews import RankedReel
from sizzle.api.public_links import PublicLinks
from sizzle.api.public_links.recording import MessageEvents
from sizzle.api.public_links.service import NewestReel
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.api.server.settings import Settings
from sizzle.database import Database, Worker
from sizzle.drafting import Stores
from sizzle.eventlog import EventLog
from sizzle.outbox.address_hash import ADDRESS_KEY, AddressHash
from sizzle.outbox.consents import Consents
from sizzle.outbox.members import Members
from sizzle.outbox.sent_messages import SentMessages
from sizzle.outreach_files import read_guard_policy
from sizzle.outreach_jobs import JobSources
from sizzle.reloading import Reloadable
from sizzle.secret import derived, outreach_tokens
from sizzle.sending.clock import Clock
from sizzle.sending.inbound import InboundRecorder
from sizzle.sending.previews import preview_sender
from sizzle.sending.settings import SendingSettings
from sizzle.writers.choosing import WriterSettings, choose_writer

if TYPE_CHECKING:
    pass


def make_member_service(
    settings: Settings,
    database: Database,
    worker: Worker,
    log: EventLog,
    secret: bytes,
    clock: Callable[[], float],
) -> MemberService:
    """Members and segments, and the jobs that work on them."""
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


def make_sending_service(
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


def make_content_service(
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


def make_public_links(
    database: Database, events: EventService, secret: bytes, newest: NewestReel
) -> PublicLinks:
    """What the links in messages lead to."""
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


def make_member_previews(
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
