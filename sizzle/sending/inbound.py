"""What came back becomes events of the send, consents, suppressions, and endpoints that end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from sizzle.database import Database
from sizzle.database.send_tables import SENDS, WEBHOOK_CALLS
from sizzle.eventlog import EventLog
from sizzle.events import Event
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.consents import Consents
from sizzle.outbox.endpoints import deactivate, find_endpoints
from sizzle.outbox.sent_messages import SentMessage, SentMessages
from sizzle.outbox.suppressions import SuppressionReason, Suppressions
from sizzle.outreach.inbound.notice import Notice, NoticeKind
from sizzle.outreach.inbound.webhooks import TOLERANCE, replayed
from sizzle.outreach.members.consent import Consent, Verdict
from sizzle.outreach.vocabulary import Channel
from sizzle.sending.clock import Clock

_MAIL: Final = {
    NoticeKind.DELIVERED: "_email.delivered",
    NoticeKind.BOUNCED: "_email.softbounce",
    NoticeKind.COMPLAINED: "_email.complaint",
    NoticeKind.STOP: "_email.unsubscribe",
}
_SMS: Final = {
    NoticeKind.DELIVERED: "_SMS.SUCCESS",
    NoticeKind.BOUNCED: "_SMS.FAILURE",
    NoticeKind.COMPLAINED: "_SMS.OPTOUT",
    NoticeKind.STOP: "_SMS.OPTOUT",
}
_HARD: Final = "_email.hardbounce"
_KEPT: Final = 2 * TOLERANCE
"""Seconds for which a call is remembered: an older one is refused by its timestamp."""


@dataclass(frozen=True, slots=True)
class InboundRecorder:
    """Records what came back. The same notice again changes nothing more."""

    database: Database
    log: EventLog
    address_hash: AddressHash
    clock: Clock

    def refuse_replay(self, name: bytes) -> None:
        """Raises WebhookSignatureError: a webhook's call was taken before."""
        self.database.upgrade_once()
        known = select(WEBHOOK_CALLS.c.received).where(WEBHOOK_CALLS.c.signature == name)
        with self.database.reading() as connection:
            if connection.execute(known).first() is not None:
                raise replayed()

    def remember_call(self, name: bytes) -> None:
        """Have a call refused that comes again; once what it told is recorded, so none is lost."""
        now = self.clock.time()
        dialect = sqlite if self.database.is_sqlite else postgresql
        call = {"signature": name, "received": now}
        with self.database.writing() as connection:
            connection.execute(delete(WEBHOOK_CALLS).where(WEBHOOK_CALLS.c.received < now - _KEPT))
            connection.execute(dialect.insert(WEBHOOK_CALLS).values(call).on_conflict_do_nothing())

    def record(self, notices: Iterable[Notice]) -> Counter[str]:
        """Record notices.

        Returns:
            How many were `recorded`, and how many of sends or addresses that are `unknown`.
        """
        counts: Counter[str] = Counter()
        for notice in notices:
            sent = self._sent(notice)
            if sent is None and not (notice.channel and notice.address):
                counts["unknown"] += 1
                continue
            self._apply(notice, sent)
            if sent is not None and (event := self._event(notice, sent)) is not None:
                self.log.append([event])
            counts["recorded"] += 1
        return counts

    def _sent(self, notice: Notice) -> SentMessage | None:
        """The send of a notice; a message id holds only for the send that it was given."""
        self.database.upgrade_once()
        send_id = notice.send_id
        with self.database.reading() as connection:
            if notice.message_id:
                local = notice.message_id.strip("<>").partition("@")[0]
                query = select(SENDS.c.send_id).where(
                    SENDS.c.send_id == local, SENDS.c.message_id == notice.message_id
                )
                send_id = connection.execute(query).scalar() or ""
            elif notice.reference:
                query = select(SENDS.c.send_id)
                query = query.where(SENDS.c.transport_reference == notice.reference)
                send_id = connection.execute(query.limit(1)).scalar() or ""
        return SentMessages(self.database).find(send_id) if send_id else None

    def _apply(self, notice: Notice, sent: SentMessage | None) -> None:
        """What it changes of whom messages go to."""
        with self.database.writing() as connection:
            channel, address = self._address(connection, notice, sent)
            if not address:
                return
            if notice.kind is NoticeKind.BOUNCED and notice.permanent:
                self._suppress(connection, channel, address, SuppressionReason.BOUNCED)
                if sent is not None:
                    now = self.clock.now()
                    deactivate(connection, sent.app, sent.endpoint_id, now)
            elif notice.kind is NoticeKind.COMPLAINED:
                self._suppress(connection, channel, address, SuppressionReason.COMPLAINED)
                self._consent(connection, channel, address, Verdict.OPTED_OUT, "complaint")
            elif notice.kind is NoticeKind.STOP:
                self._consent(connection, channel, address, Verdict.OPTED_OUT, "reply")
            elif notice.kind is NoticeKind.START:
                self._consent(connection, channel, address, Verdict.OPTED_IN, "reply")

    def _address(
        self, connection: Connection, notice: Notice, sent: SentMessage | None
    ) -> tuple[str, str]:
        if sent is None:
            return notice.channel, notice.address
        found = find_endpoints(connection, sent.app, [sent.endpoint_id]).get(sent.endpoint_id)
        return sent.channel.value, (found.fields.address or "") if found is not None else ""

    def _suppress(
        self, connection: Connection, channel: str, address: str, reason: SuppressionReason
    ) -> None:
        now = self.clock.now()
        Suppressions(self.address_hash).add(connection, channel, address, reason, now)

    def _consent(
        self, connection: Connection, channel: str, address: str, verdict: Verdict, source: str
    ) -> None:
        said = Consent("", verdict, source, self.clock.now())
        consents = Consents(self.address_hash)
        if consents.allowed(connection, channel, address, "") is not verdict:
            consents.add(connection, channel, address, [said])

    def _event(self, notice: Notice, sent: SentMessage) -> Event | None:
        types = _SMS if sent.channel is Channel.SMS else _MAIL
        kind = types.get(notice.kind)
        if kind is None or sent.channel not in (Channel.EMAIL, Channel.SMS):
            return None
        if notice.permanent and kind == _MAIL[NoticeKind.BOUNCED]:
            kind = _HARD
        now = self.clock.now()
        return Event(
            app=sent.app,
            event_id=f"{kind}-{sent.context.send_id}",
            type=kind,
            member_id=sent.member_id,
            endpoint_id=sent.endpoint_id,
            reel_id=sent.reel_id,
            time=now,
            received=now,
            attributes={
                **sent.context.event_attributes,
                "send_id": sent.context.send_id,
                **({"detail": notice.detail[:200]} if notice.detail else {}),
            },
        )
