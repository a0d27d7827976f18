"""Composes what campaigns, journeys and requests send, from approved lines and facts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sizzle.database import Database, DatabaseUnavailableError
from sizzle.errors import NotFoundError, SizzleError
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.campaign_rows import StoredCampaign
from sizzle.outbox.campaigns import Campaigns
from sizzle.outbox.claim_records import Composed
from sizzle.outbox.endpoints import Endpoint, find_endpoints
from sizzle.outbox.journey_rows import approved_version
from sizzle.outbox.lines import ContentNotApprovedError, Lines
from sizzle.outbox.promoted import PromotedThings
from sizzle.outbox.sends import Send
from sizzle.outreach.campaign import ReelPolicy, Treatment
from sizzle.outreach.content.compose import message_of
from sizzle.outreach.content.lines import Line
from sizzle.outreach.content.messages import MailMessage
from sizzle.outreach.content.parts import Destination, SendContext, Sender
from sizzle.outreach.content.record import record_of
from sizzle.outreach.content.texts import FilledLine, filled_line
from sizzle.outreach.journeys.model import SendStep, treatment_of
from sizzle.outreach.links import OutreachLinks
from sizzle.outreach.policy import eligibility
from sizzle.outreach.timing import Reason, possible_zones
from sizzle.outreach.vocabulary import MemberProfile, Promoted
from sizzle.sending.composer import NotComposed, Ready
from sizzle.sending.gate import Profiles
from sizzle.sending.reels import MemberReel, MemberReels

NO_LINE: Final = "no approved line"
"""Why a send gets no message: nobody approved a text in a language that the member may get."""


def nothing_watched(_: str) -> Collection[str]:
    """Of members whose histories are not known."""
    return ()


@dataclass(frozen=True, slots=True)
class MessageComposer:
    """Composes messages.

    Attributes:
        database: that has the endpoints.
        profiles: of members, by their ids.
        links: in messages.
        sender: who sends.
        reels: of members; None where no message shows one.
        watched: the ids of titles that a member has watched.
        zone: of those of whom no other is known.
    """

    database: Database
    campaigns: Campaigns
    lines: Lines
    promoted: PromotedThings
    profiles: Profiles
    address_hash: AddressHash
    links: OutreachLinks
    sender: Sender
    reels: MemberReels | None = None
    watched: Callable[[str], Collection[str]] = nothing_watched
    zone: str = "UTC"

    def compose(self, sends: Sequence[Send], now: int) -> list[Ready | NotComposed]:
        """As `Composer.compose`."""
        batch = _Batch(self, now)
        with self.database.reading() as connection:
            endpoints = {
                app: find_endpoints(connection, app, [s.endpoint_id for s in sends if s.app == app])
                for app in {send.app for send in sends}
            }
            members = self.profiles(connection, {send.member_id for send in sends} - {""})
            return [
                batch.one(
                    connection,
                    send,
                    endpoints[send.app].get(send.endpoint_id),
                    members.get(send.member_id, MemberProfile(send.member_id)),
                )
                for send in sends
            ]


@dataclass(frozen=True, slots=True)
class _Purpose:
    """What a message promotes, and how: by a campaign or by a step of a journey."""

    promoted: Promoted
    reel: ReelPolicy | None
    treatment: Treatment


@dataclass(slots=True)
class _Batch:
    """What the sends of one call share is read once."""

    parts: MessageComposer
    now: int
    _campaigns: dict[str, tuple[StoredCampaign, Promoted]] = field(default_factory=dict)
    _steps: dict[tuple[str, int], _Purpose] = field(default_factory=dict)
    _lines: dict[tuple[Any, ...], Line | None] = field(default_factory=dict)

    def one(
        self, connection: Connection, send: Send, endpoint: Endpoint | None, member: MemberProfile
    ) -> Ready | NotComposed:
        if endpoint is None or not endpoint.fields.address:
            return NotComposed(Reason.ENDPOINT_DELETED)
        to = Destination(send.channel, endpoint.fields.address)
        try:
            if not send.campaign_id:
                return self._transactional(send, to)
            return self._promotion(connection, send, endpoint, member, to)
        except DatabaseUnavailableError:
            raise  # nothing is skipped for it
        except ContentNotApprovedError:
            return NotComposed(Reason.NOT_APPROVED)
        except SizzleError as error:
            return NotComposed(error.what)

    def _promotion(
        self,
        connection: Connection,
        send: Send,
        endpoint: Endpoint,
        member: MemberProfile,
        to: Destination,
    ) -> Ready | NotComposed:
        purpose = self._of_step(connection, send) if send.run_id else self._of_campaign(send)
        promoted, treatment = purpose.promoted, purpose.treatment
        watched = self.parts.watched(send.member_id)
        refusal = eligibility(member, promoted, self._today(member), watched)
        if refusal is not None:
            return NotComposed(f"not eligible: {refusal.rule}")
        shown = self._reel(send, purpose)
        wanted = shown.reason if shown is not None and treatment.give_reason else ""
        language = member.language or _locale(endpoint)
        line = self._line(connection, promoted, wanted, language, send)
        if line is None:
            return NotComposed(NO_LINE)
        context = SendContext(
            send_id=send.send_id,
            message_class=send.message_class,
            topic=send.topic,
            reason=line.reason,
            campaign_id="" if send.run_id else send.campaign_id,
            activity_id=send.activity_id,
            treatment_id="" if send.run_id else treatment.name,
            journey_id=send.campaign_id if send.run_id else "",
            run_id=send.run_id,
        )
        reel = shown.reel if shown is not None and treatment.show_reel else None
        hashed = self.parts.address_hash(to.channel, to.address)
        links = self.parts.links.of(
            send.send_id, channel=to.channel, address_hash=hashed, topic=send.topic
        )
        text = filled_line(line, member, promoted, reel, links)
        message = message_of(text, to, context, reel, links, self.parts.sender)
        return Ready(
            message,
            Composed(
                send.send_id,
                message.message_id if isinstance(message, MailMessage) else send.send_id,
                line.digest,
                record_of(
                    text, to, context, reel, self.parts.links.base, self.parts.sender, message
                ),
                reel.reel_id if reel else "",
                reel.asset_version if reel else "",
                reel.model_version if reel else "",
                line.language,
                line.reason,
            ),
        )

    def _transactional(self, send: Send, to: Destination) -> Ready:
        """What was asked for is kept in the send from the first on: it is the same at each try."""
        words = {name: str(send.slots.get(name, "")) for name in ("language", "subject", "text")}
        text = FilledLine(**words)
        context = SendContext(send.send_id, send.message_class, send.topic)
        links = self.parts.links.of(send.send_id, channel=to.channel)
        message = message_of(text, to, context, None, links, self.parts.sender)
        record = record_of(
            text, to, context, None, self.parts.links.base, self.parts.sender, message
        )
        message_id = message.message_id if isinstance(message, MailMessage) else send.send_id
        language = words["language"]
        return Ready(message, Composed(send.send_id, message_id, "", record, language=language))

    def _of_campaign(self, send: Send) -> _Purpose:
        """Raises NotFoundError."""
        if send.campaign_id not in self._campaigns:
            stored = self.parts.campaigns.get(send.campaign_id)
            promoted = self.parts.promoted.get(stored.campaign.kind, stored.campaign.promoted_id)
            self._campaigns[send.campaign_id] = stored, promoted
        stored, promoted = self._campaigns[send.campaign_id]
        campaign = stored.campaign
        return _Purpose(promoted, campaign.reel, campaign.treatment_of(send.member_id))

    def _of_step(self, connection: Connection, send: Send) -> _Purpose:
        """Of the journey's step, in the version of the run.

        Raises:
            ContentNotApprovedError: what is stored of that version is not what was approved.
            NotFoundError: there is nothing of what it promotes any more.
        """
        key = send.activity_id, send.journey_version
        if key not in self._steps:
            stored = approved_version(connection, send.campaign_id, send.journey_version)
            step = stored and stored.journey.step(send.activity_id.rpartition(".")[2])
            if not isinstance(step, SendStep):
                raise ContentNotApprovedError("The journey's version is not approved.")
            promoted = self.parts.promoted.get(step.kind, step.promoted_id)
            self._steps[key] = _Purpose(promoted, step.reel, treatment_of(step))
        return self._steps[key]

    def _reel(self, send: Send, purpose: _Purpose) -> MemberReel | None:
        policy, treatment = purpose.reel, purpose.treatment
        if policy is None or self.parts.reels is None:
            return None
        if not (treatment.show_reel or treatment.give_reason):
            return None
        shown = self.parts.reels.of(send.member_id, policy, self.now)
        if shown is None and treatment.show_reel:
            raise NotFoundError("There is no reel for the member.")
        return shown

    def _line(
        self, connection: Connection, promoted: Promoted, reason: str, language: str, send: Send
    ) -> Line | None:
        """The approved line; its digest is verified here. Raises ContentNotApprovedError."""
        key = (promoted.kind, promoted.id, reason, language, send.channel)
        if key not in self._lines:
            self._lines[key] = self.parts.lines.approved_within(connection, *key)
        return self._lines[key]

    def _today(self, member: MemberProfile) -> date:
        """Of the zone where it is earliest, so that nobody is taken for older."""
        zones = possible_zones("", member.zone, "", member.country, self.parts.zone)
        now = datetime.fromtimestamp(self.now / 1000, UTC)
        return min(now.astimezone(ZoneInfo(zone)).date() for zone in zones)


def _locale(endpoint: Endpoint) -> str:
    device = endpoint.fields.demographic
    return ((device.locale if device is not None else None) or "").replace("_", "-")
