"""Mails: plain text beside HTML, with all that the law and mail providers ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from markupsafe import Markup, escape

from sizzle.outreach.content.errors import ComposeError
from sizzle.outreach.content.escape import cleaned, isolated
from sizzle.outreach.content.layouts import mail_layout
from sizzle.outreach.content.messages import MailMessage
from sizzle.outreach.content.parts import Destination, MessageReel, SendContext, Sender, SendLinks
from sizzle.outreach.content.phrases import Phrases, is_right_to_left, phrases_of
from sizzle.outreach.content.texts import FilledLine
from sizzle.outreach.vocabulary import MessageClass

MAX_SUBJECT: Final = 200
"""Characters; a longer one is cut."""

SHOWN_TITLES: Final = 6
"""Of a reel's, the first."""

STILL_WIDTH: Final = 1200
"""Pixels that the picture needs: it is shown 600 wide, on screens of two pixels a point."""

_THUMBNAIL: Final = 128  # as the layout shows it, in points
_ADDRESS: Final = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)
_PARAGRAPH: Final = Markup('<p style="margin:0 0 16px;">{}</p>')
_LINK: Final = Markup('<a href="{0}" target="_blank">{0}</a>')
_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)


def compose_mail(
    text: FilledLine,
    to: Destination,
    send: SendContext,
    reel: MessageReel | None,
    links: SendLinks,
    sender: Sender,
) -> MailMessage:
    """A mail.

    Raises:
        ComposeError: no subject or text, an address that is none, or a marketing mail without a
            link to unsubscribe or the sender's postal address.
    """
    _check(text, to, send, links, sender)
    phrases = phrases_of(text.language)
    parts = _Parts(text, phrases, send, reel, links, sender)
    return MailMessage(
        send_id=send.send_id,
        message_id=f"<{send.send_id}@{sender.domain or _domain(sender.mail)}>",
        recipient=mail_address(to.address),
        sender_name=cleaned(sender.name),
        sender=mail_address(sender.mail),
        reply_to=mail_address(sender.reply_to) if sender.reply_to else "",
        subject=parts.subject,
        language=text.language,
        text=parts.plain(),
        html=mail_layout().render(parts.slots()),
        unsubscribe=links.unsubscribe,
        unsubscribe_mail=sender.unsubscribe_mail if links.unsubscribe else "",
    )


def mail_address(address: str) -> str:
    """A mail address, its domain in ASCII.

    Raises:
        ComposeError: it is none, or one whose part before the `@` is not ASCII.
    """
    local, _, domain = address.strip().rpartition("@")
    try:
        given = f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        given = ""
    if not _ADDRESS.fullmatch(given):
        raise ComposeError(
            "The mail address cannot be used.", fix="correct it, or make the endpoint inactive."
        )
    return given


class _Parts:
    """What both forms of a mail say."""

    def __init__(
        self,
        text: FilledLine,
        phrases: Phrases,
        send: SendContext,
        reel: MessageReel | None,
        links: SendLinks,
        sender: Sender,
    ) -> None:
        self.right_to_left = is_right_to_left(text.language)
        self.subject = cleaned(text.subject, MAX_SUBJECT)
        self._text, self._phrases, self._links, self._sender = text, phrases, links, sender
        self._reel = reel
        self._titles = reel.titles[:SHOWN_TITLES] if reel else ()
        self._names = [self._isolated(cleaned(title.name)) for title in self._titles]
        self._sender_name = self._isolated(cleaned(sender.name))
        is_marketing = send.message_class is MessageClass.MARKETING
        because = phrases.because if is_marketing else phrases.service
        self._because = because.replace("{sender}", self._sender_name)

    def plain(self) -> str:
        """The text beside the HTML."""
        return "\n".join(self._plain_lines())

    def _plain_lines(self) -> Iterator[str]:
        phrases, links = self._phrases, self._links
        yield self._text.text
        if self._reel:
            yield f"\n{phrases.watch}:\n{links.reel}\n\n{phrases.in_reel}:"
            yield from (f"{number}. {name}" for number, name in enumerate(self._names, start=1))
        yield f"\n-- \n{self._because}"
        if links.unsubscribe:
            yield f"{phrases.unsubscribe}: {links.unsubscribe}"
        yield self._sender_name
        yield self._sender.postal_address

    def slots(self) -> Mapping[str, Any]:
        """What the layout is filled with."""
        phrases, links, reel = self._phrases, self._links, self._reel
        still = reel.still if reel else None
        return {
            "language": self._text.language,
            "dir": "rtl" if self.right_to_left else "ltr",
            "start": "right" if self.right_to_left else "left",
            "subject": self.subject,
            "headline": self.subject,
            "preheader": f"{phrases.in_reel}: {', '.join(self._names)}" if self._names else "",
            "sender": self._sender_name,
            "still": still.at_least(STILL_WIDTH) if still else "",
            "still_text": self._still_text(self._names[0]) if still else "",
            "top_radius": "0" if still else "14px 14px 0 0",
            "reel": links.reel if reel else "",
            "body": self._body(),
            "accent": self._sender.accent,
            "watch": phrases.watch,
            "in_reel": phrases.in_reel,
            "titles": [
                {
                    "name": name,
                    "still": title.still.at_least(2 * _THUMBNAIL) if title.still else "",
                    "height": round(_THUMBNAIL * title.still.height / title.still.width)
                    if title.still
                    else 0,
                    "still_text": self._still_text(name),
                }
                for title, name in zip(self._titles, self._names, strict=True)
            ],
            "because": self._because,
            "unsubscribe": links.unsubscribe,
            "unsubscribe_text": phrases.unsubscribe,
            "postal_address": _broken(self._sender.postal_address),
            "opened": links.opened,
        }

    def _still_text(self, name: str) -> str:
        return self._phrases.still_of.replace("{title}", name)

    def _isolated(self, value: str) -> str:
        return isolated(value, right_to_left=self.right_to_left)

    def _body(self) -> Markup:
        """The text as paragraphs; where it names the reel's address, as a link."""
        paragraphs = [part for part in re.split(r"\n[ \t]*\n\s*", self._text.text) if part.strip()]
        body = Markup().join(_PARAGRAPH.format(_broken(part)) for part in paragraphs)
        link = self._links.reel
        return body.replace(escape(link), _LINK.format(link))


def _broken(text: str) -> Markup:
    """Text as HTML, with its line breaks."""
    return Markup("<br />").join(escape(line) for line in text.strip().split("\n"))


def _check(
    text: FilledLine, to: Destination, send: SendContext, links: SendLinks, sender: Sender
) -> None:
    if not (cleaned(text.subject) and text.text):
        raise ComposeError("The mail has no subject or no text.", fix="write both.")
    if send.message_class is MessageClass.MARKETING and not links.unsubscribe:
        raise ComposeError("The mail has no link to unsubscribe.", fix="give the send one.")
    if send.message_class is MessageClass.MARKETING and not sender.postal_address.strip():
        raise ComposeError(
            "The mail has no postal address of its sender.", fix="set the sender's postal address."
        )
    if not _COLOUR.fullmatch(sender.accent):
        raise ComposeError(f"{sender.accent!r} is no colour.", fix="write one as #RRGGBB.")


def _domain(mail: str) -> str:
    return mail_address(mail).rpartition("@")[2]
