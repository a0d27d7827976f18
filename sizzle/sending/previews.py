"""What members would get, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sizzle.outreach.content.compose import compose
from sizzle.outreach.content.lines import Line
from sizzle.outreach.content.messages import MailMessage, Message
from sizzle.outreach.content.parts import Destination, MessageReel, SendContext, Sender
from sizzle.outreach.links import OutreachLinks, OutreachTokens
from sizzle.outreach.policy import Finding
from sizzle.outreach.policy.mail_checks import check_mail
from sizzle.outreach.vocabulary import Channel, MemberProfile, MessageClass, Promoted
from sizzle.sending.settings import SendingSettings

PREVIEW: Final = "preview"
"""The send id of previews: their links lead to pages that say that nothing was sent."""

ADDRESS: Final = "preview@example.com"
NO_POSTAL_ADDRESS: Final = "(the sender's postal address)"


@dataclass(frozen=True, slots=True)
class Previews:
    """Composes messages that are not sent.

    Attributes:
        tokens: of the installation's links.
        sender: who would send.
        base: the address under which members reach the service.
    """

    tokens: OutreachTokens
    sender: Sender
    base: str

    def message(
        self,
        line: Line,
        member: MemberProfile,
        promoted: Promoted,
        reel: MessageReel | None,
        channel: Channel,
    ) -> Message:
        """A message to a member, whether or not its line is approved.

        Raises:
            ComposeError: the line cannot be filled, or the message would lack something.
            InputError: `base` is no address that members can open.
        """
        topic = promoted.topic or "marketing"
        links = OutreachLinks(self.base, self.tokens)
        return compose(
            line,
            member,
            Destination(channel, ADDRESS if channel is Channel.EMAIL else PREVIEW),
            promoted,
            SendContext(PREVIEW, MessageClass.MARKETING, topic, line.reason),
            reel,
            links.of(PREVIEW, channel=channel, topic=topic),
            self.sender,
        )

    def findings(self, message: Message) -> Sequence[Finding]:
        """What is wrong with a mail as a whole; lines are checked before they are approved."""
        if not isinstance(message, MailMessage):
            return []
        hosts = [urlsplit(self.base).hostname or ""]
        return check_mail(message, hosts, self.sender.postal_address)


def preview_sender(settings: SendingSettings) -> Sender:
    """Who would send; what is not set yet is made up, as nothing is sent."""
    usual = {
        "public_url": "http://127.0.0.1:8000",
        "sender_name": "Preview",
        "sender_mail": ADDRESS,
        "postal_address": NO_POSTAL_ADDRESS,
    }
    missing = {name: value for name, value in usual.items() if not getattr(settings, name)}
    return settings.model_copy(update=missing).sender
