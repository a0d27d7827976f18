"""A line, a member, a reel and all else that a message is composed from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sizzle.outreach.content.compose import compose
from sizzle.outreach.content.lines import Line
from sizzle.outreach.content.messages import MailMessage, Message
from sizzle.outreach.content.parts import (
    Destination,
    MessageReel,
    ReelTitle,
    SendContext,
    Sender,
    SendLinks,
    Still,
)
from sizzle.outreach.vocabulary import (
    Channel,
    MemberProfile,
    MessageClass,
    Promoted,
    PromotedKind,
)

BASE = "https://reels.example.com"
MAIL_LINE = Line(
    PromotedKind.TITLE,
    "nocturne-city",
    "genres:Crime",
    "en",
    Channel.EMAIL,
    "Tonight: {title}",
    "Hello {name},\n\n{title} is here, and your reel has {titles}.",
)
PROMOTED = Promoted(PromotedKind.TITLE, "nocturne-city", {"title": "Nocturne City"})
MEMBER = MemberProfile("member-ada", "Ada")
LINKS = SendLinks(f"{BASE}/r/reel-token", f"{BASE}/u/unsubscribe-token", f"{BASE}/o/opened.gif")
SENDER = Sender(
    "Lumen",
    "news@lumen.example",
    "1 Harbour Road\nDover",
    phone="LUMEN",
    reply_to="hi@lumen.example",
)
SEND = SendContext(
    "5e4d00aa",
    MessageClass.MARKETING,
    "news",
    "genres:Crime",
    campaign_id="campaign-1",
    activity_id="activity-1",
    treatment_id="0",
)
TITLES = ("Harbor Lights", "Nocturne City", "Velvet Hour")


def still(name: str) -> Still:
    """The pictures of a clip."""
    return Still({w: f"{BASE}/v1/stills/{name}-{w}.jpg" for w in (320, 640, 1280)}, 1280, 720)


def reel_of(*names: str) -> MessageReel:
    """A reel of titles with these names."""
    titles = tuple(
        ReelTitle(f"title-{number}", name, still(f"clip{number}"))
        for number, name in enumerate(names)
    )
    return MessageReel("reel-id", "demo", "version", "model", titles, titles[0].still, 38.0)


REEL = reel_of(*TITLES)


def message(channel: Channel = Channel.EMAIL, **changes: object) -> Message:
    """A message; `changes` replaces what it is composed from."""
    given: dict[str, Any] = {
        "line": replace(MAIL_LINE, channel=channel),
        "member": MEMBER,
        "to": Destination(channel, "ada@example.org"),
        "promoted": PROMOTED,
        "send": SEND,
        "reel": REEL,
        "links": LINKS,
        "sender": SENDER,
    }
    return compose(**{**given, **changes})


def mail(**changes: object) -> MailMessage:
    """A mail; `changes` replaces what it is composed from."""
    composed = message(Channel.EMAIL, **changes)
    assert isinstance(composed, MailMessage)
    return composed
