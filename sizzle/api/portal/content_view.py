"""What the 1:1 page shows of a member: their message, their reel, and why either is missing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from ranker import RankerError
from sizzle.api.outreach_service.reels import ReelView
from sizzle.api.portal.content_choice import ContentChoice
from sizzle.api.portal.desk import Desk
from sizzle.errors import SizzleError
from sizzle.outbox.drafts import Draft
from sizzle.outbox.judged_lines import JudgedLine, judged_lines, line_to_show
from sizzle.outbox.segment_walk import Walk
from sizzle.outreach.content.errors import ComposeError
from sizzle.outreach.content.messages import MailMessage, Message, PushMessage, SmsMessage
from sizzle.outreach.content.parts import MessageReel
from sizzle.outreach.content.phrases import is_right_to_left
from sizzle.outreach.content.sms_segments import segment_texts, segments_of
from sizzle.outreach.policy import Finding, Refusal, eligibility
from sizzle.outreach.vocabulary import Channel, MemberProfile, Promoted
from sizzle.reel import TimecodeList

NO_SERVICE = "This service composes no reels: it has no ranker."


@dataclass(frozen=True, slots=True)
class Coming:
    """A member further on in the segment."""

    member: MemberProfile
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class ContentView:
    """What is shown of a member.

    Attributes:
        channels: that the member can be reached on.
        opted_out: of these, those on which the member wants nothing.
        language: that the member reads, as far as it is known.
        refusal: why the member may not be told of this; None where they may.
        judged: the line; None where nobody wrote one.
        drafts: of the line, the newest first.
        refused: lines that somebody disagreed with, which would have been for this message.
        message: None where there is none, and `problem` says why.
        findings: what is wrong with a mail as a whole.
        reel: None where there is none, and `no_reel` says why.
        reason: that the message may give.
        coming: the members from here on.
    """

    member: MemberProfile
    channels: Sequence[Channel]
    opted_out: Sequence[Channel]
    channel: Channel
    language: str
    refusal: Refusal | None
    judged: JudgedLine | None
    drafts: Sequence[Draft]
    refused: Sequence[JudgedLine]
    message: Message | None
    problem: str
    findings: Sequence[Finding]
    reel: ReelView | None
    no_reel: str
    reason: str
    coming: Sequence[Coming]

    @property
    def kind(self) -> str:
        """Of the message: mail, sms or push."""
        match self.channel:
            case Channel.EMAIL:
                return "mail"
            case Channel.SMS:
                return "sms"
        return "push"

    @property
    def right_to_left(self) -> bool:
        """Whether the message is written so."""
        return is_right_to_left(self.judged.line.language if self.judged else self.language)

    @property
    def sms(self) -> dict[str, Any]:
        """How a text message is split and paid."""
        assert isinstance(self.message, SmsMessage)
        return {"facts": segments_of(self.message.text), "texts": segment_texts(self.message.text)}

    @property
    def mail(self) -> MailMessage:
        """The message, which is a mail."""
        assert isinstance(self.message, MailMessage)
        return self.message

    @property
    def push(self) -> PushMessage:
        """The message, which is a notification."""
        assert isinstance(self.message, PushMessage)
        return self.message


@dataclass(frozen=True, slots=True)
class ContentViews:
    """Makes views.

    Attributes:
        base: the address of the service, as its viewer reaches it.
    """

    desk: Desk
    base: str

    def of(self, choice: ContentChoice, promoted: Promoted, walk: Walk) -> ContentView:
        """What is shown of the member at whom somebody stands."""
        desk, today = self.desk, self.desk.content.today
        member_id = walk.member.member_id
        people = self._profiles(walk.coming)
        member = people[member_id]
        channels, opted_out, locale = self._endpoints(member_id)
        channel = choice.channel_of(channels)
        language = member.language or locale
        reel, reason, no_reel = self._reel(member_id, choice.asset)
        lines = judged_lines(desk.sending.database, promoted.kind, promoted.id, channel)
        judged = _chosen(lines, choice.line) or line_to_show(lines, reason, language)
        message, problem, findings = self._message(judged, member, promoted, reel, channel)
        return ContentView(
            member=member,
            channels=channels,
            opted_out=opted_out,
            channel=channel,
            language=language,
            refusal=eligibility(member, promoted, today, self._watched(member_id)),
            judged=judged,
            drafts=desk.content.stores.drafts.of(judged.line.digest)[::-1] if judged else [],
            refused=[each for each in lines if _is_refused_for(each, reason, judged)],
            message=message,
            problem=problem,
            findings=findings,
            reel=self._view(reel),
            no_reel=no_reel,
            reason=reason,
            coming=[
                Coming(people[each], eligibility(people[each], promoted, today))
                for each in walk.coming
            ],
        )

    def mail(
        self, choice: ContentChoice, promoted: Promoted, member: MemberProfile
    ) -> MailMessage | None:
        """A mail as the member would see it; None where there is none."""
        found = judged_lines(self.desk.sending.database, promoted.kind, promoted.id, Channel.EMAIL)
        judged = _chosen(found, choice.line)
        reel, _, _ = self._reel(member.member_id, choice.asset)
        # All that it shows comes from the address at which its viewer is, whatever members use.
        message, _, _ = self._message(judged, member, promoted, reel, Channel.EMAIL, self.base)
        return message if isinstance(message, MailMessage) else None

    def profile(self, member_id: str) -> MemberProfile:
        """What is known of a member."""
        return self._profiles([member_id])[member_id]

    def _watched(self, member_id: str) -> Collection[str]:
        return self.desk.previews.watched(member_id) if self.desk.previews is not None else ()

    def _profiles(self, ids: Sequence[str]) -> dict[str, MemberProfile]:
        database, members = self.desk.sending.database, self.desk.members.members
        with database.reading() as connection:
            found = members.profiles(connection, ids)
        return {one: found.get(one) or MemberProfile(one) for one in ids}

    def _endpoints(self, member_id: str) -> tuple[list[Channel], list[Channel], str]:
        """Channels of a member in the order of `Channel`, those opted out, and a locale."""
        database, members = self.desk.sending.database, self.desk.members.members
        with database.reading() as connection:
            found = [one.fields for one in members.endpoints(connection, [member_id])]
        channels = {one.channel_type for one in found}
        willing = {one.channel_type for one in found if one.opt_out != "ALL"}
        locales = (one.demographic.locale for one in found if one.demographic is not None)
        known = [each for each in Channel if each in channels]
        return (
            known,
            [each for each in known if each not in willing],
            next(filter(None, locales), "").replace("_", "-"),
        )

    def _reel(self, member_id: str, asset_id: str) -> tuple[TimecodeList | None, str, str]:
        """A reel, the reason that may be given, and why there is no reel."""
        if self.desk.previews is None:
            return None, "", NO_SERVICE
        try:
            return *self.desk.previews.reel(member_id, asset_id), ""
        except (SizzleError, RankerError) as error:
            return None, "", f"{error.what} {error.fix}".strip()

    def _view(self, reel: TimecodeList | None) -> ReelView | None:
        if reel is None or self.desk.reels is None:
            return None
        return self.desk.reels.view(reel)

    def _message(
        self,
        judged: JudgedLine | None,
        member: MemberProfile,
        promoted: Promoted,
        reel: TimecodeList | None,
        channel: Channel,
        base: str = "",
    ) -> tuple[Message | None, str, Sequence[Finding]]:
        previews = self.desk.previews
        if judged is None or previews is None:
            return None, NO_SERVICE if previews is None else "", ()
        base = base or previews.public_url or self.base
        shown: MessageReel | None = previews.in_message(reel, base) if reel is not None else None
        composing = previews.at(base)
        try:
            message = composing.message(judged.line, member, promoted, shown, channel)
        except ComposeError as error:
            return None, f"{error.what} {error.fix}".strip(), ()
        return message, "", composing.findings(message)


def _chosen(lines: Sequence[JudgedLine], digest: str) -> JudgedLine | None:
    return next((each for each in lines if each.line.digest == digest), None)


def _is_refused_for(judged: JudgedLine, reason: str, shown: JudgedLine | None) -> bool:
    """Whether a line was refused in place of the one that is shown."""
    if judged.verdict is None or judged.verdict.agrees or judged == shown:
        return False
    same = shown is None or shown.line.language == judged.line.language
    return same and judged.line.reason in ("", reason)
