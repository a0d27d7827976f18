"""A service with sent messages: real mails, whose links lead to it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import URL, delete, insert

from sizzle.api.app import create_app
from sizzle.api.auth.rate_limit import RateLimiter
from sizzle.api.events import EventService
from sizzle.api.public_links import PublicLinks
from sizzle.api.public_links.recording import MessageEvents
from sizzle.database import Database
from sizzle.database.member_tables import CONSENTS
from sizzle.database.schema import EVENTS
from sizzle.database.send_tables import SENDS
from sizzle.errors import NotFoundError
from sizzle.eventlog import EventLog
from sizzle.events import Event, EventTokens
from sizzle.events.event import canonical
from sizzle.links.signing import Signing
from sizzle.outbox.address_hash import ADDRESS_KEY, AddressHash
from sizzle.outbox.consents import Consents
from sizzle.outbox.sent_messages import SentMessages
from sizzle.outreach.content.compose import message_of
from sizzle.outreach.content.messages import MailMessage, PushMessage
from sizzle.outreach.content.parts import Destination, SendContext
from sizzle.outreach.content.record import record_of
from sizzle.outreach.content.reel import message_reel
from sizzle.outreach.content.texts import filled_line
from sizzle.outreach.links import OutreachLinks
from sizzle.outreach.members.consent import Verdict
from sizzle.outreach.vocabulary import Channel, MessageClass
from sizzle.packager import Packages
from sizzle.reel import TimecodeList
from sizzle.reel.ids import Recipe, packed_version
from sizzle.reel.replay import ReplayedReels
from sizzle.secret import derived, outreach_tokens, reel_ids
from tests.api.one_asset import OneAsset
from tests.api.sample_service import KEY, Alphabetical
from tests.outreach.content.sample_messages import BASE, MAIL_LINE, MEMBER, PROMOTED, SENDER
from tests.packager.packaged_asset import Made

TOPIC = "news"
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@dataclass(frozen=True)
class Sent:
    """A mail that was sent, and the paths of its links."""

    send_id: str
    address: str
    mail: MailMessage
    reel: str
    unsubscribe: str
    opened: str


class MessagesApp:
    """The service, and what is known of its messages.

    Args:
        made: a packaged asset.
        folder: for the database.
        rate: of requests with one token.
        signing: where only signed addresses of streams are answered.
    """

    def __init__(
        self, made: Made, folder: Path, rate: float = 50, signing: Signing | None = None
    ) -> None:
        self.made, self.folder = made, folder
        self.database = Database(URL.create("sqlite", database=str(folder / "sizzle.db")))
        self.log = EventLog(self.database, b"k" * 32)
        self.log.upgrade()
        self.hash = AddressHash(derived(KEY, ADDRESS_KEY))
        self.consents = Consents(self.hash)
        self.tokens = outreach_tokens(KEY)
        self.ids = reel_ids(KEY)
        self.newest: TimecodeList | None = None
        event_tokens = EventTokens(derived(KEY, "event tokens"))
        links = PublicLinks(
            tokens=self.tokens,
            database=self.database,
            consents=self.consents,
            sent=SentMessages(self.database),
            events=MessageEvents(self.log, time.time),
            event_tokens=event_tokens,
            newest=self._newest,
            clock=time.time,
            limiter=RateLimiter(rate, 1.0),
        )
        self.app = create_app(
            OneAsset(made.index),
            Alphabetical(),
            Packages(made.root),
            events=EventService(self.log, event_tokens, time.time),
            public_links=links,
            ids=self.ids,
            signing=signing,
        )
        self.client = TestClient(self.app, headers=BROWSER)

    def reel(self, first: int = 0, version: str = "") -> TimecodeList:
        """A reel of two clips, of a version of the asset."""
        recipe = Recipe(
            version=packed_version(version or self.made.index.version),
            cadence="test",
            model="model-1",
            seed=0,
            cold_start=False,
            bed=0,
            titles=(first, (first + 1) % 3),
            cuts=(1, 1, 2, 2),
        )
        if version:
            return self.reel(first).model_copy(update={"reel_id": self.ids.seal(recipe)})
        return ReplayedReels(self.ids, OneAsset(self.made.index)).get(self.ids.seal(recipe))

    def send(
        self,
        send_id: str,
        reel: TimecodeList,
        message_class: MessageClass = MessageClass.MARKETING,
        *,
        keep: bool = True,
    ) -> Sent:
        """Send a mail: compose it, and keep what it was made of, or not."""
        marketing = message_class is MessageClass.MARKETING
        to = Destination(Channel.EMAIL, f"{send_id}@example.org")
        context = SendContext(
            send_id,
            message_class,
            TOPIC if marketing else "",
            campaign_id="campaign-1" if marketing else "",
            activity_id="campaign-1.all" if marketing else "",
        )
        name = self.hash(Channel.EMAIL, to.address)
        links = OutreachLinks(BASE, self.tokens).of(send_id, address_hash=name, topic=context.topic)
        shown = message_reel(reel, Packages(self.made.root).of_version("demo", "v1").stills, BASE)
        line = replace(MAIL_LINE, reason="")
        text = filled_line(line, MEMBER, PROMOTED, shown, links)
        mail = message_of(text, to, context, shown, links, SENDER)
        assert isinstance(mail, MailMessage)
        if keep:
            record = record_of(text, to, context, shown, BASE, SENDER, mail)
            self._insert(context, reel, line.digest, record)
        reel_path, unsubscribe, opened = (
            address.removeprefix(BASE) for address in (links.reel, links.unsubscribe, links.opened)
        )
        return Sent(send_id, to.address, mail, reel_path, unsubscribe, opened)

    def send_push(self, send_id: str, reel: TimecodeList, base: str) -> PushMessage:
        """Send a notification to a browser, whose links begin with this."""
        to = Destination(Channel.WEB_PUSH, "{}")
        context = SendContext(
            send_id,
            MessageClass.MARKETING,
            TOPIC,
            campaign_id="campaign-1",
            activity_id="campaign-1.all",
        )
        links = OutreachLinks(base, self.tokens).of(send_id, channel=Channel.WEB_PUSH)
        shown = message_reel(reel, Packages(self.made.root).of_version("demo", "v1").stills, base)
        line = replace(MAIL_LINE, channel=Channel.WEB_PUSH, reason="", text="{title} is here.")
        text = filled_line(line, MEMBER, PROMOTED, shown, links)
        message = message_of(text, to, context, shown, links, SENDER)
        assert isinstance(message, PushMessage)
        record = record_of(text, to, context, shown, base, SENDER, message)
        self._insert(context, reel, line.digest, record, Channel.WEB_PUSH)
        return message

    def verdict(self, sent: Sent, topic: str = TOPIC) -> Verdict:
        """What is known of an address and a topic."""
        with self.database.reading() as connection:
            return self.consents.allowed(connection, Channel.EMAIL, sent.address, topic)

    def events(self) -> list[Event]:
        """All that was recorded."""
        return [logged.event for logged in self.log.read()]

    def forget(self, sent: Sent) -> None:
        """Remove a send, as erasing its member does."""
        with self.database.writing() as connection:
            connection.execute(delete(SENDS).where(SENDS.c.send_id == sent.send_id))

    def clear(self) -> None:
        """Remove all that was sent, said and recorded."""
        self.newest = None
        with self.database.writing() as connection:
            for table in (SENDS, CONSENTS, EVENTS):
                connection.execute(delete(table))

    def close(self) -> None:
        """Close the database."""
        self.log.close()

    def _insert(
        self,
        context: SendContext,
        reel: TimecodeList,
        digest: str,
        record: Mapping[str, Any],
        channel: Channel = Channel.EMAIL,
    ) -> None:
        row = {
            "send_id": context.send_id,
            "campaign_id": context.campaign_id,
            "activity_id": context.activity_id or context.send_id,
            "app": "default",
            "endpoint_id": f"endpoint-{context.send_id}",
            "member_id": "member-ada",
            "channel": channel.value,
            "class": context.message_class.value,
            "topic": context.topic,
            "state": "handed over",
            "due": 0,
            "counted": int(time.time() * 1000) - 3_600_000,
            "line_digest": digest,
            "slots": canonical(record),
            "reel_id": reel.reel_id,
            "asset_version": reel.asset_version,
            "created": 0,
            "updated": 0,
        }
        with self.database.writing() as connection:
            connection.execute(insert(SENDS), row)

    def _newest(self, member_id: str, asset_id: str) -> TimecodeList:
        if self.newest is None:
            raise NotFoundError(f"There is no reel of {asset_id} for {member_id}.")
        return self.newest
